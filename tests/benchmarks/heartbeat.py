"""A timer of 5 ms in a Qt process: how late it comes is how long the process did not answer.

As a program it is an idle Qt process, the control: `python -m tests.benchmarks.heartbeat FILE`.
"""

import json
import sys
import time
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer

PERIOD_MS = 5
NOTED_MS = 10.0
"""Shorter stalls are not kept."""


class Heartbeat(QObject):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._last, self._worked = time.monotonic(), time.thread_time()
        self.late: list[tuple[float, float, float]] = []
        """(monotonic seconds, ms beyond the period, ms of them that this thread itself has worked)"""
        timer = QTimer(self)
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(self._beat)
        timer.start(PERIOD_MS)

    def _beat(self) -> None:
        now, worked = time.monotonic(), time.thread_time()
        late = (now - self._last) * 1000 - PERIOD_MS
        if late > NOTED_MS:
            self.late.append((now, late, (worked - self._worked) * 1000))
        self._last, self._worked = now, worked


def main(file: str) -> int:
    import signal

    from PySide6.QtWidgets import QApplication, QLabel

    app = QApplication(["control"])
    label = QLabel("control")
    label.show()
    beat = Heartbeat(app)
    signal.signal(signal.SIGTERM, lambda *_: app.quit())
    app.exec()
    Path(file).write_text(json.dumps({"late": beat.late}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
