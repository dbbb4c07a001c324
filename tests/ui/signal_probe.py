"""Sends itself signals while Qt waits: `main` must be cancelled, once, and may take its time to close."""

import asyncio
import os
import signal
import sys

from PySide6.QtWidgets import QApplication

from voicegui.ui.event_loop import run
from voicegui.ui.window import MainWindow


async def main(app: QApplication, window: MainWindow) -> None:
    numbers = [signal.Signals["SIG" + name] for name in sys.argv[1:]]
    try:
        # from outside, so that Qt is really asleep when it arrives
        kills = "; sleep 0.02; ".join(f"kill -{number.value} {os.getpid()}" for number in numbers)
        await asyncio.create_subprocess_exec("sh", "-c", f"trap '' HUP; sleep 0.3; {kills}")
        await asyncio.get_running_loop().create_future()
    finally:
        await asyncio.sleep(0.05)
        print("closed", flush=True)


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.exit(run(main))
