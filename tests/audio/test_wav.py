import errno
import io
import os
import struct
import wave
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voicegui.core.audio import Audio
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.media.wav import interleave, read_wav, write_wav
from voicegui.media.wav_bytes import int16_format, wav_header


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
    assert read_wav(path).samples
    os.close(handle)
    assert -1 not in asked and max(asked) <= len(content)


def raw_riff(
    size: int,
    *,
    outer: int | None = None,
    before: bytes = b"",
    after: bytes = b"",
    kind: bytes = b"RIFF",
) -> bytes:
    """A tone of half a second with the chunks as they are given; `size` is what the header says of the sound."""
    sound = encoded(tone(16_000), "i2")
    form = struct.pack("<HHIIHH", 1, 1, 16_000, 32_000, 2, 16)
    body = b"WAVE" + before + b"fmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", size) + sound + after
    return kind + struct.pack("<I", len(body) if outer is None else outer) + body


def chunk(name: bytes, data: bytes, *, padded: bool = True) -> bytes:
    return name + struct.pack("<I", len(data)) + data + (b"\0" if len(data) % 2 and padded else b"")


def ds64(data: int) -> bytes:
    return chunk(b"ds64", struct.pack("<QQQI", 0, data, 8_000, 0))


TITLES = chunk(b"LIST", b"INFOISFT" + struct.pack("<I", 6) + b"Lavf60")
UNKNOWN = 0xFFFFFFFF


@pytest.mark.parametrize(
    "content",
    [
        raw_riff(0x7FFFF000, outer=0x7FFFF024),
        raw_riff(0x7FFFFFFF, outer=0x7FFFFFFF),
        raw_riff(0x7FFFFFDB),
        raw_riff(0x80000000),
        raw_riff(0xFFFFFFDB, outer=UNKNOWN),
        raw_riff(UNKNOWN, outer=0),
        raw_riff(0),
        raw_riff(0, outer=36),
        raw_riff(0, outer=0, before=TITLES),
        raw_riff(0, after=TITLES),
        raw_riff(UNKNOWN, before=TITLES, after=TITLES),
        raw_riff(44),  # a header that was never brought up to date
        raw_riff(4_000),
        raw_riff(16_000, after=TITLES),
        raw_riff(16_000, after=chunk(b"id3 ", bytes(301))),
        raw_riff(16_000, before=chunk(b"LIST", b"INFOx", padded=False)),
        raw_riff(16_000, before=chunk(b"LIST", b"INFOx")),
        raw_riff(16_000, before=chunk(b"JUNK", bytes(28)) + chunk(b"bext", bytes(603))),
        raw_riff(16_000, after=b"\0"),
        raw_riff(16_000, outer=7),
        raw_riff(UNKNOWN, outer=UNKNOWN, kind=b"RF64", before=ds64(16_000)),
        raw_riff(UNKNOWN, outer=UNKNOWN, kind=b"RF64", before=ds64(16_000), after=TITLES),
        raw_riff(UNKNOWN, outer=UNKNOWN, kind=b"RF64", before=ds64(0)),
        raw_riff(UNKNOWN, outer=UNKNOWN, kind=b"RF64", before=ds64(2**63)),
        raw_riff(UNKNOWN, outer=UNKNOWN, kind=b"RF64"),
        raw_riff(UNKNOWN, outer=UNKNOWN, kind=b"BW64", before=ds64(16_000)),
    ],
)
def test_lengths_that_were_made_up(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    got = np.frombuffer(read_wav(path).samples, np.int16) / 32768
    assert len(got) == 8_000
    assert np.abs(got - tone(16_000)).max() < 0.001


@pytest.mark.parametrize(
    ("kind", "encoding", "rate_hz"),
    [("WAV", "ULAW", 8_000), ("WAV", "IMA_ADPCM", 16_000), ("FLAC", "PCM_16", 44_100),
     ("MP3", "MPEG_LAYER_III", 44_100), ("MP3", "MPEG_LAYER_III", 16_000), ("OGG", "VORBIS", 48_000),
     ("OGG", "OPUS", 48_000), ("AIFF", "PCM_24", 48_000), ("W64", "FLOAT", 22_050),
     ("CAF", "PCM_16", 24_000), ("AU", "PCM_16", 16_000)],
)  # fmt: skip
@pytest.mark.parametrize("channels", [1, 2])
def test_other_kinds_of_sound_files(tmp_path: Path, kind: str, encoding: str, rate_hz: int, channels: int) -> None:
    path = tmp_path / "recorded"
    samples = np.repeat(tone(rate_hz).reshape(-1, 1), channels, axis=1)
    soundfile.write(str(path), samples, rate_hz, format=kind, subtype=encoding)
    got = np.frombuffer(read_wav(path).samples, np.int16) / 32768
    assert abs(len(got) - 8_000) < 1_300  # some begin or end with silence of the encoder
    assert abs(np.abs(got).max() - 0.5) < 0.12


VOICE, OTHER = tone(16_000), 0.4 * np.sin(2 * np.pi * 300 * np.arange(8_000) / 16_000)
NOTHING = np.zeros(8_000)
HUM = 0.02 * np.random.default_rng(7).standard_normal(8_000)


@pytest.mark.parametrize(
    ("channels", "heard"),
    [
        ((VOICE, VOICE), VOICE),
        ((VOICE, -VOICE), VOICE),
        ((-0.6 * VOICE, VOICE), VOICE),
        ((VOICE, NOTHING), VOICE),
        ((NOTHING, VOICE), VOICE),
        ((NOTHING, NOTHING, NOTHING, VOICE), VOICE),
        ((VOICE, HUM), VOICE),
        ((VOICE, HUM - VOICE), VOICE),
        ((VOICE, NOTHING + 0.4), VOICE),  # an offset is no sound
        ((VOICE, -VOICE, VOICE, -VOICE), VOICE),
        ((0.5 * VOICE, 0.5 * VOICE, 0.5 * VOICE, -0.5 * VOICE, NOTHING, HUM), 0.5 * VOICE),
        ((NOTHING, NOTHING), NOTHING),
    ],
)
def test_no_channel_takes_another_away(tmp_path: Path, channels: tuple[np.ndarray, ...], heard: np.ndarray) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(riff(3, len(channels), 16_000, 32, np.stack(channels, axis=1).astype("<f4").tobytes()))
    got = np.frombuffer(read_wav(path).samples, np.int16) / 32768
    got = got - got.mean()
    assert min(np.abs(got - heard).max(), np.abs(got + heard).max()) < 0.12


def test_two_who_talk_on_two_channels_are_both_heard(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    halves = np.concatenate((VOICE, NOTHING)), np.concatenate((NOTHING, OTHER))
    path.write_bytes(riff(3, 2, 16_000, 32, np.stack(halves, axis=1).astype("<f4").tobytes()))
    got = np.frombuffer(read_wav(path).samples, np.int16) / 32768
    assert np.abs(got[:8_000]).max() > 0.3 and np.abs(got[8_000:]).max() > 0.25


def test_written_files_are_read_back(tmp_path: Path) -> None:
    audio = Audio(encoded(tone(48_000), "i2"), 48_000)
    write_wav(tmp_path / "a.wav", audio)
    assert read_wav(tmp_path / "a.wav", 48_000) == audio
    write_wav(tmp_path / "b.wav", Audio(interleave(audio.samples, b"\1\0"), 48_000), channels=2)
    with wave.open(str(tmp_path / "b.wav")) as file:
        assert (file.getnchannels(), file.getnframes()) == (2, len(audio))


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 48_000])
def test_a_header_is_the_same_as_others_write_it(rate_hz: int, channels: int) -> None:
    others = io.BytesIO()
    with wave.open(others, "wb") as file:
        file.setparams((channels, 2, rate_hz, 0, "NONE", ""))
        file.writeframes(b"\1\0" * 100)
    assert wav_header(int16_format(rate_hz, channels), 200) + b"\1\0" * 100 == others.getvalue()


