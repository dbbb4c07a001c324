"""The question before a call of a tool, what counts as yes to it, and what a call without a yes comes to.

The question says what would run, in words that nothing in the call can change: values are said literally between
quotation marks that they cannot close, and the last words are always the program's own. What is too long to be heard
needs a click.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any

from .addresses import deceives, real_host, shown_host
from .text.sanitiser import one_line, unquoted, visible
from .tools import BUILT_IN, ToolCall, ToolInfo, ToolOutcome, is_unreviewed
from .wording import marked, sentence, spoken, spoken_plural

LONGEST_ALOUD = 160
"""Characters of all values together that are read out; more of them nobody could keep in mind."""
LONGEST_QUESTION = 400
"""Characters of it: all of them are spoken, and stand on the card."""
LONGEST_READ = 4000
"""Characters of arguments that are looked at for reading them out."""
LONGEST_NAME = 39
"""Characters of a name that somebody else chose, before a "…"."""

_TOO_LONG = marked(
    "I would use {tool} with more than I can read out: {number} characters. Read all of it on the screen, and answer "
    "there: a yes in words does not count."
)
_AND_MORE = marked("{address}, with an address of {number} more characters behind it")
_REST_OF_ADDRESS = 24
"""Characters behind the host of an address that need no mention."""
_ADDRESS = re.compile(r"https?:[/\\]{2}[^\s/?#\\]+(\S*)", re.I | re.A)
_PLAIN_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9'-]{0,19}")
_BARE_HOST = re.compile(r"[a-z0-9](?:[a-z0-9-]*\.)+[a-z][a-z0-9-]*", re.I | re.A)
_ENDS = re.compile(r"[.?!:;…。？！“”\"«»‹›]+")


@dataclass(frozen=True, slots=True)
class ApprovalQuestion:
    text: str
    """One line: exactly this is spoken, and stands on the card."""
    by_voice: bool = True
    """All that would run is in it: a spoken yes can count."""


class _Number(str):
    """As the model wrote it: 1e999 would be another after a way through a float."""


def question_about(tool: ToolInfo, call: ToolCall) -> ApprovalQuestion:
    """Raises nothing, whatever the call holds."""
    given, said = _readable(call.arguments)
    text = "" if said is None else _from_template(tool, given, said) or _in_general(tool, said)
    if text and len(text) <= LONGEST_QUESTION:
        return ApprovalQuestion(text)
    told = spoken_plural(_TOO_LONG, _TOO_LONG, length := len(call.arguments), tool=_called(tool), number=f"{length:,}")
    return ApprovalQuestion(told, by_voice=False)


def _readable(arguments: str) -> tuple[Mapping[str, Any], Mapping[str, str] | None]:
    """The arguments and each as it is said; None if they are too long for that."""
    if len(arguments) > LONGEST_READ:
        return {}, None
    try:
        given = _literal(arguments)
        said = {name: _said(value) for name, value in given.items()}
    except RecursionError:
        return {}, None
    return given, said if sum(len(name) + len(words) for name, words in said.items()) <= LONGEST_ALOUD else None


def _in_general(tool: ToolInfo, said: Mapping[str, str]) -> str:
    called = _called(tool)
    if not said and tool.source == BUILT_IN:
        return spoken("Shall I use {tool}?", tool=called)
    if not said:
        return _ended(spoken("I would use {tool} without any arguments.", tool=called))
    return _ended(spoken("I would use {tool} with {arguments}.", tool=called, arguments=_listed(said)))


def _ended(text: str) -> str:
    """The last words are the program's own, whatever a translation makes of the others."""
    return f"{text} {spoken('Shall I?')}"


def _from_template(tool: ToolInfo, given: Mapping[str, Any], said: Mapping[str, str]) -> str:
    """What the tool itself declares, and what that leaves out; "" if it cannot be used."""
    if not tool.question or is_unreviewed(tool):
        return ""
    made, used, tail, free = "", set[str](), "", False
    try:
        for literal, field, spec, conversion in Formatter().parse(_template(tool)):
            made, tail = made + literal, literal
            if field is None:
                continue
            if field not in said or spec or conversion:
                return ""
            made, tail, free = made + said[field], "", _is_free(given[field])
            used.add(field)
    except ValueError:
        return ""
    rest = {name: words for name, words in said.items() if name not in used}
    ends_in_value = free and not re.search(r"\w", tail)
    if rest:
        return _ended(f"{made} {spoken('With {arguments}.', arguments=_listed(rest))}")
    return _ended(made) if ends_in_value or not tool.question.endswith("?") else made


def _template(tool: ToolInfo) -> str:
    """The tool's question in the language of the conversation, if that has the same values in it."""
    translated = sentence(tool.question).spoken() if tool.source == BUILT_IN else tool.question
    return translated if _fields(translated) == _fields(tool.question) else tool.question


def _fields(template: str) -> set[str | None] | None:
    """None of one that cannot be read."""
    try:
        return {field for _, field, _, _ in Formatter().parse(template)} - {None}
    except ValueError:
        return None


def _called(tool: ToolInfo) -> str:
    """The tool's name for a person; one that somebody else chose in quotation marks, with whose it is."""
    label = tool.label or tool.name.replace("_", " ")
    if tool.source == BUILT_IN:
        return sentence(label).spoken()
    return spoken("“{tool}” of “{source}”", tool=_name(tool.title or label), source=_name(tool.source.name))


