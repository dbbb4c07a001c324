"""Live transcription when connections break, end or get old, and when the server refuses."""

import asyncio
from traceback import format_exception

import pytest

from tests.contract.speech_to_text import feed
from voicegui.core.audio import Audio
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.providers.openai.realtime.connection import ROLL_OVER_S

from .conftest import Clock, Maker
from .hearing import ONE, TWO, answer, error_of, heard, hears
from .messages import committed, refusal, transcript, transcript_failed, words
from .server import (
    GREETED,
    KEY,
    Close,
    Commit,
    Connection,
    Drop,
    Hear,
    Send,
    Tell,
    scripted,
    talk,
)


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


async def test_a_goodbye_that_quotes_the_key(make: Maker) -> None:
    goodbye = talk(Commit(len(ONE)), Close(3000, f"Incorrect API key: {KEY}"))
    async with scripted(goodbye, goodbye, goodbye) as url:
        assert KEY not in "".join(format_exception(await error_of(make.stt(url))))
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
