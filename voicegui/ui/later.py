"""What is too heavy for the first paint: pyqtgraph and numpy, imported in a thread."""

import logging
import threading
from importlib import import_module

from PySide6.QtCore import QObject, Signal

logger = logging.getLogger(__name__)


class WaveformImport(QObject):
    """Imports `waveform` beside the GUI thread. `done` arrives on the GUI thread with its class."""

    done = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._thread = threading.Thread(target=self._import, name="waveform import", daemon=True)

    def start(self) -> None:
        if self._thread.ident is None:
            self._thread.start()

    def join(self) -> None:
        """Waits for the import, about a second at most: a thread must not outlive what it signals to."""
        if self._thread.ident is not None:
            self._thread.join()

    def _import(self) -> None:
        try:
            module = import_module("voicegui.ui.waveform")
        except ImportError:  # the window works without: a still line stays in its place
            logger.exception("the waveform cannot be drawn")
        else:
            self.done.emit(module.Waveform)
