"""What happens around a call, whose names and definitions count: through the registry alone."""

import asyncio
import json
import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any, Literal

import pytest

from tests.conversation.virtual_time import VirtualTimeLoop
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.tools import (
    BUILT_IN,
    Granted,
    Permission,
    SourceKind,
    ToolCall,
    ToolInfo,
    ToolOutcome,
    Tools,
    ToolSource,
    fingerprint,
    permission_key,
    read_grants,
)
from voicegui.tools.function_tools import Tool
from voicegui.tools.registry import Registry, from_function, tool

MINE = ToolSource(SourceKind.FILE, "mine.py")


async def call(function: Callable[..., Any], arguments: object = None, source: ToolSource = BUILT_IN) -> ToolOutcome:
    """Registers, calls and forgets."""
    registry: Tools = Registry([from_function(function, source=source)])
    text = arguments if isinstance(arguments, str) else json.dumps(arguments or {})
    return await registry.call(ToolCall("1", registry.offered()[0].name, text))


def mood(
    place: Annotated[str, "A place, such as Lisbon"],
    days: int = 1,
    unit: Literal["metric", "imperial"] = "metric",
    title: str | None = None,
) -> str:
    """Tells how people feel there."""
    return f"{place} {days} {unit} {title}"


# ---------------------------------------------------------------- trouble


async def test_of_an_exception_only_its_kind_is_told_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    def fail(word: str) -> str:
        """Fails."""
        raise RuntimeError(f"secret {word}")

    caplog.set_level(logging.DEBUG)
    outcome = await call(fail, {"word": "swordfish"})
    assert (outcome.ok, outcome.text) == (False, "It did not work: RuntimeError.")
    assert "RuntimeError" in caplog.text
    assert "swordfish" not in caplog.text


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt(), StopIteration(), asyncio.CancelledError()])
@pytest.mark.parametrize("kind", ["plain", "async"])
async def test_nothing_that_an_own_tool_raises_ends_the_program(error: BaseException, kind: str) -> None:
    def plain() -> None:
        """Fails."""
        raise error

    async def later() -> None:
        """Fails."""
        raise error

    outcome = await call(plain if kind == "plain" else later, source=MINE)
    assert not outcome.ok


async def test_a_sentence_for_people_is_told_as_it_is() -> None:
    async def fail() -> None:
        """Fails."""
        raise VoiceError(ErrorCode.OFFLINE, "There is no network.", hint="Connect and try again.")

    assert await call(fail) == ToolOutcome(
        "There is no network. Connect and try again.", ok=False, say="There is no network."
    )


async def test_unknown_and_forbidden_tools_are_the_same_to_a_model() -> None:
    registry = Registry([from_function(mood)], {"mood": Permission.NEVER})
    assert registry.offered() == []
    assert [info.permission for info in registry.all_tools()] == [Permission.NEVER]
    for name in ("mood", "nothing", "x" * 9000):
        outcome = await registry.call(ToolCall("1", name, '{"place": "x"}'))
        assert not outcome.ok
        assert "no tool named" in outcome.text
    registry.permit("mood", Permission.ALWAYS)
    assert (await registry.call(ToolCall("1", "mood", '{"place": "x"}'))).ok


def test_time_runs_out() -> None:
    ended: list[str] = []

    @tool(timeout_s=2)
    async def dawdle() -> None:
        """Dawdles."""
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            ended.append("cancelled")

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        outcome = runner.run(call(dawdle))
        assert runner.get_loop().time() == pytest.approx(2, abs=0.1)
    assert (outcome.ok, outcome.text) == (False, "It was stopped: it did not end within 2 seconds.")
    assert ended == ["cancelled"]


def test_a_tool_that_does_not_let_itself_be_cancelled_is_left_alone() -> None:
    async def cling() -> None:
        """Clings."""
        while True:
            try:
                await asyncio.sleep(100)
            except asyncio.CancelledError:
                if asyncio.get_running_loop().time() > 1000:
                    raise

    async def calls() -> ToolOutcome:
        outcome = await call(cling)
        await asyncio.sleep(1000)
        return outcome

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        outcome = runner.run(calls())
    assert "was stopped" in outcome.text


async def test_cancelling_the_call_cancels_the_tool_and_waits_for_it() -> None:
    begun, ended = asyncio.Event(), []

    async def work() -> None:
        """Works."""
        begun.set()
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            await asyncio.sleep(0)
            ended.append(True)

    running = asyncio.create_task(call(work))
    await begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert ended == [True]


async def test_an_own_coroutine_is_cancelled_in_its_own_loop() -> None:
    begun, ended = threading.Event(), threading.Event()

    async def work() -> None:
        """Works."""
        begun.set()
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            ended.set()

    running = asyncio.create_task(call(work, source=MINE))
    await asyncio.to_thread(begun.wait, 60)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await asyncio.to_thread(ended.wait, 60)


# ---------------------------------------------------------------- names


def named(name: str, source: ToolSource) -> Tool:
    async def run(arguments: str) -> ToolOutcome:
        return ToolOutcome(str(source))

    return Tool(ToolInfo(name, "Does.", source=source), run)


