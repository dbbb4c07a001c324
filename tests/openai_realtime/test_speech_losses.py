"""Reading aloud when connections break, end or get old, when the voice changes, and what is logged of it."""

import asyncio
import logging

import pytest

from voicegui.core.errors import ErrorCode
from voicegui.providers.openai.realtime.connection import ROLL_OVER_S

from .conftest import Clock, Maker
from .logs import assert_discreet
from .messages import said
from .server import Close, Connection, Drop, Expect, Refused, Send, Step, Tell, Wait, scripted, talk
from .speaking import TEXT, TONE, asked, began, done, error_of, sounded, spoken, whole


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
    if counts:
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
