import errno
import io
import os
import struct
import wave
from pathlib import Path

import numpy as np
import pytest

from voicegui.audio.wav import interleave, read_wav, write_wav
from voicegui.core.audio import Audio
from voicegui.core.errors import ErrorCode, VoiceError


def tone(rate_hz: int, seconds: float = 0.5) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * 440 * np.arange(int(rate_hz * seconds)) / rate_hz)


def riff(tag: int, channels: int, rate_hz: int, bits: int, data: bytes, *, size: int | None = None) -> bytes:
    width = channels * bits // 8
    form = struct.pack("<HHIIHH", tag, channels, rate_hz, rate_hz * width, width, bits)
    body = b"WAVE" + b"LIST" + struct.pack("<I", 3) + b"abc\0"  # an odd chunk is padded
    body += b"fmt " + struct.pack("<I", len(form)) + form
    body += b"data" + struct.pack("<I", len(data) if size is None else size) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def encoded(samples: np.ndarray, kind: str) -> bytes:
    if kind == "u1":
        return (samples * 127 + 128).astype(np.uint8).tobytes()
    if kind == "i3":
        wide = (samples * (2**31 - 1)).astype("<i4").tobytes()
        return b"".join(wide[k + 1 : k + 4] for k in range(0, len(wide), 4))
    if kind[0] == "i":
        return (samples * (2 ** (8 * int(kind[1]) - 1) - 1)).astype(f"<{kind}").tobytes()
    return samples.astype(f"<{kind}").tobytes()


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 44_100, 96_000])
@pytest.mark.parametrize("kind", ["u1", "i2", "i3", "i4", "f4", "f8"])
@pytest.mark.parametrize("channels", [1, 2])
def test_reads_what_people_have(tmp_path: Path, rate_hz: int, kind: str, channels: int) -> None:
    samples = np.repeat(tone(rate_hz), channels)
    tag = 3 if kind[0] == "f" else 1
    path = tmp_path / "a.wav"
    path.write_bytes(riff(tag, channels, rate_hz, 8 * int(kind[1]), encoded(samples, kind)))
    audio = read_wav(path)
    assert audio.rate_hz == 16_000
    assert abs(len(audio) - 8_000) <= 1
    got = np.frombuffer(audio.samples, np.int16)[800:7_200] / 32768
    assert np.abs(got - tone(16_000)[800:7_200]).max() < (0.02 if kind == "u1" else 0.005)


def test_a_streamed_file_has_no_length_in_its_header(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(riff(1, 1, 16_000, 16, encoded(tone(16_000), "i2"), size=0xFFFFFFFF))
    assert len(read_wav(path)) == 8_000


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf, 1e300, -1e300, 5e-324])
def test_numbers_that_are_no_sound_are_borne(tmp_path: Path, odd: float) -> None:
    samples = tone(16_000)
    samples[100:200] = odd
    path = tmp_path / "a.wav"
    path.write_bytes(riff(3, 1, 48_000, 64, samples.astype("<f8").tobytes()))
    got = np.frombuffer(read_wav(path).samples, np.int16)
    assert len(got) == 8_000 // 3 + 1 or abs(len(got) - 8_000 / 3) <= 1
    assert np.abs(got[200:].astype(int)).max() < 20_000  # what is sound is as it was


@pytest.mark.parametrize("rate_hz", [0, 1, 3_999, 384_001, 0xFFFFFFFF])
def test_a_rate_that_no_sound_has_is_refused(tmp_path: Path, rate_hz: int) -> None:
    path = tmp_path / "a.wav"
    data = bytearray(riff(1, 1, 16_000, 16, bytes(320)))
    at = data.index(b"fmt ") + 12
    data[at : at + 4] = struct.pack("<I", rate_hz)
    path.write_bytes(data)
    with pytest.raises(VoiceError, match="unsupported kind") as caught:
        read_wav(path)
    assert caught.value.code is ErrorCode.BAD_AUDIO_FILE


@pytest.mark.parametrize("size", [0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFF00])
def test_no_room_is_made_for_what_a_header_only_claims(
    tmp_path: Path, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    class Counted(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            asked.append(-1 if size is None else size)
            return super().read(size)

        def fileno(self) -> int:
            return handle

    path = tmp_path / "a.wav"
    path.write_bytes(riff(1, 32, 384_000, 32, bytes(128_000), size=size))
    handle = os.open(path, os.O_RDONLY)
    content = path.read_bytes()
    monkeypatch.setattr(Path, "open", lambda self, mode="r": Counted(content))
    if size == 0xFFFFFFFF:
        assert read_wav(path).samples
    else:
        with pytest.raises(VoiceError, match="truncated"):
            read_wav(path)
    os.close(handle)
    assert -1 not in asked and max(asked) <= len(content)


def test_written_files_are_read_back(tmp_path: Path) -> None:
    audio = Audio(encoded(tone(48_000), "i2"), 48_000)
    write_wav(tmp_path / "a.wav", audio)
    assert read_wav(tmp_path / "a.wav", 48_000) == audio
    write_wav(tmp_path / "b.wav", Audio(interleave(audio.samples, b"\1\0"), 48_000), channels=2)
    with wave.open(str(tmp_path / "b.wav")) as file:
        assert (file.getnchannels(), file.getnframes()) == (2, len(audio))


GOOD = riff(1, 1, 16_000, 16, bytes(3200))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "does not exist"),
        (b"", "is empty"),
        (b"ID3 this is music", "not a WAV"),
        (GOOD[:-100], "truncated"),
        (GOOD[:40], "truncated"),
        (GOOD[:20], "truncated"),
        (GOOD[:12], "truncated"),
        (riff(1, 1, 16_000, 16, b""), "no sound"),
        (riff(6, 1, 8_000, 8, bytes(100)), "unsupported"),
        (riff(1, 0, 16_000, 16, b""), "unsupported"),
        (riff(1, 1, 8_000, 8, b"", size=8_000 * 601), "longer than 10 minutes"),
        (riff(1, 1, 4_000, 8, bytes(4_000 * 601), size=0xFFFFFFFF), "longer than 10 minutes"),
    ],
)
def test_a_bad_file_is_named_with_its_fault(tmp_path: Path, content: bytes | None, says: str) -> None:
    path = tmp_path / "a.wav"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(VoiceError, match=says) as caught:
        read_wav(path)
    assert caught.value.code is ErrorCode.BAD_AUDIO_FILE
    assert str(path) in caught.value.message


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="folder"):
        read_wav(tmp_path)
    with pytest.raises(VoiceError, match="cannot be written"):
        write_wav(tmp_path, Audio(b"", 16_000))


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_said_to_be_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(number, "No space left on device")

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(VoiceError, match="The disk is full: .* Free some space") as caught:
        write_wav(tmp_path / "a.wav", Audio(bytes(100), 16_000))
    assert caught.value.code is ErrorCode.DISK_FULL and caught.value.retryable
