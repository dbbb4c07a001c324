from pathlib import Path

import numpy as np

from voicegui.audio.simulated_sound import PacedSound
from voicegui.core.ports import FirstSound, Frame, PlaybackDone
from voicegui.media.wav import read_wav

from .conftest import Ears

SPEECH = Path(__file__).parent.parent / "speech"


async def test_a_question_is_heard_and_an_answer_recorded_on_one_clock(ears: Ears) -> None:
    question, answer = read_wav(SPEECH / "question-01.wav", 48_000), read_wav(SPEECH / "question-02.wav", 24_000)
    sound = PacedSound(question)
    await sound.open(ears)
    try:
        sound.listen(True)
        quiet = await ears.until(Frame)
        assert not any(quiet.samples)
        sound.begin()
        begun = await ears.until(Frame, lambda frame: frame.speech_probability > 0.9)
        sound.play(answer)
        sound.finish()
        first = await ears.until(FirstSound)
        last = await ears.until(Frame, lambda frame: frame.captured_at > first.at)
        assert last.end - begun.end == round((last.captured_at - begun.captured_at) * 16_000)
        await ears.until(PlaybackDone)
        assert abs(sound.heard() - answer.playback_samples) <= 2
        await ears.until(Frame, lambda frame: not any(frame.samples))  # silence goes on after the file
    finally:
        await sound.aclose()
    stereo = np.frombuffer(sound.timeline().samples, np.int16).reshape(-1, 2)
    loud = [np.flatnonzero(np.abs(stereo[:, side].astype(int)) > 327)[0] for side in (0, 1)]
    assert loud[0] < loud[1]
    assert abs(len(sound.answer()) - answer.playback_samples) < 960
    got = np.frombuffer(sound.answer().samples, np.int16).astype(float)
    original = np.frombuffer(read_wav(SPEECH / "question-02.wav", 48_000).samples, np.int16).astype(float)
    size = min(len(got), len(original))
    assert np.corrcoef(got[:size], original[:size])[0, 1] > 0.99


async def test_a_closed_microphone_gives_no_frames_and_an_interrupted_answer_is_not_done(ears: Ears) -> None:
    sound = PacedSound()
    await sound.open(ears)
    try:
        sound.play(read_wav(SPEECH / "question-02.wav"))
        sound.finish()
        await ears.until(FirstSound)
        heard = sound.heard()
        assert heard > 0
        assert sound.flush() >= heard
        assert sound.heard() == 0
        sound.mute(True)
        sound.listen(True)
        muted = [await ears.until(Frame) for _ in range(5)]
        assert {frame.speech_probability for frame in muted} == {0.0}
        assert not any(isinstance(event, PlaybackDone) for event in ears.events)
        assert sound.levels(0).until > 0
    finally:
        await sound.aclose()
