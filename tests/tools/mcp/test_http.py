"""Servers at an address: a real one, and some that misbehave."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from tests.tools.mcp_servers.web import Web
from voicegui.core.toolbox import ServerState

from .conftest import QUICK, SERVERS, at


@asynccontextmanager
async def clock_server(*arguments: str) -> AsyncIterator[int]:
    """A real server; its port."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(SERVERS / "clock.py"), "http", *arguments, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        yield int(await process.stdout.readline())
    finally:
        process.kill()
        await process.wait()
        await process.stdout.read()


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    made = Web()
    async with made.open():
        yield made


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [(), ("0", "json")])
async def test_a_real_server(desk, arguments: tuple[str, ...]) -> None:
    async with clock_server(*arguments) as port:
        there = desk(at(f"http://127.0.0.1:{port}/mcp"))
        await there.running()
        assert there.server.tools == 7
        assert (await there.call("far__get_time", zone="Lisbon")).text == "It is 10:30 in Lisbon."
        assert not (await there.call("far__get_time", zone="Mars")).ok
        await there.servers.aclose()


@pytest.mark.slow
async def test_a_call_over_http_can_be_cancelled(desk) -> None:
    async with clock_server() as port:
        there = desk(at(f"http://127.0.0.1:{port}/mcp"))
        await there.running()
        call = asyncio.create_task(there.call("far__wait"))
        assert (await there.call("far__get_time", zone="Lisbon")).ok
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert (await there.call("far__get_time", zone="Lisbon")).ok
        await there.servers.aclose()


@pytest.mark.slow
async def test_news_over_http(desk) -> None:
    async with clock_server() as port:
        there = desk(at(f"http://127.0.0.1:{port}/mcp"))
        await there.running()
        await there.call("far__learn")
        await there.until(lambda: there.server.tools == 8)
        await there.servers.aclose()


@pytest.mark.slow
async def test_a_server_that_was_restarted(desk) -> None:
    async with clock_server() as port:
        there = desk(at(f"http://127.0.0.1:{port}/mcp"), limits=replace(QUICK, backoff_s=()))
        await there.running()
    assert not (await there.call("far__get_time", zone="Lisbon")).ok
    async with clock_server(str(port)):
        await there.until(lambda: there.server.state is not ServerState.RUNNING)
        assert (await there.call("far__get_time", zone="Lisbon")).text == "It is 10:30 in Lisbon."
        await there.servers.aclose()


async def test_headers_are_sent_and_nothing_compressed_is_asked_for(desk, web: Web) -> None:
    there = desk(at(f"{web.url}/plain", Authorization="Bearer planted"))
    await there.running()
    assert {headers["authorization"] for headers in web.headers} == {"Bearer planted"}
    assert {headers["accept-encoding"] for headers in web.headers} == {"identity"}


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (401, "It does not let this program in. Put what it asks for, such as a key, into its headers."),
        (403, "It does not let this program in. Put what it asks for, such as a key, into its headers."),
        (404, "There is no MCP server at its address."),
        (500, "It answered with error 500."),
    ],
)
async def test_what_is_refused_says_why(desk, web: Web, status: int, problem: str) -> None:
    assert await desk(at(f"{web.url}/{status}")).failed() == problem


async def test_nobody_there(desk) -> None:
    assert await desk(at("http://127.0.0.1:9/mcp")).failed() == (
        "It cannot be reached. Check its address and whether it runs."
    )


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("long", "The MCP server “far” answered something too long, or that cannot be understood."),
        ("endless", "The MCP server “far” answered something too long, or that cannot be understood."),
        ("long event", "The connection to the MCP server “far” was lost. Whether it did it is not known."),
        ("bomb", "The connection to the MCP server “far” was lost. Whether it did it is not known."),
        ("cut", "The connection to the MCP server “far” was lost. Whether it did it is not known."),
        ("html", "The MCP server “far” refused: “Unexpected content type: text/html”"),
    ],
)
async def test_answers_that_cannot_be_used(desk, web: Web, kind: str, sentence: str) -> None:
    there = desk(at(f"{web.url}/{kind.replace(' ', '%20')}"), limits=replace(QUICK, bytes_per_s=1e9))
    await there.running()
    assert (await there.call("far__do")).text == sentence


async def test_it_is_not_followed_elsewhere(desk, web: Web) -> None:
    there = desk(at(f"{web.url}/away", Authorization="Bearer planted"))
    await there.running()
    found = await there.call("far__do")
    assert not found.ok
    assert "not followed" in found.text


async def test_events_without_end_are_read_at_our_pace(desk, web: Web) -> None:
    there = desk(at(f"{web.url}/endless%20events"), limits=replace(QUICK, call_s=0.3, relist_s=60.0))
    await there.running()
    assert (await there.call("far__do")).text == "It was stopped: it did not end within 0.3 seconds."


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:9", "socks://127.0.0.1:9"])
async def test_a_server_here_is_asked_without_a_proxy(
    desk, web: Web, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    for variable in ("http_proxy", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(variable, proxy)
    there = desk(at(f"{web.url}/away"))
    await there.running()


async def test_a_proxy_nobody_can_use(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks://me:secret@127.0.0.1:9")
    problem = await desk(at("https://far.invalid/mcp")).failed()
    assert "ALL_PROXY" in problem and "socks5h://" in problem and "secret" not in problem
