"""Python functions as tools: how a function says that it is one (`@tool`), and how it is called."""

import asyncio
import inspect
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar, overload

from voicegui.core.errors import VoiceError
from voicegui.core.tools import BUILT_IN, LONGEST_OUTCOME, Permission, ToolInfo, ToolOutcome, ToolSource
from voicegui.core.wording import Sentence, sentence

from .execution import TooManyThreads, in_own_loop, in_thread
from .function_arguments import BadArguments, FunctionArguments, NoTool

log = logging.getLogger(__name__)

F = TypeVar("F", bound=Callable[..., Any])

_ATTRIBUTE = "__voicegui_tool__"


@dataclass(frozen=True, slots=True)
class Tool:
    info: ToolInfo
    run: Callable[[str], Awaitable[ToolOutcome]]
    """Gets the JSON text of the arguments. May raise, take long and answer at any length: the registry sees to that."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What `@tool` was given: see `ToolInfo`."""

    label: str = ""
    permission: Permission = Permission.ASK
    changes: bool = False
    network: bool = False
    outside: bool = False
    finishes: bool = False
    timeout_s: float = 20.0
    question: str = ""
    cues: tuple[str, ...] = ()
    examples: tuple[tuple[str, Mapping[str, Any]], ...] = ()


@overload
def tool(function: F, /) -> F: ...


@overload
def tool(
    *,
    label: str = "",
    permission: Permission | str = Permission.ASK,
    changes: bool = False,
    network: bool = False,
    outside: bool = False,
    finishes: bool = False,
    timeout_s: float = 20.0,
    question: str = "",
    cues: Sequence[str] = (),
    examples: Sequence[tuple[str, Mapping[str, Any]]] = (),
) -> Callable[[F], F]: ...


def tool(function: F | None = None, /, **declared: Any) -> F | Callable[[F], F]:
    """Declares a function as a tool; it stays the function it is.

    Its name, docstring and annotations tell the model what it does and takes; `Annotated[str, "A place, such as
    Lisbon"]` describes an argument. It returns text, a `ToolOutcome`, or anything that JSON can hold. A plain function
    runs in a thread. Raises TypeError or ValueError for a declaration that makes no sense.
    """
    declaration = _declaration(**declared)

    def declare(function: F) -> F:
        setattr(function, _ATTRIBUTE, declaration)
        return function

    return declare if function is None else declare(function)


def declaration_of(function: object) -> Declaration | None:
    """None for what `@tool` was not applied to."""
    found = getattr(function, _ATTRIBUTE, None)
    return found if isinstance(found, Declaration) else None


def _declaration(
    *,
    permission: Permission | str = Permission.ASK,
    timeout_s: float = 20.0,
    cues: Sequence[str] = (),
    examples: Sequence[tuple[str, Mapping[str, Any]]] = (),
    **others: Any,
) -> Declaration:
    if not 0 < timeout_s < float("inf"):
        raise ValueError("timeout_s has to be a number of seconds above 0")
    if isinstance(cues, str):
        raise TypeError("cues have to be a sequence of texts")
    return Declaration(
        permission=Permission(permission), timeout_s=timeout_s, cues=tuple(cues), examples=tuple(examples), **others
    )


# ---------------------------------------------------------------- from a function to a tool

_LONGEST_DESCRIPTION = 1000
"""Characters; services refuse more than 1,024."""


