"""Moonshine in the child process."""

import asyncio
from pathlib import Path

import numpy as np
import pytest

from tests.contract.speech_to_text import feed, silence
from tests.contract.words import word_errors
from voicegui.core.audio import LISTENING_RATE_HZ, Audio
from voicegui.core.backchannel import EXPECTED
from voicegui.core.ports import SpeechToText
from voicegui.media.wav import read_wav
from voicegui.providers.local import LocalEngine
from voicegui.providers.local.moonshine import without_hallucinations

from .conftest import at_listening_rate

pytestmark = pytest.mark.asyncio(loop_scope="session")

SPEECH = Path(__file__).parent.parent / "speech"

Utterance = tuple[Audio, str]


@pytest.fixture
def stt(engine: LocalEngine) -> SpeechToText:
    return engine.stt


@pytest.fixture
def utterance(beckett: Utterance) -> Utterance:
    return beckett


async def heard(stt: SpeechToText, audio: Audio) -> str:
    hearing = stt.listen(lambda text: None)
    feed(hearing, audio)
    text = await hearing.text()
    await hearing.aclose()
    return text


async def test_long_speech(stt: SpeechToText, two_cities: Utterance) -> None:
    audio, words = two_cities
    assert word_errors(words, await heard(stt, audio)) <= 0.1


async def test_partials_come_while_speech_is_fed(stt: SpeechToText, two_cities: Utterance) -> None:
    audio, words = two_cities
    told = asyncio.Event()
    partials: list[str] = []

    def tell(text: str) -> None:
        partials.append(text)
        told.set()

    hearing = stt.listen(tell)
    for second in range(0, 20):
        feed(hearing, Audio(audio.samples[second * 32_000 : (second + 1) * 32_000], audio.rate_hz))
        if second in (5, 15):
            told.clear()
            feed(hearing, Audio(audio.samples[5 * 32_000 : 5 * 32_000 + 3_000], audio.rate_hz))
            await told.wait()
    assert len(partials) >= 2
    assert len(partials[0].split()) < len(partials[-1].split())
    await hearing.aclose()


@pytest.mark.parametrize("level", [0.003, 0.03, 0.3])
async def test_noise_has_no_words(stt: SpeechToText, level: float) -> None:
    noise = np.random.default_rng(1).normal(0, level, LISTENING_RATE_HZ * 3)
    samples = (np.clip(noise, -1, 1) * 32767).astype("<i2").tobytes()
    assert await heard(stt, Audio(samples, LISTENING_RATE_HZ)) == ""


async def test_a_click_and_a_tone_have_no_words(stt: SpeechToText) -> None:
    tone = (np.sin(np.arange(48_000) * 0.04) * 9000).astype("<i2").tobytes()
    assert await heard(stt, Audio(tone, LISTENING_RATE_HZ)) == ""
    click = silence(1).samples + b"\xff\x7f" * 80 + silence(1).samples
    assert await heard(stt, Audio(click, LISTENING_RATE_HZ)) == ""


async def test_twenty_words_there_and_back(engine: LocalEngine) -> None:
    said = (
        "Tomorrow morning the children will walk to the old museum, "
        "because their teacher wants to show them a famous painting."
    )
    sounds = [audio async for audio in engine.tts.speak(said)]
    joined = Audio(b"".join(sound.samples for sound in sounds), sounds[0].rate_hz)
    assert word_errors(said, await heard(engine.stt, at_listening_rate(joined))) <= 0.1


@pytest.mark.parametrize(
    ("made_up", "text"),
    [
        ("\"'What is it?'", "What is it?"),
        ("♪♪♪♪?", ""),
        ("thank you thank you thank you thank you thank you", "thank you"),
        ("No, no, no.", "No, no, no."),
        (" It  was. ", "It was."),
    ],
)
async def test_cleaning(made_up: str, text: str) -> None:
    assert without_hallucinations(made_up) == text


def recorded(name: str) -> Audio:
    """A clip after and before a room's faint noise, as over a headset."""
    room = np.random.default_rng(3).normal(0, 8, LISTENING_RATE_HZ // 2).astype("<i2").tobytes()
    return Audio(room + read_wav(SPEECH / f"{name}.wav").samples + room[:4_000], LISTENING_RATE_HZ)


@pytest.mark.parametrize(
    ("clip", "words"),
    [
        ("interruption-02", "stop"),  # without expecting it: "The starboard."
        ("backchannel-02", "uh huh"),
        ("backchannel-07", "sure"),
        ("question-08", "what is twelve times eight"),
    ],
)
async def test_expected_phrases_help_where_a_sound_is_unclear(stt: SpeechToText, clip: str, words: str) -> None:
    hearing = stt.listen(lambda text: None, EXPECTED)
    feed(hearing, recorded(clip))
    assert word_errors(words, await hearing.text()) == 0
    await hearing.aclose()
