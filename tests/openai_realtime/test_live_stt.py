"""Live transcription against a scripted server."""

import asyncio
import logging

import pytest

from tests.contract.speech_to_text import SpeechToTextContract, Utterance, feed, silence
from voicegui.core.audio import Audio
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.ports import Hearing, SpeechToText
from voicegui.providers.openai.live_stt import LiveSpeechToText
from voicegui.providers.openai.realtime import ROLL_OVER_S

from .conftest import Clock, Maker
from .logs import assert_discreet
from .messages import cleared, committed, refusal, transcript, transcript_failed, words
from .models import modelled
from .server import (
    GREETED,
    KEY,
    Close,
    Commit,
    Connection,
    Drop,
    Expect,
    Hear,
    Refused,
    Send,
    Tell,
    Wait,
    scripted,
    talk,
)
from .tones import spoken


class TestContract(SpeechToTextContract):
    @pytest.fixture
    async def stt(self, make: Maker) -> SpeechToText:
        return make.stt(await make.enter(modelled()))

    @pytest.fixture
    def utterance(self) -> Utterance:
        text = "north east south west up down"
        return spoken(*text.split()), text


ONE, TWO = spoken("north", "east"), spoken("south")
CLEARED = Expect("input_audio_buffer.clear")


def answer(item: str, text: str) -> tuple[Send, Send]:
    return Send(committed(item)), Send(transcript(item, text))


def hears(stt: LiveSpeechToText, *sounds: Audio) -> Hearing:
    hearing = stt.listen(lambda text: None)
    for sound in sounds:
        feed(hearing, sound)
    return hearing


async def heard(stt: LiveSpeechToText, *sounds: Audio) -> str:
    hearing = hears(stt, *sounds)
    text = await hearing.text()
    await hearing.aclose()
    return text


async def error_of(stt: LiveSpeechToText) -> VoiceError:
    with pytest.raises(VoiceError) as caught:
        await heard(stt, ONE)
    return caught.value


async def test_words_come_while_the_user_talks(make: Maker) -> None:
    """Deltas come before the server has acknowledged anything."""
    partials: list[str] = []
    two = asyncio.Event()

    def tell(text: str) -> None:
        partials.append(text)
        if len(partials) == 2:
            two.set()

    said = (Send(words("item_1", "North")), Send(words("item_1", " east")))
    last = Send(words("item_1", " south"))
    script = talk(Hear(), *said, Commit(len(ONE) + len(TWO)), last, *answer("item_1", " North east south. "))
    async with scripted(script) as url:
        hearing = make.stt(url).listen(tell)
        feed(hearing, ONE)
        await two.wait()
        feed(hearing, TWO)
        assert await hearing.text() == "North east south."
        await hearing.aclose()
        await make.aclose()
    assert partials == ["North", "North east"]


async def test_the_session_is_configured(make: Maker) -> None:
    transcription = {"model": "gpt-live-transcribe", "languages": ["en", "de"], "keywords": ["Zyx"]}
    pcm = {"type": "audio/pcm", "rate": 24_000}
    listening = {"format": pcm, "transcription": transcription, "turn_detection": None}
    greeted = Expect("session.update", {"session": {"type": "transcription", "audio": {"input": listening}}})
    script = Connection((greeted, Commit(len(ONE)), *answer("a", "x")), {"intent": ["transcription"], "model": None})
    async with scripted(script) as url:
        assert await heard(make.stt(url, languages=["en", "de"], keywords=["Zyx"]), ONE) == "x"
        await make.aclose()


async def test_silence_is_not_sent(make: Maker) -> None:
    async with scripted() as url:
        assert await heard(make.stt(url), silence(2)) == ""
        await make.aclose()


async def test_silence_after_the_words_is_not_sent(make: Maker) -> None:
    async with scripted(talk(Commit(len(ONE)), *answer("a", "north"))) as url:
        hearing = hears(make.stt(url), ONE)
        assert await hearing.text() == "north"
        feed(hearing, silence(1))
        assert await hearing.text() == "north"
        await hearing.aclose()
        await make.aclose()


async def test_a_very_short_sound_is_long_enough_for_the_server(make: Maker) -> None:
    short = Audio(ONE.samples[3200:3840], ONE.rate_hz)
    async with scripted(talk(Commit(1600), *answer("a", ""))) as url:
        assert await heard(make.stt(url), short) == ""
        await make.aclose()


