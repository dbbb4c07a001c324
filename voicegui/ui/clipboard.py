"""The desktop's clipboard, for tools that were allowed to use it."""

from PySide6.QtGui import QGuiApplication


class DesktopClipboard:
    def text(self) -> str:
        return QGuiApplication.clipboard().text()

    def set_text(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
