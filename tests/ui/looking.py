"""Finding what the window shows as a screen reader would, and touching it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from voicegui.ui.window import MainWindow


def text(window: MainWindow) -> str:
    window.transcript.flush()
    return window.transcript.toPlainText().replace("\u2028", "\n")


def named(window: MainWindow, name: str) -> QWidget:
    """The one visible widget a screen reader knows by that name."""
    found = [w for w in window.findChildren(QWidget) if w.isVisible() and name_of(w) == name]
    assert len(found) == 1, f"{len(found)} widgets named {name}"
    return found[0]


def name_of(widget: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name) if interface else ""


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def press(window: MainWindow, key: Qt.Key) -> None:
    QTest.keyPress(window.focusWidget() or window, key)


def release(window: MainWindow, key: Qt.Key) -> None:
    QTest.keyRelease(window.focusWidget() or window, key)
