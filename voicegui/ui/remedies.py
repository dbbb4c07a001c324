"""What can be done about something that the transcript or the line of the state shows. No Qt."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from voicegui.core.commands import Retry
from voicegui.core.errors import ErrorCode
from voicegui.core.events import ProblemAppeared, TurnFailed
from voicegui.core.model_choice import providers_in_use
from voicegui.core.ports import LoadingProgress
from voicegui.core.session import Session
from voicegui.core.wording import shown

from .actions import (
    Action,
    CancelLoading,
    EnterKey,
    LoadAgain,
    OpenServices,
    RetryTurn,
    SaveSound,
    SessionAction,
    UseMicrophone,
    UseSpeaker,
)
from .event_texts import size


@dataclass(frozen=True, slots=True)
class Remedy:
    """What can be done about something: a link or a button."""

    label: str
    action: Action


def in_settings(code: ErrorCode) -> Remedy | None:
    """For what is mended in the settings."""
    match code:
        case ErrorCode.NO_KEY:
            return Remedy(shown("Enter the key"), EnterKey())
        case ErrorCode.BAD_KEY | ErrorCode.WRONG_KEY:
            return Remedy(shown("Enter another key"), EnterKey())
        case ErrorCode.MODEL_UNKNOWN | ErrorCode.MODEL_SHUT_DOWN:
            return Remedy(shown("Choose another model"), OpenServices())
        case ErrorCode.NOT_OFFERED:
            return Remedy(shown("Choose another service"), OpenServices())
        case ErrorCode.BAD_SETTINGS:
            return Remedy(shown("Open the settings"), OpenServices())
    return None


def remedies(failed: TurnFailed) -> tuple[Remedy, ...]:
    ways = [Remedy(shown("Retry"), RetryTurn())] if failed.retryable else []
    if failed.audio_kept:
        ways.append(Remedy(shown("Save what you said"), SaveSound()))
    if way := in_settings(failed.code):
        ways.append(way)
    return tuple(ways)


def problem_remedies(session: Session | None, problem: ProblemAppeared) -> Sequence[Remedy]:
    """What can be done about a lasting problem."""
    if session is None:
        return ()
    if problem.source == "engine":
        way = in_settings(problem.code)
        again = shown("Download {size}", size=size(problem.to_download)) if problem.to_download else shown("Retry")
        return [*([way] if way else []), Remedy(again, LoadAgain())]
    devices, here = session.devices, problem.source == "microphone"
    use = UseMicrophone if here else UseSpeaker
    ways = []
    if problem.alternative:
        known = devices.microphones() if here else devices.speakers()
        label = next((d.label for d in known if d.name == problem.alternative), problem.alternative)
        ways.append(Remedy(shown("Use “{device}”", device=label), use(problem.alternative)))
    chosen = session.settings.microphone if here else session.settings.speaker
    return [*ways, Remedy(shown("Check"), use(chosen))]


def loading_remedies(session: Session | None, loading: LoadingProgress) -> Sequence[Remedy]:
    """A download can be stopped."""
    return [Remedy(shown("Cancel"), CancelLoading())] if session is not None and loading.total else []


def act_on_session(session: Session | None, action: SessionAction) -> None:
    if session is None:
        return
    match action:
        case LoadAgain():
            session.send(Retry())
        case CancelLoading():
            session.cancel_loading()
        case UseMicrophone(name):
            session.devices.use(microphone=name)
        case UseSpeaker(name):
            session.devices.use(speaker=name)
        case _:
            assert_never(action)


def service_with_key(session: Session | None) -> str:
    """The one in use that needs a key; "" if there are several: the page of the services tells which lacks it."""
    if session is None:
        return ""
    settings = session.settings
    used = providers_in_use(settings)
    found = [each.name for each in session.services() if each.needs_key and each.name in used]
    return found[0] if len(found) == 1 else ""