def from_function(function: Callable[..., Any], *, source: ToolSource = BUILT_IN) -> Tool:
    """Its docstring is the description; arguments come from its annotations, everything else from `@tool`.

    Plain functions run in a thread. So do coroutines that are not built in, with an event loop of their own: what
    somebody else wrote may block. The first call loads pydantic (60 ms): not for the event loop's thread. Raises
    NoTool for a function that cannot be one.
    """
    name = getattr(function, "__name__", "")
    description = inspect.getdoc(function) or ""
    if not description or not name:
        raise NoTool(sentence("“{name}” has no docstring, which tells the model what it does", name=name or "tool"))
    try:
        arguments = FunctionArguments(function)
    except NoTool as error:
        raise NoTool(sentence("“{name}” cannot be a tool: {reason}", name=name, reason=error.why)) from error
    except TypeError as error:
        raise NoTool(sentence("“{name}” cannot be a tool: {reason}", name=name, reason=str(error))) from error
    info = _info(name, description[:_LONGEST_DESCRIPTION], arguments.schema, source, declaration_of(function))
    return Tool(info, partial(_run, function, arguments, source == BUILT_IN))


def _info(
    name: str, description: str, parameters: Mapping[str, Any], source: ToolSource, declared: Declaration | None
) -> ToolInfo:
    it = declared or Declaration()
    return ToolInfo(
        name, description, parameters, it.label, it.permission, it.changes, it.network, it.outside, it.finishes,
        it.timeout_s, it.question, it.cues, it.examples, source, reviewed=True,
    )  # fmt: skip


async def _run(function: Callable[..., Any], arguments: FunctionArguments, trusted: bool, text: str) -> ToolOutcome:
    try:
        given = arguments.read(text)
    except BadArguments as problem:
        return ToolOutcome(str(problem), ok=False)
    call = partial(function, **given)
    is_async = inspect.iscoroutinefunction(function)
    if is_async and trusted:
        return outcome_of(await call())
    try:
        if is_async:
            return await in_own_loop(partial(_await, call, function.__name__))
        return await in_thread(partial(_call, call, function.__name__))
    except TooManyThreads:
        return ToolOutcome("Too many calls that were begun earlier still run. Try again later.", ok=False)


def _call(call: Callable[[], Any], name: str) -> ToolOutcome:
    try:
        return outcome_of(call())
    except BaseException as error:  # SystemExit too: it ends the tool, not the program
        return failure(name, error)


async def _await(call: Callable[[], Awaitable[Any]], name: str) -> ToolOutcome:
    try:
        return outcome_of(await call())
    except asyncio.CancelledError:
        return ToolOutcome("It was cancelled.", ok=False)
    except BaseException as error:
        return failure(name, error)


def failure(name: str, error: BaseException) -> ToolOutcome:
    """What the model is told: a person's sentence in English, of anything else only the kind."""
    log.warning("the tool %s failed: %s", name, type(error).__name__)
    if isinstance(error, VoiceError):
        return ToolOutcome(f"{error.written} {error.hint_sentence.written()}".strip(), ok=False, say=error.said)
    return ToolOutcome(f"It did not work: {type(error).__name__}.", ok=False)


def succeeded_with(answer: Sentence, text: str = "", *, outside: bool = False) -> ToolOutcome:
    """`answer` is said. The model gets `text`, or else the answer in English."""
    return ToolOutcome(text or answer.written(), say=answer.spoken(), outside=outside)


def failed_with(why: Sentence, *, outside: bool = False) -> ToolOutcome:
    return ToolOutcome(why.written(), ok=False, say=why.spoken(), outside=outside)


def outcome_of(result: object) -> ToolOutcome:
    """Of what a function returned. Never longer than `LONGEST_OUTCOME`, however much it is."""
    match result:
        case ToolOutcome():
            return result
        case None:
            return ToolOutcome("Done.")
        case str():
            return ToolOutcome(result)
    try:
        return ToolOutcome(_json(result))
    except (TypeError, ValueError, RecursionError):
        return ToolOutcome("It answered with something that cannot be told in text.", ok=False)


def _json(value: object) -> str:
    """Only as much as will be told: megabytes are not written out first."""
    text, length = [], 0
    for piece in json.JSONEncoder(ensure_ascii=False, allow_nan=False).iterencode(value):
        text.append(piece)
        length += len(piece)
        if length > LONGEST_OUTCOME:
            break
    return "".join(text)
