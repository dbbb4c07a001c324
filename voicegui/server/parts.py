"""What a server is made of: the parts that it gets from outside."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from voicegui.conversation.conversation import Conversation
from voicegui.core.audio import Audio
from voicegui.core.ports import SoundPeer
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
