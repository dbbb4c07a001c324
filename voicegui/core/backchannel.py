"""Sounds over a reply: "go on", "stop", or unclear (Yngve 1970 calls the first back-channel). Words of any script."""

import re
import unicodedata
from enum import Enum, StrEnum

from . import backchannel_words


def _plain(text: str) -> str:
    """Lower case, without accents and vowel signs, full-width letters as the usual ones: recognisers differ in them."""
    letters = unicodedata.normalize("NFKD", text.casefold()).replace("’", "'").replace("\u2010", "-")
    bare = "".join(char for char in letters if not unicodedata.category(char).startswith("M"))
    return unicodedata.normalize("NFC", bare)  # the syllables of Korean, which were taken apart


def _all(words: dict[str, str]) -> frozenset[str]:
    return frozenset(_plain(word) for of_language in words.values() for word in of_language.split())


_STOP = _all(backchannel_words.STOP)
_GO_ON = _all(backchannel_words.GO_ON)

_EXPECTED = """\
Stop. Wait. No. Hold_on. Hang_on. Hey. Listen. Quiet. Enough. Pause. Cancel. Sorry. What? Why? Excuse_me. One_moment.
Never_mind. Thank_you. Again. Repeat. Who? Where? When? How?
Mm-hmm. Mm. Hmm. Uh-huh. Yeah. Yes. Yep. Okay. Right. Sure. I_see. Got_it. Oh. Oh_really? Really? Good. Great. Nice.
Cool. Wow. True. Exactly. Of_course. Ah. All_right.
"""
EXPECTED = tuple(phrase.replace("_", " ") for phrase in _EXPECTED.split())
"""What a short sound over a reply most often is, for a recogniser that is unsure. Both kinds: alone, one would attract
the other."""

_HUM = re.compile(
    r"[mhuay]+|[мхуаэыг]+|[μχα]+|[םמאה]{2,}|[مه]{2,}|[اه]{2,}|[मह]{2,}|[อมเ]{2,}|[んうーふむ]+|[음흠응으]+|[嗯唔哼哦噢喔啊]+"
)
"""A recogniser writes a hum as a word of these letters: "mm", "hum", "mama", "my"; "угу", "嗯嗯", "うーん"."""

_SOUND = re.compile(r"\[[^\]]*\]|\([^)]*\)|\*[^*]*\*|♪[^♪]*♪?")
_SPEECH = re.compile(r"speak|talk|speech|foreign|inaudible|unintelligible|unclear")
"""Some recognisers describe what is no speech, "[cough]", "(laughs)", and speech that they do not understand."""

_UNSPACED_LETTER = r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
_UNSPACED = re.compile(rf"{_UNSPACED_LETTER}+")
"""Scripts that write no spaces between words: Thai, Lao, Burmese, Khmer, Japanese, Chinese."""
_WORD = re.compile(rf"{_UNSPACED_LETTER}+|(?:(?!{_UNSPACED_LETTER})[\w'-])+")

_LONGEST_KNOWN = 8
_LONGEST_SOUND = 300
"""Characters; what is longer was meant."""

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
    """Its words came too late."""


def passed(words: str, meant: Meaning) -> Passed:
    """Why a sound that was transcribed as `words` is let pass."""
    if meant is Meaning.UNCLEAR:
        return Passed.UNCLEAR
    return Passed.AGREEMENT if _words(words) else Passed.NO_WORDS


def meaning(words: str, voiced_ms: float) -> Meaning:
    """Of a sound over a reply that was transcribed as `words` and lasted `voiced_ms`."""
    if len(words) > _LONGEST_SOUND:
        return Meaning.STOP
    spoken = _words(words)
    if len(spoken) <= _GO_ON_WORDS_AT_MOST and all(map(_says_go_on, spoken)):
        return Meaning.GO_ON
    short = voiced_ms <= SHORT_MS and len(spoken) <= _UNCLEAR_WORDS_AT_MOST
    return Meaning.UNCLEAR if short and not _STOP.intersection(spoken) else Meaning.STOP


def _says_go_on(word: str) -> bool:
    return word not in _STOP and (word in _GO_ON or _HUM.fullmatch(word) is not None)


def _words(text: str) -> list[str]:
    """Repeated ones once: "yeah, yeah, yeah, yeah" says no more than "yeah"."""
    spoken: list[str] = []
    for run in _WORD.findall(_plain(_SOUND.sub(_speech_in, text.casefold()))):
        joined = run.replace("-", "")  # "mm-hmm" is one word, "stop-stop" two
        if _HUM.fullmatch(joined) or joined in _GO_ON:
            spoken.append(joined)
        else:
            spoken += _known_words(run) if _UNSPACED.fullmatch(run) else filter(None, run.split("-"))
    return [word for word, before in zip(spoken, [None, *spoken], strict=False) if word != before]


def _speech_in(described: re.Match[str]) -> str:
    return "inaudible" if _SPEECH.search(described[0]) else " "


def _known_words(run: str) -> list[str]:
    """The longest known word first; letters between known words are one unknown word."""
    found: list[str] = []
    unknown = ""
    while run:
        lengths = range(min(len(run), _LONGEST_KNOWN), 0, -1)
        known = next((run[:length] for length in lengths if run[:length] in _GO_ON or run[:length] in _STOP), "")
        if known:
            found += [unknown, known] if unknown else [known]
            unknown, run = "", run[len(known) :]
        else:
            unknown, run = unknown + run[0], run[1:]
    return [*found, unknown] if unknown else found
