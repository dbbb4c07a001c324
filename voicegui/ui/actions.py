"""What a link or a button of a message does: a closed union, and each member as the address of a link. No Qt."""

from dataclasses import dataclass
from typing import assert_never
from urllib.parse import quote, unquote

from voicegui.core.events import Stage


@dataclass(frozen=True, slots=True)
class RetryTurn:
    """The turn that failed is answered."""


@dataclass(frozen=True, slots=True)
class AskAgain:
    """An older question is asked once more."""

    entry: int
    """Here and below: the number of an entry of the transcript."""


@dataclass(frozen=True, slots=True)
class TakeBack:
    """A text that waits goes back to where it was typed."""

    entry: int


@dataclass(frozen=True, slots=True)
class SendNow:
    """The first text that waits is sent."""


@dataclass(frozen=True, slots=True)
class ContinueLast:
    """The last conversation goes on."""


@dataclass(frozen=True, slots=True)
class SaveSound:
    """What the user said in the turn that failed is written to a file."""


@dataclass(frozen=True, slots=True)
class EnterKey:
    """Opens the settings at the key of the service that lacks it."""


@dataclass(frozen=True, slots=True)
class OpenServices:
    """Opens the settings at the services."""


@dataclass(frozen=True, slots=True)
class SwitchModel:
    stage: Stage
    value: str
    """Of the stage's setting."""


@dataclass(frozen=True, slots=True)
class ExplainNote:
    """Shows what else there is to say about a note."""

    entry: int


@dataclass(frozen=True, slots=True)
class ToggleCall:
    """Opens or closes a call of a tool."""

    entry: int


@dataclass(frozen=True, slots=True)
class ShowWhole:
    """Opens a call to all of its text."""

    entry: int


@dataclass(frozen=True, slots=True)
class EndCall:
    entry: int


@dataclass(frozen=True, slots=True)
class CopyCode:
    """Puts code of a reply on the clipboard."""

    entry: int
    start: int
    """Place of its first character in the reply."""


@dataclass(frozen=True, slots=True)
class LoadAgain:
    """The engine is loaded again; models that are missing are downloaded."""


@dataclass(frozen=True, slots=True)
class CancelLoading:
    pass


@dataclass(frozen=True, slots=True)
class UseMicrophone:
    """Opens it, also if it is the one in use."""

    name: str


@dataclass(frozen=True, slots=True)
class UseSpeaker:
    """Opens it, also if it is the one in use."""

    name: str


SessionAction = LoadAgain | CancelLoading | UseMicrophone | UseSpeaker
"""What the running program does, whatever the window shows."""

Action = (
    RetryTurn
    | AskAgain
    | TakeBack
    | SendNow
    | ContinueLast
    | SaveSound
    | EnterKey
    | OpenServices
    | SwitchModel
    | ExplainNote
    | ToggleCall
    | ShowWhole
    | EndCall
    | CopyCode
    | SessionAction
)

_OWN = "voicegui"
"""The scheme of these addresses. Links of a reply are http(s) only, so no reply can name one."""


def address_of(action: Action) -> str:
    """Of a link that does it: "voicegui:call:65600". Values are percent-encoded."""
    return ":".join([_OWN, *(quote(str(part), safe="") for part in _parts(action))])


def _parts(action: Action) -> tuple[str | int, ...]:
    match action:
        case RetryTurn():
            return ("retry",)
        case AskAgain(entry):
            return ("again", entry)
        case TakeBack(entry):
            return ("take-back", entry)
        case SendNow():
            return ("send-now",)
        case ContinueLast():
            return ("continue",)
        case SaveSound():
            return ("save",)
        case EnterKey():
            return ("key",)
        case OpenServices():
            return ("services",)
        case SwitchModel(stage, value):
            return ("switch", stage, value)
        case ExplainNote(entry):
            return ("why", entry)
        case ToggleCall(entry):
            return ("call", entry)
        case ShowWhole(entry):
            return ("whole", entry)
        case EndCall(entry):
            return ("end", entry)
        case CopyCode(entry, start):
            return ("copy", entry, start)
        case LoadAgain():
            return ("load",)
        case CancelLoading():
            return ("cancel-loading",)
        case UseMicrophone(name):
            return ("microphone", name)
        case UseSpeaker(name):
            return ("speaker", name)
        case _:
            assert_never(action)


def action_at(address: str) -> Action | None:
    """What a link with this address does; None if it is none of ours. `address` is percent-encoded."""
    scheme, *parts = (unquote(part) for part in address.split(":"))
    try:
        return _action(parts) if scheme == _OWN else None
    except ValueError:  # no number, no stage
        return None


def _action(parts: list[str]) -> Action | None:
    """Raises ValueError."""
    match parts:
        case ["retry"]:
            return RetryTurn()
        case ["again", entry]:
            return AskAgain(int(entry))
        case ["take-back", entry]:
            return TakeBack(int(entry))
        case ["send-now"]:
            return SendNow()
        case ["continue"]:
            return ContinueLast()
        case ["save"]:
            return SaveSound()
        case ["key"]:
            return EnterKey()
        case ["services"]:
            return OpenServices()
        case ["switch", stage, value]:
            return SwitchModel(Stage(stage), value)
        case ["why", entry]:
            return ExplainNote(int(entry))
        case ["call", entry]:
            return ToggleCall(int(entry))
        case ["whole", entry]:
            return ShowWhole(int(entry))
        case ["end", entry]:
            return EndCall(int(entry))
        case ["copy", entry, start]:
            return CopyCode(int(entry), int(start))
        case ["load"]:
            return LoadAgain()
        case ["cancel-loading"]:
            return CancelLoading()
        case ["microphone", name]:
            return UseMicrophone(name)
        case ["speaker", name]:
            return UseSpeaker(name)
    return None
