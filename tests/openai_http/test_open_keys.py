"""A key goes nowhere unencrypted that the person has not named, whichever way it was found and whatever it is for."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest

from voicegui.app.program_control import ProgramHost
from voicegui.app.tools import Toolkit
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import Event
from voicegui.core.keys import Keys, KeyState, Secret, check_way, named_servers
from voicegui.core.settings import Settings
from voicegui.providers.openai.client import OpenAIClient
from voicegui.providers.openai.engine import OpenAIEngine
from voicegui.providers.openai.errors import BadStatus
from voicegui.providers.openai.service import OPENAI, Stage, custom
from voicegui.providers.openai.service_settings import configured
from voicegui.storage.profile import Profile

from .conftest import KEY

SAFE = [
    "https://api.openai.com/v1", "wss://api.openai.com/v1", "HTTPS://box:8000", "http://localhost:1234/v1", "http://127.0.0.1",
    "http://127.0.0.7:8000/v1", "http://[::1]:8000/v1", "http://[::ffff:127.0.0.1]/v1",
    "ws://localhost/v1", "HTTP://LOCALHOST:1", "http://localhost./v1",
]  # fmt: skip
OPEN = [
    "http://box:8000/v1", "http://192.168.1.20/v1", "http://10.0.0.2:8000", "HTTP://API.OPENAI.COM/v1", "ws://box/v1",
    "http://localhost.evil.example/v1", "http://evil.localhost/v1", "http://127.0.0.1.nip.io/v1", "http://0.0.0.0:8000",
    "http://[fe80::1]:8000/v1", "http://[::ffff:10.0.0.1]/v1", "http://127.1@evil.example/v1", "ftp://box/v1",
    "box:8000",
    "", "http://", "http://[::1/v1", "http://box:99999/v1", " http://box/v1", "http://2130706433.example/v1",
]  # fmt: skip


@pytest.mark.parametrize("url", SAFE)
def test_ways_for_a_key(url: str) -> None:
    check_way(url)


@pytest.mark.parametrize("url", OPEN)
def test_ways_where_anybody_reads_it(url: str) -> None:
    with pytest.raises(VoiceError) as refused:
        check_way(url)
    assert refused.value.code is ErrorCode.NOT_SECURE
    assert "unencrypted_servers" in refused.value.message and "https://" in refused.value.message


@pytest.mark.parametrize(
    ("url", "named", "goes"),
    [
        ("http://box:8000/v1", "box:8000", True),
        ("http://box:8000/v1", " other, BOX:8000 ", True),
        ("http://box/v1", "box", True),
        ("ws://box:8000/v1", "box:8000", True),
        ("http://[fe80::1]:80/v1", "[fe80::1]:80", True),
        ("http://box:8000/v1", "box", False),
        ("http://box/v1", "box:8000", False),
        ("http://box.evil.example:8000/v1", "box:8000", False),
        ("http://notbox:8000/v1", "box:8000", False),
        ("http://evil.example/box:8000", "box:8000", False),
        ("ftp://box:8000/v1", "box:8000", False),
    ],
)
def test_only_the_server_that_was_named(url: str, named: str, goes: bool) -> None:
    if goes:
        check_way(url, named_servers(named))
    else:
        with pytest.raises(VoiceError):
            check_way(url, named_servers(named))


class OneKey:
    """Fills `core.keys.Keys`, as the environment or a keyring would."""

    async def get(self, service: str) -> Secret | None:
        return Secret(KEY)

    async def set(self, service: str, key: Secret) -> KeyState:
        raise AssertionError

    async def delete(self, service: str) -> KeyState:
        raise AssertionError

    async def state(self, service: str) -> KeyState:
        raise AssertionError

    def notice(self) -> str:
        return ""


class Wire(httpx2.AsyncBaseTransport):
    """Notes what would have been sent."""

    def __init__(self) -> None:
        self.sent: list[httpx2.Request] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.sent.append(request)
        return httpx2.Response(307, headers={"location": "http://elsewhere.example/v1/models"}, request=request)


Attempt = Callable[[OpenAIClient], Coroutine[Any, Any, object]]


async def _ask(client: OpenAIClient, stage: Stage | None) -> None:
    async def request() -> None:
        async with client.ask(stage, "/models"):
            pass

    await client.call(request)


async def _starting(client: OpenAIClient) -> None:
    await client.start()


async def _preparing(client: OpenAIClient) -> None:
    await client.prepare()
    await client.start()


async def _key_that_comes_later(client: OpenAIClient) -> None:
    client.service = replace(client.service, key=None, needs_key=False)
    await client.start()
    client.use_key(Secret(KEY))
    await _ask(client, Stage.LLM)


async def _listing(client: OpenAIClient) -> None:
    client.service = replace(client.service, key=None, needs_key=False)
    await client.start()
    client.use_key(Secret(KEY))
    await _ask(client, None)


@pytest.mark.parametrize("attempt", [_starting, _preparing, _key_that_comes_later, _listing])
@pytest.mark.parametrize("stage", list(Stage))
async def test_nothing_is_sent(attempt: Attempt, stage: Stage) -> None:
    wire = Wire()
    service = (
        OPENAI.at("http://box:8000/v1") if attempt is _listing else OPENAI.at("http://box:8000/v1", stage, Stage.LLM)
    )
    client = OpenAIClient(replace(service, key=Secret(KEY)), transport=wire)
    with pytest.raises(VoiceError) as refused:
        await attempt(client)
    assert refused.value.code is ErrorCode.NOT_SECURE
    assert not any("box" in str(request.url) and KEY in str(request.headers.raw) for request in wire.sent)
    await client.aclose()


async def test_a_redirect_never_takes_it_along() -> None:
    wire = Wire()
    client = OpenAIClient(replace(OPENAI, key=Secret(KEY)), transport=wire)
    await client.start()
    with pytest.raises(BadStatus):
        await _ask(client, None)
    assert {request.url.host for request in wire.sent} == {"api.openai.com"}
    await client.aclose()


async def test_a_key_of_the_environment_is_one_too() -> None:
    keys: Keys = OneKey()
    for named, code in (("", ErrorCode.NOT_SECURE), ("nowhere.invalid:8000", ErrorCode.OFFLINE)):
        settings = Settings(
            llm="custom", llm_url="http://nowhere.invalid:8000/v1", unencrypted_servers=named, llm_timeout_s=1
        )
        engine = OpenAIEngine(configured(settings, "custom"), keys=keys)
        with pytest.raises(VoiceError) as failed:
            await engine.start(lambda loading: None)
        assert failed.value.code is code
        await engine.aclose()


async def test_a_server_that_gets_no_key_needs_no_encryption() -> None:
    client = OpenAIClient(custom("http://box:8000/v1"), transport=Wire())
    with pytest.raises(BadStatus):
        await _ask(client, Stage.LLM)
    await client.aclose()


@pytest.mark.parametrize(
    ("server", "refused"),
    [
        ('{"url": "http://box/mcp", "headers": {"Authorization": "Bearer abc"}}', True),
        ('{"url": "http://box/mcp", "headers": {"X-Anything": "abc"}}', True),
        ('{"url": "http://me:abc@box/mcp"}', True),
        ('{"url": "http://box/mcp"}', False),
        ('{"url": "https://box.invalid/mcp", "headers": {"Authorization": "Bearer abc"}}', False),
        ('{"url": "http://localhost:1/mcp", "headers": {"Authorization": "Bearer abc"}}', False),
    ],
)
def test_headers_of_mcp_servers(tmp_path: Path, server: str, refused: bool) -> None:
    async def main() -> None:
        told: list[Event] = []
        settings = Settings(mcp_servers=f'{{"mcpServers": {{"one": {server}}}}}', use_tools=False)
        host = ProgramHost(lambda: settings, lambda changed: None, lambda command: None, list)
        toolkit = Toolkit(Profile(tmp_path), settings, host, change=lambda changed: None, tell=told.append)
        toolkit.apply(settings)
        [one] = toolkit.servers()
        assert ("unencrypted_servers" in one.problem) is refused and "abc" not in one.problem
        toolkit.apply(replace(settings, unencrypted_servers="box"))
        [one] = toolkit.servers()
        assert "unencrypted_servers" not in one.problem
        await toolkit.aclose()

    asyncio.run(main())
