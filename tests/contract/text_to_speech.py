"""The suite of `TextToSpeech`. Fixture: `tts`."""

import asyncio
from array import array

import pytest

from voicegui.core.audio import Audio
from voicegui.core.ports import TextToSpeech

SENTENCE = "The quick brown fox jumps over the lazy dog."


async def whole(tts: TextToSpeech, text: str) -> list[Audio]:
    return [audio async for audio in tts.speak(text)]


class TextToSpeechContract:
    async def test_speaks(self, tts: TextToSpeech) -> None:
        sounds = await whole(tts, SENTENCE)
        assert 1.5 < sum(sound.seconds for sound in sounds) < 6
        assert max(max(array("h", sound.samples)) for sound in sounds) > 3000

    async def test_begins_with_sound(self, tts: TextToSpeech) -> None:
        first = (await whole(tts, SENTENCE))[0]
        start = array("h", first.samples[: first.rate_hz // 20 * 2])
        assert max(map(abs, start)) > 327  # -40 dBFS within 50 ms: silence here is silence the listener waits for

    async def test_closing_leaves_it_usable(self, tts: TextToSpeech) -> None:
        speech = tts.speak(" ".join([SENTENCE] * 20))
        await anext(speech)
        await speech.aclose()
        assert await whole(tts, SENTENCE)

    async def test_cancelling_leaves_it_usable(self, tts: TextToSpeech) -> None:
        speaking = asyncio.create_task(whole(tts, SENTENCE))
        await asyncio.sleep(0)
        speaking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await speaking
        assert await whole(tts, SENTENCE)

    async def test_parallel_sentences_do_not_mix(self, tts: TextToSpeech) -> None:
        short, long = await asyncio.gather(whole(tts, "Yes."), whole(tts, SENTENCE))
        assert sum(map(len, short)) < sum(map(len, long))

    @pytest.mark.parametrize("text", ["", " ", "...", "\0\x01", "😀", "日本語", "a" * 500, "$1,234.56 at 7:30"])
    async def test_survives_odd_text(self, tts: TextToSpeech, text: str) -> None:
        await whole(tts, text)
        assert await whole(tts, "Yes.")

    async def test_offers_voices(self, tts: TextToSpeech) -> None:
        assert tts.voices()
