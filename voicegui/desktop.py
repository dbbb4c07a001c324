"""Opens the window; what it shows is imported and loaded behind it."""

import asyncio
from typing import TYPE_CHECKING

from voicegui.app import Program

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from voicegui.desktop_session import DesktopSession
    from voicegui.ui.window import MainWindow


def run_window(program: Program, started: float) -> int:
    """Blocks until the window is closed; returns the exit code."""
    from voicegui.terminal.journal import events_file
    from voicegui.ui.loop import run

    async def main(app: "QApplication", window: "MainWindow") -> None:
        await asyncio.to_thread(_import_session)
        session = _session(program)
        with events_file(session.subscribe, started):
            window.attach(session)
            try:
                await session.run()
            finally:
                await session.aclose()

    return run(main, theme=program.settings.theme)


def _import_session() -> None:
    """In a thread: the window is there already."""
    import voicegui.audio.live
    import voicegui.desktop_session  # noqa: F401


def _session(program: Program) -> "DesktopSession":
    from voicegui.audio.live import LiveSound
    from voicegui.desktop_session import DesktopSession
    from voicegui.ui.clipboard import DesktopClipboard

    sound = LiveSound(program.settings.microphone, program.settings.speaker)
    return DesktopSession(program, sound, DesktopClipboard())
