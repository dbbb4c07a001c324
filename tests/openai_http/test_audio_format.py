"""Servers that send other sound than they were asked for: it is heard, and asked for as WAV from then on."""

import io
import struct

import numpy as np
import pytest
import soundfile

from tests.openai_server.script import scripted, speech
from tests.openai_server.server import Answer
from voicegui.core.audio import Audio
from voicegui.core.errors import ErrorCode, VoiceError

from .conftest import Talking, talking

RATE = 24_000


def encoded(kind: str, encoding: str | None = None, rate_hz: int = RATE, channels: int = 1) -> bytes:
    file = io.BytesIO()
    tone = 0.3 * np.sin(2 * np.pi * 440 * np.arange(rate_hz) / rate_hz)
    soundfile.write(file, np.repeat(tone.reshape(-1, 1), channels, axis=1), rate_hz, format=kind, subtype=encoding)
    return file.getvalue()


LOUD = soundfile.read(io.BytesIO(encoded("WAV")), dtype="int16")[0].tobytes()


def wants(form: str):
    return lambda request: request.json["response_format"] == form


def answer(data: bytes, kind: str = "audio/pcm", cut: int = 4096) -> Answer:
    return Answer([data[start : start + cut] for start in range(0, len(data), cut)], kind=kind)


async def heard(talk: Talking) -> list[Audio]:
    return [audio async for audio in talk.engine.tts().speak("Paris.")]


OTHERS = {
    "MP3": encoded("MP3"),
    "MP3 at another rate": encoded("MP3", rate_hz=44_100),
    "MP3 in stereo": encoded("MP3", channels=2),
    "MP3 with a tag": b"ID3\x04\0\0\0\0\0\x0a" + bytes(10) + encoded("MP3"),
    "FLAC": encoded("FLAC"),
    "Ogg Vorbis": encoded("OGG", "VORBIS"),
    "Ogg Opus": encoded("OGG", "OPUS", 48_000),
    "WAV of floats": encoded("WAV", "FLOAT"),
    "WAV of doubles": encoded("WAV", "DOUBLE", 48_000),
    "WAV of 24 bits": encoded("WAV", "PCM_24", 22_050),
    "WAV of 8 bits": encoded("WAV", "PCM_U8", 8_000),
    "WAV in µ-law": encoded("WAV", "ULAW", 8_000),
    "RF64": encoded("RF64", "PCM_16"),
    "AIFF": encoded("AIFF"),
}


@pytest.mark.parametrize("cut", [7, 4096])
@pytest.mark.parametrize("data", OTHERS.values(), ids=OTHERS.keys())
async def test_it_is_decoded_and_wav_is_asked_for_from_then_on(data: bytes, cut: int) -> None:
    steps = (speech(answer(data, cut=cut), wants("pcm")), speech(answer(encoded("WAV")), wants("wav")))
    async with scripted(*steps) as server, talking(server) as talk:
        tts = talk.engine.tts()
        (first,) = [audio async for audio in tts.speak("Paris.")]
        samples = np.frombuffer(first.samples, np.int16)
        assert abs(len(samples) / first.rate_hz - 1) < 0.1
        assert abs(np.abs(samples).max() / 32768 - 0.3) < 0.05
        crossings = np.count_nonzero(np.diff(np.signbit(samples[len(samples) // 4 : len(samples) // 2])))
        assert abs(crossings / (len(samples) / 4) * first.rate_hz / 2 - 440) < 15  # the right rate
        assert b"".join([audio.samples async for audio in tts.speak("Oslo.")]) == LOUD
        assert len(talk.told) == 1


UNDECODABLE = {
    "AAC": bytes((0xFF, 0xF1, 0x50, 0x80, 0x02, 0x1F, 0xFC)) + bytes(9),
    "WebM": b"\x1a\x45\xdf\xa3\x9f" + bytes(4000),
    "MP4": b"\x00\x00\x00\x20ftypM4A \x00\x00\x00\x00" + bytes(4000),
    "AMR": b"#!AMR\n" + bytes(400),
    "a FLAC file that is broken": b"fLaC" + bytes(400),
    "an Ogg file that was cut": encoded("OGG", "VORBIS")[:600],
}


@pytest.mark.parametrize("data", UNDECODABLE.values(), ids=UNDECODABLE.keys())
async def test_what_cannot_be_decoded_is_asked_for_as_wav_at_once(data: bytes) -> None:
    data = data * 3 if data.startswith(b"\xff\xf1") else data
    steps = (
        speech(answer(data), wants("pcm")),
        speech(answer(encoded("WAV")), wants("wav")),
        speech(answer(encoded("WAV")), wants("wav")),
    )
    async with scripted(*steps) as server, talking(server) as talk:
        tts = talk.engine.tts()
        for _ in range(2):
            assert b"".join([audio.samples async for audio in tts.speak("Paris.")]) == LOUD


async def test_a_server_that_always_sends_mp3_is_heard_each_time() -> None:
    mp3 = encoded("MP3")
    steps = [speech(answer(mp3), wants(form)) for form in ("pcm", "wav", "wav")]
    async with scripted(*steps) as server, talking(server) as talk:
        tts = talk.engine.tts()
        for _ in range(3):
            assert sum([audio.seconds async for audio in tts.speak("Paris.")]) > 0.9
        assert len(talk.told) == 1


async def test_wav_that_is_no_sound_either_is_told() -> None:
    aac = UNDECODABLE["AAC"] * 3
    steps = (speech(answer(aac), wants("pcm")), speech(answer(aac), wants("wav")))
    async with scripted(*steps) as server, talking(server) as talk:
        with pytest.raises(VoiceError, match="sent AAC instead") as caught:
            await heard(talk)
        assert caught.value.code is ErrorCode.BAD_ANSWER


@pytest.mark.parametrize(
    ("kind", "channels"),
    [("audio/L16; rate=24000; channels=2", 2), ('audio/pcm;channels="2"', 2), ("audio/pcm; channels=1", 1),
     ("audio/pcm; rate=24000", 1), ("audio/pcm; channels=24", 1), ("audio/pcm; channels=0", 1)],
)  # fmt: skip
async def test_the_channels_are_as_the_server_says(kind: str, channels: int) -> None:
    samples = np.repeat(np.frombuffer(LOUD, "<i2"), channels).tobytes()
    async with scripted(speech(answer(samples, kind, cut=1001))) as server, talking(server) as talk:
        assert b"".join(audio.samples for audio in await heard(talk)) == LOUD


@pytest.mark.parametrize(
    "header",
    [b"LIST" + struct.pack("<I", 5) + b"INFOx", b"LIST" + struct.pack("<I", 5) + b"INFOx\0"],
    ids=["forgotten padding", "padding"],
)
async def test_odd_chunks_before_the_sound(header: bytes) -> None:
    whole = encoded("WAV")
    at = whole.index(b"data")
    async with scripted(speech(answer(whole[:at] + header + whole[at:]))) as server, talking(server) as talk:
        assert b"".join(audio.samples for audio in await heard(talk)) == LOUD
