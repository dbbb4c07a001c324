"""The arguments of a function: their JSON schema for the model, and the check of what the model wrote.

pydantic does both. It takes some 60 ms to load, so it is imported with the first function that becomes a tool.
"""

import inspect
import json
from collections.abc import Callable, Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any, get_type_hints

from voicegui.core.wording import Sentence, sentence

if TYPE_CHECKING:
    from pydantic import BaseModel

LONGEST_ARGUMENTS = 20_000
"""Characters of JSON."""

_DEEPEST = 30
"""Objects and lists within each other."""
_LONGEST_NUMBER = 300
"""Digits; what is longer is infinite to many programs."""
_TOO_DEEP = "The arguments are nested too deep."
_MOST_PROBLEMS = 5
_LONGEST_NAME = 64


class BadArguments(Exception):
    """Says for the model what was wrong with which argument."""


class NoTool(TypeError):
    """Of a function that cannot be one."""

    def __init__(self, why: Sentence) -> None:
        """`why`: a part of a sentence, for a person."""
        super().__init__(why)
        self.why = why


class FunctionArguments:
    """Of one function. Raises NoTool for one that cannot be called with named arguments."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._names = list(inspect.signature(function).parameters)
        self._model = _model(function)
        self.schema: Mapping[str, Any] = _schema(self._model)

    def read(self, text: str) -> Mapping[str, Any]:
        """By name, as the types of their annotations; defaults included. "" means none. Raises BadArguments."""
        from pydantic import ValidationError

        plain = text.strip() or "{}"
        json_object(plain)
        try:
            checked = self._model.model_validate_json(plain)
        except ValidationError as error:
            found = error.errors(include_url=False, include_context=False, include_input=False)
            problems = [_problem(each["loc"], each["type"], each["msg"]) for each in found]
            raise BadArguments(self._sentence(problems)) from None
        return {name: getattr(checked, _field(at)) for at, name in enumerate(self._names)}

    def _sentence(self, problems: list[str]) -> str:
        shown = "; ".join(problems[:_MOST_PROBLEMS]) + ("; and more" if len(problems) > _MOST_PROBLEMS else "")
        takes = f"It takes: {', '.join(self._names)}." if self._names else "It takes no arguments."
        return f"The arguments are not right: {shown}. {takes}"


def _field(at: int) -> str:
    """Names of a person's own choice may mean something to pydantic ("schema", "_x"): they are aliases."""
    return f"argument_{at}"


def _model(function: Callable[..., Any]) -> "type[BaseModel]":
    # PySide looks into every module that is imported. Into this one it must not before all of it is there: pydantic
    # answers such a look with another import, which fails halfway.
    import pydantic.errors  # noqa: F401
    from pydantic import ConfigDict, Field, create_model

    try:
        hints = get_type_hints(function, include_extras=True)
    except Exception as error:  # annotations may be any expression
        raise NoTool(sentence("its annotations cannot be read ({kind})", kind=type(error).__name__)) from error
    fields: dict[str, Any] = {}
    for at, (name, parameter) in enumerate(inspect.signature(function).parameters.items()):
        if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
            raise NoTool(sentence("its argument “{argument}” has no name to call it by", argument=name))
        if name not in hints:
            raise NoTool(sentence("its argument “{argument}” has no annotation", argument=name))
        default = ... if parameter.default is parameter.empty else parameter.default
        described = next((each for each in getattr(hints[name], "__metadata__", ()) if isinstance(each, str)), None)
        fields[_field(at)] = (hints[name], Field(default, alias=name, description=described))
    config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, arbitrary_types_allowed=False)
    try:
        return create_model("Arguments", __config__=config, **fields)
    except Exception as error:  # pydantic's, and whatever a type of the function's own raises
        raise _not_in_json(error) from error


def _schema(model: "type[BaseModel]") -> Mapping[str, Any]:
    from pydantic.errors import PydanticUserError
    from pydantic.json_schema import GenerateJsonSchema

    class Schema(GenerateJsonSchema):
        ignored_warning_kinds = {"non-serializable-default"}

    try:
        found: Mapping[str, Any] = _without_titles(model.model_json_schema(schema_generator=Schema))
    except PydanticUserError as error:
        raise _not_in_json(error) from error
    return {"type": "object", "properties": {}, **found}


def _not_in_json(error: Exception) -> NoTool:
    return NoTool(sentence("its arguments cannot be written in JSON ({kind})", kind=type(error).__name__))


def _without_titles(schema: Any, *, names: bool = False) -> Any:
    """`names`: the keys are a person's own; one of them may well be "title"."""
    match schema:
        case dict():
            return {
                key: _without_titles(value, names=not names and key in ("properties", "$defs"))
                for key, value in schema.items()
                if names or key != "title"
            }
        case list():
            return [_without_titles(each) for each in schema]
    return schema


def json_object(text: str) -> dict[str, Any]:
    """What every reader of JSON takes for the same: Python, pydantic and others differ about NaN, what is given twice,
    halves of characters, numbers without end and what is nested without end. "" means none. Raises BadArguments."""
    if len(text) > LONGEST_ARGUMENTS:
        raise BadArguments(f"The arguments are too long: at most {LONGEST_ARGUMENTS:,} characters are taken.")
    try:
        value = json.loads(
            text.strip() or "{}",
            parse_constant=_no_number,
            parse_float=_finite,
            parse_int=_whole,
            object_pairs_hook=_once_each,
        )
    except RecursionError:
        raise BadArguments(_TOO_DEEP) from None
    except ValueError:
        raise BadArguments("The arguments are no JSON.") from None
    if not isinstance(value, dict):
        raise BadArguments("The arguments have to be a JSON object.")
    _check(value)
    return value


def _check(value: object, depth: int = 0) -> None:
    if depth > _DEEPEST:
        raise BadArguments(_TOO_DEEP)
    match value:
        case str(text):
            if any("\ud800" <= sign <= "\udfff" for sign in text):
                raise BadArguments("A text has half a character in it, which cannot be passed on. Write it anew.")
        case dict(inner):
            for name, each in inner.items():
                _check(name, depth)
                _check(each, depth + 1)
        case list(several):
            for each in several:
                _check(each, depth + 1)


def _no_number(name: str) -> object:
    raise BadArguments(f"{name} is no number in JSON.")


def _finite(digits: str) -> float:
    number = float(digits)
    if not isfinite(number):
        raise BadArguments("A number is too large.")
    return number


def _whole(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise BadArguments("A number is too large.")
    return int(digits)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise BadArguments("An argument is given twice.")
    return found


def _problem(where: tuple[int | str, ...], kind: str, message: str) -> str:
    name = ".".join(str(each)[:_LONGEST_NAME] for each in where[:4])
    if kind == "missing":
        return f"“{name}” is missing"
    if kind == "extra_forbidden":
        return f"there is no argument “{name}”"
    return f"“{name}”: {message[:1].lower()}{message[1:200]}" if name else message[:200]
