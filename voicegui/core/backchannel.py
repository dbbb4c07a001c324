"""Sounds that say "go on", not "stop" (Yngve 1970: back-channel)."""

import re

_WORDS = (
    "mm mmm mhm mmhm mmhmm hm hmm hmmm uh um huh uhhuh ah aha oh ooh yeah yep yup ya yes ok okay right "
    "sure really i see got it alright great good nice cool wow true exactly of course interesting"
)
_GO_ON = frozenset(_WORDS.split())
_MOST_WORDS = 3


def is_backchannel(words: str) -> bool:
    """True for no words, or a few that only say that one listens."""
    spoken = re.findall(r"[a-z']+", words.lower().replace("-", ""))
    return len(spoken) <= _MOST_WORDS and all(word in _GO_ON for word in spoken)
