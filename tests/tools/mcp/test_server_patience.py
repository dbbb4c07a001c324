"""Servers that take their time: to start for the first time, and for a call that tells how far it is."""

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import pytest

from voicegui.core.toolbox import ServerState
from voicegui.tools.mcp.framing import Limits
from voicegui.tools.mcp.server_problems import SLOW

from .conftest import QUICK, hostile

PATIENT = replace(QUICK, call_s=4.0)


def test_a_first_start_has_minutes() -> None:
    """As `npx` and `uvx` need them, with a slow network."""
    assert Limits().start_s >= 120 and Limits().slow_start_s <= 10


async def test_a_slow_start_is_said_and_waited_for(desk, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    there = desk(hostile("start late", str(gate)), limits=replace(QUICK, slow_start_s=0.05))
    there.servers.start()
    await there.until(lambda: there.server.problem == SLOW.shown())
    assert there.server.state is ServerState.STARTING and there.server.tools == 0
    await asyncio.to_thread(gate.write_text, "go")
    server = await there.state(ServerState.RUNNING, ServerState.FAILED)
    assert (server.state, server.problem, server.tools) == (ServerState.RUNNING, "", 1)
    assert (await there.call("hostile__do")).ok


@pytest.mark.slow
async def test_a_call_that_tells_its_progress_goes_on(desk) -> None:
    there = desk(hostile("progress"), limits=PATIENT)
    await there.running()
    assert (await there.call("hostile__do")).text == "done"  # after 4.8 s


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["progress of others", "hang in a call"])
async def test_who_tells_none_is_stopped(desk, kind: str) -> None:
    there = desk(hostile(kind), limits=replace(PATIENT, call_s=1.0))
    await there.running()
    outcome = await there.call("hostile__do")
    assert (outcome.ok, outcome.text) == (False, "It was stopped: it did not end within 1 second.")


@pytest.mark.slow
async def test_progress_without_end_has_one(desk) -> None:
    there = desk(hostile("progress for ever"), limits=replace(PATIENT, longest_call_s=6.0))
    await there.running()
    assert (await there.call("hostile__do")).text == "It was stopped: it did not end within 6 seconds."


@pytest.mark.slow
async def test_a_call_with_progress_can_be_cancelled(desk) -> None:
    there = desk(hostile("progress for ever"), limits=PATIENT)
    await there.running()
    call = asyncio.create_task(there.call("hostile__do"))
    await asyncio.sleep(0.1)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
