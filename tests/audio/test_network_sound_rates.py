"""Peers that cannot pause, and peers that change their minds about rates."""

import numpy as np
import pytest

from voicegui.audio import peer_microphone
from voicegui.audio.network_sound import NetworkSound
from voicegui.audio.peer_microphone import PeerFormat
from voicegui.core.audio import Audio
from voicegui.core.ports import Frame, SoundEvent

TONE = Audio((8000 * np.sin(np.arange(24_000) / 10)).astype(np.int16).tobytes(), 24_000)
"""A second."""


class Peer:
    def __init__(self):
        self.sound, self.drops, self.ends = b"", 0, 0

    def play(self, samples, at):
        self.sound += samples

    def drop(self):
        self.drops += 1

    def end(self):
        self.ends += 1


class Silence:
    def probability(self, samples):
        return 0.0


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
async def made(monkeypatch):
    monkeypatch.setattr(peer_microphone, "VoiceActivity", Silence)
    peer, clock = Peer(), Clock()
    came: list[SoundEvent] = []
    form = PeerFormat(24_000, 24_000, 3600.0, pauses=False)
    sound = NetworkSound(peer, form, await peer_microphone.load_microphone(form), clock)
    await sound.open(came.append)
    yield sound, peer, clock, came
    await sound.aclose()


async def test_a_pause_is_none(made):
    sound, peer, clock, _ = made
    sound.play(TONE)
    sound.finish()
    assert len(peer.sound) == pytest.approx(2 * 24_000, rel=0.02)
    assert peer.ends == 1
    clock.now += 0.4
    sound.pause()
    clock.now += 0.2
    sound.resume(0)
    assert sound.heard() == pytest.approx(0.6 * 48_000, rel=0.05)
    assert peer.drops == 0
    assert sound.flush() == pytest.approx(0.6 * 48_000, rel=0.05)
    assert peer.drops == 1
    assert len(peer.sound) == pytest.approx(2 * 24_000, rel=0.02)


async def test_rates_may_change(made):
    sound, peer, _, came = made
    sound.listen(True)
    sound.hear(np.zeros(24_000, np.int16))
    before = len([each for each in came if isinstance(each, Frame)])
    assert before in (30, 31)
    sound.change_rates(8_000, 8_000)
    sound.hear(np.zeros(8_000, np.int16))
    assert len([each for each in came if isinstance(each, Frame)]) - before in (29, 30, 31, 32)
    sound.play(TONE)
    sound.finish()
    assert len(peer.sound) == pytest.approx(2 * 8_000, rel=0.02)
