"""Where tools of others come from: Python files in a folder, and installed packages that announce some.

Finding them runs nothing of theirs. All of this blocks: call it in a thread.
"""

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import Distribution, EntryPoint, entry_points
from pathlib import Path
from traceback import walk_tb
from types import ModuleType
from typing import Any

from voicegui.core.tools import SourceKind, ToolSource
from voicegui.core.wording import Sentence, sentence

from .function_arguments import NoTool
from .function_tools import Tool, declaration_of, from_function
from .safe_open import is_regular, opened

GROUP = "voicegui.tools"
"""Of the entry points. Each names a function that `@tool` declares, or a module or a sequence with some."""

_LARGEST_FILE = 1_000_000
_LARGEST_PACKAGE = 50_000_000
_LONGEST_MESSAGE = 200

_LONGER_AGO = sentence("It is another version than the one in use: start the program again.")
_UNREADABLE = sentence("It cannot be read.")
_NO_TOOL = sentence("A function there is no tool: {reason}.")


class NotLoaded(Exception):
    def __init__(self, why: Sentence) -> None:
        """`why`: for a person."""
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Source:
    origin: ToolSource
    sha256: str
    """Of the content as it is now; "" if it cannot be read."""
    functions: Callable[[], Sequence[Callable[..., Any]]]
    """Runs just this content. Raises whatever it raises, or NotLoaded."""
    problem: Sentence = Sentence("")

    @property
    def name(self) -> str:
        return self.origin.name


def loaded(source: Source) -> list[Tool]:
    """Raises NotLoaded, and nothing else, whatever the content does."""
    if source.problem:
        raise NotLoaded(source.problem)
    try:
        tools = [from_function(each, source=source.origin) for each in source.functions()]
    except NotLoaded:
        raise
    except NoTool as error:
        raise NotLoaded(_NO_TOOL.filled(reason=error.why)) from None
    except TypeError as error:
        raise NotLoaded(_NO_TOOL.filled(reason=_message(error))) from None
    except BaseException as error:  # SystemExit too: it ends the file, not the program
        raise NotLoaded(_explained(error, source.name)) from None
    if not tools:
        raise NotLoaded(sentence("It has no tools: put @tool before a function."))
    return tools


# ---------------------------------------------------------------- files


def files_in(folder: Path) -> list[Source]:
    """The Python files there, by name; none if there is no such folder."""
    try:
        paths = sorted(each for each in folder.glob("*.py") if not each.name.startswith(("_", ".")))
    except OSError:
        return []
    return [_file(path) for path in paths]


def _file(path: Path) -> Source:
    origin = ToolSource(SourceKind.FILE, path.name)
    try:
        # A link is followed: what is run is what was read and allowed, wherever it was
        with opened(path.resolve()) as handle, os.fdopen(handle, "rb", closefd=False) as file:
            content = file.read(_LARGEST_FILE + 1) if is_regular(handle) else None
    except (OSError, RuntimeError):  # links in a circle
        content = None
    if content is None:
        return Source(origin, "", tuple, _UNREADABLE)
    if len(content) > _LARGEST_FILE:
        return Source(origin, "", tuple, sentence("It is larger than 1 MB: that is no tool."))
    return Source(origin, sha256(content).hexdigest(), lambda: _executed(path, content))


def _executed(path: Path, content: bytes) -> list[Callable[..., Any]]:
    """What was hashed is what runs, whatever is in the file by now."""
    module = ModuleType(f"voicegui_tool_file_{path.stem}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module  # annotations are looked up there
    try:
        exec(compile(content, str(path), "exec", dont_inherit=True), vars(module))
    except BaseException:
        del sys.modules[module.__name__]
        raise
    return _declared(module)


def _declared(module: ModuleType) -> list[Callable[..., Any]]:
    """Those of its own: what it imports from elsewhere is listed there."""
    own = (each for each in vars(module).values() if getattr(each, "__module__", None) == module.__name__)
    return list(dict.fromkeys(each for each in own if declaration_of(each)))


# ---------------------------------------------------------------- packages

_in_use: dict[str, str] = {}
"""Hash of each package that was imported: Python imports once."""


def packages(found: Iterable[EntryPoint] | None = None) -> list[Source]:
    """Installed distributions with entry points of the group. `found`: those, instead of what is installed."""
    by_name: dict[str, list[EntryPoint]] = {}
    for point in entry_points(group=GROUP) if found is None else found:
        if point.dist is not None:
            by_name.setdefault(point.dist.name, []).append(point)
    return [_package(name, points) for name, points in sorted(by_name.items())]


def _package(name: str, points: Sequence[EntryPoint]) -> Source:
    origin, distribution = ToolSource(SourceKind.PACKAGE, name), points[0].dist
    assert distribution is not None
    try:
        digest = _digest(distribution)
    except OSError:
        return Source(origin, "", tuple, _UNREADABLE)
    if not digest:
        return Source(origin, "", tuple, sentence("It is too large to be checked."))
    return Source(origin, digest, lambda: _imported(name, digest, points))


def _digest(distribution: Distribution) -> str:
    """Over name, version and all its files; not over what it depends on. "" if that is too much."""
    whole = sha256(f"{distribution.name}\n{distribution.version}\n".encode())
    total = 0
    for entry in sorted(distribution.files or (), key=str):
        path = Path(str(entry.locate()))
        if "__pycache__" in entry.parts or not path.is_file():
            continue
        content = path.read_bytes()
        total += len(content)
        if total > _LARGEST_PACKAGE:
            return ""
        whole.update(f"{entry}\n{len(content)}\n".encode() + content)
    return whole.hexdigest()


def _imported(name: str, digest: str, points: Sequence[EntryPoint]) -> list[Callable[..., Any]]:
    if _in_use.setdefault(name, digest) != digest:
        raise NotLoaded(_LONGER_AGO)
    functions: list[Callable[..., Any]] = []
    for point in points:
        match point.load():
            case ModuleType() as module:
                functions += _declared(module)
            case list() | tuple() as several:
                functions += several
            case function:
                functions.append(function)
    return functions


# ---------------------------------------------------------------- problems


def _explained(error: BaseException, name: str) -> Sentence:
    kind, message = type(error).__name__, _message(error)
    if isinstance(error, SyntaxError):
        return sentence("Line {line} is no valid Python: {message}.", line=error.lineno or 1, message=message)
    lines = [line for frame, line in walk_tb(error.__traceback__) if Path(frame.f_code.co_filename).name == name]
    if lines and message:
        told = sentence("It cannot be loaded: {kind} in line {line}: {message}.", kind=kind, line=lines[-1])
        return told.filled(message=message)
    if lines:
        return sentence("It cannot be loaded: {kind} in line {line}.", kind=kind, line=lines[-1])
    if message:
        return sentence("It cannot be loaded: {kind}: {message}.", kind=kind, message=message)
    return sentence("It cannot be loaded: {kind}.", kind=kind)


def _message(error: BaseException) -> str:
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    return " ".join(text.split())[:_LONGEST_MESSAGE].rstrip(".")
