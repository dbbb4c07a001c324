"""Finding what the window shows as a screen reader would, and touching it."""

import asyncio
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from voicegui.ui.settings.pickers import MenuPicker
from voicegui.ui.window import MainWindow


def text(window: MainWindow) -> str:
    window.transcript.flush()
    return window.transcript.toPlainText().replace("\u2028", "\n")


def named(window: MainWindow, name: str) -> QWidget:
    """The one visible widget a screen reader knows by that name."""
    found = [w for w in window.findChildren(QWidget) if w.isVisible() and name_of(w) == name]
    assert len(found) == 1, f"{len(found)} widgets named {name}"
    return found[0]


def choose(widget: QWidget, *labels: str) -> None:
    """Clicks a picker and takes the entry that leads there by these labels, submenu by submenu."""
    click(widget)
    picker = widget.parentWidget()
    assert isinstance(picker, MenuPicker) and picker.menu is not None
    menu: Any = picker.menu
    for label in labels:
        action = next(a for a in menu.actions() if a.text().partition("\t")[0] == label)
        menu = action.menu() or menu
    action.trigger()
    menu.close()


def control(window: MainWindow, name: str) -> Any:
    """The one visible widget of that name that takes the focus or a click: not the label beside it."""
    found = [w for w in window.findChildren(QWidget) if w.isVisible() and name_of(w) == name]
    found = [w for w in found if not isinstance(w, QLabel)]
    assert len(found) == 1, f"{len(found)} controls named {name}"
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


async def settled(window: MainWindow) -> None:
    """Until all that the settings started has ended and was told."""
    while tasks := window.sheet.background.running():
        await asyncio.wait(tasks)
        await asyncio.sleep(0)


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two #RRGGBB colours, 1..21 (WCAG 2.2, relative luminance)."""

    def luminance(colour: str) -> float:
        parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)
