"""The real window on a real desktop, driven from outside by xdotool.

`tests/virtual_desktop.sh python -m tests.ui.desktop_probe` prints
a line for each thing it has seen and ends with 0 when all of it was right.
"""

import asyncio
import os
import sys
import time

from PySide6.QtCore import QMessageLogContext, QPoint, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QWidget

from tests.ui.fake_session import FakeSession, speech
from voicegui.core.commands import Approve, Command, Interrupt, PressTalk, ReleaseTalk, SendText, SetMuted
from voicegui.core.events import ApprovalAnswered, ApprovalAsked, Phase, Ready, ReplyGrew, StateChanged, UserSaid
from voicegui.core.tools import ToolCall
from voicegui.ui.event_loop import run
from voicegui.ui.window import MainWindow


class Engine(FakeSession):
    """Answers commands as an engine would, as far as the window can tell."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = asyncio.Event()

    def send(self, command: Command) -> None:
        super().send(command)
        self.sent.set()
        match command:
            case PressTalk():
                self.emit(StateChanged(Phase.LISTENING, False, True, True, False))
            case ReleaseTalk():
                self.emit(StateChanged(Phase.LISTENING, False, True, False, False))
            case _:
                pass

    async def expects(self, what: str, *commands: Command) -> None:
        """Exactly these, in the end."""
        async with asyncio.timeout(60):
            while len(self.commands) < len(commands):
                self.sent.clear()
                await self.sent.wait()
        self.expect(*commands)
        print("ok:", what, flush=True)


async def xdotool(*words: str) -> None:
    process = await asyncio.create_subprocess_exec("xdotool", *words)
    assert await process.wait() == 0


async def click(widget: QWidget, *, down_up: tuple[str, ...] = ("click", "1")) -> None:
    """The real mouse, on the middle of a widget."""
    point = widget.mapToGlobal(QPoint(widget.width() // 2, widget.height() // 2))
    await xdotool("mousemove", str(point.x()), str(point.y()), *down_up)


async def until(what: str, condition: object) -> None:
    assert callable(condition)
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110  # Qt's state has no event to wait for
            await asyncio.sleep(0.01)
    print("ok:", what, flush=True)


async def keyboard(window: MainWindow, session: Engine) -> None:
    await xdotool("keydown", "space")
    await session.expects("Space opens the microphone at once", PressTalk())
    await asyncio.sleep(1.2)  # the X server begins to repeat a held key after 0.66 s, as release and press
    session.expect()
    await xdotool("keyup", "space")
    await session.expects("the release ends it, auto-repeat does not", ReleaseTalk())
    await xdotool("key", "space")
    await session.expects("a short press keeps it open", PressTalk())
    await until("the key is up", lambda: not window._switch.held)
    await xdotool("key", "space")
    await session.expects("and the next one closes it", ReleaseTalk())
    await xdotool("key", "ctrl+m")
    await session.expects("Ctrl+M mutes", SetMuted(True))
    await xdotool("key", "Escape")
    await session.expects("Esc interrupts", Interrupt())


async def mouse(window: MainWindow, session: Engine) -> None:
    await click(window.dock.talk)
    await session.expects("a click starts", PressTalk())
    await until("the click is over", lambda: not window._switch.held)
    await click(window.dock.talk)
    await session.expects("a click stops", ReleaseTalk())
    await until("the click is over", lambda: not window._switch.held)
    await click(window.dock.talk, down_up=("mousedown", "1"))
    await session.expects("holding starts", PressTalk())
    await asyncio.sleep(0.3)
    await click(window.transcript, down_up=("mouseup", "1"))
    await session.expects("releasing anywhere stops", ReleaseTalk())
    await click(window.dock.message)
    await until("the field has the focus", lambda: window.dock.message.hasFocus())
    await xdotool("type", "hello out there")
    await xdotool("key", "Return")
    await session.expects("Enter sends, Space was a space", SendText("hello out there"))
    session.state(Phase.SPEAKING)
    await click(window.dock.interrupt_button)
    await session.expects("Interrupt interrupts", Interrupt())


async def focus(window: MainWindow, session: Engine) -> None:
    session.state(Phase.LISTENING)
    window.dock.talk.setFocus()
    await xdotool("keydown", "space")
    await session.expects("holding", PressTalk())
    other = QWidget()
    other.setWindowTitle("other")
    other.show()
    other.activateWindow()
    await session.expects("another window takes the focus and the microphone closes", ReleaseTalk())
    await xdotool("keyup", "space")
    other.close()
    other.deleteLater()


async def approval(window: MainWindow, session: Engine) -> None:
    call = ToolCall("c1", "open_url", '{"url": "https://example.org"}')
    asked = ApprovalAsked(1, call, "Web page", "Shall I open example.org?")
    window.dock.message.setFocus()
    for key, allow in (("alt+y", True), ("alt+n", False)):
        session.emit(asked)
        await until("the question has been seen", lambda: window.approval.allow.isEnabled())
        await xdotool("key", key)
        await session.expects(f"{key} answers", Approve("c1", allow))
        session.emit(ApprovalAnswered("c1", allow))
    session.emit(asked)
    await until("the question has been seen", lambda: window.approval.allow.isEnabled())
    await click(window.approval.allow)
    await session.expects("a click answers", Approve("c1", True))
    session.emit(ApprovalAnswered("c1", True))
    assert window.dock.message.hasFocus() and window.dock.message.text() == ""


async def drawing(window: MainWindow, session: Engine) -> None:
    await until("the waveform is there", lambda: type(window.dock.waveform).__name__ == "Waveform")
    session.emit(UserSaid(1, "Go on"))
    window.frame_ms.clear()
    window.frame_at.clear()
    for index, peak in enumerate(speech(100)):
        session.levels.append(peak, 0.0)
        if index % 3 == 0:
            session.emit(ReplyGrew(1, "some **words** more, "))
        await asyncio.sleep(0.02)
    frames = sorted(window.frame_ms)
    print(f"ok: {len(frames)} frames, p50 {frames[len(frames) // 2]:.1f} ms, p99 {frames[-len(frames) // 100]:.1f} ms")
    assert len(frames) > 50
    session.levels.append(0.0, 0.0, 400)
    await until("it rests", lambda: window._levels._timer.interval() == 100)
    began, cpu, painted = time.monotonic(), time.process_time(), len(window.frame_ms)
    for _ in range(40):
        session.levels.append(0.0, 0.0, 5)
        await asyncio.sleep(0.1)
    share = 100 * (time.process_time() - cpu) / (time.monotonic() - began)
    print(f"ok: silence costs {share:.1f} % of a core, {len(window.frame_ms) - painted} frames")
    assert len(window.frame_ms) == painted
    window.showMinimized()
    await until("minimised, nothing is pulled", lambda: not window._levels.running)
    window.showNormal()
    await until("it goes on", lambda: window._levels.running)


async def main(app: QApplication, window: MainWindow) -> None:
    session = Engine()
    window.attach(session)
    session.emit(Ready())
    session.state(Phase.LISTENING)
    window.activateWindow()
    await until("the window is active", lambda: window.isActiveWindow())
    await keyboard(window, session)
    await mouse(window, session)
    await approval(window, session)
    await focus(window, session)
    await drawing(window, session)
    if "PROBE_PICTURE" in os.environ:
        process = await asyncio.create_subprocess_exec("import", "-window", "root", os.environ["PROBE_PICTURE"])
        await process.wait()
    print("ok: all", flush=True)
    await xdotool("search", "--name", "^voicegui$", "windowclose") if len(sys.argv) > 1 else window.close()
    await asyncio.get_running_loop().create_future()


def fail(_kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    print("Qt says:", text, flush=True)
    os._exit(3)


if __name__ == "__main__":
    qInstallMessageHandler(fail)
    sys.exit(run(main))
