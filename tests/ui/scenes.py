"""What the window shows in its pictures: conversations and problems."""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from voicegui.core.backchannel import Passed
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import (
    AudioSaved,
    Interrupted,
    LastConversationFound,
    LoadingProgressed,
    NotAnswered,
    NothingHeard,
    Noticed,
    NotTaken,
    PartialHeard,
    Phase,
    PlaybackStarted,
    ProblemAppeared,
    ReplyGrew,
    Stage,
    StateChanged,
    Timings,
    TurnDone,
    TurnFailed,
    UserSaid,
    problem_of,
)
from voicegui.core.ports import LoadingProgress
from voicegui.core.records import PastConversation, PastMessage
from voicegui.ui.window import MainWindow

from .fake_session import FakeSession, speech

Scene = Callable[[MainWindow, FakeSession], Coroutine[Any, Any, None]]

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
    silent = VoiceError(ErrorCode.MICROPHONE_SILENT, "the microphone sends only zeros.",
                        heading="No sound from “USB Headset”")  # fmt: skip
    session.emit(problem_of("microphone", silent, alternative="builtin"))


def engine(session: FakeSession) -> None:
    session.state(Phase.IDLE)
    absent = VoiceError(ErrorCode.MODEL_MISSING, "nothing can be answered without it.",
                        heading="The language model is not on this machine",
                        hint="Get it with: voicegui models get qwen2.5-0.5b")  # fmt: skip
    session.emit(problem_of("engine", absent))


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


def last(session: FakeSession) -> None:
    messages = [
        PastMessage(1, "user", "What should I see in Lisbon in one day?"), PastMessage(1, "assistant", HEARD),
        PastMessage(2, "user", "And the weather?", answered=False),
        PastMessage(3, "user", "Remind me to book a table."), PastMessage(3, "tool", "set_reminder", ok=True),
        PastMessage(3, "assistant", "I will remind you in ten minutes."),
    ]  # fmt: skip
    session.emit(LastConversationFound(PastConversation(1, 1764266580.0, tuple(messages), False)))
    session.state(Phase.LISTENING)


def new_after_last(session: FakeSession) -> None:
    last(session)
    session.emit(UserSaid(1, "How high is the Eiffel Tower?", typed=True), ReplyGrew(1, "It is 330 metres high."),
                 TurnDone(1, "…", "…", TIMES))  # fmt: skip


def unanswered(session: FakeSession) -> None:
    session.emit(UserSaid(1, "What is the capital of Portugal?"),
                 TurnFailed(1, ErrorCode.OFFLINE, "The service cannot be reached. Check the network.", True),
                 UserSaid(2, "And of Spain?"), ReplyGrew(2, "Madr"), TurnDone(2, "…", "Madr", TIMES),
                 TurnFailed(2, ErrorCode.OFFLINE, "The service cannot be reached. Check the network.", True),
                 UserSaid(3, "And of France?"), ReplyGrew(3, "Paris."), TurnDone(3, "…", "…", TIMES),
                 UserSaid(4, "And of Italy?"), NotAnswered(4), TurnDone(4, "…", "", TIMES))  # fmt: skip
    session.state(Phase.LISTENING)


async def writing(window: MainWindow, session: FakeSession) -> None:
    window.dock.show_aloud(False)
    session.emit(UserSaid(1, "What should I see in Lisbon?", typed=True), ReplyGrew(1, HEARD),
                 StateChanged(Phase.SPEAKING, False, True, False, False, True, True))  # fmt: skip


async def read_out(window: MainWindow, session: FakeSession) -> None:
    session.emit(UserSaid(1, "What should I see in Lisbon?", typed=True), PlaybackStarted(1), ReplyGrew(1, HEARD),
                 StateChanged(Phase.SPEAKING, False, True, False, False, True))  # fmt: skip


async def waits(window: MainWindow, session: FakeSession) -> None:
    session.emit(ProblemAppeared("engine", ErrorCode.ENGINE_FAILED, "The local models stopped."))
    for text in ("What is the capital of Portugal?", "And how do I get there from Madrid by train?"):
        window.dock.send_text.emit(text)


async def second(window: MainWindow, session: FakeSession) -> None:
    session.emit(ProblemAppeared("engine", ErrorCode.ALREADY_RUNNING, "voicegui is already running with this profile, "
                                 "and only one can listen. Use that one, or close it and try again here."))  # fmt: skip


def failed(session: FakeSession) -> None:
    session.emit(UserSaid(1, "What is the capital of Portugal?"), ReplyGrew(1, "Lisbon."),
                 TurnDone(1, "…", "…", TIMES), UserSaid(2, "And of Spain?"),
                 TurnFailed(2, ErrorCode.ENGINE_FAILED, "The local models stopped. They are being started again.",
                            True))  # fmt: skip
    session.state(Phase.LISTENING)


def kept(session: FakeSession) -> None:
    session.settings = replace(
        session.settings, llm="openai:ft:gpt-4.1-mini-2025-04-14:a-company:customer-service:Ab3dE9"
    )
    for look_again in session.devices.watchers:
        look_again()
    session.emit(Noticed("The model gpt-4o works until 14 January 2027. Use gpt-6-luna instead.", Stage.LLM,
                         "openai:gpt-6-luna"),
                 UserSaid(1, "What is the capital of Portugal?"),
                 AudioSaved("/home/ana/Documents/What I said 2026-11-25 14.02.wav"),
                 TurnFailed(1, ErrorCode.WRONG_KEY, "OpenAI does not accept the key. Enter it again in the settings, "
                            "or make a new one in your account there.", True, audio_kept=True))  # fmt: skip
    session.state(Phase.LISTENING)


