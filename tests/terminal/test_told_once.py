"""The same trouble, told by a part and by the turn that it cost, is told to a person once."""

import io
import json

import pytest

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import Event, ProblemAppeared, ProblemSolved, Timings, TurnDone, TurnFailed, UserSaid
from voicegui.terminal.json_events import Journal
from voicegui.terminal.talk import _Screen

GONE = "The speech engine ended. It is being started again."
FAILED = TurnFailed(1, ErrorCode.ENGINE_FAILED, GONE, True)
PROBLEM = ProblemAppeared("engine", ErrorCode.ENGINE_FAILED, GONE)
OTHER = TurnFailed(2, ErrorCode.TIMED_OUT, "It took too long.", True)


@pytest.mark.parametrize(
    ("events", "told"),
    [
        ([PROBLEM, FAILED], [GONE]),
        ([FAILED, PROBLEM], [GONE]),
        ([FAILED, OTHER], [GONE, OTHER.message]),
        ([PROBLEM, OTHER, FAILED], [GONE, OTHER.message, GONE]),
        ([FAILED, UserSaid(2, "Again."), FAILED], [GONE, GONE]),
        ([PROBLEM, ProblemSolved("engine"), PROBLEM], [GONE, "engine works again", GONE]),
    ],
)
def test_in_the_terminal(events: list[Event], told: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    shown = _Screen()
    for event in events:
        shown.show(event)
    assert capsys.readouterr().err.splitlines() == told


def test_what_ended_the_program_is_known_to_the_journal() -> None:
    stream = io.StringIO()
    journal = Journal(stream, 0.0)
    error = VoiceError(FAILED.code, FAILED.message)
    assert not journal.told(error)
    journal.receive(FAILED)
    journal.write("announced", text="")
    assert journal.told(error) and not journal.told(VoiceError(OTHER.code, OTHER.message))
    journal.receive(TurnDone(2, "Hello.", "Hello.", Timings()))
    assert not journal.told(error)
    assert [json.loads(line)["type"] for line in stream.getvalue().splitlines()] == ["error", "announced", "turn"]
