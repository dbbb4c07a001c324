"""Sound files that are made while their sound comes."""

import io

import numpy as np
import pytest
import soundfile

from voicegui.core.audio import Audio
from voicegui.media.encoding import FILE_RATE_HZ, FileEncoder
from voicegui.media.wav import decode_sound


def tone(seconds: float, rate_hz: int, hz: float = 440.0) -> Audio:
    at = np.arange(round(seconds * rate_hz)) / rate_hz
    return Audio((8000 * np.sin(2 * np.pi * hz * at)).astype("<i2").tobytes(), rate_hz)


def pieces(format: str, sound: Audio, size: int) -> list[bytes]:
    encoder = FileEncoder(format)
    cut = [sound.samples[at : at + 2 * size] for at in range(0, len(sound.samples), 2 * size)]
    made = [encoder.encode(Audio(each, sound.rate_hz)) for each in cut]
    return [*made, encoder.finish()]


def loudest_hz(sound: Audio) -> float:
    samples = np.frombuffer(sound.samples, "<i2")
    return float(np.fft.rfftfreq(len(samples), 1 / sound.rate_hz)[np.abs(np.fft.rfft(samples)).argmax()])


@pytest.mark.parametrize("format", ["mp3", "opus", "flac", "wav"])
@pytest.mark.parametrize("rate_hz", [8000, 16_000, 22_050, 24_000, 44_100, 48_000])
def test_the_program_reads_what_it_has_made(format: str, rate_hz: int) -> None:
    made = b"".join(pieces(format, tone(2.0, rate_hz), 1000))
    heard = decode_sound(made)
    assert heard.seconds == pytest.approx(2.0, abs=0.12) and loudest_hz(heard) == pytest.approx(440, abs=2)


@pytest.mark.parametrize(("format", "kind"), [("mp3", "MP3"), ("opus", "OGG"), ("flac", "FLAC"), ("wav", "WAV")])
def test_others_read_it_and_see_its_length(format: str, kind: str) -> None:
    made = io.BytesIO(b"".join(pieces(format, tone(5.0, 24_000), 2400)))
    with soundfile.SoundFile(made) as file:
        assert (file.format, file.samplerate, file.channels) == (kind, FILE_RATE_HZ, 1)
        assert file.frames / FILE_RATE_HZ == pytest.approx(5.0, abs=0.1)


@pytest.mark.parametrize("format", ["mp3", "opus", "wav", "pcm"])
def test_it_flows(format: str) -> None:
    """After half a second of sound something is there, and so after each half second more."""
    made = pieces(format, tone(3.0, 24_000), 12_000)
    assert all(made[:-1])


def test_a_flac_file_comes_as_a_whole() -> None:
    made = pieces("flac", tone(3.0, 24_000), 12_000)
    assert not any(made[:-1]) and made[-1].startswith(b"fLaC")


def test_pcm_is_bare_samples() -> None:
    assert b"".join(pieces("pcm", tone(0.1, 24_000), 100)) == tone(0.1, 24_000).samples


@pytest.mark.parametrize("format", ["mp3", "opus", "flac", "wav", "pcm"])
def test_a_file_without_sound_and_one_that_is_left_do_no_harm(format: str) -> None:
    encoder = FileEncoder(format)
    encoder.finish()
    encoder.close()
    left = FileEncoder(format)
    left.encode(tone(0.3, 16_000))
    left.close()
    left.close()


def test_the_rate_may_change_within_a_file() -> None:
    encoder = FileEncoder("pcm")
    made = encoder.encode(tone(1.0, 24_000)) + encoder.encode(tone(1.0, 16_000)) + encoder.encode(tone(1.0, 24_000))
    assert len(made + encoder.finish()) / 2 / FILE_RATE_HZ == pytest.approx(3.0, abs=0.001)
