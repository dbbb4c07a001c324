"""The real window under a real window manager: where it is, and where it comes back.

`tests/virtual_desktop.sh python -m tests.ui.place_probe FOLDER` opens it several times with one file in FOLDER, prints
a line for each thing it has seen and ends with 0 when all of it was right. `PROBE_PICTURE` names a picture to take.
"""

import asyncio
import os
import sys
from pathlib import Path

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QApplication

from tests.ui.fake_session import FakeSession
from voicegui.core.events import Phase, Ready
from voicegui.ui.window import MainWindow
from voicegui.ui.window_place import load_place


async def until(condition: object) -> None:
    assert callable(condition)
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110  # Qt's state has no event to wait for
            await asyncio.sleep(0.02)


async def managed(window: MainWindow) -> None:
    """Until the window manager has put its frame around it and nothing moves any more."""
    await until(lambda: window.isActiveWindow() or window.frameGeometry() != window.geometry())
    still, before = 0, QRect()
    async with asyncio.timeout(60):
        while still < 10:
            still = still + 1 if window.frameGeometry() == before else 0
            before = window.frameGeometry()
            await asyncio.sleep(0.02)


async def opened(file: Path, use: object) -> None:
    assert callable(use)
    window = MainWindow(kept_in=file)
    window.show()
    await managed(window)
    session = FakeSession()
    window.attach(session)
    session.emit(Ready())
    session.state(Phase.IDLE)
    await use(window)
    window.close()
    window.hide()
    window.join()
    window.detach()
    window.deleteLater()


def check_it_fits(window: MainWindow) -> None:
    screen = window.screen().geometry()
    assert screen.contains(window.frameGeometry()), (screen, window.frameGeometry())
    for part in (window.dock.talk, window.dock.message, window.header.gear):
        assert screen.contains(QRect(part.mapToGlobal(QPoint(0, 0)), part.size()))
    if picture := os.environ.get("PROBE_PICTURE"):
        os.system(f"import -window root '{picture}'")


async def probe(folder: Path) -> None:
    file, seen = folder / "window.ini", []

    async def first(window: MainWindow) -> None:
        check_it_fits(window)
        window.resize(window.minimumSize())
        await managed(window)
        screen = window.screen().availableGeometry()
        window.move(screen.right() - window.frameGeometry().width() - 20, screen.top() + 10)
        await managed(window)
        seen.append(window.geometry())

    async def again(window: MainWindow) -> None:
        check_it_fits(window)
        seen.append(window.geometry())

    async def maximise(window: MainWindow) -> None:
        window.showMaximized()
        await until(window.isMaximized)
        await managed(window)

    async def maximised(window: MainWindow) -> None:
        assert window.isMaximized()
        window.showNormal()
        await until(lambda: not window.isMaximized())
        await managed(window)
        seen.append(window.geometry())

    await opened(file, first)
    for _ in range(3):
        await opened(file, again)
    assert all(rect == seen[0] for rect in seen), seen
    print("ok: it comes back where it was, and does not wander", flush=True)
    await opened(file, maximise)
    kept = load_place(file)
    assert kept is not None and kept.maximised and kept.rect == seen[0], (kept, seen[0])
    await opened(file, maximised)
    assert seen[-1] == seen[0], seen
    print("ok: maximised, and what it is otherwise", flush=True)
    file.write_text("[General]\nx=9000\ny=-9000\nwidth=3000\nheight=2500\nmaximised=false\n")
    await opened(file, again)
    print("ok: what was on a screen that is gone is brought back", flush=True)


if __name__ == "__main__":
    import qasync

    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        runner.run(probe(Path(sys.argv[1])))
    print("ok: all", flush=True)
