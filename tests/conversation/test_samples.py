"""A voice heard beside a conversation: what it takes from it, and who ends it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from voicegui.app.voice_preview import SENTENCE, VoicePreview
from voicegui.core.commands import PressTalk, ReleaseTalk, SendText, SetHandsFree, SetMuted
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import Phase, SpeechStarted, StateChanged, TurnDone
from voicegui.core.settings import Settings

from .conftest import Talk
from .fakes import FRAME_S, WORD_S, ScriptedVoice

Virtual = Callable[[Any], Any]
SAMPLE_S = len(SENTENCE.split()) * WORD_S


class Voice(ScriptedVoice):
    """One that is made for a sample, and closed."""

    def __init__(self, delay_s: float = 0.0) -> None:
        super().__init__(delay_s)
        self.opened = self.closed = 0

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[ScriptedVoice]:
        self.opened += 1
        try:
            yield self
        finally:
            self.closed += 1


def test_a_sample_is_heard_to_its_end_and_never_taken_for_speech(virtual: Virtual) -> None:
    async def scenario() -> None:
        async with Talk([]) as talk:
            talk.conversation.send(SetHandsFree(True))
            voice, samples = Voice(delay_s=0.5), VoicePreview(talk.sound)
            talk.sound.say("hello this is how I sound", at=0.6)  # what the microphone would hear of it
            await samples.hear(voice.lent(), talk.conversation)
            assert talk.loop.time() == pytest.approx(0.5 + SAMPLE_S, abs=2 * FRAME_S)
            assert voice.spoken == [SENTENCE] and (voice.opened, voice.closed) == (1, 1)
            assert not talk.sound.muted and talk.sound.heard() == 0
            assert talk.phases == ["listening"] and talk.of(SpeechStarted) == []

    virtual(scenario())


def test_hands_free_goes_on_after_it(virtual: Virtual) -> None:
    async def scenario() -> None:
        async with Talk([("hi", "Hello.")]) as talk:
            talk.conversation.send(SetHandsFree(True))
            await VoicePreview(talk.sound).hear(Voice().lent(), talk.conversation)
            talk.sound.say("hi", at=talk.loop.time() + 0.1)
            assert (await talk.until(TurnDone)).assistant == "Hello."

    virtual(scenario())


def test_a_muted_microphone_stays_muted(virtual: Virtual) -> None:
    async def scenario() -> None:
        async with Talk([]) as talk:
            talk.conversation.send(SetMuted(True))
            await VoicePreview(talk.sound).hear(Voice().lent(), talk.conversation)
            assert talk.sound.muted
            hearing = asyncio.create_task(VoicePreview(talk.sound).hear(Voice().lent(), talk.conversation))
            await asyncio.sleep(0.1)
            talk.conversation.send(SetMuted(False))
            assert talk.sound.muted, "of a sample nothing may be heard, whatever the switch says"
            await hearing
            assert not talk.sound.muted

    virtual(scenario())


def test_a_reply_ends_it_and_is_heard_whole(virtual: Virtual) -> None:
    async def scenario() -> None:
        async with Talk([("hi", "One two three.")]) as talk:
            voice = Voice()
            hearing = asyncio.create_task(VoicePreview(talk.sound).hear(voice.lent(), talk.conversation))
            await asyncio.sleep(1.0)
            talk.conversation.send(SendText("hi"))
            assert not talk.sound.muted and talk.sound.heard() == 0, "silent at once"
            await hearing
            assert voice.closed == 1
            started = talk.loop.time()
            assert (await talk.until(TurnDone)).assistant == "One two three."
            assert talk.loop.time() - started == pytest.approx(3 * WORD_S, abs=2 * FRAME_S)

    virtual(scenario())


def test_push_to_talk_ends_it(virtual: Virtual) -> None:
    async def scenario() -> None:
        async with Talk([("hi", "Hello.")]) as talk:
            hearing = asyncio.create_task(VoicePreview(talk.sound).hear(Voice().lent(), talk.conversation))
            await asyncio.sleep(1.0)
            talk.conversation.send(PressTalk())
            talk.sound.say("hi", at=talk.loop.time())
            await hearing
            await asyncio.sleep(0.5)
            talk.conversation.send(ReleaseTalk())
            assert (await talk.until(TurnDone)).user == "hi"

    virtual(scenario())


def test_while_somebody_speaks_there_is_none(virtual: Virtual) -> None:
    async def scenario() -> None:
        async with Talk([("hi", "One two three.")]) as talk:
            voice, samples = Voice(), VoicePreview(talk.sound)
            talk.conversation.send(SendText("hi"))
            await talk.until(StateChanged, phase=Phase.SPEAKING)
            with pytest.raises(VoiceError, match="while nobody speaks") as caught:
                await samples.hear(voice.lent(), talk.conversation)
            assert caught.value.code is ErrorCode.DEVICE_BUSY and voice.opened == 0
            assert (await talk.until(TurnDone)).assistant == "One two three."

    virtual(scenario())


def test_somebody_begins_to_speak_before_the_voice_is_there(virtual: Virtual) -> None:
    async def scenario() -> None:
        async with Talk([("hi", "One two three.")]) as talk:
            voice = Voice()

            @asynccontextmanager
            async def slow() -> AsyncIterator[ScriptedVoice]:
                async with voice.lent() as made:
                    await asyncio.sleep(0.2)
                    yield made

            hearing = asyncio.create_task(VoicePreview(talk.sound).hear(slow(), talk.conversation))
            await asyncio.sleep(0.1)
            talk.conversation.send(SendText("hi"))
            with pytest.raises(VoiceError, match="while nobody speaks"):
                await hearing
            assert voice.spoken == [] and voice.closed == 1
            assert (await talk.until(TurnDone)).assistant == "One two three."

    virtual(scenario())


def test_before_the_sound_is_open_it_says_so(virtual: Virtual) -> None:
    async def scenario() -> None:
        async with Talk([]) as talk:
            with pytest.raises(VoiceError, match="not open yet"):
                await VoicePreview(talk.sound).hear(Voice().lent(), None)

    virtual(scenario())


def test_cancelling_stops_it_at_once(virtual: Virtual) -> None:
    async def scenario() -> None:
        async with Talk([]) as talk:
            voice = Voice()
            hearing = asyncio.create_task(VoicePreview(talk.sound).hear(voice.lent(), talk.conversation))
            await asyncio.sleep(1.0)
            assert talk.sound.muted
            hearing.cancel()
            with pytest.raises(asyncio.CancelledError):
                await hearing
            assert voice.closed == 1 and not talk.sound.muted and talk.sound.heard() == 0

    virtual(scenario())


def test_another_one_takes_its_place(virtual: Virtual) -> None:
    async def scenario() -> None:
        async with Talk([]) as talk:
            first, second, samples = Voice(), Voice(), VoicePreview(talk.sound)
            hearing = asyncio.create_task(samples.hear(first.lent(), talk.conversation))
            await asyncio.sleep(1.0)
            started = talk.loop.time()
            await samples.hear(second.lent(), talk.conversation)
            assert talk.loop.time() - started == pytest.approx(SAMPLE_S, abs=2 * FRAME_S)
            await hearing  # ended quietly
            assert (first.closed, second.closed) == (1, 1) and not talk.sound.muted

    virtual(scenario())


def test_what_fails_is_told_and_leaves_nothing_behind(virtual: Virtual) -> None:
    async def scenario() -> None:
        async with Talk([], Settings(hands_free=True)) as talk:
            voice = Voice()
            voice.failures.append(VoiceError(ErrorCode.WRONG_KEY, "The key is wrong."))
            with pytest.raises(VoiceError, match="key is wrong"):
                await VoicePreview(talk.sound).hear(voice.lent(), talk.conversation)
            assert voice.closed == 1 and not talk.sound.muted

    virtual(scenario())