def _name(text: str) -> str:
    """A name of somebody else's: no sentence, nothing hidden, short."""
    return one_line(unquoted(_ENDS.sub(" ", visible(text[: 4 * LONGEST_NAME + 1]))), LONGEST_NAME)


# ---------------------------------------------------------------- values


def _said(value: Any) -> str:
    match value:
        case _Number():
            return value
        case str():
            if not value.strip(" "):
                return spoken("an empty text")
            return _harmless(value) or f"“{unquoted(visible(value))}”"
        case dict():
            return f"{{{_listed({name: _said(each) for name, each in value.items()})}}}"
        case list():
            return f"[{', '.join(_said(each) for each in value)}]"
        case _:
            return json.dumps(value)


def _listed(said: Mapping[str, str]) -> str:
    return ", ".join(f"{_key(name)}: {words}" for name, words in said.items())


def _key(name: str) -> str:
    if re.fullmatch(r"_*[A-Za-z0-9][A-Za-z0-9_]*", name):
        return name.replace("_", " ")
    return f"“{unquoted(visible(name))}”"


def _is_free(value: Any) -> bool:
    """It may hold any words."""
    return not (isinstance(value, _Number | bool) or value is None or (isinstance(value, str) and _harmless(value)))


def _harmless(value: str) -> str:
    """A value that is one plain word, or the host of one that is an address and nothing else; "" of any other."""
    if _PLAIN_WORD.fullmatch(value):
        return value
    if _BARE_HOST.fullmatch(value):
        unusual = deceives(f"https://{value}")
        return spoken("the unusual address {address}", address=value) if unusual else value
    found = _ADDRESS.fullmatch(value)
    if found is None or visible(value) != value or not real_host(value):
        return ""
    host, rest = shown_host(value).removeprefix("www."), found[1] or ""
    is_long = len(rest) > _REST_OF_ADDRESS or not rest.isascii()  # a few signs of some scripts are a whole sentence
    if deceives(value):
        exactly = unquoted(value)
        return spoken("the unusual address {address}, written “{exactly}”", address=host, exactly=exactly)
    if is_long:
        return spoken_plural(_AND_MORE, _AND_MORE, len(rest), address=host, number=f"{len(rest):,}")
    return host


def _literal(arguments: str) -> Mapping[str, Any]:
    """Numbers as they were written. Empty if they cannot be read: then the call is refused without a question. Raises
    RecursionError."""
    try:
        value = json.loads(arguments or "{}", parse_int=_Number, parse_float=_Number)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


# ---------------------------------------------------------------- what counts as yes
# And what a call without one comes to.

REFUSED = ToolOutcome("The user did not allow this. Do not try it again unless asked to.", ok=False)
CANCELLED = ToolOutcome("The user cancelled this before it was done.", ok=False)
INTERRUPTED = ToolOutcome("The user interrupted this before it was done.", ok=False)
STILL_RUNNING = ToolOutcome("This is still running.")
UNREADABLE = ToolOutcome("The arguments are no JSON object that can be read.", ok=False)
"""Such a call never reaches its tool, whose own reader may find in it what could not be shown for approval."""

ANSWER_WITHIN_S = 30.0
"""After the question was asked; silence is no."""

NOT_OVER_ME = marked("Please answer once I have finished.")
"""What is said over the agent's own voice may be its echo, and what is said before the question answers something
else."""

NOT_BY_VOICE = marked("I cannot take a yes in words for this. Please answer on the screen.")
"""The question was too long to be read out, or nobody can have heard it."""

QUIETEST_VOLUME = 5
"""Percent: of a question that was spoken more quietly nobody knows whether it was heard."""

_YES = (
    r"yes|yeah|yep|yup|sure|okay|ok|alright|all right|absolutely|definitely|certainly|of course|go ahead|do it|"
    r"do that|please do|allow it|allow|allowed|i allow it|i allow that|you may|that is fine|that's fine|"
    r"confirm"
)
_POLITE = r"please|thanks|thank you|then|just|and|i do|you can|now|well|uh|um|oh"
_ONLY_YES = re.compile(rf"(?:(?:{_POLITE})\s+)*(?:{_YES})(?:\s+(?:{_YES}|{_POLITE}))*")


_CLICKED = {True: marked("Yes."), False: marked("No.")}
"""What the user is taken to have said who clicks; the first counts as yes in the language of the conversation, too."""


def clicked(*, allow: bool) -> str:
    return spoken(_CLICKED[allow])


def is_yes(words: str) -> bool:
    """Nothing but agreement: "Yes, please." Anything else is no, and is taken for what it says."""
    said = _plain(words)
    return bool(said) and (_ONLY_YES.fullmatch(said) is not None or said == _plain(clicked(allow=True)))


def _plain(words: str) -> str:
    return " ".join(re.sub(r"[^\w\s']", " ", words.lower().replace("’", "'")).split())


def may_be_echo(words: str, question: str) -> bool:
    """`words` are what the question itself ends with."""
    return f" {_plain(question)}".endswith(f" {_plain(words)}")


def parsed(call: ToolCall) -> Mapping[str, Any] | None:
    """The arguments, None if they are no JSON object that can be shown; a name that is there twice makes it none."""
    try:
        arguments = json.loads(call.arguments or "{}", object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None
    return arguments if isinstance(arguments, dict) else None


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a name is there twice")
    return made


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no JSON")
