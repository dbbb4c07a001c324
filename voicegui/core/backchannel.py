"""Sounds over a reply: "go on", "stop", or unclear (Yngve 1970 calls the first back-channel)."""

import re
from enum import Enum, StrEnum

_GO_ON_WORDS = (
    "mmm mhm mmhm mmhmm hmmm uh huh uhhuh oh ooh yeah yep yup ya yes ok okay right sure really i see got it "
    "alright great good nice cool wow true exactly of course interesting"
)
_GO_ON = frozenset(_GO_ON_WORDS.split())

_STOP_WORDS = (
    "stop wait no nope hold hang quiet shut enough pause cancel sorry actually but hey listen excuse moment second "
    "what why how who when where which can could do does is are tell never again repeat louder slower next thank thanks"
)
_STOP = frozenset(_STOP_WORDS.split())

_EXPECTED = """\
Stop. Wait. No. Hold_on. Hang_on. Hey. Listen. Quiet. Enough. Pause. Cancel. Sorry. What? Why? Excuse_me. One_moment.
Never_mind. Thank_you. Again. Repeat. Who? Where? When? How?
Mm-hmm. Mm. Hmm. Uh-huh. Yeah. Yes. Yep. Okay. Right. Sure. I_see. Got_it. Oh. Oh_really? Really? Good. Great. Nice.
Cool. Wow. True. Exactly. Of_course. Ah. All_right.
"""
EXPECTED = tuple(phrase.replace("_", " ") for phrase in _EXPECTED.split())
"""What a short sound over a reply most often is, for a recogniser that is unsure. Both kinds: alone, one would attract
the other."""

_HUM = re.compile(r"[mhuay]+")
"""A recogniser writes a hum as a word of these letters: "mm", "hum", "mama", "my"."""

_GO_ON_WORDS_AT_MOST = 3
_UNCLEAR_WORDS_AT_MOST = 2

SHORT_MS = 650
"""Alone and this short, words are often misheard ("uh-huh" as "you're high")."""


class Meaning(Enum):
    GO_ON = "go on"
    STOP = "stop"
    UNCLEAR = "unclear"


class Passed(StrEnum):
    """Why a sound over a reply did not interrupt it."""

    AGREEMENT = "agreement"
    UNCLEAR = "unclear"
    """Too short to be sure; a second one soon after it is taken."""
    NO_WORDS = "no_words"
    NOT_UNDERSTOOD = "not_understood"
    """Its words came too late, or in letters that are not known here."""


def passed(words: str, meant: Meaning) -> Passed:
    """Why a sound that was transcribed as `words` is let pass."""
    if meant is Meaning.UNCLEAR:
        return Passed.UNCLEAR
    if re.search(r"[a-z]", words.lower()):
        return Passed.AGREEMENT
    return Passed.NOT_UNDERSTOOD if any(sign.isalnum() for sign in words) else Passed.NO_WORDS


def meaning(words: str, voiced_ms: float) -> Meaning:
    """Of a sound over a reply that was transcribed as `words` and lasted `voiced_ms`."""
    spoken = re.findall(r"[a-z']+", words.lower().replace("-", ""))
    if len(spoken) <= _GO_ON_WORDS_AT_MOST and all(word in _GO_ON or _HUM.fullmatch(word) for word in spoken):
        return Meaning.GO_ON
    short = voiced_ms <= SHORT_MS and len(spoken) <= _UNCLEAR_WORDS_AT_MOST
    return Meaning.UNCLEAR if short and not _STOP.intersection(spoken) else Meaning.STOP