def no_key(session: FakeSession) -> None:
    session.change(replace(session.settings, llm="openai"))
    session.emit(ProblemAppeared("engine", ErrorCode.NO_KEY,
                                 "OpenAI needs a key and there is none. Enter it in the settings."))  # fmt: skip


def ended(session: FakeSession) -> None:
    session.emit(ProblemAppeared("engine", ErrorCode.MODEL_SHUT_DOWN,
                                 "OpenAI has ended the model ft:gpt-4.1-mini-2025-04-14:a-company:customer-service. "
                                 "Choose another model in the settings.", "gpt-6-luna"))  # fmt: skip


RICH = """Here is a **table**:

| City | Days | What to see there, and why it is worth a day of your life |
|:-----|-----:|:-------------|
| *Lisbon* | 3 | The castle, tram 28 and `Alfama` |
| Porto | 2 | Bridges, a cellar, and the [bookshop](https://example.org) that everybody knows |

- [x] Book the train
- [ ] Pack
  1. shoes
  2. a hat

Since \\(x^2 = \\frac{1}{4}\\), we get $x = \\pm 0.5$ for $5:

\\[
\\sum_{i=1}^{n} i = \\frac{n(n+1)}{2}
\\]

```python
@cache
def area(radius: float) -> float:
    return 3.14159 * radius ** 2  # of a circle
```

It costs 2*3*4 dollars in `my_notes`, if a<b.
"""


def rich(session: FakeSession) -> None:
    session.emit(UserSaid(1, "Show me everything."), ReplyGrew(1, RICH), TurnDone(1, "", RICH, TIMES))


def rich_cut(session: FakeSession) -> None:
    cut = RICH.index("Bridges") + 8
    session.emit(UserSaid(1, "Show me everything."), ReplyGrew(1, RICH), Interrupted(1, RICH[:cut], RICH[cut:]))


def empty(session: FakeSession) -> None:
    session.state(Phase.IDLE, hands_free=False)


def nothing(session: FakeSession) -> None:
    session.emit(UserSaid(1, "Hello"), ReplyGrew(1, "Hello! What would you like to talk about?"), NothingHeard(2))
    session.state(Phase.LISTENING, muted=True)


def loading(session: FakeSession) -> None:
    session.devices.looked = False
    session.devices.microphone_list = []
    what = "Downloading Qwen2.5 1.5B (1 of 2)"
    session.emit(LoadingProgressed(LoadingProgress(what, 163_000_000, 1_215_000_000, 4_200_000)))


def muted(session: FakeSession) -> None:
    session.state(Phase.LISTENING, muted=True)


def latched(session: FakeSession) -> None:
    session.levels.append(0.0, 0.0, 170)
    for peak in speech(130):
        session.levels.append(peak, 0.0)
    session.state(Phase.LISTENING, user=True, talking=True)


def missing(session: FakeSession) -> None:
    why = "the server cannot be reached; check the network. What has arrived is kept."
    failed = VoiceError(ErrorCode.DOWNLOAD_FAILED, why, heading="Qwen2.5 1.5B could not be downloaded")
    session.emit(problem_of("engine", failed, to_download=1_052_000_000))


def missing_later(session: FakeSession) -> None:
    speaking(session)
    session.state(Phase.LISTENING)
    missing(session)


def away(window: MainWindow, session: FakeSession) -> None:
    """Somebody has scrolled up in a long conversation."""
    for turn in range(1, 30):
        session.emit(UserSaid(turn, f"What is {turn} times {turn}?"), ReplyGrew(turn, f"It is {turn * turn}."))
    window.transcript.flush()
    bar = window.transcript.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    session.state(Phase.LISTENING)


async def new_below(window: MainWindow, session: FakeSession) -> None:
    away(window, session)
    session.emit(ReplyGrew(30, "It is time to drink."))


async def failed_below(window: MainWindow, session: FakeSession) -> None:
    away(window, session)
    session.emit(TurnFailed(30, ErrorCode.OFFLINE, "OpenAI cannot be reached: this machine seems to be offline.", True))


def not_taken(session: FakeSession) -> None:
    session.emit(UserSaid(1, "Tell me about Lisbon."), ReplyGrew(1, HEARD + UNHEARD),
                 NotTaken(1, "mm-hm", Passed.AGREEMENT), NotTaken(1, "", Passed.NO_WORDS))  # fmt: skip
    session.state(Phase.SPEAKING)


def boxes(session: FakeSession) -> None:
    said = "日本語 こんにちは · 한국어 · ไทย · العربية · 😀🥐"
    session.emit(UserSaid(1, "How do you say hello?"), ReplyGrew(1, said))


def sign(**values: Any) -> Callable[[FakeSession], None]:
    """Where what is said goes, in the header."""

    def show(session: FakeSession) -> None:
        session.settings = replace(session.settings, **values)
        session.toolbox.tell()

    return show


def links(session: FakeSession) -> None:
    lies = "https://аpple.com/login, https://good.com@evil.com or https://good.com⁄login.evil.com"
    said = f"See [the guide](https://example.org/a), [good.com](https://evil.com/good.com), {lies}."
    session.emit(UserSaid(1, "Where can I log in?"), ReplyGrew(1, said), TurnDone(1, "", said, TIMES))
