"""Reading aloud by a Realtime model, against a scripted server."""

import asyncio
import logging
from array import array
from collections.abc import AsyncGenerator

import pytest

from tests.contract.text_to_speech import TextToSpeechContract
from voicegui.core.audio import Audio
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.ports import TextToSpeech
from voicegui.providers.openai.realtime import ROLL_OVER_S
from voicegui.providers.openai.realtime_tts import RealtimeTextToSpeech

from .conftest import Clock, Maker
from .logs import assert_discreet
from .messages import rate_limits, refusal, response_created, response_done, said, sound
from .models import modelled
from .server import Close, Connection, Drop, Expect, Refused, Send, Step, Tell, Wait, scripted, talk

TEXT = "It's half past seven."
TONE = array("h", [9000, -9000] * 1200).tobytes()
"""100 ms."""


class TestContract(TextToSpeechContract):
    @pytest.fixture
    async def tts(self, make: Maker) -> TextToSpeech:
        return make.tts(await make.enter(modelled()))


def asked(number: int, text: str = TEXT) -> Expect:
    script = [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}]
    metadata = {"speech": f"speech-{number}"}
    response = {"conversation": "none", "input": script, "metadata": metadata, "output_modalities": ["audio"]}
    return Expect("response.create", {"event_id": f"speech-{number}", "response": response})


def began(number: int) -> Send:
    return Send(response_created(f"r{number}", f"speech-{number}"))


def sounded(number: int, samples: bytes = TONE) -> Send:
    return Send(sound(f"r{number}", samples))


def done(number: int, status: str = "completed", **details: object) -> Send:
    return Send(response_done(f"r{number}", f"speech-{number}", status, **details))


def spoken(number: int, text: str = TEXT) -> tuple[Step, ...]:
    return (asked(number, text), began(number), sounded(number), Send(said(f"r{number}", text)), done(number))


async def whole(speech: AsyncGenerator[Audio, None]) -> bytes:
    return b"".join([audio.samples async for audio in speech])


async def error_of(tts: RealtimeTextToSpeech) -> VoiceError:
    with pytest.raises(VoiceError) as caught:
        await whole(tts.speak(TEXT))
    return caught.value


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
        assert await asyncio.gather(whole(tts.speak("One.")), whole(tts.speak("Two."))) == [low * 2, high]
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
    assert make.pauses == [0.5]


async def test_too_many_requests_for_too_long(make: Maker) -> None:
    limited = {"type": "requests", "code": "rate_limit_exceeded"}
    steps = [step for n in (1, 2, 3) for step in (asked(n), began(n), done(n, "failed", error=limited))]
    async with scripted(talk(*steps)) as url:
        assert (await error_of(make.tts(url))).code is ErrorCode.RATE_LIMITED
        await make.aclose()
    assert make.pauses == [0.5, 1.5]


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


# ---------------------------------------------------------------- sessions


@pytest.mark.parametrize("end", [Drop(), Close(1011), Send("garbage")])
async def test_lost_before_any_sound(make: Maker, end: Step) -> None:
    async with scripted(talk(asked(1), began(1), end), talk(*spoken(1))) as url:
        assert await whole(make.tts(url).speak(TEXT)) == TONE
        await make.aclose()
    assert make.pauses == []


@pytest.mark.parametrize("end", [Drop(), Close(1000)])
async def test_lost_while_it_speaks(make: Maker, end: Step) -> None:
    async with scripted(talk(asked(1), began(1), sounded(1), end), talk(*spoken(1))) as url:
        tts = make.tts(url)
        error = await error_of(tts)
        assert (error.code, error.retryable) == (ErrorCode.OFFLINE, True)
        assert await whole(tts.speak(TEXT)) == TONE
        await make.aclose()


async def test_another_voice_gets_another_session(make: Maker) -> None:
    """The sentence that is being spoken is finished by the old one."""
    go = asyncio.Event()
    old = talk(asked(1), began(1), sounded(1), Wait(go), sounded(1), done(1))
    cedar = Expect("session.update", {"session": {"audio": {"output": {"voice": "cedar"}}}})
    async with scripted(old, Connection((cedar, *spoken(1), *spoken(2)))) as url:
        tts = make.tts(url, voice="marin")
        speech = tts.speak(TEXT)
        await anext(speech)
        tts.use("cedar")
        assert await whole(tts.speak(TEXT)) == TONE
        go.set()
        assert await whole(speech) == TONE
        tts.use("cedar", speed=1.0)
        assert await whole(tts.speak(TEXT)) == TONE
        await make.aclose()


async def test_an_old_session_is_replaced_before_it_ends(make: Maker, clock: Clock) -> None:
    greeted = asyncio.Event()
    new = Connection((Expect("session.update"), Tell(greeted), *spoken(1)))
    async with scripted(talk(*spoken(1), *spoken(2)), new) as url:
        tts = make.tts(url)
        await whole(tts.speak(TEXT))
        clock.now = ROLL_OVER_S
        await whole(tts.speak(TEXT))
        await greeted.wait()
        await whole(tts.speak(TEXT))
        await make.aclose()


async def test_a_successor_that_cannot_be_opened_is_no_problem_yet(make: Maker, clock: Clock) -> None:
    refused = asyncio.Event()
    asks, *rest = spoken(2)
    async with scripted(talk(*spoken(1), asks, Wait(refused), *rest), Refused(500, told=refused)) as url:
        tts = make.tts(url)
        await whole(tts.speak(TEXT))
        clock.now = ROLL_OVER_S
        await whole(tts.speak(TEXT))
        await make.aclose()


# ---------------------------------------------------------------- what is logged


@pytest.mark.parametrize(
    ("spoken_words", "counts"),
    [
        ("it’s HALF past seven", ""),
        ("It's half past eight, you know.", "4 words, 6 spoken, 3 the same"),
        ("Sure!", "4 words, 1 spoken, 0 the same"),
    ],
)
async def test_rewording_is_logged_without_words(
    make: Maker, caplog: pytest.LogCaptureFixture, spoken_words: str, counts: str
) -> None:
    caplog.set_level(logging.DEBUG)
    script = (asked(1), began(1), sounded(1), Send(said("r1", spoken_words)), done(1))
    async with scripted(talk(*script)) as url:
        await whole(make.tts(url).speak(TEXT))
        await make.aclose()
    told = [record.getMessage() for record in caplog.records if "reworded" in record.getMessage()]
    assert told == ([f"a sentence was reworded: {counts}"] if counts else [])
    assert_discreet(caplog, "half", "HALF", "Sure", "eight")


async def test_neither_key_nor_words_are_logged_when_it_fails(make: Maker, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    failed = done(
        1, "failed", error={"type": "invalid_request_error", "code": "x", "message": "sk-SECRETKEY half past"}
    )
    async with scripted(talk(asked(1), began(1), failed, asked(2), began(2), Drop()), Refused(401)) as url:
        tts = make.tts(url)
        for code in (ErrorCode.BAD_REQUEST, ErrorCode.WRONG_KEY):
            error = await error_of(tts)
            assert error.code is code
            assert "half" not in f"{error!r} {error.hint}"
        await make.aclose()
    assert_discreet(caplog, "half")
