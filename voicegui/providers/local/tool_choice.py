"""The question "which of these tools, with which words?" and its answer, for a model that cannot call tools natively.

The answer is JSON of one of the shapes {"TOOL": {ARGUMENTS}} and {"just talk": {}}, held to a JSON schema. Text in it
is made of words that were said, in their order: a small model cannot make anything up.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from voicegui.core.ports import Message
from voicegui.core.tools import ToolCall, ToolInfo

from .tool_cues import COMMON, request_words

TALK = "just talk"
"""No tool can have a name with a space."""

LONGEST_SPAN = 24
"""Words of one argument."""

_WORDS = {"$ref": "#/$defs/words"}

_COUNTS = frozenset(
    {
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "fifteen",
        "twenty", "thirty", "forty", "fifty", "sixty", "ninety", "half",
    }
)  # fmt: skip
"""These say something, although cues have them, too."""
_DEEPEST = 4
_DESCRIPTION = 160
"""Characters of what a tool says of itself that a small model gets to see."""

_RULE = "The user's words become JSON: a request for one of these, with words copied from it, or else just talk."
_ALSO_TALK = ("What does the word alarm mean?", "How do alarm clocks work?")


@dataclass(frozen=True, slots=True)
class Before:
    """The exchange before, in which a tool was called."""

    request: str
    call: ToolCall


def question(request: str, tools: Sequence[ToolInfo], before: Before | None = None) -> Sequence[Message]:
    """What the model is asked. It is short, because it is read at 90 tokens a second: examples say what a tool does and
    how its arguments look; only tools without any are described. What all questions begin with stays in the cache."""
    examples = {tool.name: _examples(tool) for tool in tools}
    system = "\n".join((_RULE, *(_line(tool) for tool in tools if not examples[tool.name])))
    shown = [(words, _answer(TALK, {})) for words in _ALSO_TALK]
    shown += [(words, _answer(name, arguments)) for name, each in examples.items() for words, arguments in each]
    if before:
        shown.append((before.request, f'{{"{before.call.name}": {before.call.arguments}}}'))
    pairs = [message for words, answer in shown for message in (Message("user", words), Message("assistant", answer))]
    return (Message("system", system), *pairs, Message("user", request))


def choice_schema(request: str, tools: Sequence[ToolInfo], before: Before | None = None) -> Mapping[str, Any]:
    """JSON schema of the answer. Tools whose arguments cannot be said are left out."""
    texts = [request, before.request, *_texts(before.call)] if before else [request]
    shapes = [_only(tool.name, shape) for tool in tools if (shape := _shape(tool.parameters))]
    return {
        "anyOf": [*shapes, _only(TALK, {"type": "object", "properties": {}, "additionalProperties": False})],
        "$defs": {"words": {"type": "string", "pattern": _spans(texts, whole=any(map(_takes_all, tools)))}},
    }


def chosen(answer: str, tools: Sequence[ToolInfo], request: str = "") -> tuple[str, str] | None:
    """Name and arguments (JSON text) of what `answer` to `request` calls; None for talk and for what is no answer."""
    try:
        call = json.loads(answer)
    except (ValueError, RecursionError):
        return None
    if not isinstance(call, dict) or len(call) != 1:
        return None
    name, arguments = next(iter(call.items()))
    tool = next((tool for tool in tools if tool.name == name), None)
    if tool is None or not isinstance(arguments, dict):
        return None
    said = _said(tool, arguments)
    if _takes_all(tool):
        said = {name: _whole_question(value, request) for name, value in said.items()}
    return tool.name, json.dumps(said, ensure_ascii=False)


def _whole_question(value: Any, request: str) -> Any:
    """ "How many ounces are in 2 pounds" for "2 pounds": without its beginning it is no question."""
    found = re.search(r"\bhow many [^,;:!?]*", request, re.IGNORECASE)
    whole = " ".join(words_said(found[0])) if found else ""
    return whole if isinstance(value, str) and value and value in whole else value


def _said(tool: ToolInfo, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Without optional texts that say nothing: made of words that the tool is recognised by (there is no place in "What
    time is it?") or of the choices of another argument ("today"), or around another argument."""
    texts_of = (*tool.cues, *_choices(tool.parameters))
    cues = COMMON.union(word for text in texts_of for word in request_words(text) if not word.isdecimal()) - _COUNTS
    needed = tool.parameters.get("required", ())
    shapes = tool.parameters.get("properties", {})
    chosen_ones = {name for name, value in arguments.items() if value in _choices(shapes.get(name))}
    texts = {name: text for name, text in arguments.items() if isinstance(text, str) and name not in chosen_ones}

    def says_nothing(name: str, text: str) -> bool:
        others = (value for each, value in texts.items() if each != name and value)
        return cues.issuperset(request_words(text)) or any(other in text for other in others)

    empty = {name for name, text in texts.items() if name not in needed and says_nothing(name, text)}
    return {name: value for name, value in arguments.items() if name not in empty}


def _choices(part: Any) -> Sequence[str]:
    """All that a schema has to choose from."""
    match part:
        case {"enum": [*choices]}:
            return [each for each in choices if isinstance(each, str)]
        case Mapping():
            return [each for inner in part.values() for each in _choices(inner)]
        case [*several]:
            return [each for inner in several for each in _choices(inner)]
    return ()


