"""What the program asks of the desktop: its clipboard, and where a file is to be saved.

Apart from the window because the clipboard is given to the session, which knows no Qt.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from voicegui.core.wording import shown


class DesktopClipboard:
    """The clipboard of the desktop, for `app.program_control.Clipboard`."""

    def text(self) -> str:
        return QGuiApplication.clipboard().text()

    def set_text(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)


def ask_where(
    parent: QWidget, chosen: Callable[[str], None], now: Callable[[], datetime] = datetime.now
) -> QFileDialog:
    """Asks where what was said is to be saved. Calls `chosen` with the path of a WAV file, unless it is given up.
    Returns at once: the conversation goes on."""
    dialog = QFileDialog(parent, shown("Save what you said"))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilter(f"{shown('Sound')} (*.wav)")
    dialog.setDefaultSuffix("wav")
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    folder = Path(documents) if Path(documents).is_dir() else Path.home()
    dialog.setDirectory(str(folder))
    name = shown("What I said {moment}", moment=f"{now():%Y-%m-%d %H.%M}")
    dialog.selectFile(f"{name}.wav")
    dialog.fileSelected.connect(chosen)
    dialog.open()
    return dialog
