"""What the table asks to be done: a closed union; `conversation` performs it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Listen:
    on: bool


@dataclass(frozen=True, slots=True)
class Mute:
    on: bool


@dataclass(frozen=True, slots=True)
class StartHearing:
    """Collect the user's words for this turn, pre-roll first."""

    turn: int
    continued: bool = False
    """The words before were not transcribed yet: keep their sound and add to it."""


@dataclass(frozen=True, slots=True)
class FinishHearing:
    """No more words: transcribe, then `Transcribed`."""

    turn: int


@dataclass(frozen=True, slots=True)
class DropHearing:
    """The words are of no use any more."""


@dataclass(frozen=True, slots=True)
class KeepSound:
    """The turn is given up: its sound is kept, in place of what was kept before."""


@dataclass(frozen=True, slots=True)
class ForgetSound:
    """The kept sound is answered or replaced."""


@dataclass(frozen=True, slots=True)
class HearAgain:
    """Transcribe the kept sound, then `Transcribed`."""

    turn: int


@dataclass(frozen=True, slots=True)
class SayLine:
    """A reply that answers nothing: its words are known."""

    turn: int
    line: str


@dataclass(frozen=True, slots=True)
class StartReply:
    turn: int
    text: str
    goes_on: bool = False
    """Part of the answer was heard before it broke off: begin where it ended."""
    aloud: bool = True
    """False: it is only shown."""
    typed: bool = False
    """What is shown of it counts as heard: the question was typed, so the answer is read as well."""


@dataclass(frozen=True, slots=True)
class PausePlayback:
    """Silence, position kept; a reply that is not heard yet stays silent."""


@dataclass(frozen=True, slots=True)
class ResumePlayback:
    """From the start of the last word."""


@dataclass(frozen=True, slots=True)
class CommitUser:
    """The user's text enters the history: its answer is being heard."""

    turn: int
    text: str


@dataclass(frozen=True, slots=True)
class CommitReply:
    """All of the reply enters the history."""

    turn: int


@dataclass(frozen=True, slots=True)
class StopVoice:
    """The reply goes on, but from now on it is only shown."""

    turn: int


@dataclass(frozen=True, slots=True)
class BeginAnew:
    """Nothing of what was said is remembered in what comes."""

    over: bool = False
    """The conversation has come to its end by itself."""


@dataclass(frozen=True, slots=True)
class CancelReply:
    """Stops and flushes the reply."""

    turn: int
    commit_heard: bool
    """What was heard of it enters the history."""
    failed: bool = False
    """It broke off: what was heard is marked, so that a retry goes on from there."""


Effect = (
    Listen
    | Mute
    | StartHearing
    | FinishHearing
    | DropHearing
    | KeepSound
    | ForgetSound
    | HearAgain
    | SayLine
    | StartReply
    | PausePlayback
    | ResumePlayback
    | CommitUser
    | CommitReply
    | StopVoice
    | BeginAnew
    | CancelReply
)
