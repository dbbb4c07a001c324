"""A timer of 5 ms in a Qt process: how late it comes is how long the process did not answer.

As a program it is an idle Qt process, the control: `python -m tests.benchmarks.heartbeat FILE`.
"""

import json
import sys
import threading
import time
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer

PERIOD_MS = 5
NOTED_MS = 10.0
"""Shorter stalls are not kept."""


class Heartbeat(QObject):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._schedule = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")
        self._last, self._spent = time.monotonic(), self._spent_ms()
        self.late: list[tuple[float, float, float, float]] = []
        """(monotonic seconds, ms beyond the period, of them worked, waited for a processor); what is left over was
        waited for the interpreter, for a lock or for another process."""
        timer = QTimer(self)
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(self._beat)
        timer.start(PERIOD_MS)

    def _beat(self) -> None:
        now = time.monotonic()
        late = (now - self._last) * 1000 - PERIOD_MS
        if late > NOTED_MS:
            spent = self._spent_ms()
            self.late.append((now, late, spent[0] - self._spent[0], spent[1] - self._spent[1]))
        self._last, self._spent = now, self._spent_ms()

    def _spent_ms(self) -> tuple[float, float]:
        """By this thread so far: worked, waited for a processor; 0 where the system does not tell."""
        try:
            worked, waited, _ = map(int, self._schedule.read_text().split())
        except OSError:
            return 1000 * time.thread_time(), 0.0
        return worked / 1e6, waited / 1e6


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
