"""Opens the window; what it shows is imported and loaded behind it."""

import asyncio
import gc
import sys
from typing import TYPE_CHECKING

from voicegui.app.composition import LoadedProgram

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from voicegui.app.desktop_session import DesktopSession
    from voicegui.ui.window import MainWindow

LONG_START_S = 20.0

SWITCH_S = 0.001
"""How long a thread may keep the interpreter lock while others wait for it (5 ms by default). Qt gives it back and
takes it again many times a frame: beside a thread that imports something large a frame waited for 50 to 110 ms, with
this for 30 to 65 (measured)."""


def run_window(program: LoadedProgram, started: float) -> int:
    """Blocks until the window is closed; returns the exit code."""
    from voicegui.terminal.json_events import events_file
    from voicegui.ui.event_loop import run

    async def main(app: "QApplication", window: "MainWindow") -> None:
        # While much is imported, a full collection stops every thread for up to 70 ms (measured). The session enables
        # it again when it is ready (`DesktopSession`), and where that takes long, the clock does.
        gc.disable()
        asyncio.get_running_loop().call_later(LONG_START_S, gc.enable)
        await asyncio.to_thread(_import_session)
        session = _session(program)
        with events_file(session.subscribe, started):
            window.attach(session)
            try:
                await session.run()
            finally:
                await session.aclose()

    sys.setswitchinterval(SWITCH_S)
    profile = program.profile
    return run(main, theme=program.settings.theme, kept_in=None if profile.problem else profile.window_file)


def _import_session() -> None:
    """In a thread: the window is there already."""
    import voicegui.app.desktop_session
    import voicegui.audio.live_sound  # noqa: F401


def _session(program: LoadedProgram) -> "DesktopSession":
    from voicegui.app.desktop_session import DesktopSession
    from voicegui.audio.live_sound import LiveSound
    from voicegui.ui.desktop_services import DesktopClipboard

    sound = LiveSound(program.settings.microphone, program.settings.speaker)
    return DesktopSession(program, sound, DesktopClipboard())
