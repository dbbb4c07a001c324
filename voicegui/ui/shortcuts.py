"""The keys of the window: one table, from which the keys are made and their list in the settings.

It stands alone because the window and the settings both import it, and neither imports the other for it.
"""

from collections.abc import Callable, Mapping

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

TALK, SEND, STOP, MUTE, SETTINGS, FIND = "Space", "Enter", "Esc", "Ctrl+M", "Ctrl+,", "Ctrl+F"
ALLOW_KEY, REFUSE_KEY = "Alt+Y", "Alt+N"
NEW_KEY, CONTINUE_KEY, ALOUD_KEY = "Ctrl+N", "Ctrl+Shift+N", "Ctrl+Shift+A"

KEYS: Mapping[str, str] = {
    TALK: "talk: press to start and stop, or hold",
    STOP: "stop the answer; in the settings: give up",
    SEND: "send what you have typed",
    MUTE: "mute and unmute the microphone",
    NEW_KEY: "begin a new conversation",
    CONTINUE_KEY: "continue the last conversation",
    ALOUD_KEY: "read answers to what you type aloud, or only show them",
    ALLOW_KEY: "allow what is asked for",
    REFUSE_KEY: "refuse it",
    SETTINGS: "open the settings",
    FIND: "search the settings",
}
"""What each does, in the order of the list."""


def shortcut_lines() -> str:
    """A line for each."""
    return "\n".join(f"{key} – {does}" for key, does in KEYS.items())


def install(window: QWidget, does: Mapping[str, Callable[[], None]]) -> None:
    """Shortcuts that work wherever the focus is in the window."""
    for key, action in does.items():
        QShortcut(QKeySequence(key), window, action)
