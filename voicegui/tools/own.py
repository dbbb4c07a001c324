"""A person's own tools: listed from the start, run only once just that content was allowed."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import EntryPoint
from pathlib import Path

from voicegui.core.errors import ErrorCode, VoiceError, is_disk_full
from voicegui.core.toolbox import ToolFile

from .declaration import Tool
from .output import inside_tool
from .registry import Registry
from .sources import NotLoaded, Source, files_in, loaded, packages
from .threads import TooManyThreads, in_thread

LOADING_S = 10.0
"""Longest that a file may take to load."""


class OwnTools:
    """Keeps the registry's tools of files and packages as they are allowed. Lives on the event loop's thread.

    `folder` holds the files; `allowed_file` (JSON) what was allowed, by name and SHA-256; `write` replaces that file at
    once or raises OSError. `found` gives the entry points, instead of those that are installed.
    """

    def __init__(
        self,
        registry: Registry,
        folder: Path,
        allowed_file: Path,
        write: Callable[[Path, bytes], None],
        found: Callable[[], Sequence[EntryPoint]] | None = None,
    ) -> None:
        self.folder = folder
        self._registry = registry
        self._allowed_file = allowed_file
        self._write = write
        self._found = found
        self._in_use: dict[str, str] = {}
        """Hash of what each source's tools were made from, working or not."""
        self._problems: dict[str, str] = {}
        self._lock = asyncio.Lock()

    async def files(self) -> Sequence[ToolFile]:
        """As they are now. What is allowed is loaded, what changed or went away leaves. Call it at start."""
        async with self._lock:
            sources, allowed = await in_thread(self._look, limited=False)
            await self._follow(sources, allowed)
            return [self._told(source, allowed) for source in sources]

    async def allow(self, name: str, sha256: str) -> None:
        """Loads it if its content still is that. Raises VoiceError."""
        async with self._lock:
            sources, allowed = await in_thread(self._look, limited=False)
            source = next((each for each in sources if each.name == name), None)
            if source is None or not sha256 or source.sha256 != sha256:
                sentence = f"{name} has changed or is gone. Look at it again before you allow it."
                raise VoiceError(ErrorCode.BAD_REQUEST, sentence)
            allowed = {**allowed, name: sha256}
            self._forget(name)  # allowing again is trying again
            await self._keep(allowed)
            await self._follow(sources, allowed)

    async def disallow(self, name: str) -> None:
        """Its tools are gone at once; what it began when it was loaded goes on until the program ends. Raises
        VoiceError."""
        async with self._lock:
            sources, allowed = await in_thread(self._look, limited=False)
            allowed = {other: digest for other, digest in allowed.items() if other != name}
            self._forget(name)
            await self._keep(allowed)
            await self._follow(sources, allowed)

    # ------------------------------------------------------------ on disk

    def _look(self) -> tuple[list[Source], Mapping[str, str]]:
        found = None if self._found is None else self._found()
        return [*files_in(self.folder), *packages(found)], _read(self._allowed_file)

    async def _keep(self, allowed: Mapping[str, str]) -> None:
        content = json.dumps({"allowed": allowed}, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        failure = await in_thread(lambda: _written(self._write, self._allowed_file, content.encode()), limited=False)
        if failure is not None and is_disk_full(failure):
            sentence = "The disk is full, so what you allowed could not be stored. Free some space and try again."
            raise VoiceError(ErrorCode.DISK_FULL, sentence, retryable=True)
        if failure is not None:
            sentence = "What you allowed could not be stored. Check the disk and try again."
            raise VoiceError(ErrorCode.STORAGE_FAILED, sentence, retryable=True)

    # ------------------------------------------------------------ in the registry

    async def _follow(self, sources: Sequence[Source], allowed: Mapping[str, str]) -> None:
        wanted = {each.name: each for each in sources if each.sha256 and allowed.get(each.name) == each.sha256}
        for name in list(self._in_use):
            if name not in wanted or wanted[name].sha256 != self._in_use[name]:
                self._forget(name)
        for name, source in wanted.items():
            if name not in self._in_use:
                self._in_use[name] = source.sha256
                await self._load(source)

    def _forget(self, name: str) -> None:
        if self._in_use.pop(name, None) is not None:
            self._registry.remove(name)
        self._problems.pop(name, None)

    async def _load(self, source: Source) -> None:
        result = await _loaded(source)
        if isinstance(result, str):
            self._problems[source.name] = result
            return
        names = [each.info.name for each in result]
        taken = {info.name for info in self._registry.all_tools()}
        twice = next((name for name in names if name in taken or names.count(name) > 1), None)
        if twice is not None:
            self._problems[source.name] = f"There is a tool called {twice} already: rename the function."
        else:
            self._registry.add(result)

    def _told(self, source: Source, allowed: Mapping[str, str]) -> ToolFile:
        is_allowed = bool(source.sha256) and allowed.get(source.name) == source.sha256
        return ToolFile(source.name, source.sha256, is_allowed, source.problem or self._problems.get(source.name, ""))


async def _loaded(source: Source) -> list[Tool] | str:
    """Or the problem. A file that never ends is left alone in its thread."""

    def load() -> list[Tool] | str:
        try:
            return loaded(source)
        except NotLoaded as problem:
            return str(problem)

    try:
        with inside_tool():  # what it prints is not the program's
            async with asyncio.timeout(LOADING_S):
                return await in_thread(load)
    except TimeoutError:
        return f"It did not end loading within {LOADING_S:g} seconds."
    except TooManyThreads:
        return "Too many tools that were begun earlier still run. Start the program again."


def _read(path: Path) -> Mapping[str, str]:
    """Whatever is wrong with the file, nothing is allowed then."""
    try:
        allowed = json.loads(path.read_bytes())["allowed"]
        return {name: digest for name, digest in allowed.items() if isinstance(digest, str)}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _written(write: Callable[[Path, bytes], None], path: Path, content: bytes) -> OSError | None:
    """What kept it from being written."""
    try:
        write(path, content)
    except OSError as error:
        return error
    return None
