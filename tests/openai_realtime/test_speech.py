"""Reading aloud by a Realtime model."""

import asyncio
from array import array

import pytest

from tests.contract.text_to_speech import TextToSpeechContract
from voicegui.core.errors import ErrorCode
from voicegui.core.ports import TextToSpeech

from .conftest import Maker
from .messages import rate_limits, refusal, response_created, said
from .models import modelled
from .server import Connection, Expect, Send, Tell, Wait, scripted, talk
from .speaking import TEXT, TONE, asked, began, done, error_of, sounded, spoken, whole


class TestContract(TextToSpeechContract):
    @pytest.fixture
    async def tts(self, make: Maker) -> TextToSpeech:
        return make.tts(await make.enter(modelled()))


async def test_sentences_are_read_on_one_connection(make: Maker) -> None:
    async with scripted(talk(*spoken(1), *spoken(2, "Yes."), model="gpt-realtime-2.1-mini")) as url:
        tts = make.tts(url)
        assert await whole(tts.speak(TEXT)) == TONE
        assert await whole(tts.speak("Yes.")) == TONE
        await make.aclose()


async def test_the_session_is_configured(make: Maker) -> None:
    output = {"format": {"type": "audio/pcm", "rate": 24_000}, "voice": "cedar", "speed": 1.5}
    session = {"type": "realtime", "output_modalities": ["audio"], "audio": {"output": output}}
    async with scripted(Connection((Expect("session.update", {"session": session}), *spoken(1)))) as url:
        await whole(make.tts(url, voice="cedar", speed=4.0).speak(TEXT))
        await make.aclose()


@pytest.mark.parametrize("text", ["", " ", "...", "😀", "\0"])
async def test_what_nobody_can_say_is_not_sent(make: Maker, text: str) -> None:
    async with scripted() as url:
        assert await whole(make.tts(url).speak(text)) == b""
        await make.aclose()


async def test_sound_comes_piece_by_piece(make: Maker) -> None:
    go = asyncio.Event()
    async with scripted(talk(asked(1), began(1), sounded(1), Wait(go), sounded(1), done(1))) as url:
        speech = make.tts(url).speak(TEXT)
        assert (await anext(speech)).samples == TONE
        go.set()
        assert await whole(speech) == TONE
        await make.aclose()


async def test_parallel_sentences_do_not_mix(make: Maker) -> None:
    low, high = array("h", [1000] * 100).tobytes(), array("h", [9000] * 100).tobytes()
    mixed = (began(2), began(1), sounded(1, low), sounded(2, high), sounded(1, low), done(2), done(1))
    async with scripted(talk(asked(1, "One."), asked(2, "Two."), *mixed)) as url:
        tts = make.tts(url)
        await tts.warm()
        one, two = await asyncio.gather(whole(tts.speak("One.")), whole(tts.speak("Two.")))
        assert (one, two) == (low * 2, high)
        await make.aclose()


async def test_silence_before_the_first_sound_is_not_played(make: Maker) -> None:
    """20 ms of it are kept; a sample may be cut in two by the way."""
    silence = bytes(9600)
    pieces = (sounded(1, silence[:4801]), sounded(1, silence[4801:]), sounded(1, TONE[:11]), sounded(1, TONE[11:]))
    async with scripted(talk(asked(1), began(1), *pieces, done(1))) as url:
        assert await whole(make.tts(url).speak(TEXT)) == bytes(960) + TONE
        await make.aclose()


# ---------------------------------------------------------------- stopping


async def test_closing_stops_the_response(make: Maker) -> None:
    """What of it still comes is not the next sentence's."""
    stopped = Expect("response.cancel", {"response_id": "r1"})
    late = (sounded(1), done(1, "cancelled", reason="client_cancelled"))
    async with scripted(talk(asked(1), began(1), sounded(1), stopped, *late, *spoken(2))) as url:
        tts = make.tts(url)
        speech = tts.speak(TEXT)
        await anext(speech)
        await speech.aclose()
        assert await whole(tts.speak(TEXT)) == TONE
        await make.aclose()


