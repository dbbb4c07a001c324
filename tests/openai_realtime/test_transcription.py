"""Live transcription: what is sent, and whose words are whose."""

import asyncio

import pytest

from tests.contract.speech_to_text import SpeechToTextContract, Utterance, feed, silence
from voicegui.core.audio import Audio
from voicegui.core.ports import SpeechToText

from .conftest import Maker
from .hearing import ONE, TWO, answer, heard, hears
from .messages import cleared, committed, transcript, words
from .models import modelled
from .server import (
    Commit,
    Connection,
    Expect,
    Hear,
    Send,
    Tell,
    Wait,
    scripted,
    talk,
)
from .tones import spoken

CLEARED = Expect("input_audio_buffer.clear")


class TestContract(SpeechToTextContract):
    @pytest.fixture
    async def stt(self, make: Maker) -> SpeechToText:
        return make.stt(await make.enter(modelled()))

    @pytest.fixture
    def utterance(self) -> Utterance:
        text = "north east south west up down"
        return spoken(*text.split()), text


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
        one, two = await asyncio.gather(heard(stt, ONE), heard(stt, TWO))
        assert (one, two) == ("a", "b")
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
