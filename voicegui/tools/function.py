"""Python functions as tools."""

import asyncio
import inspect
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from voicegui.core.errors import VoiceError
from voicegui.core.tools import BUILT_IN, LONGEST_OUTCOME, ToolInfo, ToolOutcome, ToolSource

from .arguments import Arguments, BadArguments
from .declaration import Declaration, Tool, declaration_of
from .threads import TooManyThreads, in_own_loop, in_thread

log = logging.getLogger(__name__)

_LONGEST_DESCRIPTION = 1000
"""Characters; services refuse more than 1,024."""


def from_function(function: Callable[..., Any], *, source: ToolSource = BUILT_IN) -> Tool:
    """Its docstring is the description; arguments come from its annotations, everything else from `@tool`.

    Plain functions run in a thread. So do coroutines that are not built in, with an event loop of their own: what
    somebody else wrote may block. The first call loads pydantic (60 ms): not for the event loop's thread. Raises
    TypeError, with a sentence, for a function that cannot be a tool.
    """
    name = getattr(function, "__name__", "")
    description = inspect.getdoc(function) or ""
    if not description or not name:
        raise TypeError(f"“{name or 'tool'}” has no docstring, which tells the model what it does")
    try:
        arguments = Arguments(function)
    except TypeError as error:
        raise TypeError(f"“{name}” cannot be a tool: {error}") from error
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


async def _run(function: Callable[..., Any], arguments: Arguments, trusted: bool, text: str) -> ToolOutcome:
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
    """What the model is told: a person's sentence as it is, of anything else only the kind."""
    log.warning("the tool %s failed: %s", name, type(error).__name__)
    if isinstance(error, VoiceError):
        return ToolOutcome(f"{error.message} {error.hint}".strip(), ok=False, say=error.message)
    return ToolOutcome(f"It did not work: {type(error).__name__}.", ok=False)


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
