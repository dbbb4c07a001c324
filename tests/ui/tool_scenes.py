"""Calls of tools, and the card that asks, in the pictures of the window."""

from dataclasses import replace

from voicegui.core.events import (
    ApprovalAnswered,
    ApprovalAsked,
    Phase,
    ReplyGrew,
    Timings,
    ToolCalled,
    ToolFinished,
    TurnDone,
    UserSaid,
)
from voicegui.core.tools import ToolCall
from voicegui.ui.actions import ToggleCall
from voicegui.ui.window import MainWindow

from .fake_session import FakeSession
from .scenes import TIMES, speaking

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
    window.transcript.acted.emit(ToggleCall(entry.number))


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


async def opened(window: MainWindow, session: FakeSession) -> None:
    calls(session)
    open_call(window, "get_weather")


async def opened_hostile(window: MainWindow, session: FakeSession) -> None:
    calls(session)
    open_call(window, HOSTILE.name)
