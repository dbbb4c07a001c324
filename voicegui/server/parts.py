"""What a server is made of: the parts that it gets from outside."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from voicegui.conversation.conversation import Conversation
from voicegui.core.audio import Audio
from voicegui.core.events import Stage
from voicegui.core.ports import LanguageModel, Message, SoundPeer, SpeechToText, TextToSpeech
from voicegui.core.settings import Settings
from voicegui.core.tools import Tools


class PeerSound(Protocol):
    """The peer's microphone, and what it says of its speaker."""

    def hear(self, samples: NDArray[np.int16]) -> None:
        """What its microphone took, at its rate. The last sample was taken just now."""

    def change_rates(self, input_hz: int, output_hz: int) -> None:
        """Of what comes from now on, and goes."""

    def played_until(self, position: int) -> None:
        """It has just played sample `position` of what is said since the last flush, at 48 kHz."""


@dataclass(frozen=True, slots=True)
class ConversationRequest:
    """What a client may choose of its conversation."""

    input_hz: int
    output_hz: int
    ahead_s: float
    """Sound is sent so much before it is to be played."""
    cancels_echo: bool
    persona: str = ""
    """"" for the server's own."""
    max_turns: int = 0
    """0 for the server's own."""
    language: str = ""
    """Code of the language that is spoken; "" for the server's own."""
    pauses: bool = True
    """The peer can be quiet for a moment and go on. Else nothing is taken back until an interruption is meant."""
    tools: Tools | None = None
    """The client's own; None for those that the server has for it."""


@dataclass(frozen=True, slots=True)
class OpenedConversation:
    """Of one client. Whoever asked for it closes the conversation, which closes the sound."""

    conversation: Conversation
    sound: PeerSound
    settings: Settings = field(default_factory=Settings)
    """It goes by."""


def _as_it_is(audio: Audio, rate_hz: int) -> Audio:
    """Where nothing has to be converted."""
    if audio.rate_hz != rate_hz:
        raise ValueError(f"{audio.rate_hz} Hz is not {rate_hz} Hz")
    return audio


@dataclass(frozen=True, slots=True)
class ServedModel:
    """One that a request may name."""

    name: str
    stage: Stage
    owner: str
    """Who runs it: "local", a service."""


class SoundEncoder(Protocol):
    """Makes a file of sound as it comes."""

    async def encode(self, audio: Audio) -> bytes:
        """What of the file is there by now: perhaps nothing."""

    async def finish(self) -> bytes:
        """The rest. Nothing follows."""

    def close(self) -> None:
        """Nobody wants the rest. May be called more than once, and after `finish`."""


@dataclass(frozen=True, slots=True)
class ServedStages:
    """The stages for requests that are no conversation."""

    stt: SpeechToText
    llm: LanguageModel
    voice: Callable[[str, float], TextToSpeech]
    """Of a voice by name, "" for the server's own, with its speed: 1 is the voice's own. Raises VoiceError."""
    voices: Callable[[], Sequence[str]]
    """Names of those that `voice` knows."""
    models: Sequence[ServedModel]
    encoder: Callable[[str], SoundEncoder]
    """For a format of `api_speech.FORMATS`."""
    speech_probabilities: Callable[[Audio], Awaitable[Sequence[float]]]
    """Of each frame of 32 ms of sound at 16 kHz."""
    reply_room: Callable[[Sequence[Message]], int | None] = lambda messages: None
    """Tokens that an answer to these may have so that the model still reads all of them; None if nobody knows, 0 or
    less if they are too long."""
    request_ended: Callable[[], None] = lambda: None
    """A first choice that failed is tried again with the next request."""
    speeds: tuple[float, float] = (0.5, 2.0)
    """From the slowest to the fastest."""
    languages: Sequence[str] = ()
    """Codes of those that `stt` understands; empty if nobody knows."""


@dataclass(frozen=True, slots=True)
class ServerParts:
    """What `app` hands the server."""

    open_conversation: Callable[[ConversationRequest, SoundPeer], Awaitable[OpenedConversation]]
    """Raises VoiceError."""
    decode_audio: Callable[[bytes], Awaitable[Audio]]
    """A sound file as one channel at 16 kHz. Raises VoiceError(BAD_AUDIO_FILE)."""
    encode_wav: Callable[[Audio], bytes]
    personas: Sequence[str] = ()
    """Names that a client may choose."""
    convert_rate: Callable[[Audio, int], Audio] = _as_it_is
    """The same sound at another rate, in Hz."""
    languages: Sequence[str] = field(default=())
    """Codes that a client may name; empty if who hears finds out by itself."""
    stages: ServedStages | None = None
    """Without them there are no routes of the OpenAI API."""
