"""What a client of `/voice` may say, read and checked. Pure. `asyncapi.yaml` beside it describes it for people."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from voicegui.core.audio import LISTENING_RATE_HZ
from voicegui.core.commands import (
    Approve,
    CancelCall,
    Command,
    Interrupt,
    NewConversation,
    Retry,
    SendText,
    SetMuted,
    Summarize,
)
from voicegui.core.event_json import JsonFields, described
from voicegui.core.events import Event, ReplyGrew, ReplyShortened, UserSaid
from voicegui.core.wording import Sentence, sentence

LONGEST_TEXT = 8000
"""Characters of a typed question, and of a name."""

MOST_MS = 1e9
"""Eleven days: no reply is that long."""


class BadMessage(Exception):
    """A client said what means nothing here. The connection goes on."""

    def __init__(self, code: str, what: Sentence) -> None:
        super().__init__(code)
        self.code, self.what = code, what


class Mode(StrEnum):
    HANDS_FREE = "hands_free"
    """It is noticed when somebody begins and ends to talk."""
    PUSH_TO_TALK = "push_to_talk"
    """`commit` ends what is said."""
    UTTERANCE = "utterance"
    """Each binary message is a whole recording, and its answer comes as one WAV file."""


class SoundFormat(StrEnum):
    PCM16 = "pcm16"
    """int16, little-endian, one channel."""
    MULAW = "mulaw"
    ALAW = "alaw"
    WAV = "wav"
    """Each message is a whole file."""


@dataclass(frozen=True, slots=True)
class VoiceOptions:
    """How a conversation over `/voice` goes. Names are those of the query and of `configure`."""

    mode: Mode = Mode.HANDS_FREE
    format: SoundFormat = SoundFormat.PCM16
    """Of what comes in."""
    rate: int = 16_000
    """Hz of what comes in; a WAV file says its own."""
    output_format: SoundFormat | None = None
    """None: as what comes in; PCM16 where that is a file, and a WAV file in the mode `utterance`."""
    output_rate: int = 24_000
    persona: str = ""
    language: str = ""
    echo_cancellation: bool = True
    """The client takes what it plays out of what it sends."""
    ahead_ms: int = 200
    """Sound is sent so much before it is to be played."""
    max_turns: int = 0
    """0: as many as the server allows."""

    @property
    def output(self) -> SoundFormat:
        if self.output_format is not None:
            return self.output_format
        if self.mode is Mode.UTTERANCE:
            return SoundFormat.WAV
        return SoundFormat.PCM16 if self.format is SoundFormat.WAV else self.format

    @property
    def input_hz(self) -> int:
        if self.format is SoundFormat.WAV:
            return LISTENING_RATE_HZ
        return 8_000 if self.format in (SoundFormat.MULAW, SoundFormat.ALAW) else self.rate

    @property
    def output_hz(self) -> int:
        return 8_000 if self.output in (SoundFormat.MULAW, SoundFormat.ALAW) else self.output_rate


def _one_of(kind: type[StrEnum]) -> Callable[[object], StrEnum | None]:
    return lambda value: next((each for each in kind if each.value == value), None)


def _whole(least: int, most: int) -> Callable[[object], int | None]:
    def read(value: object) -> int | None:
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
            value = int(value)
        return value if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most else None

    return read


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and len(value) <= LONGEST_TEXT and value.isprintable() else None


def _truth(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "1": True, "false": False, "0": False}.get(value) if isinstance(value, str) else None


RATES = _whole(8_000, 48_000)

_READERS: Mapping[str, Callable[[object], object]] = {
    "mode": _one_of(Mode),
    "format": _one_of(SoundFormat),
    "rate": RATES,
    "output_format": _one_of(SoundFormat),
    "output_rate": RATES,
    "persona": _text,
    "language": _text,
    "echo_cancellation": _truth,
    "ahead_ms": _whole(20, 10_000),
    "max_turns": _whole(0, 1000),
}
assert set(_READERS) == {each.name for each in fields(VoiceOptions)}


def read_options(given: Mapping[str, object], personas: Sequence[str], languages: Sequence[str]) -> VoiceOptions:
    """From the query of the address or from `configure`. Raises BadMessage."""
    read: dict[str, Any] = {}
    for name, value in given.items():
        if name not in _READERS:
            raise BadMessage("unknown_option", sentence("There is no option “{name}”.", name=_shortened(name)))
        read[name] = _READERS[name](value)
        if read[name] is None:
            raise BadMessage(
                "bad_option", sentence("“{value}” cannot be used for “{name}”.", value=_shortened(value), name=name)
            )
    options = VoiceOptions(**read)
    if options.persona and options.persona not in personas:
        known = ", ".join(personas)
        raise BadMessage("bad_option", sentence("There is no such persona. There are: {names}.", names=known))
    if options.language and not languages:
        raise BadMessage("bad_option", sentence("The language cannot be chosen here: it is noticed by itself."))
    if options.language and options.language not in languages:
        known = ", ".join(languages)
        raise BadMessage(
            "bad_option", sentence("That language is not understood here. These are: {names}.", names=known)
        )
    return options


def _shortened(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:40] + "…"


# ---------------------------------------------------------------- messages


@dataclass(frozen=True, slots=True)
class Configure:
    options: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class StartTalk:
    """Push-to-talk begins; sound that comes while nobody talks begins it, too."""


@dataclass(frozen=True, slots=True)
class CommitTalk:
    """Push-to-talk ends: what was said is answered."""


@dataclass(frozen=True, slots=True)
class PlayedUntil:
    """Of what is said since the last `audio_drop` or `interrupted`, so much was played."""

    played_ms: float


@dataclass(frozen=True, slots=True)
class End:
    """The conversation is over for the client."""


VoiceMessage = Configure | StartTalk | CommitTalk | PlayedUntil | End | Command


@dataclass(frozen=True, slots=True)
class _Fields:
    """The fields of one message, each taken once. What is left over is ignored, so that newer clients can say more."""

    values: Mapping[str, object] = field(default_factory=dict)

    def text(self, name: str) -> str:
        value = self.values.get(name)
        if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TEXT:
            raise _missing(name)
        return value

    def truth(self, name: str, otherwise: bool | None = None) -> bool:
        value = self.values.get(name, otherwise)
        if not isinstance(value, bool):
            raise _missing(name)
        return value

    def number(self, name: str) -> float:
        value = self.values.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST_MS:
            raise _missing(name)
        return float(value)


def _missing(name: str) -> BadMessage:
    return BadMessage("bad_message", sentence("“{name}” is missing, or is not what it should be.", name=name))


def read_message(text: str) -> VoiceMessage:
    """One JSON message of a client. Raises BadMessage."""
    try:
        told = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise BadMessage("bad_json", sentence("That is not JSON.")) from None
    if not _can_be_written(told):
        raise BadMessage("bad_json", sentence("There is half a character in it."))
    if not isinstance(told, dict) or not isinstance(kind := told.get("type"), str):
        raise BadMessage("bad_message", sentence("A message is an object with a “type”."))
    made = MAKERS.get(kind)
    if made is None:
        raise BadMessage("unknown_type", sentence("There is no message “{name}”.", name=_shortened(kind)))
    return made(_Fields({name: value for name, value in told.items() if name != "type"}))


def _can_be_written(told: object) -> bool:
    """JSON may hold halves of characters (surrogates), which nothing can write down."""
    try:
        json.dumps(told, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


MAKERS: Mapping[str, Callable[[_Fields], VoiceMessage]] = {
    "configure": lambda given: Configure(given.values),
    "start": lambda given: StartTalk(),
    "commit": lambda given: CommitTalk(),
    "played": lambda given: PlayedUntil(given.number("played_ms")),
    "text": lambda given: SendText(given.text("text"), aloud=given.truth("aloud", otherwise=True)),
    "interrupt": lambda given: Interrupt(),
    "mute": lambda given: SetMuted(given.truth("on")),
    "approve": lambda given: Approve(given.text("call_id"), given.truth("allow")),
    "cancel_call": lambda given: CancelCall(given.text("call_id")),
    "retry": lambda given: Retry(),
    "new_conversation": lambda given: NewConversation(),
    "summarize": lambda given: Summarize(),
    "end": lambda given: End(),
}


# ---------------------------------------------------------------- what is told


def told(event: Event) -> tuple[str, JsonFields]:
    """The type and the fields of the message for an event; ("", {}) for events that clients are not told."""
    match event:
        case ReplyGrew(turn, text):
            return "reply", {"turn": turn, "text": text}
        case ReplyShortened(turn, text):
            return "reply_shortened", {"turn": turn, "text": text}
        case UserSaid(turn, text, typed=True):
            return "transcript", {"turn": turn, "text": text, "typed": True}
    return described(event)
