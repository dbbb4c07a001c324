"""Streams of sound, cut anywhere."""

import math
import struct
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicegui.core.audio import Audio
from voicegui.providers.openai.errors import BadAnswer
from voicegui.providers.openai.pcm import OtherSound, Pcm, rate_of

LOUD = array("h", range(1000, 2000)).tobytes()


def wav(
    data: bytes, *, rate_hz: int = 16_000, channels: int = 1, size: int | None = None, before: bytes = b""
) -> bytes:
    form = struct.pack("<HHIIHH", 1, channels, rate_hz, rate_hz * 2 * channels, 2 * channels, 16)
    length = len(data) if size is None else size
    chunks = b"fmt " + struct.pack("<I", 16) + form + before + b"data" + struct.pack("<I", length) + data
    return b"RIFF" + struct.pack("<I", 0xFFFFFFFF) + b"WAVE" + chunks


def fed(pieces: list[bytes], rate_hz: int = 24_000) -> Audio:
    pcm = Pcm(rate_hz)
    sounds = [sound for sound in (*map(pcm.feed, pieces), pcm.finish()) if sound]
    assert len({sound.rate_hz for sound in sounds}) == 1
    return Audio(b"".join(sound.samples for sound in sounds), sounds[0].rate_hz)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % len(data) for place in places), len(data)]
    return [data[start:end] for start, end in zip(edges, edges[1:], strict=False)]


@given(st.lists(st.integers(0, 5000), max_size=8), st.booleans())
def test_cuts_change_nothing(places: list[int], header: bool) -> None:
    data = wav(LOUD) if header else LOUD
    assert fed(cut(data, places)) == Audio(LOUD, 16_000 if header else 24_000)


@pytest.mark.parametrize("size", [None, 0, 0xFFFFFFFF, 0x7FFFFFFF])
def test_a_header_may_not_know_the_length(size: int | None) -> None:
    assert fed([wav(LOUD, size=size)]) == Audio(LOUD, 16_000)


def test_other_chunks_are_no_sound() -> None:
    listed = b"LIST" + struct.pack("<I", 5) + b"words\0"
    assert fed([wav(LOUD, before=listed) + listed]) == Audio(LOUD, 16_000)


def test_stereo_becomes_mono() -> None:
    stereo = array("h", (value for sample in array("h", LOUD) for value in (sample - 100, sample + 100))).tobytes()
    assert fed(cut(wav(stereo, channels=2), [51, 60, 1001])) == Audio(LOUD, 16_000)


def test_silence_before_the_first_sound_is_not_waited_for() -> None:
    sound = fed([bytes(4801), bytes(4799), LOUD])
    assert sound.samples.endswith(LOUD)
    assert len(sound) - len(LOUD) // 2 <= 0.02 * 24_000


def test_silence_later_is_kept() -> None:
    assert fed([LOUD, bytes(5000), LOUD]).samples == LOUD + bytes(5000) + LOUD


@pytest.mark.parametrize("data", [LOUD[:2], LOUD[:3], b"RI"])
def test_less_than_a_header_is_sound_too(data: bytes) -> None:
    assert fed([data]).samples == data[:2]


def test_half_a_sample_is_nothing() -> None:
    pcm = Pcm(24_000)
    assert pcm.feed(b"\x20") is None and pcm.finish() is None


def test_a_header_that_never_ends_is_refused() -> None:
    with pytest.raises(BadAnswer, match="without sound"):
        Pcm(24_000).feed(b"RIFF\0\0\0\0WAVELIST" + struct.pack("<I", 1 << 20) + bytes(100))


def test_sound_of_another_kind_is_refused() -> None:
    data = bytearray(wav(LOUD))
    data[34:36] = struct.pack("<H", 24)
    with pytest.raises(BadAnswer, match="24 bit"):
        Pcm(24_000).feed(bytes(data))


@pytest.mark.parametrize(
    ("content_type", "rate_hz"),
    [
        ("", 24_000),
        ("audio/pcm", 24_000),
        ("audio/pcm; rate=16000", 16_000),
        ("audio/pcm;rate=8000;channels=1", 8_000),
        ('audio/L16; RATE = "44100"', 44_100),
        ("audio/pcm; bitrate=128000", 24_000),
        ("audio/pcm; samplerate=1; rate=48000", 48_000),
        ("audio/pcm; rate=384000", 384_000),
        ("rate=0", 24_000),  # of no type at all
    ],
)
def test_the_rate_is_as_the_server_says(content_type: str, rate_hz: int) -> None:
    assert rate_of({"content-type": content_type}, 24_000) == rate_hz


@pytest.mark.parametrize(
    "rate",
    ["0000", "0", "00000", "1", "3999", "384001", "999999", "-16000", "1e4", "16000.0", "NaN", "inf", "", '""',
     "9" * 5000, "48000000", "16k", "٨٠٠٠", "0x3e80"],
)  # fmt: skip
def test_a_rate_that_no_sound_has_is_refused(rate: str) -> None:
    with pytest.raises(BadAnswer, match="rate that cannot be right"):
        rate_of({"content-type": f"audio/pcm; rate={rate}"}, 24_000)


@pytest.mark.parametrize("rate_hz", [0, 1, 3999, 384_001, 0xFFFFFFFF])
def test_so_is_one_of_a_header(rate_hz: int) -> None:
    data = bytearray(wav(LOUD))
    data[24:28] = struct.pack("<I", rate_hz)
    with pytest.raises(BadAnswer, match="unknown kind"):
        Pcm(24_000).feed(bytes(data))


