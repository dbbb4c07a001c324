"""A person's own tools: listed from the start, run only once just that content was allowed."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import EntryPoint
from pathlib import Path

from voicegui.core.errors import ErrorCode, VoiceError, is_disk_full
from voicegui.core.toolbox import ToolFile
from voicegui.core.tools import SourceKind, ToolSource
from voicegui.core.wording import Sentence, marked, sentence, sentence_plural

from .execution import TooManyThreads, in_thread, inside_tool
from .function_tools import Tool
from .registry import Registry
from .sources import NotLoaded, Source, files_in, loaded, packages

LOADING_S = 10.0
"""Longest that a file may take to load."""
_TOO_SLOW = marked("It did not end loading within {seconds} seconds.")


class UserTools:
    """Keeps the registry's tools of files and packages as they are allowed. Lives on the event loop's thread.

    `folder` holds the files; `allowed_file` (JSON) what was allowed, by kind, name and SHA-256; `write` replaces that
    file at once or raises OSError. `found` gives the entry points, instead of those that are installed.
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
        self._in_use: dict[ToolSource, str] = {}
        """Hash of what each source's tools were made from, working or not."""
        self._problems: dict[ToolSource, Sentence] = {}
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
            source = next((each for each in sources if each.name == name and each.sha256 == sha256), None)
            if source is None or not sha256:
                gone = sentence("{name} has changed or is gone. Look at it again before you allow it.", name=name)
                raise VoiceError(ErrorCode.BAD_REQUEST, gone)
            allowed = {**allowed, _key(source.origin): sha256}
            self._forget(source.origin)  # allowing again is trying again
            await self._keep(allowed)
            await self._follow(sources, allowed)

    async def disallow(self, name: str) -> None:
        """Its tools are gone at once; what it began when it was loaded goes on until the program ends. Raises
        VoiceError."""
        async with self._lock:
            sources, allowed = await in_thread(self._look, limited=False)
            origins = [ToolSource(kind, name) for kind in (SourceKind.FILE, SourceKind.PACKAGE)]
            gone = {name, *map(_key, origins)}
            allowed = {key: digest for key, digest in allowed.items() if key not in gone}
            for origin in origins:
                self._forget(origin)
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
            full = sentence("The disk is full, so what you allowed could not be stored. Free some space and try again.")
            raise VoiceError(ErrorCode.DISK_FULL, full, retryable=True)
        if failure is not None:
            not_stored = sentence("What you allowed could not be stored. Check the disk and try again.")
            raise VoiceError(ErrorCode.STORAGE_FAILED, not_stored, retryable=True)

    # ------------------------------------------------------------ in the registry

    async def _follow(self, sources: Sequence[Source], allowed: Mapping[str, str]) -> None:
        wanted = {each.origin: each for each in sources if _is_allowed(each, allowed)}
        for origin in list(self._in_use):
            if origin not in wanted or wanted[origin].sha256 != self._in_use[origin]:
                self._forget(origin)
        for origin, source in wanted.items():
            if origin not in self._in_use:
                self._in_use[origin] = source.sha256
                await self._load(source)

    def _forget(self, origin: ToolSource) -> None:
        if self._in_use.pop(origin, None) is not None:
            self._registry.remove(origin)
        self._problems.pop(origin, None)

    async def _load(self, source: Source) -> None:
        result = await _loaded(source)
        if isinstance(result, Sentence):
            self._problems[source.origin] = result
            return
        names = [each.info.name for each in result]
        taken = {info.name for info in self._registry.all_tools()}
        twice = next((name for name in names if name in taken or names.count(name) > 1), None)
        if twice is not None:
            known = sentence("There is a tool called {tool} already: rename the function.", tool=twice)
            self._problems[source.origin] = known
        else:
            self._registry.add(result)

    def _told(self, source: Source, allowed: Mapping[str, str]) -> ToolFile:
        problem = (source.problem or self._problems.get(source.origin, Sentence(""))).shown()
        is_package = source.origin.kind is SourceKind.PACKAGE
        return ToolFile(source.name, source.sha256, _is_allowed(source, allowed), problem, is_package)


def _key(origin: ToolSource) -> str:
    return f"{origin.kind} {origin.name}"


def _is_allowed(source: Source, allowed: Mapping[str, str]) -> bool:
    """Earlier versions wrote the name without its kind; it is the content that counts."""
    return bool(source.sha256) and source.sha256 in (allowed.get(_key(source.origin)), allowed.get(source.name))


async def _loaded(source: Source) -> list[Tool] | Sentence:
    """Or the problem. A file that never ends is left alone in its thread."""

    def load() -> list[Tool] | Sentence:
        try:
            return loaded(source)
        except NotLoaded as problem:
            return problem.why

    try:
        with inside_tool():  # what it prints is not the program's
            async with asyncio.timeout(LOADING_S):
                return await in_thread(load)
    except TimeoutError:
        return sentence_plural(_TOO_SLOW, _TOO_SLOW, round(LOADING_S), seconds=f"{LOADING_S:g}")
    except TooManyThreads:
        return sentence("Too many tools that were begun earlier still run. Start the program again.")


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
