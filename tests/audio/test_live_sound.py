"""The real sound stack: PortAudio and a private PulseAudio with a virtual microphone and speaker."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from voicegui.audio.live_sound import LiveSound
from voicegui.core.errors import ErrorCode
from voicegui.core.ports import FirstSound, Frame, PlaybackDone, SoundMended, SoundTrouble
from voicegui.media.wav import read_wav

from .conftest import Ears, SoundServer

pytestmark = pytest.mark.slow
SPEECH = Path(__file__).parent.parent / "speech"


@pytest.fixture
async def live(sound_server: SoundServer, ears: Ears) -> AsyncIterator[LiveSound]:
    sound = LiveSound()
    await sound.open(ears)
    sound.listen(True)
    await ears.until(Frame)
    yield sound
    await sound.aclose()


def lost(device: str):
    return lambda event: event.device == device and event.error.code is ErrorCode.DEVICE_LOST


async def mended(ears: Ears, device: str, name: str) -> None:
    await ears.until(SoundMended, lambda event: (event.device, event.name) == (device, name))


async def test_the_microphone_hears_and_the_speaker_plays(
    live: LiveSound, ears: Ears, sound_server: SoundServer
) -> None:
    assert [each.name for each in live.microphones()] == ["vmic"]
    assert "vspk" in [each.name for each in live.speakers()]
    clip, answer = SPEECH / "question-01.wav", read_wav(SPEECH / "question-02.wav", 24_000)
    speaker = await asyncio.create_subprocess_exec("paplay", "--latency-msec=30", "-d", "vmic_in", str(clip))
    await ears.until(Frame, lambda frame: frame.speech_probability > 0.9)
    await speaker.wait()
    recording = sound_server.folder / "speaker.raw"
    recorder = await asyncio.create_subprocess_exec(
        "parecord", "-d", "vspk.monitor", "--raw", "--rate=48000", "--channels=1", "--latency-msec=20", str(recording)
    )
    async with asyncio.timeout(60):
        while not recording.exists() or not recording.stat().st_size:
            await ears.until(Frame)
    live.play(answer)
    live.finish()
    first = await ears.until(FirstSound)
    await ears.until(PlaybackDone)
    after = await ears.until(Frame, lambda frame: frame.captured_at > first.at + answer.seconds + 0.5)
    assert after.end > 0
    recorder.terminate()
    await recorder.wait()
    assert abs(live.heard() - answer.playback_samples) <= 2
    original = np.frombuffer(read_wav(SPEECH / "question-02.wav", 48_000).samples, np.int16).astype(float)
    got = np.frombuffer(recording.read_bytes(), np.int16).astype(float)
    # Piece by piece: on a starved machine the card may drop out (the benchmarks count that), and the rest is late
    pieces = [original[at : at + 2_400] for at in range(4_800, len(original) - 9_600, 2_400)]
    assert np.quantile([likeness(got, piece) for piece in pieces], 0.75) > 0.97


def likeness(recording: NDArray[np.float64], piece: NDArray[np.float64]) -> float:
    """Correlation of `piece` with the place in the recording that is most like it."""
    size = 1 << (len(recording) + len(piece)).bit_length()
    match = np.fft.irfft(np.fft.rfft(recording, size) * np.conj(np.fft.rfft(piece, size)), size)
    lag = int(match[: len(recording) - len(piece)].argmax())
    return float(np.corrcoef(recording[lag : lag + len(piece)], piece)[0, 1])


async def test_an_interrupted_reply_counts_what_was_heard(live: LiveSound, ears: Ears) -> None:
    live.play(read_wav(SPEECH / "question-02.wav"))
    await ears.until(FirstSound)
    await ears.until(Frame)
    live.pause()
    paused = live.heard()
    assert paused > 0
    await ears.until(Frame)
    live.resume(paused - 480)
    await ears.until(Frame, lambda frame: live.heard() > paused)
    assert live.flush() > paused
    assert live.heard() == 0


async def test_another_microphone_unplugged_and_back(live: LiveSound, ears: Ears, sound_server: SoundServer) -> None:
    changed = asyncio.Event()
    live.watch(changed.set)
    sound_server.add_microphone("headset")
    await asyncio.wait_for(changed.wait(), 60)
    live.use(microphone="headset")
    await mended(ears, "microphone", "headset")
    sound_server.unload("source_name=headset")
    trouble = await ears.until(SoundTrouble, lost("microphone"))
    assert trouble.alternative == "vmic"
    await mended(ears, "microphone", "vmic")
    await ears.until(Frame)
    sound_server.add_microphone("headset")
    await mended(ears, "microphone", "headset")
    assert (await ears.until(Frame)).end > 0


async def test_the_only_microphone_unplugged_is_not_replaced_by_a_monitor(
    live: LiveSound, ears: Ears, sound_server: SoundServer
) -> None:
    before = (await ears.until(Frame)).end
    sound_server.unload("source_name=vmic")
    await ears.until(SoundTrouble, lost("microphone"))
    live.play(read_wav(SPEECH / "question-02.wav"))
    live.finish()
    await ears.until(PlaybackDone)
    assert not any(isinstance(event, Frame) for event in ears.events)
    assert "monitor" not in str(sound_server.pactl("list", "short", "source-outputs"))
    sound_server.pactl("load-module", "module-remap-source", "source_name=vmic", "master=vmic_in.monitor")
    await mended(ears, "microphone", "vmic")
    assert (await ears.until(Frame)).end > before


async def test_a_suspended_microphone_and_speaker_wake_up(
    live: LiveSound, ears: Ears, sound_server: SoundServer
) -> None:
    sound_server.pactl("suspend-source", "vmic", "1")
    await ears.until(SoundTrouble, lost("microphone"))
    sound_server.pactl("suspend-source", "vmic", "0")
    await mended(ears, "microphone", "vmic")
    sound_server.pactl("suspend-sink", "vspk", "1")
    await ears.until(SoundTrouble, lost("speaker"))
    sound_server.pactl("suspend-sink", "vspk", "0")
    await mended(ears, "speaker", "vspk")


async def test_a_muted_microphone_is_named(live: LiveSound, ears: Ears, sound_server: SoundServer) -> None:
    sound_server.pactl("set-source-mute", "vmic", "1")
    trouble = await ears.until(SoundTrouble)
    assert trouble.error.code is ErrorCode.MICROPHONE_SILENT
    assert "VirtualMicrophone" in trouble.error.message
    sound_server.pactl("set-source-mute", "vmic", "0")
    await mended(ears, "microphone", "vmic")


async def test_the_sound_server_dies_during_a_reply_and_returns(
    live: LiveSound, ears: Ears, sound_server: SoundServer
) -> None:
    live.play(read_wav(SPEECH / "question-02.wav"))
    live.finish()
    await ears.until(FirstSound)
    sound_server.kill()
    trouble = await ears.until(SoundTrouble)
    assert "sound server" in trouble.error.message
    await ears.until(PlaybackDone)  # the turn ends also without a speaker
    sound_server.restart()
    names = {(await ears.until(SoundMended)).device, (await ears.until(SoundMended)).device}
    assert names == {"microphone", "speaker"}
    assert (await ears.until(Frame)).end > 0


async def test_no_sound_at_all(monkeypatch: pytest.MonkeyPatch, ears: Ears, tmp_path: Path) -> None:
    """No server, no card: said once for each direction, a reply still ends."""
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/nobody")
    sound = LiveSound()
    await sound.open(ears)
    sound.listen(True)
    devices = {(await ears.until(SoundTrouble)).device, (await ears.until(SoundTrouble)).device}
    assert devices == {"microphone", "speaker"}
    sound.play(read_wav(SPEECH / "question-02.wav"))
    sound.finish()
    await ears.until(PlaybackDone)
    await sound.aclose()


async def test_a_sound_server_that_starts_after_the_program(sound_server: SoundServer, ears: Ears) -> None:
    sound_server.kill()
    sound = LiveSound()
    await sound.open(ears)
    sound.listen(True)
    await ears.until(SoundTrouble)
    await ears.until(SoundTrouble)
    sound_server.restart()
    assert (await ears.until(Frame)).end > 0
    sound.play(read_wav(SPEECH / "question-02.wav"))
    sound.finish()
    await ears.until(PlaybackDone)
    async with asyncio.timeout(60):
        while [each.name for each in sound.microphones()] != ["vmic"]:
            await ears.until(Frame)
    sound_server.kill()
    await ears.until(SoundTrouble)
    sound_server.restart()
    await ears.until(SoundMended)
    assert (await ears.until(Frame)).end > 0
    await sound.aclose()


async def test_a_first_microphone_that_comes_later(sound_server: SoundServer, ears: Ears) -> None:
    sound_server.unload("source_name=vmic")
    sound = LiveSound()
    await sound.open(ears)
    sound.listen(True)
    trouble = await ears.until(SoundTrouble)
    assert (trouble.device, trouble.error.code) == ("microphone", ErrorCode.NO_MICROPHONE)
    sound_server.pactl("load-module", "module-remap-source", "source_name=vmic", "master=vmic_in.monitor")
    await mended(ears, "microphone", "vmic")
    await ears.until(Frame)
    await sound.aclose()


async def test_only_the_microphone_is_blamed_when_it_is_unplugged_over_replies_that_are_cut(
    live: LiveSound, ears: Ears, sound_server: SoundServer
) -> None:
    """A cut restarts the speaker, and for a moment the server has no stream of it."""
    clip, blamed = read_wav(SPEECH / "question-02.wav"), set[str]()

    either: Any = FirstSound | SoundTrouble

    async def until_it_sounds() -> None:
        while not isinstance(event := await ears.until(either), FirstSound):
            blamed.add(event.device)

    live.play(clip)
    await until_it_sounds()
    await asyncio.to_thread(sound_server.unload, "source_name=vmic")
    for _ in range(20):
        live.flush()
        live.play(clip)
        await until_it_sounds()
    assert blamed <= {"microphone"}


class NoPortAudio:
    """Imports sounddevice as it is without libportaudio."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name == "sounddevice":
            raise OSError("PortAudio library not found")


async def test_a_missing_sound_library_is_named_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch, ears: Ears, tmp_path: Path
) -> None:
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/nobody")
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(sys, "meta_path", [NoPortAudio(), *sys.meta_path])
    sound = LiveSound()
    await sound.open(ears)
    trouble = await ears.until(SoundTrouble)
    assert (trouble.device, trouble.error.code) == ("speaker", ErrorCode.NO_SOUND_LIBRARY)
    assert "libportaudio2" in trouble.error.hint
    await sound.aclose()