@pytest.mark.parametrize("bits", [0, 40, 48, 56, 72, 128, 4_096, 32_768, 65_528, 65_535])
@pytest.mark.parametrize("kind", [1, 3])
def test_samples_of_impossible_size_are_refused(tmp_path: Path, kind: int, bits: int) -> None:
    form = struct.pack("<HHIIHH", kind, 32, 384_000, 0xFFFFFFFF, 0xFFFF, bits)
    (tmp_path / "a.wav").write_bytes(b"RIFF" + bytes(4) + b"WAVE" + chunk(b"fmt ", form) + chunk(b"data", bytes(9_000)))
    with pytest.raises(VoiceError) as caught:
        read_wav(tmp_path / "a.wav")
    assert caught.value.code is ErrorCode.BAD_AUDIO_FILE


@pytest.mark.parametrize(
    ("samples", "peak"), [([], 0), ([0], 0), ([1, -2], 2), ([-32768, 32767], 32768), ([5, 3], 5), ([-7, -9], 9)]
)
def test_a_peak_is_the_largest_magnitude(samples: list[int], peak: int) -> None:
    assert Audio(struct.pack(f"<{len(samples)}h", *samples), 16_000).peak == peak


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
        (riff(1, 2, 16_000, 16, b""), "no sound"),
        (riff(3, 6, 48_000, 32, b""), "no sound"),
        (riff(0x1234, 1, 8_000, 8, bytes(100)), "unsupported"),
        (riff(1, 33, 16_000, 16, bytes(660)), "unsupported"),
        (b"fLaC" + bytes(100), "damaged or truncated"),
        (b"<!doctype html><title>Not found</title>" + bytes(100), "not a WAV, FLAC, MP3 or Ogg"),
        (b"\0\0\0\x20ftypM4A " + bytes(100), "not a WAV, FLAC, MP3 or Ogg"),
        (riff(1, 1, 16_000, 16, bytes(3200), size=40_000), "truncated"),
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
