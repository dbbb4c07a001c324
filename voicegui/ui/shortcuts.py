"""The keys of the window: one table, from which the keys are made and their list in the settings.

It stands alone because the window and the settings both import it, and neither imports the other for it.
"""

from collections.abc import Callable, Mapping

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from voicegui.core.wording import marked, shown

TALK, SEND, STOP = marked("Space"), marked("Enter"), marked("Esc")
MUTE, SETTINGS, FIND = marked("Ctrl+M"), marked("Ctrl+,"), marked("Ctrl+F")
ALLOW_KEY, REFUSE_KEY = marked("Alt+Y"), marked("Alt+N")
NEW_KEY, CONTINUE_KEY, ALOUD_KEY = marked("Ctrl+N"), marked("Ctrl+Shift+N"), marked("Ctrl+Shift+A")
"""As Qt reads them; `shown` gives what stands on the keys."""

KEYS: Mapping[str, str] = {
    TALK: marked("talk: press to start and stop, or hold"),
    STOP: marked("stop the answer; in the settings: give up"),
    SEND: marked("send what you have typed"),
    MUTE: marked("mute and unmute the microphone"),
    NEW_KEY: marked("begin a new conversation"),
    CONTINUE_KEY: marked("continue the last conversation"),
    ALOUD_KEY: marked("read answers to what you type aloud, or only show them"),
    ALLOW_KEY: marked("allow what is asked for"),
    REFUSE_KEY: marked("refuse it"),
    SETTINGS: marked("open the settings"),
    FIND: marked("search the settings"),
}
"""What each does, in the order of the list."""


def shortcut_lines() -> str:
    """A line for each."""
    return "\n".join(shown("{key} – {does}", key=shown(key), does=shown(does)) for key, does in KEYS.items())


def install(window: QWidget, does: Mapping[str, Callable[[], None]]) -> None:
    """Shortcuts that work wherever the focus is in the window."""
    for key, action in does.items():
        QShortcut(QKeySequence(key), window, action)
