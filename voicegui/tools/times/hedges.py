"""Words around a time that change nothing of it: "about", "or so", "sharp", "another"."""

import re

_HEDGE = (
    r"(?:about|around|approximately|approx|roughly|circa|nearly|almost|maybe|perhaps|probably|say|like|only|just|some|"
    r"exactly|precisely|(?:just |a (?:little|bit|tad) |slightly |well )?(?:over|under|more than|less than)|close to|"
    r"just (?:before|after)|another|(?:an )?(?:additional|extra)|a further|the next|something like|at least|"
    r"at most|some ?time|no (?:more|less|fewer|later|earlier) than|not more than|u[hm]+|a (?:good|solid)(?= \d))"
)
_PREPOSITION = r"(?:at|by|in|for|of|after|within)"
_AMOUNT = r"(?=(?:a |an )?(?:\d|half\b|quarter\b|couple\b|few\b|noon\b|midday\b|midnight\b|an? ))"
_CHANGES: tuple[tuple[str, str], ...] = (
    (r"\b(?:please|sharp|on the dot|or so|or thereabouts|or (?:there)?abouts|give or take|more or less)\b", " "),
    (r"(?<=[\dmtkhr])(?: |)ish\b|(?<=noon)ish\b|(?<=night)ish\b", ""),  # 8ish, noonish
    (rf"\b({_PREPOSITION})(?: {_HEDGE})+ {_AMOUNT}", r"\1 "),
    (rf"(?<![a-z])(?:{_HEDGE} )+{_AMOUNT}", "at "),
    (r"\bthe next (second|minute|hour|day|week)\b$", r"1 \1"),
    (r"(?<=\d) (?:more|extra|additional) (?=[a-z])", " "),
    (r"(?<=[a-z]) (?:more|extra|longer|max|maximum|tops|at (?:the )?(?:most|least))$", ""),
    (r"\ba (?:good|full|whole|solid) (?=hours?\b|minutes?\b|day\b|week\b)", "a "),
    (r"^\+ ?(?=\d)", ""),
    (r"\bcouple more\b", "couple"),
    (r"(?<=[a-z])(?:'s|s'|') time$|(?<=s) time$", ""),  # in ten minutes' time
)
_COMPILED = tuple((re.compile(pattern), instead) for pattern, instead in _CHANGES)


def unhedged(text: str) -> str:
    """A normalized text without them. "About five" becomes "at five": it may be a time of day."""
    text = text.replace("~", " about ")
    for pattern, instead in _COMPILED:
        text = pattern.sub(instead, text)
    return " ".join(text.split())
