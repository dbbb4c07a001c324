"""Speech that is made once, and when it is not kept."""

from collections.abc import AsyncGenerator

import pytest

from voicegui.conversation.stage_calls import LONGEST_TEXT, CachedSpeech, SpeechCache
from voicegui.core.audio import Audio
from voicegui.core.errors import ErrorCode, VoiceError


class Voice:
    """Says a piece for each word; says which texts it was asked for."""

    def __init__(self, *, fails_after: int | None = None) -> None:
        self.asked: list[str] = []
        self.fails_after = fails_after

    async def speak(self, text: str) -> AsyncGenerator[Audio, None]:
        self.asked.append(text)
        for count, word in enumerate(text.split()):
            if count == self.fails_after:
                raise VoiceError(ErrorCode.ENGINE_FAILED, "It broke.", retryable=True)
            yield Audio(word.encode() * 2, 24_000)

    def voices(self) -> list[str]:
        return ["scripted"]


async def whole(speech: CachedSpeech, text: str) -> list[Audio]:
    return [audio async for audio in speech.speak(text)]


async def test_the_same_words_are_made_once() -> None:
    voice = Voice()
    speech = CachedSpeech(voice, lambda: "heart", SpeechCache())
    first = await whole(speech, "One moment please.")
    assert await whole(speech, "One moment please.") == first and len(first) == 3
    assert voice.asked == ["One moment please."] and speech.voices() == ["scripted"]


async def test_another_speaker_speaks_himself() -> None:
    voice, speaker = Voice(), ["heart"]
    speech = CachedSpeech(voice, lambda: speaker[0], SpeechCache())
    await whole(speech, "Yes.")
    speaker[0] = "bella"
    await whole(speech, "Yes.")
    speaker[0] = "heart"
    await whole(speech, "Yes.")
    assert voice.asked == ["Yes.", "Yes."]


async def test_half_a_sentence_is_never_kept() -> None:
    voice = Voice()
    speech = CachedSpeech(voice, lambda: "heart", SpeechCache())
    cut = speech.speak("One two three.")
    await anext(cut)
    await cut.aclose()
    assert len(await whole(speech, "One two three.")) == 3

    broken = Voice(fails_after=2)
    speech = CachedSpeech(broken, lambda: "heart", SpeechCache())
    with pytest.raises(VoiceError):
        await whole(speech, "One two three.")
    broken.fails_after = None
    assert len(await whole(speech, "One two three.")) == 3


@pytest.mark.parametrize("text", ["", "word " * LONGEST_TEXT])
async def test_silence_and_long_texts_are_not_kept(text: str) -> None:
    voice = Voice()
    speech = CachedSpeech(voice, lambda: "heart", SpeechCache())
    await whole(speech, text)
    await whole(speech, text)
    assert voice.asked == [text, text]


async def test_what_was_not_asked_for_longest_goes_first() -> None:
    voice = Voice()
    speech = CachedSpeech(voice, lambda: "heart", SpeechCache(most_entries=2))
    for text in ("one", "two", "one", "three", "one", "two"):
        await whole(speech, text)
    assert voice.asked == ["one", "two", "three", "two"]


async def test_its_bytes_are_bounded() -> None:
    voice = Voice()
    speech = CachedSpeech(voice, lambda: "heart", SpeechCache(most_bytes=20))
    for text in ("four", "five", "four", "nine", "five", "muchtoolongforit", "four"):
        await whole(speech, text)
    assert voice.asked == ["four", "five", "nine", "five", "muchtoolongforit", "four"]