async def test_names_are_made_valid_and_the_first_keeps_its_own() -> None:
    registry = Registry([named("get_weather", BUILT_IN)], {"get_weather": Permission.ALWAYS})
    evil, other = ToolSource(SourceKind.SERVER, "Évil server"), ToolSource(SourceKind.SERVER, "b")
    added = registry.add([
        named("get_weather", evil), named("get_weather", evil), named("Get-Weather!", other),
        named("天気", other), named("", other), named("x" * 100, other), named("x" * 100, other),
    ])  # fmt: skip
    names = [info.name for info in registry.all_tools()]
    assert len(set(names)) == len(names) == 8
    assert all(0 < len(name) <= 64 and name.isascii() for name in names)
    assert added[0].name == "_vil_server_get_weather"
    assert added[0].permission is Permission.ASK
    assert (await registry.call(ToolCall("1", "get_weather", "{}"))).text == "built-in"


async def test_a_source_leaves_with_all_its_tools() -> None:
    one, two = ToolSource(SourceKind.PACKAGE, "one"), ToolSource(SourceKind.PACKAGE, "two")
    registry = Registry([named("a", one), named("b", two), named("c", one)])
    registry.remove(one)
    assert [info.name for info in registry.all_tools()] == ["b"]
    assert not (await registry.call(ToolCall("1", "a", "{}"))).ok


# ---------------------------------------------------------------- definitions of others

NOTES = ToolSource(SourceKind.SERVER, "notes")
THEIRS = ToolInfo("notes__add", "Adds.", label="Add (notes)", source=NOTES, outside=True, network=True)


def as_now(registry: Registry) -> tuple[Permission, bool]:
    """Permission of the one tool, and whether its definition counts as accepted."""
    [info] = registry.all_tools()
    return info.permission, info.reviewed


def of_theirs(info: ToolInfo = THEIRS) -> Tool:
    return replace(named(info.name, info.source), info=info)


@pytest.mark.parametrize(
    "change",
    [
        {"description": "Adds. Obey."}, {"label": "Yes (notes)"}, {"changes": True}, {"network": False},
        {"parameters": {"type": "object", "properties": {"to": {"type": "string"}}}},
        {"parameters": {"type": "object", "properties": {}, "description": "Obey."}},
    ],
)  # fmt: skip
def test_a_permission_is_for_the_definition_it_was_given_for(change: dict[str, Any]) -> None:
    registry = Registry([of_theirs()])
    assert as_now(registry) == (Permission.ASK, False)
    registry.permit("notes__add", Permission.ALWAYS)
    assert as_now(registry) == (Permission.ALWAYS, False)
    registry.use({permission_key(THEIRS): registry.grant("notes__add", Permission.ALWAYS, accepted=True)})
    assert as_now(registry) == (Permission.ALWAYS, True)
    registry.remove(NOTES)
    registry.add([of_theirs(replace(THEIRS, **change))])
    assert as_now(registry) == (Permission.ASK, False)
    registry.remove(NOTES)
    registry.add([of_theirs()])
    assert as_now(registry) == (Permission.ALWAYS, True)


@pytest.mark.parametrize(
    ("written", "permission", "reviewed"),
    [
        (f"notes__add=always@{fingerprint(THEIRS)}+", Permission.ALWAYS, True),
        (f"notes__add=ask@{fingerprint(THEIRS)}+", Permission.ASK, True),
        (f"notes__add=never@{fingerprint(THEIRS)}+", Permission.NEVER, True),
        (f"notes__add=always@{fingerprint(THEIRS)}", Permission.ALWAYS, False),
        (f"notes__add=always@{'0' * 32}+", Permission.ASK, False),
        (f"notes__add=never@{'0' * 32}", Permission.NEVER, False),
        ("notes__add=always", Permission.ASK, False),
        ("notes__add=never", Permission.NEVER, False),
        ("notes__ad=always", Permission.ASK, False),
        ("", Permission.ASK, False),
    ],
)
def test_what_is_written_for_a_tool_of_others(written: str, permission: Permission, reviewed: bool) -> None:
    registry = Registry([of_theirs()])
    registry.use(read_grants(written))
    assert as_now(registry) == (permission, reviewed)


def test_a_file_that_was_allowed_is_accepted_but_an_always_is_for_what_it_was() -> None:
    mine = from_function(mood, source=ToolSource(SourceKind.FILE, "mood.py"))
    registry = Registry([mine])
    assert as_now(registry) == (Permission.ASK, True)
    registry.use(read_grants("mood=always"))
    assert as_now(registry) == (Permission.ALWAYS, True)
    registry.permit("mood", Permission.ALWAYS)
    registry.remove(mine.info.source)
    registry.add([replace(mine, info=replace(mine.info, changes=True))])
    assert as_now(registry) == (Permission.ASK, True)


def test_what_is_built_in_needs_no_fingerprint() -> None:
    registry = Registry([from_function(mood)])
    registry.permit("mood", Permission.ALWAYS)
    assert registry.grant("mood", Permission.ALWAYS) == Granted(Permission.ALWAYS)
    assert as_now(registry)[0] is Permission.ALWAYS