async def test_closing_before_it_began(make: Maker) -> None:
    """It has no id yet: it is stopped as soon as it has one."""
    created, go, cancelled = asyncio.Event(), asyncio.Event(), asyncio.Event()
    stopped = Expect("response.cancel", {"response_id": "r1"})
    gone = Send(refusal("invalid_request_error", "response_cancel_not_active", "x"))
    first = (asked(1), Tell(created), Wait(go), began(1), stopped, Tell(cancelled), gone, done(1))
    async with scripted(talk(*first, *spoken(2))) as url:
        tts = make.tts(url)
        speaking = asyncio.create_task(whole(tts.speak(TEXT)))
        await created.wait()
        speaking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await speaking
        go.set()
        await cancelled.wait()
        assert await whole(tts.speak(TEXT)) == TONE
        await make.aclose()


# ---------------------------------------------------------------- what the server says


async def test_a_refused_request_is_told(make: Maker) -> None:
    refused = Send(refusal("invalid_request_error", "insufficient_quota", "speech-1"))
    async with scripted(talk(asked(1), refused, *spoken(2))) as url:
        tts = make.tts(url)
        assert (await error_of(tts)).code is ErrorCode.QUOTA_USED_UP
        assert await whole(tts.speak(TEXT)) == TONE
        await make.aclose()


async def test_too_many_requests_are_tried_again_later(make: Maker) -> None:
    limited = done(1, "failed", error={"type": "tokens", "code": "rate_limit_exceeded", "message": "in 3 s"})
    async with scripted(talk(asked(1), began(1), Send(rate_limits()), limited, *spoken(2))) as url:
        assert await whole(make.tts(url).speak(TEXT)) == TONE
        await make.aclose()
    assert make.pauses == [0.25]


async def test_too_many_requests_for_too_long(make: Maker) -> None:
    limited = {"type": "requests", "code": "rate_limit_exceeded"}
    steps = [step for n in (1, 2, 3) for step in (asked(n), began(n), done(n, "failed", error=limited))]
    async with scripted(talk(*steps)) as url:
        assert (await error_of(make.tts(url))).code is ErrorCode.RATE_LIMITED
        await make.aclose()
    assert make.pauses == [0.25, 0.5]


async def test_nothing_is_spoken_twice(make: Maker) -> None:
    failed = done(1, "failed", error={"type": "server_error"})
    async with scripted(talk(asked(1), began(1), sounded(1), failed)) as url:
        error = await error_of(make.tts(url))
        assert (error.code, error.retryable) == (ErrorCode.SERVER_FAILED, True)
        await make.aclose()


async def test_what_the_service_declines_to_say(make: Maker) -> None:
    async with scripted(talk(asked(1), began(1), done(1, "incomplete", reason="content_filter"))) as url:
        assert (await error_of(make.tts(url))).code is ErrorCode.CONTENT_REFUSED
        await make.aclose()


async def test_a_response_without_sound(make: Maker) -> None:
    steps = [step for n in (1, 2, 3) for step in (asked(n), began(n), done(n))]
    async with scripted(talk(*steps)) as url:
        assert (await error_of(make.tts(url))).code is ErrorCode.BAD_ANSWER
        await make.aclose()


async def test_a_refused_voice_is_told(make: Maker) -> None:
    refused = Send(refusal("invalid_request_error", "invalid_value", "greeting"))
    async with scripted(talk(asked(1), refused)) as url:
        assert (await error_of(make.tts(url, voice="nobody"))).code is ErrorCode.BAD_REQUEST
        await make.aclose()


async def test_unknown_events_are_passed_over(make: Maker) -> None:
    odd = (Send({"type": "response.of_tomorrow"}), Send(rate_limits()), Send(response_created("other", "x")))
    strange = (sounded(7), Send(said("r7", "x")), done(7))
    async with scripted(talk(asked(1), *odd, began(1), *strange, sounded(1), done(1))) as url:
        assert await whole(make.tts(url).speak(TEXT)) == TONE
        await make.aclose()


async def test_a_silent_server_is_not_waited_for_forever(make: Maker) -> None:
    async with scripted(talk(asked(1))) as url:
        error = await error_of(make.tts(url, patience_s=0.05))
        assert (error.code, error.retryable) == (ErrorCode.TIMED_OUT, True)
        await make.aclose()