def mp3(frames: int, *, first: bytes = b"\xff\xfb\x90\x64") -> bytes:
    """MPEG-1 layer III at 128 kbit/s and 44.1 kHz: 417 bytes a frame, and one more in every second one."""
    sizes = [417 + index % 2 for index in range(frames)]
    heads = [first[:2] + bytes([first[2] | index % 2 << 1]) + first[3:] for index in range(frames)]
    return b"".join(head + b"\x55" * (size - 4) for head, size in zip(heads, sizes, strict=True))


OTHERS = {
    "MP3": [mp3(3), b"ID3\x04\0\0\0\0\x01\x7f" + bytes(100)],
    "Ogg": [b"OggS\0" + bytes(100)],
    "FLAC": [b"fLaC\0" + bytes(100)],
    "JSON": [b'{"error": {"message": "no"}}', b"{}"],
}


@pytest.mark.parametrize(("name", "data"), [(name, data) for name, all in OTHERS.items() for data in all])
@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_what_is_no_pcm_is_refused_however_it_is_cut(name: str, data: bytes, size: int) -> None:
    pcm = Pcm(24_000)
    with pytest.raises(BadAnswer, match=f"sent {name} instead"):
        for start in range(0, len(data), size):
            assert pcm.feed(data[start : start + size]) is None


@pytest.mark.parametrize(
    "begin",
    [
        b"\xff\xfb\x90\x64",  # one header of an MP3 frame, and no second one where it would be
        b"\xff\xf3\x84\xc4",
        b"\xff\xfb\xff\xfb",
        b"\xff\xfb",
        b"{\x00",
        b"{ \xff\xff",
        b"ID\x33\xff",
        b"Og\x01\x02",
    ],
)
@pytest.mark.parametrize("size", [1, 2, 100_000])
def test_samples_that_only_begin_like_something_else_are_sound(begin: bytes, size: int) -> None:
    data = begin + LOUD
    sound = fed([data[start : start + size] for start in range(0, len(data), size)])
    assert data.endswith(sound.samples) and sound.samples.endswith(LOUD)


@pytest.mark.parametrize("data", [b"\xff\xf3\x84\xc4", b"ID\x33\x04", b"Og"])
def test_an_answer_that_ends_before_it_can_be_told_is_sound(data: bytes) -> None:
    assert fed([data]).samples == data


def test_two_headers_of_different_streams_are_samples() -> None:
    data = mp3(1) + mp3(1, first=b"\xff\xf3\x90\x64") + LOUD
    assert fed([data]).samples == data[: len(data) // 2 * 2]


@pytest.mark.parametrize("right", [-1, 0, 1])
@pytest.mark.parametrize("places", [[51, 60], [44, 1001, 5002]])
def test_channels_that_cancel_each_other_are_heard(right: int, places: list[int]) -> None:
    """A voice that is turned around on the other channel, or only on one."""
    frames = array("h", (value for sample in array("h", LOUD) for value in (sample, right * sample))).tobytes()
    assert fed(cut(wav(frames, channels=2), places)) == Audio(LOUD, 16_000)


def tone(form: str, *, lead: int = 0, loud: float = 0.5, hz: float = 220.0) -> bytes:
    """2000 samples at 24 kHz behind `lead` silent ones, as numbers of a format of `struct`."""
    full = {"f": 1.0, "d": 1.0, "i": 2**31 - 1, "h": 2**15 - 1}[form[-1]]
    wave = [loud * math.sin(2 * math.pi * hz * at / 24_000) * full for at in range(1, 2001)]
    numbers = [
        value if form[-1] in "fd" else int(value) // 65536 * 65536 if form[-1] == "i" else int(value) for value in wave
    ]
    return struct.pack(f"{form[0]}{lead + 2000}{form[-1]}", *([0] * lead), *numbers)


@pytest.mark.parametrize("size", [1, 7, 1000, 100_000])
@pytest.mark.parametrize("lead", [0, 3, 500])
@pytest.mark.parametrize("form", ["<f", ">f", "<d", ">d", "<i"])
@pytest.mark.parametrize("loud", [0.002, 0.3, 1.0])
def test_samples_of_more_than_16_bits_are_no_noise(form: str, lead: int, size: int, loud: float) -> None:
    data = tone(form, lead=lead, loud=loud)
    pcm = Pcm(24_000)
    with pytest.raises(OtherSound, match="more than 16 bits") as found:
        for start in range(0, len(data), size):
            assert pcm.feed(data[start : start + size]) is None
    assert not found.value.decoded


@pytest.mark.parametrize("loud", [0.0005, 0.01, 0.45, 1.0])
@pytest.mark.parametrize("hz", [20.0, 60.0, 220.0, 3000.0, 11_000.0])
def test_16_bit_samples_are_sound_however_loud_and_high(loud: float, hz: float) -> None:
    data = tone("<h", loud=loud, hz=hz)
    pcm = Pcm(24_000)
    pcm.feed(data)
    pcm.finish()
    assert pcm.seconds == pytest.approx(2000 / 24_000)


@given(st.lists(st.integers(-32768, 32767), min_size=400, max_size=400))
def test_16_bit_noise_is_sound(samples: list[int]) -> None:
    Pcm(24_000).feed(array("h", samples).tobytes())


@pytest.mark.parametrize("left", range(12))
def test_half_a_frame_of_two_channels_is_dropped(left: int) -> None:
    pcm = Pcm(24_000, 2)
    pcm.feed(bytes(range(64)))
    pcm.feed(bytes(left))
    pcm.finish()
