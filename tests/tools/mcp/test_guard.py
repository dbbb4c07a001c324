"""No server outlives the program, whatever becomes of either."""

import asyncio
import signal
import sys

import psutil
import pytest

from voicegui.core.toolbox import ServerState
from voicegui.tools.mcp.stdio import ProcessGuard

from .conftest import Pipe, hostile

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="a job object does it there"),
]

PROGRAM = """
import asyncio, signal, sys
from tests.tools.mcp.conftest import Desk, hostile

signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs the tests may ignore it

async def main():
    there = Desk(hostile("stay", sys.argv[1]))
    await there.running()
    print("running", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_a_server_that_ignores_everything_ends_with_its_child(desk, pipe: Pipe) -> None:
    there = desk(hostile("stay", pipe.path))
    await there.running()
    async with pipe.read() as held:
        await there.servers.aclose()
        assert await held.read() == b""


async def test_a_server_that_was_removed_ends(desk, pipe: Pipe) -> None:
    there = desk(hostile("stay", pipe.path))
    await there.running()
    async with pipe.read() as held:
        there.servers.use([])
        assert await held.read() == b""
    assert there.servers.servers() == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
async def test_a_program_that_is_killed_leaves_none(pipe: Pipe, number: signal.Signals) -> None:
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, pipe.path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    assert program.stdout is not None
    assert await program.stdout.readline() == b"running\n"
    async with pipe.read() as held:
        program.send_signal(number)
        await program.wait()
        assert await held.read() == b""


async def test_a_program_that_ends_without_closing_leaves_none(pipe: Pipe) -> None:
    hasty = PROGRAM.replace("await asyncio.Event().wait()", "await asyncio.to_thread(sys.stdin.readline)")
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-c", hasty, pipe.path, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert program.stdout is not None and program.stdin is not None
    assert await program.stdout.readline() == b"running\n"
    async with pipe.read() as held:
        program.stdin.write(b"\n")
        assert await program.wait() == 0
        assert await held.read() == b""


async def test_the_start_can_be_given_up(desk, pipe: Pipe) -> None:
    there = desk(hostile("hang at once"))
    there.servers.start()
    await there.state(ServerState.STARTING)
    await there.servers.aclose()
    assert there.server.state is ServerState.STARTING


async def test_the_guard_is_replaced_when_it_dies(pipe: Pipe) -> None:
    stay = "import os, sys, time; os.open(sys.argv[1], os.O_WRONLY); print(flush=True); time.sleep(1000)"
    watched = await asyncio.create_subprocess_exec(
        sys.executable, "-c", stay, pipe.path, stdout=asyncio.subprocess.PIPE, start_new_session=True
    )
    assert watched.stdout is not None
    await watched.stdout.readline()
    before = _children()
    watch = ProcessGuard()
    watch.add(watched.pid)
    (guard,) = _children() - before
    guard.kill()
    guard.wait()
    watch.add(2_000_000_000)  # of nobody
    assert len(_children() - before) == 1
    async with pipe.read() as held:
        watch.close()
        assert await held.read() == b""
    assert await watched.wait() == -signal.SIGTERM
    assert _children() <= before


def _children() -> set[psutil.Process]:
    return set(psutil.Process().children())
