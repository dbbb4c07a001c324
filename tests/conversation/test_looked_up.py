"""Whatever a conversation tells of its stages is looked up, to its last word."""

import pytest

from tests.pseudo_pieces import in_pieces as in_pieces
from tests.pseudo_pieces import not_looked_up
from voicegui.conversation.announcements import _not_heard
from voicegui.conversation.background_tasks import as_voice_error
from voicegui.conversation.fallback import Outage
from voicegui.conversation.stage_calls import _LATE, _STALLED, NO_ANSWER, _timed_out
from voicegui.conversation.utterance import UnansweredSound, no_writer
from voicegui.core.audio import Audio
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import AudioNotSaved, Event, FellBack, Stage
from voicegui.core.wording import sentence

pytestmark = pytest.mark.usefixtures("in_pieces")


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("table", [_LATE, _STALLED])
def test_a_stage_that_is_late(stage: Stage, table: dict[Stage, tuple[object, object]]) -> None:
    assert not_looked_up(_timed_out(table, stage, 2.5).message) == ""  # type: ignore[arg-type]


@pytest.mark.parametrize("stage", Stage)
def test_a_second_choice(stage: Stage) -> None:
    told: list[FellBack] = []
    error = VoiceError(ErrorCode.OFFLINE, sentence("It is off."), advice=sentence("Try again."), retryable=True)
    Outage(stage, told.append).failed(error)
    [fell_back] = told
    assert not_looked_up(fell_back.message) == "" and fell_back.message.startswith("⟦It is off.⟧ ⟦Until ")


def test_no_answer_and_what_was_not_heard() -> None:
    assert not_looked_up(NO_ANSWER.shown()) == not_looked_up(_not_heard().message) == ""


def test_a_part_that_breaks() -> None:
    assert not_looked_up(as_voice_error(ValueError("secret")).message, "ValueError") == ""


async def test_sound_that_is_not_saved() -> None:
    told: list[Event] = []
    sound = UnansweredSound()
    await sound.save("/", no_writer, told.append)
    sound.samples = bytes(64)
    await sound.save("/", no_writer, told.append)

    async def breaks(path: str, audio: Audio) -> None:
        raise ValueError

    await sound.save("/", breaks, told.append)
    assert len(told) == 3
    for event in told:
        assert isinstance(event, AudioNotSaved) and not_looked_up(event.message, "ValueError") == ""
