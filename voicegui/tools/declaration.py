"""How a plain Python function says that it is a tool, and what a tool is once it can be called."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, overload

from voicegui.core.tools import Permission, ToolInfo, ToolOutcome

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
