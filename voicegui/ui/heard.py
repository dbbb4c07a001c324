"""What is told of a sound over a reply that did not interrupt it. No Qt."""

from voicegui.core.backchannel import Passed

from .foreign import one_line

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
