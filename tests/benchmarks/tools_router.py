"""Tools of local models: are the right ones called, is talk left alone, and what does that cost it?"""

import asyncio
import os
import statistics
import time
from collections.abc import Sequence
from typing import Any

from voicegui.core.ports import Message
from voicegui.core.settings import Settings
from voicegui.core.tools import ToolCall, ToolInfo
from voicegui.providers.catalogue import Catalogue
from voicegui.providers.local import LocalEngine, LocalModels
from voicegui.tools.builtin import built_in, kept

from .program import fetch_models
from .report import Report
from .tool_requests import Spoken, read, right

MODELS = (("qwen2.5-1.5b", ""), ("qwen2.5-0.5b", ".small"))
SETS = (("first", ""),)
"""The others are checks by hand: `VOICEGUI_REQUESTS=second,third,fourth make bench ONLY=tools.local`."""
TURNS = 15
SYSTEM = Message("system", "You are a friendly voice assistant. Answer in one or two short sentences.")


def measure(report: Report) -> None:
    fetch_models([name for name, _ in MODELS])
    nothing: Any = None  # tools are only chosen here, not called
    tools = [tool.info for tool in (*built_in(nothing, Settings, imperial=False), *kept(nothing, nothing, nothing))]
    for name, size in MODELS:
        asyncio.run(_measure(report, name, size, tools))


async def _measure(report: Report, name: str, size: str, tools: Sequence[ToolInfo]) -> None:
    catalogue = Catalogue.from_environment()
    file = catalogue.installed(catalogue.find(name))
    assert file
    engine = LocalEngine(LocalModels(hearing=False, voice="", language_model=file), prompt=(SYSTEM,))
    await engine.start(lambda loading: None)
    try:
        for which, suffix in _sets():
            needs, none = read(which)
            report.add(f"tools.local_router_accuracy{size}{suffix}", await _accuracy(engine, needs, tools))
            report.add(f"tools.no_tool_accuracy{size}{suffix}", await _accuracy(engine, none, tools))
        if not size:
            await _delay(report, engine, read("first")[1][::2][:TURNS], tools)
    finally:
        await engine.aclose()


def _sets() -> Sequence[tuple[str, str]]:
    chosen = os.environ.get("VOICEGUI_REQUESTS", "")
    return [(name, f".{name}") for name in chosen.split(",")] if chosen else SETS


async def _accuracy(engine: LocalEngine, requests: Sequence[Spoken], tools: Sequence[ToolInfo]) -> float:
    wrong = [spoken for spoken in requests if not right(spoken, await _call(engine, spoken, tools))]
    for spoken in wrong:
        print(f"    not right: {spoken.say}")
    return 1 - len(wrong) / len(requests)


async def _call(engine: LocalEngine, spoken: Spoken, tools: Sequence[ToolInfo]) -> ToolCall | None:
    messages = [SYSTEM]
    if spoken.before:
        request, answer = spoken.before
        messages.append(Message("user", request))
        if call := await _first(engine, messages, tools):
            messages += [Message("assistant", "", (call,)), Message("tool", answer, call_id=call.id)]
        messages.append(Message("assistant", answer))
    return await _first(engine, [*messages, Message("user", spoken.say)], tools)


async def _first(engine: LocalEngine, messages: Sequence[Message], tools: Sequence[ToolInfo]) -> ToolCall | None:
    """What the model begins with: a call, or words."""
    reply = engine.llm.reply(messages, max_tokens=1, tools=tools)
    try:
        piece = await anext(reply, None)
        return piece if isinstance(piece, ToolCall) else None
    finally:
        await reply.aclose()


async def _delay(report: Report, engine: LocalEngine, talk: Sequence[Spoken], tools: Sequence[ToolInfo]) -> None:
    """How much later the first word of an answer comes when there are tools. Each turn with and without, by turns
    first."""
    delays = []
    for turn, spoken in enumerate(talk):
        seconds = {}
        for offered in ((), tools) if turn % 2 else (tools, ()):
            await engine.warm((SYSTEM, Message("user", "Hm.")))  # so that the request is new to the cache
            begun = time.monotonic()
            await _first(engine, (SYSTEM, Message("user", spoken.say)), offered)
            seconds[bool(offered)] = time.monotonic() - begun
        delays.append(1000 * (seconds[True] - seconds[False]))
    report.add("tools.local_delay_ms.p50", statistics.median(delays))
    report.add("tools.local_delay_ms.max", max(delays))
