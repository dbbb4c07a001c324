"""The sound of one client of `/voice`: bytes as they come become samples, samples become bytes as it wants them."""

from collections.abc import AsyncIterator, Callable

import numpy as np
from numpy.typing import NDArray

from voicegui.core.audio import PLAYBACK_RATE_HZ, Audio, samples_to_ms
from voicegui.core.wording import sentence

from ..client_queue import ClientQueue
from ..g711 import decode_g711, encode_g711
from ..parts import ServerParts
from .messages import BadMessage, SoundFormat, VoiceOptions

PIECE_S = 0.1
"""A longer message is heard in pieces of this length, so that other clients are heard between them."""


async def heard_pieces(data: bytes, options: VoiceOptions, parts: ServerParts) -> AsyncIterator[NDArray[np.int16]]:
    """One binary message as samples at `options.input_hz`. Raises BadMessage, VoiceError(BAD_AUDIO_FILE)."""
    samples = await _samples(data, options, parts)
    size = int(options.input_hz * PIECE_S)
    for start in range(0, len(samples), size):
        yield samples[start : start + size]


async def _samples(data: bytes, options: VoiceOptions, parts: ServerParts) -> NDArray[np.int16]:
    match options.format:
        case SoundFormat.WAV:
            return np.frombuffer((await parts.decode_audio(data)).samples, "<i2")
        case SoundFormat.MULAW:
            return decode_g711(data, "mulaw")
        case SoundFormat.ALAW:
            return decode_g711(data, "alaw")
        case SoundFormat.PCM16:
            if len(data) % 2:
                raise BadMessage("bad_audio", sentence("Samples of 16 bits have two bytes each: one byte is missing."))
            return np.frombuffer(data, "<i2")


class VoiceSpeaker:
    """A `SoundPeer`: what is said goes to the client as it is to be played, or as one file when all of it is there."""

    def __init__(
        self, options: VoiceOptions, parts: ServerParts, queue: ClientQueue, ended: Callable[[], None]
    ) -> None:
        self._options, self._parts, self._queue, self._ended = options, parts, queue, ended
        self._file = bytearray()

    def play(self, samples: bytes, at: int | None) -> None:
        if self._options.output is SoundFormat.WAV:
            self._file += samples
            return
        if at is not None:
            self._queue.tell("audio", {"at_ms": round(samples_to_ms(at, PLAYBACK_RATE_HZ), 1)})
        if samples:
            self._queue.put(self._encoded(samples))

    def drop(self) -> None:
        self._file.clear()
        self._queue.tell("audio_drop", {})

    def end(self) -> None:
        if self._file:
            self._queue.put(self._parts.encode_wav(Audio(bytes(self._file), self._options.output_hz)))
            self._file.clear()
        self._queue.tell("audio_end", {})
        self._ended()

    def _encoded(self, samples: bytes) -> bytes:
        match self._options.output:
            case SoundFormat.MULAW:
                return encode_g711(np.frombuffer(samples, np.int16), "mulaw")
            case SoundFormat.ALAW:
                return encode_g711(np.frombuffer(samples, np.int16), "alaw")
        return samples
