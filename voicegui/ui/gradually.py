"""Many changes of the transcript, without a moment in which the window does not answer."""

import time
from collections import deque
from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer

from .messages import Change
from .transcript import Transcript

AT_ONCE_S = 0.008
"""Half a frame: then everything else has its turn."""


class Gradually(QObject):
    """Shows changes in order, a few at a time."""

    def __init__(self, transcript: Transcript, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._transcript = transcript
        self._changes: deque[Change] = deque()
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._show)

    @property
    def busy(self) -> bool:
        return bool(self._changes)

    def show(self, changes: Sequence[Change]) -> None:
        self._changes += changes
        if self._changes:
            self._timer.start()

    def forget(self) -> None:
        """What is not shown yet is not true any more."""
        self._changes.clear()
        self._timer.stop()

    def _show(self) -> None:
        began = time.perf_counter()
        while self._changes and time.perf_counter() - began < AT_ONCE_S:
            self._transcript.show_changes([self._changes.popleft()])
            self._transcript.flush()
        if not self._changes:
            self._timer.stop()
