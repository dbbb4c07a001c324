"""Pictures of the window in every state: `python -m tests.ui.gallery FOLDER [WORD …]`, with every WORD in the name.

Runs without a display. Look at the pictures; no test can.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from voicegui.core.errors import ErrorCode
from voicegui.core.events import (
    Interrupted,
    LoadingProgressed,
    NothingHeard,
    PartialHeard,
    Phase,
    PlaybackStarted,
    ProblemAppeared,
    Ready,
    ReplyGrew,
    Timings,
    TurnDone,
    TurnFailed,
    UserSaid,
)
from voicegui.core.ports import Loading

from .fake_session import FakeSession, speech

TIMES = Timings(210.0, 305.0, 410.0, 470.0, 545.0)
HEARD = "Start early in **Alfama**, walk up to the castle, and take tram 28 down to Baixa. "
UNHEARD = "After lunch, Belém has the tower and the monastery, and you should not miss the custard tarts."


def speaking(session: FakeSession) -> None:
    session.emit(UserSaid(1, "What should I see in Lisbon in one day?"), ReplyGrew(1, HEARD + UNHEARD),
                 Interrupted(1, HEARD, UNHEARD), TurnDone(1, "…", HEARD, TIMES),
                 UserSaid(2, "Wait, will it rain tomorrow?"), PlaybackStarted(2),
                 ReplyGrew(2, "Tomorrow stays dry in Lisbon, with about twenty two degrees and a light "
                              "wind from the west."))  # fmt: skip
    session.spoken = 30
    session.state(Phase.LISTENING, user=True)
    for peak in speech(110):
        session.levels.append(peak, 0.0)
    session.drawn()
    session.state(Phase.SPEAKING)
    session.levels.append(0.0, 0.0, 25)
    for peak in speech(165, 1.0):
        session.levels.append(0.0, peak)


def hearing(session: FakeSession) -> None:
    session.emit(UserSaid(1, "Remind me to call my mother in ten minutes."),
                 ReplyGrew(1, "Shall I set a reminder for twelve past two?"), TurnDone(1, "…", "…", TIMES),
                 PartialHeard(2, "Yes please, and also"))  # fmt: skip
    session.levels.append(0.0, 0.0, 170)
    for peak in speech(130):
        session.levels.append(peak, 0.0)
    session.levels.probability = 0.88
    session.state(Phase.LISTENING, user=True)


def problem(session: FakeSession) -> None:
    speaking(session)
    session.state(Phase.LISTENING)
    session.emit(ProblemAppeared("microphone", ErrorCode.MICROPHONE_SILENT,
                                 "No sound from “USB Headset”: the microphone sends only zeros.",
                                 alternative="builtin"))  # fmt: skip


def engine(session: FakeSession) -> None:
    session.state(Phase.IDLE)
    session.emit(ProblemAppeared("engine", ErrorCode.MODEL_MISSING,
                                 "The language model is not on this machine: nothing can be answered without it.",
                                 "Get it with: voicegui models get qwen2.5-0.5b"))  # fmt: skip


LONG = """# A day in Lisbon

Start early in **Alfama**, before the trams are full. The *miradouros* are free, and `Santa Luzia` has shade:

1. Castle of São Jorge, until ten
2. Tram 28 down to Baixa, which takes
   twenty minutes
3. Lunch near the river
   - sardines in June
   - custard tarts always

> Comfort is a pair of shoes.

```python
def day(city: str) -> list[str]:
    return ["castle", "tram", "tarts"]  # <b>not bold</b>
```

| when | where |
|------|-------|
| 9:00 | castle |

More at [the city's pages](https://example.org/lisbon) and ![picture](http://example.org/x.png)
<script>alert(1)</script>.
"""


def long_text(session: FakeSession) -> None:
    session.state(Phase.PROCESSING)
    session.emit(UserSaid(1, "Plan a day in Lisbon for me and my two children, one of whom is four and does not like "
                             "to walk, and tell me where we could eat at noon without a reservation.", typed=True),
                 ReplyGrew(1, LONG))  # fmt: skip


def failed(session: FakeSession) -> None:
    session.emit(UserSaid(1, "What is the capital of Portugal?"), ReplyGrew(1, "Lisbon."),
                 TurnDone(1, "…", "…", TIMES), UserSaid(2, "And of Spain?"),
                 TurnFailed(2, ErrorCode.ENGINE_FAILED, "The local models stopped. They are being started again.",
                            True))  # fmt: skip
    session.state(Phase.LISTENING)


def empty(session: FakeSession) -> None:
    session.state(Phase.IDLE, hands_free=False)


def nothing(session: FakeSession) -> None:
    session.emit(UserSaid(1, "Hello"), ReplyGrew(1, "Hello! What would you like to talk about?"), NothingHeard(2))
    session.state(Phase.LISTENING, muted=True)


def loading(session: FakeSession) -> None:
    session.emit(LoadingProgressed(Loading("Downloading Qwen2.5 0.5B", 163_000_000, 380_000_000, 4_200_000)))


def panel(session: FakeSession) -> None:
    speaking(session)


SCENES: dict[str, Callable[[FakeSession], None]] = {
    "speaking": speaking, "hearing": hearing, "problem": problem, "engine": engine, "long": long_text,
    "failed": failed, "empty": empty, "nothing": nothing, "loading": loading, "panel": panel,
}  # fmt: skip
SIZES = {"480": (480, 720), "1000": (1000, 720), "1920": (1920, 1000)}


def render(folder: Path, theme: str, words: list[str], scale: str) -> None:
    from PySide6.QtCore import QEventLoop
    from PySide6.QtWidgets import QApplication

    from voicegui.ui.window import MainWindow

    app = QApplication(sys.argv[:1])
    for scene, play in SCENES.items():
        for size, (width, height) in SIZES.items():
            name = f"{theme}-{scene}-{size}{'@2' if scale == '2' else ''}"
            if (scale == "2" and size != "480") or not all(word in name for word in words):
                continue
            window = MainWindow(theme)
            window.resize(width, height)
            waiting = QEventLoop()
            window.waveform_ready.connect(waiting.quit)
            window.show()
            waiting.exec()
            session = FakeSession()
            session.drawn = window.settle
            window.attach(session)
            if scene != "loading":
                session.emit(Ready())
            play(session)
            if scene == "panel":
                window.header.gear.click()
            window.transcript.flush()
            window.settle()
            app.processEvents()
            window.grab().save(str(folder / f"{name}.png"))
            window.join()
            window.close()
            window.deleteLater()
            app.processEvents()


def main() -> None:
    folder, words = Path(sys.argv[1]), sys.argv[2:]
    if "GALLERY_THEME" in os.environ:
        render(folder, os.environ["GALLERY_THEME"], words, os.environ.get("QT_SCALE_FACTOR", "1"))
        return
    folder.mkdir(parents=True, exist_ok=True)
    for theme in ("light", "dark"):
        for scale in ("1", "2"):
            env = {"GALLERY_THEME": theme, "VOICEGUI_THEME": theme, "QT_SCALE_FACTOR": scale}
            command = [sys.executable, "-m", "tests.ui.gallery", str(folder), *words]
            subprocess.run(command, env=os.environ | {"QT_QPA_PLATFORM": "offscreen"} | env, check=True)


if __name__ == "__main__":
    main()
