"""Which tools a request may be about, told by its words alone: what costs nothing keeps talk fast.

Questions about a thing ("How does a clipboard work?") name it as a request for it does; they are told apart first.
"""

import functools
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from voicegui.core.tools import ToolInfo

_FOR_ITSELF = r"(?!(?:cold|warm|hot|much|many|long|late|far|tall|high|big|heavy|fast|wet|windy|humid|the weather|it)\b)"
"""Not "how cold": that is for the weather."""
_OF_OTHERS = (
    r"(?!.*(?:\b(?:clipboard|file|folder|copied|reminders?|timers? running|my|[\w-]+\.(?:txt|md|csv|pdf|html?))\b"
    r"|\d *%| weather (?:in|for|on|today|tomorrow)))"
)
"""Nothing of the user's own and no sum is to be explained: that takes a tool."""
_TEXTS = (
    "poem|story|stories|joke|song|haiku|limerick|essay|riddle|facts?|tale|speech|rap|lullaby|rhyme|paragraph|"
    "sentences?|explanation|definition|history"
)
_HAPPENS = "works?|form|formed|forms|happens?|made|developed?|invented|created|called"
_SUBJECTS = "weather|rain|snow|hail|storms?|forecasts?|timers?|reminders?|clipboards?|percentages?"
_PLEADING = "(?:(?:please|can|could|would|will|you|i'd like you to|i want you to|help me to) )*"

_WONDERING = re.compile(
    "|".join(
        (
            r"why\b",
            rf"how (?:do|does|did|is|are|was|were) .*\b(?:{_HAPPENS})\b",
            r"how (?:do|would|should) (?:you|i|we|people|they) (?:say|spell|pronounce|write|describe|explain|define)\b",
            r"(?:and )?(?:what|how) (?:do|does|did|would) .*\b(?:mean|feel like|look like|come from)\b",
            r"what (?:causes?|caused|creates?)\b",
            r"what(?:'s| is| was| are) the (?:causes?|history|origin|meaning|purpose|science|idea|point) of\b",
            r"what(?:'s| is| are) the differences? between (?!.*\d)",
            rf"what(?:'s| is| are) (?:an? )?(?:{_SUBJECTS})\b(?!.*\b(?:like|in|for|on|my|left)\b)",
            r"who (?:invented|discovered|wrote|built|created|came up)\b",
            r"when (?:was|were|did) .*\b(?:invented|built|discovered|founded|begin to)\b",
            r"(?:do|does|did) (?:you|people|cats|dogs|animals|kids|children) (?:like|love|enjoy|prefer|believe|hate)\b",
            r"have you ever\b|would you rather\b",
            r"is it (?:true|possible|normal|rude|bad|good|dangerous|safe|healthy|okay|wrong|legal) (?:that|to|for)\b",
            rf"{_PLEADING}(?:explain|describe|define|discuss|translate|imagine|pretend|teach me)\b{_OF_OTHERS}",
            rf"{_PLEADING}(?:tell|show|teach) me (?:why\b|how {_FOR_ITSELF}|what (?:causes|makes)\b)",
            rf"{_PLEADING}(?:understand|wonder|know) (?:why|how) {_FOR_ITSELF}",
            rf"{_PLEADING}(?:write|compose|make up|invent|tell|give|sing|recite|read) (?:me |us )?"
            rf"(?:an?|another|some|the|one|two|three|four|five|\d+|more) (?:\w+ ){{0,3}}(?:{_TEXTS})\b",
            rf"{_PLEADING}(?:write|say|answer|talk|speak) .*\b(?:about|in the (?:voice|style) of)\b",
        )
    )
)


def is_wondering(clause: str) -> bool:
    """`clause`: small letters, single spaces, no fillers in front."""
    return bool(_WONDERING.match(clause))


# ---------------------------------------------------------------- candidates
# A small model takes a second and more to choose a tool. It is only asked when the words have a cue of one and ask for
# something: "I remember the rain" does not. English, as the cues of the tools are.

MOST_CANDIDATES = 4
"""More make the prompt long and the choice poor."""

MOST_WORDS = 80
"""Whoever says more at once tells something."""

_FILLING = (
    "ah actually alright also and anyway but er erm great hello hey hi hmm just like mm no now oh ok okay right so "
    "sorry sure then thanks uh um well yeah yes"
)
_FILLERS = frozenset(_FILLING.split())

_TELLING_WORDS = (
    "i i'm i've i'll i'd my me he he's his she she's her it it's its we we're we've our they they're their there "
    "there's that that's this these those the you you're you've your "
    "always maybe never often perhaps sometimes usually"
)
_TELLING = frozenset(_TELLING_WORDS.split())

_REQUESTS = (
    "please can_you could_you would_you will_you you_can you_could you_may you_should i'd_like i_would_like i_want "
    "i_wanna i_need_you remind_me tell_me show_me give_me let_me_know let_me_hear"
)
_ASKING = tuple(tuple(phrase.split("_")) for phrase in _REQUESTS.split())

_COMMON_WORDS = (
    "a about all an and any are as at be by can current do for from get given gets has have how in into is it its list "
    "make new of on one or out return returns run set show some specified that the their them these this to tool tools "
    "up use used user user's using via what when which will with you your"
)
COMMON = frozenset(_COMMON_WORDS.split())
"""Words in names and descriptions of tools that say nothing of what they are for."""