async def test_more_is_joined(make: Maker) -> None:
    script = talk(Commit(len(ONE)), *answer("a", "North"), Commit(len(TWO)), *answer("b", "south."))
    async with scripted(script) as url:
        hearing = hears(make.stt(url), ONE)
        assert await hearing.text() == "North"
        feed(hearing, TWO)
        assert await hearing.text() == "North south."
        await hearing.aclose()
        await make.aclose()


async def test_answers_may_come_in_another_order(make: Maker) -> None:
    answers = (Send(committed("a")), Send(committed("b")), Send(transcript("b", "b")), Send(transcript("a", "a")))
    async with scripted(talk(Commit(len(ONE)), Commit(len(TWO)), *answers)) as url:
        stt = make.stt(url)
        await stt.warm()
        assert await asyncio.gather(heard(stt, ONE), heard(stt, TWO)) == ["a", "b"]
        await make.aclose()


async def test_asking_again_commits_nothing_twice(make: Maker) -> None:
    asked, go = asyncio.Event(), asyncio.Event()
    async with scripted(talk(Commit(len(ONE)), Tell(asked), Wait(go), *answer("a", "north"))) as url:
        hearing = hears(make.stt(url), ONE)
        waiting = asyncio.create_task(hearing.text())
        await asked.wait()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        go.set()
        assert await hearing.text() == "north"
        await hearing.aclose()
        await make.aclose()


async def test_one_connection_serves_many_utterances(make: Maker) -> None:
    steps = [step for item in "abc" for step in (Commit(len(ONE)), *answer(item, item))]
    async with scripted(talk(*steps)) as url:
        stt = make.stt(url)
        assert [await heard(stt, ONE) for _ in range(3)] == ["a", "b", "c"]
        await make.aclose()


# ---------------------------------------------------------------- one buffer, several hearings


async def test_what_nobody_wants_any_more_is_cleared(make: Maker) -> None:
    """Its late words are not taken for the next one's."""
    began = asyncio.Event()
    late = (Send(words("a", "late")), Send(cleared()), Send(words("a", "r")), Send(words("b", "South")))
    script = talk(Hear(), Tell(began), CLEARED, Hear(), *late, Commit(len(TWO)), *answer("b", "South."))
    partials: list[str] = []
    told = asyncio.Event()

    def tell(text: str) -> None:
        partials.append(text)
        told.set()

    async with scripted(script) as url:
        stt = make.stt(url)
        first = hears(stt, ONE)
        await began.wait()
        await first.aclose()
        second = stt.listen(tell)
        feed(second, TWO)
        await told.wait()
        assert await second.text() == "South."
        await second.aclose()
        await make.aclose()
    assert partials == ["South"]


async def test_whoever_is_asked_gets_the_buffer(make: Maker) -> None:
    """The other one's sound is sent again when it is asked for."""
    began = asyncio.Event()
    first = (Hear(), Tell(began), CLEARED, Send(cleared()))
    script = talk(*first, Commit(len(TWO)), *answer("b", "two"), Commit(len(ONE)), *answer("a", "one"))
    async with scripted(script) as url:
        stt = make.stt(url)
        one = hears(stt, ONE)
        await began.wait()
        assert await heard(stt, TWO) == "two"
        assert await one.text() == "one"
        await one.aclose()
        await make.aclose()


# ---------------------------------------------------------------- lost connections


async def test_lost_while_the_user_talks(make: Maker) -> None:
    """The sound is sent again while he goes on talking."""
    again = asyncio.Event()
    fed = [len(ONE)]
    first, second = talk(Hear(), Drop()), talk(Hear(), Tell(again), Commit(lambda: sum(fed)), *answer("a", "north"))
    async with scripted(first, second) as url:
        hearing = hears(make.stt(url), ONE)
        while not again.is_set():
            hearing.feed(Audio(TWO.samples[2048:3072], TWO.rate_hz))
            fed.append(512)
            await asyncio.sleep(0.01)  # as the microphone does, three times as fast
        assert await hearing.text() == "north"
        await hearing.aclose()
        await make.aclose()


async def test_lost_before_the_answer(make: Maker) -> None:
    first, second = talk(Commit(len(ONE)), Drop()), talk(Commit(len(ONE)), *answer("a", "north"))
    async with scripted(first, second) as url:
        assert await heard(make.stt(url), ONE) == "north"
        await make.aclose()


