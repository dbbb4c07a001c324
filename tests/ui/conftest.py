"""A real Qt application without a display, whose every warning fails the test in which it appears."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator

import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["VOICEGUI_THEME"] = "light"

from PySide6.QtCore import QEventLoop, QMessageLogContext, QTimer, QtMsgType, SignalInstance, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from tests.ui.fake_session import FakeSession
from voicegui.core.events import Phase, Ready, StateChanged
from voicegui.ui.window import MainWindow

HANGS_S = 60
"""What takes longer hangs: a busy machine does not."""


@pytest.fixture(scope="session")
def app() -> QApplication:
    application = QApplication.instance() or QApplication(["voicegui"])
    assert isinstance(application, QApplication)
    return application


@pytest.fixture(autouse=True)
def qt_messages() -> Iterator[list[str]]:
    """Qt's own messages: there must be none."""
    messages: list[str] = []

    def keep(_kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        if not text.startswith("This plugin does not support "):  # the platform without a display says so
            messages.append(text)

    before = qInstallMessageHandler(keep)
    yield messages
    qInstallMessageHandler(before)
    assert messages == []


@pytest.fixture
def session() -> Iterator[FakeSession]:
    made = FakeSession()
    yield made
    left = [*made.key_tests.steps, *made.heard.steps, *made.keys.failures, *made.toolbox.failures]
    assert left == [], "scripted, but not asked for"


@pytest.fixture
def bare_window(app: QApplication) -> Iterator[MainWindow]:
    """Shown and active, with nobody to talk to yet."""
    window = MainWindow()
    window.resize(1000, 720)  # more than the screen that is not there has room for
    window.show()
    window.activateWindow()
    app.processEvents()
    yield window
    window.join()
    window.detach()
    window.close()
    window.deleteLater()
    app.processEvents()


@pytest.fixture
def window(bare_window: MainWindow, session: FakeSession) -> MainWindow:
    bare_window.attach(session)
    return bare_window


@pytest.fixture
def ready(window: MainWindow, session: FakeSession) -> MainWindow:
    """Listens already."""
    session.emit(Ready(), StateChanged(Phase.LISTENING, False, True, False, False))
    return window


@pytest.fixture
def run(app: QApplication) -> Callable[[Callable[[], Awaitable[None]]], None]:
    """Runs steps on an asyncio loop that is Qt's own, as in the program; fails after `HANGS_S`."""
    import qasync

    app.setQuitOnLastWindowClosed(False)

    def on_loop(steps: Callable[[], Awaitable[None]]) -> None:
        defects: list[object] = []
        with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
            runner.get_loop().set_exception_handler(lambda _loop, context: defects.append(context))
            runner.run(asyncio.wait_for(steps(), HANGS_S))
        assert defects == []

    return on_loop


@pytest.fixture
def wait(app: QApplication) -> Callable[..., None]:
    """`wait(signal)` or `wait(condition)`: runs Qt until it happens; fails after `HANGS_S`."""

    def until(what: SignalInstance | Callable[[], bool]) -> None:
        loop = QEventLoop()
        limit = QTimer(singleShot=True, interval=1000 * HANGS_S)
        limit.timeout.connect(lambda: loop.exit(1))
        limit.start()
        poll = QTimer(interval=5)
        if isinstance(what, SignalInstance):
            what.connect(loop.quit)
        elif what():
            return
        else:
            poll.timeout.connect(lambda: what() and loop.quit())
            poll.start()
        assert loop.exec() == 0, "it did not happen"

    return until
