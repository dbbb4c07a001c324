"""Services behind a SOCKS proxy, and proxies that cannot be."""

import builtins
from typing import Any

import pytest

from tests.openai_server.server import serving, sse
from tests.socks_proxy import socks_proxy
from voicegui.core.errors import ErrorCode, VoiceError

from .conftest import openai_at, talking, words

ELSEWHERE = openai_at("http://speech.invalid/v1")


async def test_a_socks_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(lambda request: sse(*words("Paris."))) as server, socks_proxy(server.url) as proxy:
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        async with talking(ELSEWHERE) as talk:
            assert await talk.think() == "Paris."
    assert set(proxy.asked) == {("speech.invalid", 80)}


@pytest.mark.parametrize(
    ("variable", "address", "said"),
    [
        ("ALL_PROXY", "socks://me:secret@127.0.0.1:1080", "ALL_PROXY, or in the network settings of this system, "
         "begins with socks://"),
        ("HTTPS_PROXY", "ftp://127.0.0.1", "HTTPS_PROXY, or in the network settings of this system, begins with ftp"),
        ("ALL_PROXY", "http://127.0.0.1:eighty", "makes no sense"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("stage", ["stt", "llm", "tts"])
async def test_a_proxy_nobody_can_use(
    monkeypatch: pytest.MonkeyPatch, variable: str, address: str, said: str, stage: str
) -> None:
    monkeypatch.setenv(variable, address)
    async with talking(ELSEWHERE) as talk:
        with pytest.raises(VoiceError, match=said) as caught:
            await talk.ask(stage)
    assert (caught.value.code, caught.value.retryable) == (ErrorCode.BAD_SETTINGS, False)
    assert "secret" not in caught.value.message and "socks5://" in caught.value.message


async def test_the_package_for_socks_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1080")
    genuine = builtins.__import__

    def without_socks(name: str, *more: Any, **named: Any) -> Any:
        if name == "socksio":
            raise ImportError(name)
        return genuine(name, *more, **named)

    monkeypatch.setattr(builtins, "__import__", without_socks)
    async with talking(ELSEWHERE) as talk:
        with pytest.raises(VoiceError, match="pip install socksio") as caught:
            await talk.think()
    assert caught.value.code is ErrorCode.BAD_SETTINGS


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:1", "http://proxy.invalid:3128", "socks5://127.0.0.1:1"])
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_proxy_that_is_not_there_is_what_is_told(
    monkeypatch: pytest.MonkeyPatch, proxy: str, scheme: str
) -> None:
    """Not that the service cannot be found, which nobody has looked for."""
    monkeypatch.setenv("ALL_PROXY", proxy)
    async with talking(openai_at(f"{scheme}://speech.invalid/v1")) as talk:
        with pytest.raises(VoiceError, match="the proxy does not answer. Check the proxy") as caught:
            await talk.think()
    assert caught.value.code is ErrorCode.OFFLINE