async def test_what_was_answered_is_not_sent_again(make: Maker) -> None:
    first = talk(Commit(len(ONE)), *answer("a", "north"), Commit(len(TWO)), Close(1011))
    async with scripted(first, talk(Commit(len(TWO)), *answer("a", "south"))) as url:
        hearing = hears(make.stt(url), ONE)
        assert await hearing.text() == "north"
        feed(hearing, TWO)
        assert await hearing.text() == "north south"
        await hearing.aclose()
        await make.aclose()


async def test_lost_for_good(make: Maker) -> None:
    """And asked once more later, with the same sound."""
    lost = talk(Commit(len(ONE)), Drop())
    async with scripted(lost, lost, lost, talk(Commit(len(ONE)), *answer("a", "north"))) as url:
        hearing = hears(make.stt(url), ONE)
        with pytest.raises(VoiceError) as caught:
            await hearing.text()
        assert (caught.value.code, caught.value.retryable) == (ErrorCode.OFFLINE, True)
        assert await hearing.text() == "north"
        await hearing.aclose()
        await make.aclose()


async def test_a_session_that_expired_is_opened_again(make: Maker) -> None:
    expired = Send(refusal("invalid_request_error", "session_expired"))
    first = talk(Commit(len(ONE)), *answer("a", "north"), Commit(len(TWO)), expired, Close(1001))
    async with scripted(first, talk(Commit(len(TWO)), *answer("a", "south"))) as url:
        stt = make.stt(url)
        assert await heard(stt, ONE) == "north"
        assert await heard(stt, TWO) == "south"
        await make.aclose()


async def test_an_old_session_is_replaced_before_it_ends(make: Maker, clock: Clock) -> None:
    """Nobody waits for the new one: what comes meanwhile is still heard on the old one."""
    greeted = asyncio.Event()
    old = talk(Commit(len(ONE)), *answer("a", "one"), Commit(len(ONE)), *answer("b", "two"))
    new = Connection((GREETED, Tell(greeted), Commit(len(ONE)), *answer("c", "three")))
    async with scripted(old, new) as url:
        stt = make.stt(url)
        assert await heard(stt, ONE) == "one"
        clock.now = ROLL_OVER_S
        assert await heard(stt, ONE) == "two"
        await greeted.wait()
        assert await heard(stt, ONE) == "three"
        await make.aclose()


# ---------------------------------------------------------------- what the server says


async def test_unknown_events_are_passed_over(make: Maker) -> None:
    odd = (Send({"type": "conversation.item.added", "item": {}}), Send({"type": "of.tomorrow", "x": [1]}))
    strangers = (Send(transcript("stranger", "x")), Send(words("stranger", "x")))
    async with scripted(talk(*odd, *strangers, Commit(len(ONE)), *odd, *answer("a", "north"))) as url:
        assert await heard(make.stt(url), ONE) == "north"
        await make.aclose()


@pytest.mark.parametrize(
    "garbage", ["{", "[]", '{"type": "error"}', '{"type": "input_audio_buffer.committed"}', "\x00"]
)
async def test_after_garbage_another_session_answers(make: Maker, garbage: str) -> None:
    first, second = talk(Commit(len(ONE)), Send(garbage)), talk(Commit(len(ONE)), *answer("a", "north"))
    async with scripted(first, second) as url:
        assert await heard(make.stt(url), ONE) == "north"
        await make.aclose()


async def test_nothing_but_garbage(make: Maker) -> None:
    async with scripted(*[talk(Commit(len(ONE)), Send("garbage"))] * 3) as url:
        assert (await error_of(make.stt(url))).code is ErrorCode.BAD_ANSWER
        await make.aclose()


async def test_a_failed_transcription_is_asked_for_again(make: Maker) -> None:
    failed = (Send(committed("a")), Send(transcript_failed("a", "server_error")))
    async with scripted(talk(Commit(len(ONE)), *failed, Commit(len(ONE)), *answer("b", "north"))) as url:
        assert await heard(make.stt(url), ONE) == "north"
        await make.aclose()


