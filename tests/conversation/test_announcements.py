"""What is said unasked counts as said once it was heard, whatever comes in between."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest

from voicegui.core.commands import Command, Interrupt, PressTalk, ReleaseTalk, SendText, SetHandsFree, Stop
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import PlaybackStarted, SpeechStarted, TurnDone
from voicegui.ui.transcript_entries import Kind
from voicegui.ui.transcript_log import TranscriptLog

from .conftest import Talk

LINE = "It is time to stretch before it is too late."


async def _before_it_sounds(talk: Talk, command: Command) -> None:
    await asyncio.sleep(0.1)
    talk.conversation.send(command)


async def _sending(talk: Talk) -> None:
    await _before_it_sounds(talk, SendText("hello there"))


async def _interrupting(talk: Talk) -> None:
    await _before_it_sounds(talk, Interrupt())


async def _pressing(talk: Talk) -> None:
    await _before_it_sounds(talk, PressTalk())
    talk.conversation.send(ReleaseTalk())


async def _stopping(talk: Talk) -> None:
    await _before_it_sounds(talk, Stop())


async def _talking(talk: Talk) -> None:
    talk.sound.say("tell me what time it is now", at=0.2)
    await talk.until(SpeechStarted)


async def _failing(talk: Talk) -> None:
    talk.tts.failures.append(VoiceError(ErrorCode.OFFLINE, "No network."))


BEFORE = [_sending, _interrupting, _pressing, _stopping, _talking, _failing]


@pytest.mark.parametrize("between", BEFORE, ids=[each.__name__ for each in BEFORE])
def test_what_was_preempted_before_it_sounded_was_not_said(
    virtual: Callable[[Coroutine[Any, Any, None]], None], between: Callable[[Talk], Awaitable[None]]
) -> None:
    async def scenario() -> None:
        async with Talk([("hello there", "Hi."), ("tell me what time it is now", "Nine.")], tts=5.0) as talk:
            talk.conversation.send(SetHandsFree(True))
            saying = asyncio.create_task(talk.conversation.announce(LINE))
            await asyncio.sleep(0)
            await between(talk)
            with pytest.raises(VoiceError) as told:
                await asyncio.wait_for(saying, 20)
            assert told.value.code is (ErrorCode.OFFLINE if between is _failing else ErrorCode.NOT_HEARD)
            assert not any(done.assistant == LINE for done in talk.of(TurnDone))
            log = TranscriptLog()
            for event in talk.events:
                log.apply(event)
            assert [entry.heard for entry in log.entries if entry.kind is Kind.AGENT and entry.text == LINE] == [0]
            talk.tts.delay_s = 0.0
            await asyncio.wait_for(talk.conversation.announce(LINE), 20)
            assert talk.of(TurnDone)[-1].assistant == LINE

    virtual(scenario())


def test_what_was_cut_in_the_middle_is_said_once_more(virtual: Callable[[Coroutine[Any, Any, None]], None]) -> None:
    async def scenario() -> None:
        async with Talk([]) as talk:
            for attempt in range(2):
                saying = asyncio.create_task(talk.conversation.announce(LINE))
                await talk.until(PlaybackStarted)
                await asyncio.sleep(0.5)
                talk.conversation.send(Interrupt())
                if attempt == 0:
                    with pytest.raises(VoiceError) as told:
                        await saying
                    assert told.value.code is ErrorCode.NOT_HEARD
                else:
                    await saying  # who stops it twice knows it

    virtual(scenario())


def test_nothing_is_said_once_the_conversation_closes(virtual: Callable[[Coroutine[Any, Any, None]], None]) -> None:
    async def scenario() -> None:
        async with Talk([], tts=5.0) as talk:
            saying = [asyncio.create_task(talk.conversation.announce(line)) for line in ("One.", "Two.")]
            await asyncio.sleep(0.1)
        for each in (*saying, asyncio.create_task(talk.conversation.announce("Three."))):
            with pytest.raises(VoiceError):
                await each
        assert talk.tts.spoken == []

    virtual(scenario())
