"""voicegui's window with a heartbeat inside; VOICEGUI_BENCH_PROBE names the file that gets what was seen, at the end.

Where the named widgets are is written beside it every second, for the mouse.
"""

import atexit
import json
import os
import sys
from pathlib import Path
from typing import Any

VARIABLE = "VOICEGUI_BENCH_PROBE"


def _install() -> None:
    from PySide6.QtCore import QPoint, QTimer
    from PySide6.QtWidgets import QWidget

    import voicegui.ui.window as module

    from .heartbeat import Heartbeat

    file = Path(os.environ[VARIABLE])

    class Probed(module.MainWindow):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self._beat = Heartbeat(self)
            self._sound: Any = None
            places = QTimer(self)
            places.timeout.connect(self._write_places)
            places.start(1000)
            frames, frame_at, late = self.frame_ms, self.frame_at, self._beat.late
            atexit.register(lambda: file.write_text(json.dumps(self._seen(frames, frame_at, late))))

        def attach(self, session: Any) -> None:
            self._sound = session.levels
            super().attach(session)

        def _seen(self, frame_ms: Any, frame_at: Any, late: Any) -> dict[str, Any]:
            frames = list(zip(frame_at, frame_ms, strict=False))
            return {"late": late, "frames": frames, "status_flags": getattr(self._sound, "glitches", None)}

        def _write_places(self) -> None:
            if not self.isVisible():
                return
            places: dict[str, list[list[int]]] = {}
            for widget in self.findChildren(QWidget):
                if widget.accessibleName() and widget.isVisible():
                    at = widget.mapTo(self, QPoint(0, 0))
                    rect = [at.x(), at.y(), widget.width(), widget.height()]
                    places.setdefault(widget.accessibleName(), []).append(rect)
            unfinished = file.with_suffix(".part")
            unfinished.write_text(json.dumps(places))
            unfinished.replace(file.with_suffix(".places"))

    module.MainWindow = Probed  # type: ignore[misc]


def main() -> int:
    _install()
    from voicegui.__main__ import main as run

    from .scripted import SCRIPTED

    return run(sys.argv[1:], providers=(SCRIPTED,))


if __name__ == "__main__":
    sys.exit(main())
