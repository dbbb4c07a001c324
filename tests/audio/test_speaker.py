"""A speaker that sleeps while nobody could notice, and is awake when there is something to play."""

import asyncio
from pathlib import Path

import pytest

from voicegui.audio import speaker as speaker_module
from voicegui.audio.live_sound import LiveSound
from voicegui.core.audio import Audio
from voicegui.core.ports import FirstSound, PlaybackDone, SoundTrouble

QUESTION = Path(__file__).parent.parent / "speech" / "question-01.wav"
LOUD = Audio(b"\x00\x10" * 24_000, 24_000)


@pytest.fixture
async def sound(sound_server, ears, monkeypatch):
    monkeypatch.setattr(speaker_module, "_SLEEPS_AFTER_S", 0.3)
    sound = LiveSound()
    await sound.open(ears)
    yield sound
    await sound.aclose()


async def until(done) -> None:
    async with asyncio.timeout(30):
        while not done():  # noqa: ASYNC110 - the devices' threads tell nobody
            await asyncio.sleep(0.02)


def sleeps(sound) -> bool:
    stream = sound._speaker.stream
    return stream is not None and stream.sleeps


async def test_it_sleeps_at_rest_and_a_reply_is_heard_whole(sound, ears) -> None:
    for _ in range(3):
        await until(lambda: sleeps(sound))
        sound.play(LOUD)
        sound.finish()
        await ears.until(FirstSound)
        assert not sleeps(sound)
        await ears.until(PlaybackDone)
        assert sound.flush() == 48_000


async def test_a_sleeping_speaker_is_no_trouble(sound, ears, sound_server) -> None:
    await until(lambda: sleeps(sound))
    stream = sound._speaker.stream
    called = stream.called_at
    for _ in range(12):  # the keeper looks at it for three seconds
        await asyncio.sleep(0.25)
        sound._nudge.set()
    assert sleeps(sound) and sound._speaker.stream is stream and stream.called_at == called
    assert not [event for event in ears.events if isinstance(event, SoundTrouble)]


async def test_who_looks_at_the_levels_keeps_it_awake(sound) -> None:
    for _ in range(60):
        sound.levels(0)
        await asyncio.sleep(0.02)
        assert not sleeps(sound)
    await until(lambda: sleeps(sound))


async def test_a_voice_wakes_it_before_there_is_an_answer(sound, sound_server) -> None:
    sound.listen(True)
    await until(lambda: sound._microphone.stream is not None and sleeps(sound))
    talking = await asyncio.create_subprocess_exec("paplay", "--device=vmic_in", str(QUESTION))
    try:
        await until(lambda: not sleeps(sound))
    finally:
        talking.kill()
        await talking.wait()
