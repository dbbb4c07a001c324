"""The suite of `SpeechToText`. Fixtures: `stt`, `utterance` (real speech at 16 kHz and its words)."""

import asyncio

import pytest

from voicegui.core.audio import LISTENING_RATE_HZ, Audio
from voicegui.core.ports import Hearing, SpeechToText

from .words import word_errors

Utterance = tuple[Audio, str]
CHUNK_BYTES = 1024


def feed(hearing: Hearing, audio: Audio) -> None:
    """As the microphone does: 32 ms at a time."""
    for start in range(0, len(audio.samples), CHUNK_BYTES):
        hearing.feed(Audio(audio.samples[start : start + CHUNK_BYTES], LISTENING_RATE_HZ))


def silence(seconds: float) -> Audio:
    return Audio(bytes(int(seconds * LISTENING_RATE_HZ) * 2), LISTENING_RATE_HZ)


class SpeechToTextContract:
    async def test_hears_the_words(self, stt: SpeechToText, utterance: Utterance) -> None:
        audio, words = utterance
        hearing = stt.listen(lambda text: None)
        feed(hearing, audio)
        assert word_errors(words, await hearing.text()) <= 0.2
        await hearing.aclose()

    async def test_answers_again_after_more(self, stt: SpeechToText, utterance: Utterance) -> None:
        audio, words = utterance
        half = len(audio.samples) // 4 * 2
        hearing = stt.listen(lambda text: None)
        feed(hearing, Audio(audio.samples[:half], audio.rate_hz))
        early = await hearing.text()
        feed(hearing, Audio(audio.samples[half:], audio.rate_hz))
        late = await hearing.text()
        assert len(early.split()) < len(late.split())
        assert word_errors(words, late) <= 0.2
        assert await hearing.text() == late
        await hearing.aclose()

    async def test_silence_has_no_words(self, stt: SpeechToText) -> None:
        hearing = stt.listen(lambda text: None)
        assert await hearing.text() == ""
        feed(hearing, silence(3))
        assert await hearing.text() == ""
        await hearing.aclose()

    async def test_cancelling_leaves_it_usable(self, stt: SpeechToText, utterance: Utterance) -> None:
        audio, words = utterance
        hearing = stt.listen(lambda text: None)
        feed(hearing, audio)
        asked = asyncio.create_task(hearing.text())
        await asyncio.sleep(0)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        assert word_errors(words, await hearing.text()) <= 0.2
        await hearing.aclose()

    async def test_utterances_do_not_mix(self, stt: SpeechToText, utterance: Utterance) -> None:
        audio, words = utterance
        speaking, silent, again = (stt.listen(lambda text: None) for _ in range(3))
        feed(speaking, audio)
        feed(silent, silence(2))
        feed(again, audio)
        heard = await asyncio.gather(speaking.text(), silent.text(), again.text())
        assert heard[0] == heard[2]
        assert heard[1] == ""
        assert word_errors(words, heard[0]) <= 0.2
        for hearing in (speaking, silent, again):
            await hearing.aclose()

    async def test_no_partial_once_asked(self, stt: SpeechToText, utterance: Utterance) -> None:
        audio, _ = utterance
        partials: list[str] = []
        hearing = stt.listen(partials.append)
        feed(hearing, audio)
        await hearing.text()
        before = len(partials)
        await hearing.text()
        await hearing.aclose()
        assert len(partials) == before == 0  # all was fed within one step of the loop: nothing could come before

    async def test_refuses_another_rate(self, stt: SpeechToText) -> None:
        hearing = stt.listen(lambda text: None)
        with pytest.raises(ValueError, match="not 48000"):
            hearing.feed(Audio(bytes(960), 48_000))
        await hearing.aclose()
