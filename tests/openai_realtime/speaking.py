"""Sentences for a Realtime voice."""

from array import array
from collections.abc import AsyncGenerator

import pytest

from voicegui.core.audio import Audio
from voicegui.core.errors import VoiceError
from voicegui.providers.openai.realtime.speech import RealtimeTextToSpeech

from .messages import response_created, response_done, said, sound
from .server import Expect, Send, Step

TEXT = "It's half past seven."
TONE = array("h", [9000, -9000] * 1200).tobytes()
"""100 ms."""


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
