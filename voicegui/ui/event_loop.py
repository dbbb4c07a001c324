"""Qt and asyncio on one thread, from the first paint to a clean end."""

import signal
import socket
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from weakref import WeakSet

from PySide6.QtCore import QSocketNotifier
from PySide6.QtWidgets import QApplication

from .window import MainWindow

Main = Callable[[QApplication, MainWindow], Awaitable[None]]


def run(main: Main, argv: Sequence[str] | None = None, *, theme: str = "system", kept_in: Path | None = None) -> int:
    """Shows the window and awaits `main` until the window is closed; returns the exit code.

    The window closing, SIGINT, SIGTERM and SIGHUP (its terminal was closed) cancel `main`, which closes what it opened;
    only the first of them counts. 128 + the signal's number is then the code, as shells have it. What `main` raises is
    raised. `kept_in`: the file that remembers size and place of the window.
    """
    app = QApplication([sys.argv[0]] if argv is None else list(argv))
    app.setApplicationName("voicegui")
    app.setDesktopFileName("voicegui")
    app.setQuitOnLastWindowClosed(False)  # the loop ends when main has
    window = MainWindow(theme, kept_in=kept_in)
    window.show()
    app.processEvents()
    try:
        return _run_loop(app, window, main)
    finally:
        window.join()
        window.hide()
        window.deleteLater()
        app.processEvents()


def _run_loop(app: QApplication, window: MainWindow, main: Main) -> int:
    import asyncio  # both take longer to import than the window to paint

    import qasync

    code = 0

    async def until_closed() -> None:
        task = asyncio.ensure_future(main(app, window))
        closing = False

        def close(number: int = 0) -> None:
            nonlocal code, closing
            if closing:
                return  # cancelling once more would disturb the closing
            code, closing = 128 + number if number else code, True
            window.hide()
            task.cancel()

        window.closed.connect(close)
        with _signals(close):
            async with _generators_closed():
                try:
                    await task
                except asyncio.CancelledError:
                    if not closing:
                        raise
                finally:
                    window.closed.disconnect(close)
                    window.detach()

    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        runner.run(until_closed())
    return code


@asynccontextmanager
async def _generators_closed() -> AsyncGenerator[None, None]:
    """Closes asynchronous generators that nobody finished, as asyncio's own loops do: here Python would run the rest of
    them outside of any task, where what they wait for cannot be had."""
    import asyncio

    loop = asyncio.get_running_loop()
    unfinished: WeakSet[AsyncGenerator[object, object]] = WeakSet()

    def close(generator: AsyncGenerator[object, object]) -> None:
        loop.call_soon_threadsafe(loop.create_task, generator.aclose())

    before = sys.get_asyncgen_hooks()
    sys.set_asyncgen_hooks(firstiter=unfinished.add, finalizer=close)
    try:
        yield
    finally:
        sys.set_asyncgen_hooks(*before)
        await asyncio.gather(*(generator.aclose() for generator in list(unfinished)), return_exceptions=True)


@contextmanager
def _signals(close: Callable[[int], None]) -> Iterator[None]:
    """Calls `close` for what ends it. Python runs handlers only between its own instructions, and Qt may wait in C++
    for long: the interpreter's wake-up descriptor makes it come back."""
    reader, writer = socket.socketpair()
    reader.setblocking(False)
    writer.setblocking(False)
    wake_before = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    notifier = QSocketNotifier(reader.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(lambda: reader.recv(64))
    numbers = [signal.SIGINT, signal.SIGTERM]
    hangup: signal.Signals | None = getattr(signal, "SIGHUP", None)
    if hangup is not None and signal.getsignal(hangup) is not signal.SIG_IGN:  # `nohup` ignores it
        numbers.append(hangup)
    before = [signal.signal(number, lambda got, _frame: close(got)) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
        signal.set_wakeup_fd(wake_before)
        notifier.setEnabled(False)
        reader.close()
        writer.close()
