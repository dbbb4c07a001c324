"""A voice heard before it is chosen."""

import asyncio

from voicegui.core.ports import Sound, TextToSpeech

SENTENCE = "Hello! This is how I sound when I answer you."


async def play_sample(voice: TextToSpeech, sound: Sound) -> None:
    """Until it has been heard; cancelling stops it. Raises VoiceError."""
    seconds = 0.0
    try:
        async for audio in voice.speak(SENTENCE):
            sound.play(audio)
            seconds += audio.seconds
        sound.finish()
        await asyncio.sleep(seconds)  # its own length: nobody else waits for it
    finally:
        sound.flush()
