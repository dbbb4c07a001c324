"""Events in words: what a screen reader says of them, how much is downloaded, what was heard over a reply and not
taken. No Qt."""

from collections.abc import Iterable, Sequence

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
from voicegui.core.wording import marked, shown, shown_plural


def read_out(event: Event) -> str:
    """What a screen reader says of it; "" if nothing."""
    match event:
        case TurnDone(assistant=assistant):
            return assistant
        case UserSaid(text=text, typed=False):
            return shown("You said: {words}", words=text)
        case AudioSaved():
            return shown("Saved")
        case Continued():
            return shown("The last conversation goes on")
        case StartedAfresh(asked=True):
            return shown("New conversation")
        case TurnFailed(message=said) | FellBack(message=said) | Noticed(message=said) | AudioNotSaved(message=said):
            return said
        case _:
            return ""


def describe_loading(loading: LoadingProgress) -> str:
    """What, how far, how fast, how long."""
    parts = [loading.what, *amounts(loading)]
    if loading.bytes_per_second > 0:
        parts.insert(2, shown("{speed} MB/s", speed=f"{loading.bytes_per_second / 1e6:.1f}"))
    return separated(parts)


def part_done(loading: LoadingProgress | None) -> float | None:
    """0..1; None while nothing is loaded."""
    return None if loading is None else loading.done / loading.total if loading.total else 0.0


def amounts(loading: LoadingProgress) -> list[str]:
    """ "25 % of 1.2 GB", "4 min left", as far as it is known."""
    if not loading.total:
        return []
    percent = 100 * loading.done // loading.total
    parts = [shown("{percent} % of {size}", percent=percent, size=size(loading.total))]
    if loading.bytes_per_second > 0 and loading.total > loading.done:
        seconds = round((loading.total - loading.done) / loading.bytes_per_second)
        parts.append(_duration(seconds))
    return parts


def _duration(seconds: int) -> str:
    if seconds < 90:
        return shown_plural("{count} s left", "{count} s left", seconds)
    minutes = round(seconds / 60)
    if minutes < 90:
        return shown_plural("{count} min left", "{count} min left", minutes)
    return shown_plural("{count} hour left", "{count} hours left", round(minutes / 60))


def separated(parts: Iterable[str]) -> str:
    """Side by side on one line."""
    return " · ".join(parts)


def size(number: int) -> str:
    """Bytes as "380 MB" or "1.2 GB"."""
    if number < 999_500_000:
        return shown("{number} MB", number=f"{number / 1e6:,.0f}")
    return shown("{number} GB", number=f"{number / 1e9:.1f}")


# ---------------------------------------------------------------- sounds over a reply that did not interrupt it

LONGEST = 60
"""Characters of one such sound; those that are let pass are short."""
MOST = 6
"""Of them told for one reply."""

REASONS = {
    Passed.AGREEMENT: marked(
        "It sounded like agreement, so the answer went on. “Stop”, a few words, or Esc interrupt."
    ),
    Passed.UNCLEAR: marked("It was too short to be sure. Saying it once more, a few words, or Esc interrupt."),
    Passed.NO_WORDS: marked("No words were recognised in it. “Stop”, a few words, or Esc interrupt."),
    Passed.NOT_UNDERSTOOD: marked("Its words were not understood. Talking for a little longer, or Esc interrupt."),
}


def not_taken(*texts: str) -> str:
    """A note about sounds over one reply."""
    return shown("heard, not taken: {sounds}", sounds=separated(map(_what, texts)))


def passed_note(text: str, why: Passed) -> str:
    return shown("{sound}: {reason}", sound=_what(text), reason=shown(REASONS[why]))


def is_news(text: str, before: Sequence[str]) -> bool:
    """One more sound is told: it is not among those `before`, and they are not enough."""
    return len(before) < MOST and _what(text) not in map(_what, before)


def _what(text: str) -> str:
    words = one_line(text, LONGEST)
    return shown("“{words}”", words=words) if words else shown("a sound without words")
