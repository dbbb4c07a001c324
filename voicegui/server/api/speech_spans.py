"""Where in a recording somebody speaks: from one speech probability for each frame to spans of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from voicegui.core.audio import FRAME_MS

SPEECH = 0.5
"""A frame of this probability is speech."""

UNSURE = 0.25
"""The same in a recording that has no likelier frame: a whisper, a voice on a bad line."""

PAUSE_FRAMES = round(250 / FRAME_MS)
"""A quarter of a second without speech ends a span: between clauses and sentences, hardly ever between words."""

PADDING_FRAMES = round(128 / FRAME_MS)
"""Beside a span that still goes to the recogniser: a soft beginning is found late, and a voice fades. Of 64 to 320 ms
the best one for 24 sentences with Moonshine, which makes up a "Thank you." in more silence than that."""

LEAST_FRAMES = round(96 / FRAME_MS)
"""A shorter sound is no word."""

LONGEST_FRAMES = round(28_000 / FRAME_MS)
"""A longer span is cut where it is most likely that nobody speaks; with what stands beside it it stays under 30 s."""


@dataclass(frozen=True, slots=True)
class SpeechSpan:
    """In frames of 32 ms: from `begin` to before `end` somebody speaks, as exactly as the detector tells."""

    begin: int
    end: int
    heard_from: int
    """Sound from here to before `heard_to` belongs to it alone."""
    heard_to: int


def speech_spans(probabilities: Sequence[float]) -> Sequence[SpeechSpan]:
    found = [part for span in _spans(probabilities) for part in _short(*span, probabilities)]
    padded: list[SpeechSpan] = []
    for index, (begin, end) in enumerate(found):
        before = (found[index - 1][1] + begin + 1) // 2 if index else 0
        after = (end + found[index + 1][0] + 1) // 2 if index + 1 < len(found) else len(probabilities)
        heard_from, heard_to = max(begin - PADDING_FRAMES, before), min(end + PADDING_FRAMES, after)
        padded.append(SpeechSpan(begin, end, heard_from, heard_to))
    return padded


def together(spans: Sequence[SpeechSpan], most_frames: int) -> Sequence[SpeechSpan]:
    """Neighbours that fit into `most_frames` with the pauses between them as one: recognisers hear more in a whole."""
    made: list[SpeechSpan] = []
    for span in spans:
        if made and span.heard_to - made[-1].heard_from <= most_frames:
            last = made.pop()
            span = SpeechSpan(last.begin, span.end, last.heard_from, span.heard_to)
        made.append(span)
    return made


def _spans(probabilities: Sequence[float]) -> Sequence[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    speech = SPEECH if max(probabilities, default=0) >= SPEECH else UNSURE
    for at, probability in enumerate(probabilities):
        if probability < speech:
            continue
        if spans and at - spans[-1][1] < PAUSE_FRAMES:
            spans[-1] = (spans[-1][0], at + 1)
        else:
            spans.append((at, at + 1))
    return [(begin, end) for begin, end in spans if end - begin >= LEAST_FRAMES]


def _short(begin: int, end: int, probabilities: Sequence[float]) -> Sequence[tuple[int, int]]:
    """Cut in the second half of what may be the longest, at the frame that is least likely speech."""
    parts: list[tuple[int, int]] = []
    while end - begin > LONGEST_FRAMES:
        frames = range(begin + LONGEST_FRAMES // 2, begin + LONGEST_FRAMES)
        cut = min(frames, key=probabilities.__getitem__)
        parts.append((begin, cut))
        begin = cut
    return [*parts, (begin, end)]