def _line(tool: ToolInfo) -> str:
    about = re.split(r"(?<=[.!?])\s|\n", tool.description.strip(), maxsplit=1)[0]
    return f"{tool.name}({', '.join(tool.parameters.get('properties', {}))}): {about[:_DESCRIPTION]}"


def _examples(tool: ToolInfo) -> Sequence[tuple[str, Mapping[str, Any]]]:
    """Those whose arguments can be said with the words of the request, as the answer has to."""
    free = {name for name, shape in _properties(tool.parameters).items() if shape == _WORDS}
    shown = []
    for request, arguments in tool.examples:
        said = {name: _found(str(value), request) if name in free else value for name, value in arguments.items()}
        if None not in said.values():
            shown.append((request, said))
    return shown


def _found(value: str, request: str) -> str | None:
    """`value` as it stands in `request`."""
    text = " ".join(words_said(request))
    at = text.casefold().find(" ".join(words_said(value)).casefold())
    return text[at : at + len(value)] if at >= 0 else None


def _answer(name: str, arguments: Mapping[str, Any]) -> str:
    return json.dumps({name: arguments}, ensure_ascii=False)


def _texts(call: ToolCall) -> list[str]:
    try:
        arguments = json.loads(call.arguments)
    except (ValueError, RecursionError):
        return []
    return [value for value in arguments.values() if isinstance(value, str)] if isinstance(arguments, dict) else []


# ---------------------------------------------------------------- shapes


def _only(name: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"type": "object", "properties": {name: arguments}, "required": [name], "additionalProperties": False}


def _properties(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    shape = _shape(parameters)
    properties: Mapping[str, Any] = shape["properties"] if shape else {}
    return properties


def _shape(parameters: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """A tool's schema with words that were said for all free text; None if something it needs cannot be told so."""
    return _object(parameters, parameters.get("$defs", {}), 0)


def _object(given: Mapping[str, Any], defs: Mapping[str, Any], depth: int) -> Mapping[str, Any] | None:
    shapes = {name: _any(part, defs, depth + 1) for name, part in given.get("properties", {}).items()}
    required = list(given.get("required", ()))
    if any(shapes.get(name) is None for name in required):
        return None
    known = {name: shape for name, shape in shapes.items() if shape is not None}
    return {"type": "object", "properties": known, "required": required, "additionalProperties": False}


def _any(given: Any, defs: Mapping[str, Any], depth: int) -> Mapping[str, Any] | None:
    if not isinstance(given, Mapping) or depth > _DEEPEST:
        return None
    if isinstance(reference := given.get("$ref"), str):
        return _any(defs.get(reference.rsplit("/", 1)[-1]), defs, depth + 1)
    if "enum" in given or "const" in given:
        return {key: given[key] for key in ("enum", "const") if key in given}
    if choices := given.get("anyOf") or given.get("oneOf"):
        shapes = [shape for each in choices if (shape := _any(each, defs, depth + 1)) is not None]
        return {"anyOf": shapes} if shapes else None
    kind = given.get("type")
    if isinstance(kind, list):
        return _any({"anyOf": [{**given, "type": each} for each in kind]}, defs, depth)
    match kind:
        case "string":
            return _WORDS
        case "integer" | "number" | "boolean":
            return {"type": kind}
        case "array":
            items = _any(given.get("items"), defs, depth + 1)
            return {"type": "array", "items": items, "minItems": 1, "maxItems": 8} if items else None
        case "object":
            return _object(given, defs, depth)
    return None


# ---------------------------------------------------------------- words that were said


def _spans(texts: Sequence[str], *, whole: bool) -> str:
    """Regular expression of all runs of words of any of `texts`; only the syntax that llama.cpp's grammars know.

    All words together are none unless `whole`: a request is more than its argument.
    """
    begins = (run for text in texts for run in _runs(words_said(text), whole=whole))
    return f"^({'|'.join(dict.fromkeys(begins))})$"


def _takes_all(tool: ToolInfo) -> bool:
    """One of its examples has all words of the request as an argument: a question may be a sum."""
    return any(
        list(words_said(request)) == list(words_said(str(value)))
        for request, arguments in tool.examples
        for value in arguments.values()
    )


def words_said(text: str) -> Sequence[str]:
    """As they stand in `text`, without the punctuation around them and without what JSON has to escape."""
    clean = re.sub(r'["\\\x00-\x1f\x7f]', " ", text)
    return [word for part in clean.split() if (word := part.strip(",.!?;:…“”„«»()[]{}<>`*_|"))]


def _runs(words: Sequence[str], *, whole: bool) -> Sequence[str]:
    """For each word the run that begins there, each further word in nested brackets: ten( minutes( please)?)?"""
    runs = []
    for at in range(len(words)):
        run = ""
        longest = min(LONGEST_SPAN, len(words) if whole else max(len(words) - 1, 1))
        for word in reversed(words[at : at + longest]):
            run = f"{_literal(word)}{run and f'( {run})?'}"
        runs.append(run)
    return runs


def _literal(word: str) -> str:
    return re.sub(r"[][^$.|?*+(){}]", r"\\\g<0>", word)