async def test_a_quota_that_is_used_up(make: Maker) -> None:
    failed = (Send(committed("a")), Send(transcript_failed("a", "insufficient_quota", "insufficient_quota")))
    async with scripted(talk(Commit(len(ONE)), *failed)) as url:
        error = await error_of(make.stt(url))
        assert (error.code, error.retryable) == (ErrorCode.QUOTA_USED_UP, False)
        assert "SECRETWORDS" not in str(error)
        await make.aclose()


async def test_a_refused_commit_is_told(make: Maker) -> None:
    refused = Send(refusal("invalid_request_error", "input_audio_buffer_commit_empty", "take-1"))
    async with scripted(talk(Commit(len(ONE)), refused, Commit(len(ONE)), *answer("a", "north"))) as url:
        stt = make.stt(url)
        assert (await error_of(stt)).code is ErrorCode.BAD_REQUEST
        assert await heard(stt, ONE) == "north"
        await make.aclose()


async def test_a_refused_configuration_is_told(make: Maker) -> None:
    refused = Send(refusal("invalid_request_error", "model_not_found", "greeting"))
    async with scripted(talk(Commit(len(ONE)), refused)) as url:
        assert (await error_of(make.stt(url, model="gpt-nothing"))).code is ErrorCode.MODEL_UNKNOWN
        await make.aclose()


async def test_the_last_complaint_is_the_reason(make: Maker) -> None:
    wrong = Send(refusal("invalid_request_error", "invalid_api_key"))
    async with scripted(talk(Commit(len(ONE)), wrong, Close(3000))) as url:
        assert (await error_of(make.stt(url))).code is ErrorCode.WRONG_KEY
        await make.aclose()


async def test_a_silent_server_is_not_waited_for_forever(make: Maker) -> None:
    async with scripted(talk(Commit(len(ONE)))) as url:
        error = await error_of(make.stt(url, patience_s=0.05))
        assert (error.code, error.retryable) == (ErrorCode.TIMED_OUT, True)
        await make.aclose()


async def test_long_sound_is_sent_in_pieces(make: Maker) -> None:
    """The server refuses messages of more than 1 MiB."""
    long = Audio(ONE.samples * 100, ONE.rate_hz)
    async with scripted(talk(Commit(len(long)), *answer("a", "long"))) as url:
        hearing = make.stt(url).listen(lambda text: None)
        hearing.feed(long)
        assert await hearing.text() == "long"
        await hearing.aclose()
        await make.aclose()


# ---------------------------------------------------------------- no connection


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (401, {"error": {"code": "invalid_api_key", "message": f"Incorrect API key: {KEY}"}}, ErrorCode.WRONG_KEY),
        (403, {}, ErrorCode.NO_PERMISSION),
        (404, {}, ErrorCode.NOT_OFFERED),
        (429, {"error": {"code": "insufficient_quota"}}, ErrorCode.QUOTA_USED_UP),
    ],
)
async def test_refused_at_the_door(make: Maker, status: int, body: dict[str, object], code: ErrorCode) -> None:
    async with scripted(Refused(status, body)) as url:
        error = await error_of(make.stt(url))
        assert (error.code, error.retryable) == (code, False)
        assert KEY not in str(error)
        await make.aclose()


async def test_a_redirect_to_another_host_is_not_followed(make: Maker) -> None:
    async with scripted(Refused(302, location="ws://localhost.invalid/v1/realtime")) as url:
        assert (await error_of(make.stt(url))).code is ErrorCode.REDIRECTED
        await make.aclose()


async def test_nobody_there(make: Maker) -> None:
    async with scripted() as url:
        pass
    assert (await error_of(make.stt(url))).code is ErrorCode.OFFLINE


async def test_neither_key_nor_words_are_logged(make: Maker, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    complaint = Send(refusal("server_error", "oops"))
    script = talk(Commit(len(ONE)), complaint, Send(words("a", "SECRETWORDS")), *answer("a", "SECRETWORDS"), Drop())
    async with scripted(script, Refused(401, {"error": {"message": KEY}})) as url:
        stt = make.stt(url)
        assert await heard(stt, ONE) == "SECRETWORDS"
        with pytest.raises(VoiceError) as caught:
            while True:  # until the loss is noticed
                await stt.warm()
                await asyncio.sleep(0)
        assert caught.value.code is ErrorCode.WRONG_KEY
        await make.aclose()
    assert_discreet(caplog, "SECRETWORDS")
