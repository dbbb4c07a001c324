"""Speech as servers stream it, made into `Audio`: headerless PCM, or a WAV file that says its rate.

Speech that comes far slower than it is heard is given up.
"""

import asyncio
import re
from array import array
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing

from voicegui.core.audio import Audio
from voicegui.core.wording import Sentence, sentence
from voicegui.media.wav_bytes import (
    CHUNK_HEADER_BYTES,
    EXTENSIBLE,
    FIRST_CHUNK,
    FORMAT_BYTES,
    MADE_UP_LENGTH,
    PCM,
    RATES_HZ,
    read_chunk_header,
    read_format,
)

from .audio_format import DECODED, SOUNDS, instead_of_pcm, is_short_text, kind_of_text, other_kind
from .errors import BadAnswer, TooSlow

LEAST_SHARE = 0.1
"""Seconds of sound for each second of waiting: half of real time is heard with gaps, a tenth is not heard at all."""


class SpeechPace:
    """Of one sentence. `first_s`: until its first bytes, where that may take longer and does not count. `sounded_s` is
    kept up to date by who reads it: the seconds of sound that came so far."""

    def __init__(self, patience_s: float, first_s: float = 0.0) -> None:
        self.sounded_s = 0.0
        self._patience_s = patience_s
        self._first_s = first_s if first_s > patience_s else None
        self._waited_s = 0.0
        """For the service alone, since the last time there was enough."""
        self._chunks = 0
        """Since then."""
        self._enough_s = patience_s * LEAST_SHARE
        """Of sound, at which the waiting begins anew."""

    @property
    def used_up(self) -> bool:
        return self._waited_s >= self._patience_s

    async def keep(self, chunks: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
        """The chunks, as long as they bring enough sound. Raises TooSlow, and TimeoutError when none comes at all."""
        clock = asyncio.get_running_loop().time
        async with aclosing(chunks):
            while True:
                begun = clock()
                try:
                    async with asyncio.timeout(self._first_s or max(self._patience_s - self._waited_s, 0.0)):
                        chunk = await anext(chunks)
                except StopAsyncIteration:
                    return
                except TimeoutError:
                    if not self._chunks:
                        raise
                    raise TooSlow from None
                self.count(0.0 if self._first_s else clock() - begun)
                self._first_s = None
                yield chunk

    def count(self, waited_s: float) -> None:
        """So long was waited for a chunk, before which `sounded_s` had come."""
        if self.sounded_s >= self._enough_s:
            self._waited_s, self._chunks = 0.0, 0
            self._enough_s = self.sounded_s + self._patience_s * LEAST_SHARE
        self._waited_s += waited_s
        self._chunks += 1


# ---------------------------------------------------------------- samples

_SILENCE = 327
"""-40 dBFS. Voices begin with up to 0.3 s of silence, which the listener would wait for."""

_LEAD_S = 0.02
"""Kept of the silence: the soft beginning of an "f"."""

_HEADER_LIMIT = 64 * 1024
_MOST_CHANNELS = 8
_RATE = re.compile(r""";\s*rate\s*=\s*"?([^\s";]*)""", re.IGNORECASE)
"""Of the parameters of a type of content, and not what only ends like it, such as `bitrate`."""

_CHANNELS = re.compile(r""";\s*channels\s*=\s*"?([1-8])(?![0-9])""", re.IGNORECASE)


_NO_SOUND = sentence("{service} sent a WAV file without sound.")


class OtherSound(BadAnswer):
    """Sound, but no samples as they were asked for. `data`: all that came so far; `decoded`: its kind can be."""

    def __init__(self, what: Sentence, data: bytes, *, decoded: bool = True) -> None:
        super().__init__(what)
        self.data = bytearray(data)
        self.decoded = decoded


def rate_of(headers: Mapping[str, str], default_hz: int) -> int:
    """As in `Content-Type: audio/pcm; rate=16000` (RFC 2586). Raises BadAnswer for a rate that no sound has."""
    found = _RATE.search(headers.get("content-type", ""))
    if found is None:
        return default_hz
    rate_hz = int(found[1]) if re.fullmatch("[0-9]{1,9}", found[1]) else 0
    if rate_hz not in RATES_HZ:
        raise BadAnswer(sentence("{service} sent sound at a rate that cannot be right."))
    return rate_hz


def channels_of(headers: Mapping[str, str]) -> int:
    """As in `Content-Type: audio/L16; rate=44100; channels=2` (RFC 3551, 4.1)."""
    found = _CHANNELS.search(headers.get("content-type", ""))
    return int(found[1]) if found else 1


class Pcm:
    """Bytes in, `Audio` out, however they were cut. Silence before the first sound is dropped."""

    def __init__(self, rate_hz: int, channels: int = 1) -> None:
        self._rate_hz = rate_hz
        self._channels = channels
        self._rest = b""
        self._left: int | None = None
        """Bytes of sound still to come, if the WAV file says; more chunks may follow it."""
        self._in_header = True
        self._sounding = False
        self.seconds = 0.0
        """Of sound so far, silence included."""

    @property
    def missing(self) -> bool:
        """The WAV file said that there is more."""
        return bool(self._left)

    def feed(self, data: bytes) -> Audio | None:
        """What is ready. Raises OtherSound for sound that is no 16 bit PCM, and BadAnswer for what is no sound."""
        data = self._rest + data
        if self._in_header:
            start = self._skip_header(data)
            if start is None:
                self._rest = data
                return None
            data, self._in_header = data[start:], False
        if self._left is not None:
            data = data[: self._left]
        whole = len(data) // (2 * self._channels) * 2 * self._channels
        self._rest = data[whole:]
        if self._left is not None:
            self._left -= whole
        return self.sound(data[:whole])

    def finish(self) -> Audio | None:
        """What is left of an answer that is too short for anything else. Half a frame is dropped. Raises BadAnswer."""
        if not self._in_header:
            return None
        if self._rest.startswith(b"RIFF"):
            raise OtherSound(_NO_SOUND, self._rest)
        if is_short_text(self._rest):
            raise BadAnswer(instead_of_pcm(kind_of_text(self._rest)))
        frame = 2 * self._channels
        return self.sound(self._rest[: len(self._rest) // frame * frame])

    def sound(self, data: bytes) -> Audio | None:
        """Of samples alone."""
        self.seconds += len(data) / (2 * self._channels * self._rate_hz)
        if self._channels > 1:
            data = _mono(data, self._channels)
        if not self._sounding:
            data = self._without_silence(data)
        return Audio(data, self._rate_hz) if data else None

    def _without_silence(self, data: bytes) -> bytes:
        samples = array("h", data)
        first = next((index for index, sample in enumerate(samples) if abs(sample) > _SILENCE), None)
        if first is None:
            return b""
        self._sounding = True
        return data[max(first - int(_LEAD_S * self._rate_hz), 0) * 2 :]

    def _skip_header(self, data: bytes) -> int | None:
        """Where the samples begin; None if that cannot be told yet."""
        kind = other_kind(data)
        if kind is None:
            return None
        if kind in SOUNDS:
            raise OtherSound(instead_of_pcm(kind), data, decoded=kind in DECODED)
        if kind:
            raise BadAnswer(instead_of_pcm(kind))
        if not b"RIFF".startswith(data[:4]):
            return 0
        position = FIRST_CHUNK
        while len(data) >= position + CHUNK_HEADER_BYTES:
            name, size = read_chunk_header(data, position)
            position += CHUNK_HEADER_BYTES
            if name == b"data":  # one that was written before its length was known says that it is empty, or huge
                self._left = size if 0 < size < MADE_UP_LENGTH else None
                return position
            if name == b"fmt " and len(data) >= position + FORMAT_BYTES:
                self._read_format(data, position)
            position += size + size % 2
            if position > _HEADER_LIMIT:
                raise OtherSound(_NO_SOUND, data)
        return None

    def _read_format(self, data: bytes, position: int) -> None:
        form = read_format(data, position)
        known = form.kind in (PCM, EXTENSIBLE) and form.bits == 16 and form.is_usable
        if not known or form.channels > _MOST_CHANNELS:
            what = sentence(
                "{service} sent sound of an unknown kind ({bits} bit, {channels} channels, {rate} Hz).",
                bits=form.bits,
                channels=form.channels,
                rate=form.rate_hz,
            )
            raise OtherSound(what, data)
        self._channels, self._rate_hz = form.channels, form.rate_hz


_CANCELLED = 0.7
"""Of the loudest channel, which is left of it in the mean."""


def _mono(data: bytes, channels: int) -> bytes:
    """The mean, or the loudest channel where the others cancel it or are silent."""
    samples = array("h", data)
    tracks = [samples[channel::channels] for channel in range(channels)]
    mean = array("h", (sum(frame) // channels for frame in zip(*tracks, strict=True)))
    loudest = max(tracks, key=_loudness)
    return (loudest if _loudness(mean) < _loudness(loudest) * _CANCELLED else mean).tobytes()


def _loudness(samples: "array[int]") -> int:
    return sum(map(abs, samples))