_OPENINGS = (
    "and what_about how_about or no_i_meant i_mean i_meant make_it make_that change_it change_that instead then "
    "the_same same_for"
)
_FOLLOW_UP = tuple(tuple(phrase.split("_")) for phrase in _OPENINGS.split())
_FOLLOW_UP_WORDS = 8
_CORRECTIONS = tuple(
    map(str.split, ("make it", "make that", "change it", "change that", "i mean", "i meant", "instead"))
)


@dataclass(frozen=True, slots=True)
class _Clause:
    words: tuple[str, ...]
    """Without fillers in front."""
    asks: bool
    """It is neither a statement nor wondering."""


def candidates(request: str, tools: Sequence[ToolInfo]) -> Sequence[ToolInfo]:
    """Those of `tools` that `request` may ask for, the likeliest first; usually none."""
    if len(request_words(request)) > MOST_WORDS:
        return ()
    clauses = tuple(_clauses(request))
    scored = [(_score(clauses, tool), tool) for tool in tools]
    found = sorted((pair for pair in scored if pair[0]), key=lambda pair: -pair[0])
    return tuple(tool for _, tool in found[:MOST_CANDIDATES])


def follows(request: str, answer: str) -> bool:
    """`request` may be the rest of the one before, in whose answer a tool was called: "And tomorrow?"; "At eight."
    after a question."""
    words = request_words(request)
    if not words or len(words) > _FOLLOW_UP_WORDS:
        return False
    return answer.rstrip().endswith("?") or any(tuple(words[: len(phrase)]) == phrase for phrase in _FOLLOW_UP)


def corrects(request: str) -> bool:
    """ "Make it ten minutes": what was asked for before is to be another one, not one more."""
    words = list(itertools.dropwhile(_FILLERS.__contains__, request_words(request)))
    return any(words[: len(phrase)] == phrase for phrase in _CORRECTIONS)


def changes_what(tool: ToolInfo, made_by: str, outcome: str) -> bool:
    """Whether a tool changes what the tool `made_by` has made, by their names: `change_timer` after `set_timer`, where
    the outcome was "Timer 3 is set."."""
    verb, _, what = tool.name.partition("_")
    is_made = bool(what) and what == made_by.partition("_")[2] and f"{what} " in outcome.casefold()
    return verb in ("change", "update", "edit") and is_made and any(letter.isdecimal() for letter in outcome[:40])


def request_words(text: str) -> Sequence[str]:
    """Its words, lower case, without punctuation; signs of sums are words, too."""
    return re.findall(r"[^\W_]+(?:'[^\W_]+)*|[%+*/=×÷^√]", text.lower().replace("’", "'"))


def _clauses(request: str) -> Iterator[_Clause]:
    pleads = "please" in request_words(request)
    for clause, end in re.findall(r"((?:[^,;:!?.]|\.(?=\w))+)(\W?)", request):
        words = tuple(itertools.dropwhile(_FILLERS.__contains__, request_words(clause)))
        if words:
            yield _Clause(words, not is_wondering(" ".join(words)) and (pleads or _asks(words, end)))


def _asks(words: tuple[str, ...], end: str) -> bool:
    """Statements begin with what they are about: "My brother opened a bakery"."""
    return end == "?" or words[0] not in _TELLING or any(_has(words, phrase) for phrase in _ASKING)


def _score(clauses: Sequence[_Clause], tool: ToolInfo) -> int:
    """Characters of the cues that were found: a long phrase says more than a short word."""
    if not tool.cues:
        return max((_likeness(clause.words, tool) for clause in clauses if clause.asks), default=0)
    return sum(len(cue) for cue in tool.cues if any(_tells(clause, tuple(request_words(cue))) for clause in clauses))


def _tells(clause: _Clause, cue: tuple[str, ...]) -> bool:
    """A statement is none, unless it begins with the cue: "That's all for today"."""
    words, cue = tuple(map(_stem, clause.words)), tuple(map(_stem, cue))
    return _has(words, cue) if clause.asks else bool(cue) and words[: len(cue)] == cue


def _likeness(words: Sequence[str], tool: ToolInfo) -> int:
    """Of a tool without cues: two of its words are needed, one of them from its name; or all of a short name."""
    said = set(map(_stem, words))
    name = _telling_words(tool.name.replace("_", " "))
    described = _telling_words(re.split(r"(?<=[.!?])\s|\n", tool.description.strip(), maxsplit=1)[0])
    named = name & said
    if not named or (len(named) < len(name) and len(said & (name | described)) < 2):
        return 0
    return sum(map(len, said & (name | described)))


def _telling_words(text: str) -> set[str]:
    return {_stem(word) for word in request_words(text) if word not in COMMON and len(word) > 2}


@functools.lru_cache(2048)
def _stem(word: str) -> str:
    """Without the common endings, unless hardly anything is left: "times" and "time" are different cues."""
    for ending, least in (("'s", 1), ("ing", 4), ("ed", 4), ("es", 5), ("s", 5), ("e", 5)):
        if word.endswith(ending) and len(word) - len(ending) >= least:
            return word.removesuffix(ending)
    return word


def _has(words: Sequence[str], phrase: tuple[str, ...]) -> bool:
    length = len(phrase)
    return length > 0 and any(tuple(words[at : at + length]) == phrase for at in range(len(words) - length + 1))
