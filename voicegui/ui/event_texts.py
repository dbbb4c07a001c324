"""Events in words: what a screen reader says of them, how much is downloaded, what was heard over a reply and not
taken. No Qt."""

from voicegui.core.backchannel import Passed
from voicegui.core.events import (
    AudioNotSaved,
    AudioSaved,
    Continued,
    Event,
    FellBack,
    Noticed,
    StartedAfresh,
    TurnDone,
    TurnFailed,
    UserSaid,
)
from voicegui.core.ports import LoadingProgress
from voicegui.core.text.sanitiser import one_line


def read_out(event: Event) -> str:
    """What a screen reader says of it; "" if nothing."""
    match event:
        case TurnDone(assistant=assistant):
            return assistant
        case UserSaid(text=text, typed=False):
            return f"You said: {text}"
        case AudioSaved():
            return "Saved"
        case Continued():
            return "The last conversation goes on"
        case StartedAfresh(asked=True):
            return "New conversation"
        case TurnFailed(message=said) | FellBack(message=said) | Noticed(message=said) | AudioNotSaved(message=said):
            return said
        case _:
            return ""


def describe_loading(loading: LoadingProgress) -> str:
    """What, how far, how fast, how long."""
    parts = [loading.what, *amounts(loading)]
    if loading.bytes_per_second > 0:
        parts.insert(2, f"{loading.bytes_per_second / 1e6:.1f} MB/s")
    return " · ".join(parts)


def part_done(loading: LoadingProgress | None) -> float | None:
    """0..1; None while nothing is loaded."""
    return None if loading is None else loading.done / loading.total if loading.total else 0.0


def amounts(loading: LoadingProgress) -> list[str]:
    """ "25 % of 1.2 GB", "4 min left", as far as it is known."""
    if not loading.total:
        return []
    parts = [f"{100 * loading.done // loading.total} % of {size(loading.total)}"]
    if loading.bytes_per_second > 0 and loading.total > loading.done:
        seconds = round((loading.total - loading.done) / loading.bytes_per_second)
        parts.append(_duration(seconds))
    return parts


def _duration(seconds: int) -> str:
    if seconds < 90:
        return f"{seconds} s left"
    minutes = round(seconds / 60)
    return f"{minutes} min left" if minutes < 90 else f"{round(minutes / 60)} hours left"


def size(number: int) -> str:
    """Bytes as "380 MB" or "1.2 GB"."""
    return f"{number / 1e6:,.0f} MB" if number < 999_500_000 else f"{number / 1e9:.1f} GB"


# What is told of a sound over a reply that did not interrupt it. No Qt.

LONGEST = 60
"""Characters of one such sound; those that are let pass are short."""
MOST = 6
"""Of them told for one reply."""

REASONS = {
    Passed.AGREEMENT: "It sounded like agreement, so the answer went on. “Stop”, a few words, or Esc interrupt.",
    Passed.UNCLEAR: "It was too short to be sure. Saying it once more, a few words, or Esc interrupt.",
    Passed.NO_WORDS: "No words were recognised in it. “Stop”, a few words, or Esc interrupt.",
    Passed.NOT_UNDERSTOOD: "Its words were not understood. Talking for a little longer, or Esc interrupt.",
}


def not_taken(text: str) -> str:
    """A note about one sound."""
    return f"heard, not taken: {_what(text)}"


def reason(text: str, why: Passed) -> str:
    return f"{_what(text)}: {REASONS[why]}"


def joined(note: str, text: str) -> str | None:
    """`note` with one more sound; None if it is in there, or if enough are."""
    sounds = note.split(" · ")
    return None if len(sounds) >= MOST or _what(text) in note else f"{note} · {_what(text)}"


def _what(text: str) -> str:
    words = one_line(text, LONGEST)
    return f"“{words}”" if words else "a sound without words"
