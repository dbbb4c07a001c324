"""What can be done about something that the transcript or the line of the state shows. No Qt."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from voicegui.core.commands import Retry
from voicegui.core.errors import ErrorCode
from voicegui.core.events import ProblemAppeared, TurnFailed
from voicegui.core.model_choice import providers_in_use
from voicegui.core.session import Session

from .event_texts import size

RETRY, SAVE, KEY, SERVICES, SWITCH = "retry", "save", "key", "services", "switch:"
WHY = "why:"
"""With the number of an entry: shows what else there is to say about it."""
OPEN, WHOLE, END = "open:", "whole:", "end:"
"""With the number of a call's entry: opens or closes it, shows what was cut, cancels it."""
COPY = "copy:"
"""With the number of a reply's entry and the place of the code in it."""
AGAIN, TAKE_BACK, SEND_NOW, CONTINUE = "again:", "take back:", "send now", "continue"
"""With the number of an entry: asks that question again, takes back that text which waits. Sends what waits; goes on
with the last conversation."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """What can be done about something: a link or a button."""

    label: str
    action: str
    """RETRY, SAVE, KEY, SERVICES, or SWITCH with a stage, "=" and the new value of its setting."""


IN_SETTINGS = {
    ErrorCode.NO_KEY: Remedy("Enter the key", KEY),
    ErrorCode.BAD_KEY: Remedy("Enter another key", KEY),
    ErrorCode.WRONG_KEY: Remedy("Enter another key", KEY),
    ErrorCode.MODEL_UNKNOWN: Remedy("Choose another model", SERVICES),
    ErrorCode.MODEL_SHUT_DOWN: Remedy("Choose another model", SERVICES),
    ErrorCode.NOT_OFFERED: Remedy("Choose another service", SERVICES),
    ErrorCode.BAD_SETTINGS: Remedy("Open the settings", SERVICES),
}
"""What is mended in the settings."""


def remedies(failed: TurnFailed) -> tuple[Remedy, ...]:
    ways = [Remedy("Retry", RETRY)] if failed.retryable else []
    if failed.audio_kept:
        ways.append(Remedy("Save what you said", SAVE))
    if failed.code in IN_SETTINGS:
        ways.append(IN_SETTINGS[failed.code])
    return tuple(ways)


def problem_remedies(
    session: Session | None, problem: ProblemAppeared, act: Callable[[str], None]
) -> Mapping[str, Callable[[], None]]:
    """What can be done about a lasting problem, by the words of its link. `act` does what a `Remedy` says."""
    if session is None:
        return {}
    ways: dict[str, Callable[[], None]] = {}
    if problem.source == "engine":
        if way := IN_SETTINGS.get(problem.code):
            ways[way.label] = lambda: act(way.action)
        again = f"Download {size(problem.to_download)}" if problem.to_download else "Retry"
        return ways | {again: lambda: session.send(Retry())}
    devices, here = session.devices, problem.source == "microphone"
    if problem.alternative:
        known = devices.microphones() if here else devices.speakers()
        label = next((d.label for d in known if d.name == problem.alternative), problem.alternative)
        ways[f"Use “{label}”"] = lambda: _use(session, problem.source, problem.alternative)
    chosen = session.settings.microphone if here else session.settings.speaker
    return ways | {"Check": lambda: _use(session, problem.source, chosen)}


def _use(session: Session, source: str, name: str) -> None:
    if source == "microphone":
        session.devices.use(microphone=name)
    else:
        session.devices.use(speaker=name)


def service_with_key(session: Session | None) -> str:
    """The one in use that needs a key; "" if there are several: the page of the services tells which lacks it."""
    if session is None:
        return ""
    settings = session.settings
    used = providers_in_use(settings)
    found = [each.name for each in session.services() if each.needs_key and each.name in used]
    return found[0] if len(found) == 1 else ""
