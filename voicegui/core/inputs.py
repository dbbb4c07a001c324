"""What can happen to a conversation: the commands, what the user does with their voice, and results. A closed union."""

from dataclasses import dataclass

from .backchannel import Passed
from .commands import (
    Answer,
    EndTurn,
    Interrupt,
    NewConversation,
    PressTalk,
    Retry,
    SendText,
    SetHandsFree,
    SetMuted,
    Stop,
    TakeTurns,
)
from .errors import VoiceError


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """What the table has to know of them (see `State`)."""

    keeps_sound: bool
    opening_line: str
    reads_aloud: bool = True


@dataclass(frozen=True, slots=True)
class Announce:
    """Something to say that nobody asked for, such as a reminder that is due. Means nothing unless nobody talks."""

    line: str


@dataclass(frozen=True, slots=True)
class SpeechBegan:
    """Maybe speech: enough to keep quiet for, not enough to give a reply up for."""

    at: int = 0
    """The sample (16 kHz) at which it began, before its pre-roll. The table does not look at it."""


@dataclass(frozen=True, slots=True)
class SpeechUndecided:
    """Over a reply: silent again, and its words are not known yet. SpeechConfirmed or SpeechWasNothing follows."""


@dataclass(frozen=True, slots=True)
class SpeechConfirmed:
    """Over a reply: the user means to talk."""


@dataclass(frozen=True, slots=True)
class SpeechWasNothing:
    """Over a reply: a cough, a click, an "mm-hm", echo."""

    words: str = ""
    why: Passed | None = None
    """None: nobody would miss it, such as the reply itself."""


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """Hands-free: the user has finished."""

    until: int = 0
    """The sample (16 kHz) at which the last word ended. The table does not look at it."""


UserVoice = SpeechBegan | SpeechUndecided | SpeechConfirmed | SpeechWasNothing | TurnEnded
"""What turn taking notices in the sound of the user, and the table decides about."""


@dataclass(frozen=True, slots=True)
class TalkEnded:
    """Push-to-talk was released and its tail is over."""


@dataclass(frozen=True, slots=True)
class Transcribed:
    turn: int
    text: str


@dataclass(frozen=True, slots=True)
class ReplyStarted:
    """Its first sound was heard."""

    turn: int


@dataclass(frozen=True, slots=True)
class ReplyDone:
    """All of it was heard (or shown, when there was nothing to speak)."""

    turn: int


@dataclass(frozen=True, slots=True)
class StageFailed:
    turn: int
    error: VoiceError
    fatal: bool = False


@dataclass(frozen=True, slots=True)
class TurnLimitReached:
    """The conversation has had as many turns as it may have."""

    goodbye: str
    """Is said, then it ends."""


Input = (
    SetHandsFree
    | PressTalk
    | TalkEnded
    | Interrupt
    | SendText
    | SetMuted
    | Retry
    | NewConversation
    | TakeTurns
    | Answer
    | EndTurn
    | Stop
    | SettingsChanged
    | Announce
    | TurnLimitReached
    | UserVoice
    | Transcribed
    | ReplyStarted
    | ReplyDone
    | StageFailed
)
