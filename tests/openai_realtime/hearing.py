"""Utterances for live transcription."""

import pytest

from tests.contract.speech_to_text import feed
from voicegui.core.audio import Audio
from voicegui.core.errors import VoiceError
from voicegui.core.ports import Hearing
from voicegui.providers.openai.realtime.transcription import LiveSpeechToText

from .messages import committed, transcript
from .server import Send
from .tones import spoken

ONE, TWO = spoken("north", "east"), spoken("south")


def answer(item: str, text: str) -> tuple[Send, Send]:
    return Send(committed(item)), Send(transcript(item, text))


def hears(stt: LiveSpeechToText, *sounds: Audio) -> Hearing:
    hearing = stt.listen(lambda text: None)
    for sound in sounds:
        feed(hearing, sound)
    return hearing


async def heard(stt: LiveSpeechToText, *sounds: Audio) -> str:
    hearing = hears(stt, *sounds)
    text = await hearing.text()
    await hearing.aclose()
    return text


async def error_of(stt: LiveSpeechToText) -> VoiceError:
    with pytest.raises(VoiceError) as caught:
        await heard(stt, ONE)
    return caught.value
