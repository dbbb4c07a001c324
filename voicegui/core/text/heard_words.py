"""Maps samples that were really played to the words that were heard.

No voice here tells where its words lie, so a sentence's words are spread over its sound by their length in characters;
where no spaces part them, its letters are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from .sentences import words


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a reply and its place on the playback clock (48 kHz). Text without sound has 0 samples."""

    shown: str
    start: int
    samples: int

    @property
    def end(self) -> int:
        return self.start + self.samples


def heard_characters(spans: Sequence[Span], played: int) -> int:
    """Characters of the shown text heard after `played` samples: whole words; a word counts once it has begun.

    Text without sound counts as soon as what stands before it was heard.
    """
    count = 0
    for span in spans:
        if played >= span.end:
            count += len(span.shown)
            continue
        if played > span.start:
            begun = [end for start, end in _words(span) if start <= played - span.start]
            count += begun[-1] if begun else 0
        break
    return count


def last_word_start(spans: Sequence[Span], played: int) -> int:
    """Playback sample at which the word being played begins: where to go on after a pause."""
    for span in spans:
        if span.start <= played < span.end:
            return span.start + max(
                (start for start, _ in _word_samples(span) if start <= played - span.start), default=0
            )
    return played


def _words(span: Span) -> list[tuple[int, int]]:
    """(first sample within the span, end in characters of the shown text) of each word."""
    return [(start, match.end()) for (start, _), match in zip(_word_samples(span), words(span.shown), strict=True)]


def _word_samples(span: Span) -> list[tuple[int, int]]:
    characters = max(1, len(span.shown.strip()))
    lead = len(span.shown) - len(span.shown.lstrip())
    return [((match.start() - lead) * span.samples // characters, match.start()) for match in words(span.shown)]
