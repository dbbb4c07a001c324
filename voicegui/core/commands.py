"""What a person or a program asks of a conversation: a closed union, in the imperative."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SetHandsFree:
    """Opens or closes the microphone for hands-free turns."""

    on: bool


@dataclass(frozen=True, slots=True)
class PressTalk:
    """Push-to-talk begins: cuts a reply, opens the microphone, every sound counts."""


@dataclass(frozen=True, slots=True)
class ReleaseTalk:
    """Push-to-talk ends: after a short tail the turn is answered."""


@dataclass(frozen=True, slots=True)
class Interrupt:
    """Stops thinking or speaking. Of the answer to a typed question only the voice stops; a second one stops it all."""


@dataclass(frozen=True, slots=True)
class SendText:
    text: str
    aloud: bool = False
    """It belongs to a spoken question: answered as if it had been spoken, whatever the setting `read_aloud` says."""


@dataclass(frozen=True, slots=True)
class SetMuted:
    """Silences the microphone only; the reply goes on."""

    on: bool


@dataclass(frozen=True, slots=True)
class Retry:
    """Answers the last turn that was given up or failed.

    Words that were not understood are transcribed again from their sound. An answer that broke off goes on where it
    ended: what was heard is not said again.
    """


@dataclass(frozen=True, slots=True)
class SaveAudio:
    """Writes the sound of the last turn that was given up or failed: `AudioSaved` or `AudioNotSaved` follows."""

    path: str
    """Of the WAV file."""


@dataclass(frozen=True, slots=True)
class Approve:
    """Answers `ApprovalAsked`; means nothing for any other call."""

    call_id: str
    allow: bool


@dataclass(frozen=True, slots=True)
class CancelCall:
    """Ends a running call: the model is told, the turn goes on."""

    call_id: str


@dataclass(frozen=True, slots=True)
class NewConversation:
    """Stops what is going on and begins a conversation that knows nothing of the one before; that one stays kept."""


@dataclass(frozen=True, slots=True)
class ContinueConversation:
    """The conversation that was kept last goes on: the model remembers it, and what comes next belongs to it."""


@dataclass(frozen=True, slots=True)
class Summarize:
    """What was talked about, in a few sentences: `Summarized` follows. Of the conversation that has just ended, if
    nothing was said since."""


@dataclass(frozen=True, slots=True)
class TakeTurns:
    """How what the user says from now on is dealt with."""

    answers: bool = True
    """False: it is only remembered, until `Answer` asks for an answer."""
    interruptible: bool = True
    """False: what is said over a reply does not end it, and is the next turn."""
    aloud: bool = True
    """False: the answers are only shown."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Answers what was said so far, after what is going on was ended."""

    aloud: bool = True
    """False: the answer is only shown."""


@dataclass(frozen=True, slots=True)
class EndTurn:
    """Hands-free: what the user is saying ends here, however short the silence."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Ends everything and closes the microphone."""


Command = (
    SetHandsFree
    | PressTalk
    | ReleaseTalk
    | Interrupt
    | SendText
    | SetMuted
    | Retry
    | SaveAudio
    | Approve
    | CancelCall
    | NewConversation
    | ContinueConversation
    | Summarize
    | TakeTurns
    | Answer
    | EndTurn
    | Stop
)
