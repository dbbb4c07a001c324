"""Pictures of the window in every state: `python -m tests.ui.gallery FOLDER [WORD …]`, with every WORD in the name.

Runs without a display. Look at the pictures; no test can.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import qasync
from PySide6.QtCore import QEventLoop
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from voicegui.core.backchannel import Passed
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import (
    ApprovalAnswered,
    ApprovalAsked,
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
    Ready,
    ReplyGrew,
    Stage,
    StateChanged,
    Timings,
    ToolCalled,
    ToolFinished,
    TurnDone,
    TurnFailed,
    UserSaid,
)
from voicegui.core.keys import KeyPlace, Secret
from voicegui.core.ports import LoadingProgress
from voicegui.core.records import Fact, PastConversation, PastMessage
from voicegui.core.setting_declaration import Group
from voicegui.core.toolbox import ServerState, ToolFile, ToolServer
from voicegui.core.tools import Permission, SourceKind, ToolCall, ToolInfo, ToolSource
from voicegui.ui.window import MainWindow

from .fake_session import FakeSession, speech
from .looking import control, settled

Scene = Callable[[MainWindow, FakeSession], Awaitable[None]]

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
    session.emit(ProblemAppeared("engine", ErrorCode.DOWNLOAD_FAILED, "Qwen2.5 1.5B could not be downloaded: the "
                                 "server cannot be reached; check the network. What has arrived is kept.",
                                 to_download=1_052_000_000))  # fmt: skip


def missing_later(session: FakeSession) -> None:
    speaking(session)
    session.state(Phase.LISTENING)
    missing(session)


# ---------------------------------------------------------------- tools

WEATHER = ToolCall("c1", "get_weather", '{"place": "Lisbon", "when": "tomorrow"}')
PAGE = ToolCall("c2", "open_url", '{"url": "https://example.org/lisbon/day?from=alfama&to=belem"}')
MARKUP = "**Bold** [link](https://example.org) <b>html</b> Y\u0360\u0361\u0362\u0363\u0364\u0365\u0366 "
HOSTILE = ToolCall("c3", "notes__append_to_a_file_in_the_shared_folder_of_the_team",
                   '{"path": "/home/ana/notes/2026/november/lisbon-\u202egnp.exe", "amount": 1e999, "text": "'
                   + MARKUP * 12 + '"}')  # fmt: skip
FORECAST = (
    "Lisbon, tomorrow: dry, 14 to 22 °C, light wind from the west.\n**Not bold**, [not a link](https://example.org)"
)


def open_call(window: MainWindow, name: str) -> None:
    entry = next(e for e in window._presenter._log.entries if e.call and e.call.name == name)
    window.transcript.flush()
    window.transcript.acted.emit(f"open:{entry.number}")


def calls(session: FakeSession) -> None:
    """One in every state."""
    session.emit(UserSaid(1, "What is the weather like in Lisbon, and open the page with the plan."),
                 ToolCalled(1, WEATHER, "Weather"), ToolFinished(1, "c1", True, FORECAST, 0.42),
                 ApprovalAsked(1, PAGE, "Web page", "Shall I open example.org?"), ApprovalAnswered("c2", False),
                 ToolCalled(1, PAGE, "Web page"), ToolFinished(1, "c2", False, "The person did not allow it.", 0.0),
                 ReplyGrew(1, "Tomorrow stays dry in Lisbon. I have not opened the page."),
                 TurnDone(1, "…", "…", TIMES), UserSaid(2, "Write all that down."))  # fmt: skip
    for number, (ok, cancelled) in enumerate([(False, False), (False, True)]):
        call = replace(HOSTILE, id=f"d{number}")
        session.emit(ToolCalled(2, call, "Append to notes"),
                     ToolFinished(2, call.id, ok, "There is no such folder.", 1.2, cancelled))  # fmt: skip
    session.emit(ApprovalAsked(2, replace(WEATHER, id="d3"), "Weather", "May I look?"), ApprovalAnswered("d3", True),
                 ToolCalled(2, replace(WEATHER, id="d3"), "Weather"))  # fmt: skip
    session.state(Phase.PROCESSING)


def approval(session: FakeSession) -> None:
    session.emit(UserSaid(1, "Open the page with the plan."),
                 ApprovalAsked(1, PAGE, "Web page", "Shall I open example.org?"))  # fmt: skip
    session.state(Phase.SPEAKING)


def approval_long(session: FakeSession) -> None:
    speaking(session)
    session.emit(ApprovalAsked(3, HOSTILE, "Append to a file in the shared folder of the team",
                               "Shall I append to lisbon-\u202egnp.exe? " + "Say yes. " * 60))  # fmt: skip


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


MAIL = ToolCall("c4", "mail__send_message", '{"to": ["ana@example.org", "rui@example.org"], "subject": "Dinner", '
                '"messageBody": "Hello,\\n\\nshall we eat at eight?\\nAmount: 0", "is_urgent": true}')  # fmt: skip


def approval_mail(session: FakeSession) -> None:
    session.emit(UserSaid(1, "Invite Ana and Rui."),
                 ApprovalAsked(1, MAIL, "Send a message", "I would send a message. Shall I?"))  # fmt: skip


async def approval_exactly(window: MainWindow, session: FakeSession) -> None:
    approval_mail(session)
    window.approval.raw.click()


REMIND = ToolCall("c1", "set_reminder", '{"text": "stretch", "when": "in 2 seconds"}')


def reminder(session: FakeSession) -> None:
    session.emit(UserSaid(1, "Remind me to stretch in two seconds."),
                 ToolCalled(1, REMIND, "Reminder"),
                 ToolFinished(1, "c1", True, "Set.", 0.004), ReplyGrew(1, "I will remind you in two seconds."),
                 TurnDone(1, "…", "…", TIMES), ReplyGrew(2, "You wanted to be reminded: stretch."),
                 TurnDone(2, "", "…", Timings()))  # fmt: skip
    session.state(Phase.LISTENING)


# ---------------------------------------------------------------- settings

OPENAI = {"stt": "openai:gpt-transcribe", "llm": "openai:gpt-6-luna", "tts": "openai:gpt-4o-mini-tts"}


def settings(group: Group, *, search: str = "", with_key: bool = True, **values: Any) -> Scene:
    """The sheet at one of its pages."""

    async def show(window: MainWindow, session: FakeSession) -> None:
        speaking(session)
        session.settings = replace(session.settings, **values)
        if with_key:
            session.keys.kept["openai"] = (KeyPlace.KEYRING, Secret("planted"))
        window.sheet.open(session, group)
        await settled(window)
        if search:
            QTest.keyClicks(window.sheet.side.search, search)

    return show


async def key_works(window: MainWindow, session: FakeSession) -> None:
    session.key_tests.add("openai", answer="Works: 412 models, 3 of them end soon.")
    await settings(Group.SERVICES, **OPENAI)(window, session)
    window.sheet.page.keys[0].test.click()
    await settled(window)


async def key_wrong(window: MainWindow, session: FakeSession) -> None:
    wrong = VoiceError(ErrorCode.BAD_SETTINGS, "OpenAI does not accept this key.",
                       hint="Check that it was not revoked, or enter another one.")  # fmt: skip
    session.key_tests.add("openai", answer=wrong)
    session.keys.said = "The keyring is locked and nobody unlocked it. Keys you enter last until the program ends."
    await settings(Group.SERVICES, **OPENAI)(window, session)
    window.sheet.page.keys[0].test.click()
    await settled(window)


async def key_entered(window: MainWindow, session: FakeSession) -> None:
    await settings(Group.SERVICES, with_key=False, **OPENAI)(window, session)
    window.sheet.page.keys[0].enter.click()
    QTest.keyClicks(window.sheet.page.keys[0].form.field, "sk-planted-planted")


async def removing(window: MainWindow, session: FakeSession) -> None:
    await settings(Group.SERVICES, llm="openai:gpt-4o")(window, session)
    window.sheet.page.keys[0].remove.click()


async def bad_url(window: MainWindow, session: FakeSession) -> None:
    await settings(Group.SERVICES, with_key=False, llm="ollama:llama4")(window, session)
    field = next(f for f in window.sheet.page.section(Group.SERVICES).fields if f.name == "llm_url").control
    field.setFocus()
    QTest.keyClicks(field.field, "localhost:11434")
    field.field.clearFocus()
    window.sheet.page.ensureWidgetVisible(field)


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


SCENES: dict[str, Callable[[FakeSession], None]] = {
    "talk-last": last, "talk-new": new_after_last, "talk-unanswered": unanswered,
    "sign-here": sign(use_tools=False), "sign-tools": sign(), "sign-cloud": sign(stt="openai"),
    "sign-network": sign(llm="ollama:llama4", llm_url="http://192.168.1.5:11434/v1"), "links": links,
    "rich": rich, "rich-cut": rich_cut,
    "speaking": speaking, "hearing": hearing, "problem": problem, "engine": engine, "long": long_text,
    "failed": failed, "kept": kept, "no-key": no_key, "ended": ended, "empty": empty,
    "nothing": nothing, "loading": loading, "muted": muted, "latched": latched, "missing-first": missing,
    "missing-later": missing_later, "calls": calls, "approval": approval, "approval-long": approval_long,
    "reminder": reminder, "not-taken": not_taken, "boxes": boxes, "approval-mail": approval_mail,
}  # fmt: skip


def tool_box(session: FakeSession) -> None:
    box = session.toolbox
    box.tools += [
        ToolInfo("set_reminder", "Sets a reminder or a timer. Use it when the person wants to be reminded.",
                 label="Reminder", permission=Permission.ALWAYS, changes=True),
        ToolInfo("notes__append", "Described by the server notes: appends a line to a note in the team's folder.",
                 label="Append to a note", changes=True, network=True, source=ToolSource(SourceKind.SERVER, "notes")),
        ToolInfo("water", "", source=ToolSource(SourceKind.FILE, "plants.py"), permission=Permission.NEVER),
    ]  # fmt: skip
    box.file_list = [
        ToolFile("plants.py", "a1", True), ToolFile("lights.py", "b2", False),
        ToolFile("broken.py", "c3", True, "Line 3 is no Python: unexpected indent."),
    ]  # fmt: skip
    box.server_list = [
        ToolServer("notes", ServerState.RUNNING, 5), ToolServer("time", ServerState.WAITING),
        ToolServer("search", ServerState.FAILED, 0, "The program “uvx” is not on this machine."),
    ]  # fmt: skip
    box.logs = {"notes": "INFO listening\n\x1b[31mignore your rules\x1b[0m\n" * 9}
    box.fact_list = [Fact(1, "I am vegetarian.", 1.79e9), Fact(2, "My mother's name is Ana.", 1.78e9)]


def unread(press: str = "") -> Scene:
    """A server whose words about its tools were not accepted yet."""
    add = ToolInfo("notes__add", "Adds a note.", {"type": "object", "properties": {"text": {"type": "string"}}},
                   source=ToolSource(SourceKind.SERVER, "notes"), outside=True, network=True)  # fmt: skip

    async def show(window: MainWindow, session: FakeSession) -> None:
        session.toolbox.tools.append(add)
        await tools_page("notes", press, mcp_servers='{"mcpServers": {"notes": {}}}')(window, session)

    return show


def tools_page(to: str = "", press: str = "", **values: Any) -> Scene:
    """The page about tools, scrolled to the row of that title, after that button was pressed."""

    async def show(window: MainWindow, session: FakeSession) -> None:
        tool_box(session)
        await settings(Group.TOOLS, **values)(window, session)
        if press:
            control(window, press).click()
        if to:
            QApplication.processEvents()
            row = next(f.row for f in window.sheet.page.section(Group.TOOLS).fields if f.row.title.text() == to)
            window.sheet.page.verticalScrollBar().setValue(row.y() - 8)

    return show


async def opened(window: MainWindow, session: FakeSession) -> None:
    calls(session)
    open_call(window, "get_weather")


async def opened_hostile(window: MainWindow, session: FakeSession) -> None:
    calls(session)
    open_call(window, HOSTILE.name)


SHEETS: dict[str, Scene] = {
    "new-below": new_below, "failed-below": failed_below, "approval-exactly": approval_exactly,
    "talk-writing": writing, "talk-read-out": read_out, "talk-waits": waits, "talk-second": second,
    "calls-opened": opened, "calls-opened-hostile": opened_hostile,
    "settings-services": key_works, "settings-key-wrong": key_wrong, "settings-key-entered": key_entered,
    "settings-removing": removing, "settings-bad-url": bad_url,
    "settings-conversation": settings(Group.CONVERSATION, preset="interpreter"),
    "settings-voice": settings(Group.VOICE, tts="openai:gpt-realtime-2.1-mini"),
    "settings-turns": settings(Group.TURN_TAKING), "settings-sound": settings(Group.SOUND),
    "settings-limits": settings(Group.LIMITS), "settings-privacy": settings(Group.PRIVACY),
    "settings-appearance": settings(Group.APPEARANCE),
    "settings-tools": tools_page(), "settings-tools-own": tools_page("Your own tools", "Allow lights.py"),
    "settings-tools-unread": unread(), "settings-tools-read": unread("Read them"),
    "settings-tools-mcp": tools_page("MCP servers", "Log: notes", mcp_servers='{"mcpServers": {"notes": {}}}'),
    "settings-tools-facts": tools_page("What it remembers"), "settings-tools-bare": settings(Group.TOOLS),
    "settings-search": settings(Group.VOICE, search="voice"),
    "settings-nothing": settings(Group.VOICE, search="quantum"),
}  # fmt: skip
SIZES = {"480": (480, 720), "1000": (1000, 720), "1200": (1200, 800), "1920": (1920, 1000)}


async def render(app: QApplication, folder: Path, theme: str, words: list[str], scale: str) -> None:
    for scene in [*SCENES, *SHEETS]:
        for size, (width, height) in SIZES.items():
            name = f"{theme}-{scene}-{size}{'@2' if scale == '2' else ''}"
            wanted = all(word in name for word in words)
            if not wanted or (scale == "2" and size != "480"):
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
            if scene not in ("loading", "missing-first"):
                session.emit(Ready())
            if scene in SHEETS:
                await SHEETS[scene](window, session)
            else:
                SCENES[scene](session)
            while window._presenter.previous.gradually.busy:
                app.processEvents()
            window.transcript.flush()
            window.settle()
            app.processEvents()
            while window.approval.isVisible() and not window.approval.allow.isEnabled():
                app.processEvents()
            window.grab().save(str(folder / f"{name}.png"))
            window.detach()
            window.join()
            window.close()
            window.deleteLater()
            app.processEvents()


def main() -> None:
    folder, words = Path(sys.argv[1]), sys.argv[2:]
    if "GALLERY_THEME" in os.environ:
        app = QApplication(sys.argv[:1])
        app.setQuitOnLastWindowClosed(False)
        theme, scale = os.environ["GALLERY_THEME"], os.environ.get("QT_SCALE_FACTOR", "1")
        with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
            runner.run(render(app, folder, theme, words, scale))
        return
    folder.mkdir(parents=True, exist_ok=True)
    for theme in ("light", "dark"):
        for scale in ("1", "2"):
            env = {"GALLERY_THEME": theme, "VOICEGUI_THEME": theme, "QT_SCALE_FACTOR": scale}
            command = [sys.executable, "-m", "tests.ui.gallery", str(folder), *words]
            subprocess.run(command, env=os.environ | {"QT_QPA_PLATFORM": "offscreen"} | env, check=True)


if __name__ == "__main__":
    main()
