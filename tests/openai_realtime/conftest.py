"""Clients of loopback servers."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack

import pytest

from voicegui.core.keys import Secret
from voicegui.providers.openai.client import OpenAIClient
from voicegui.providers.openai.live_stt import LiveSpeechToText
from voicegui.providers.openai.realtime_retry import Tries
from voicegui.providers.openai.realtime_tts import RealtimeTextToSpeech
from voicegui.providers.openai.service import ServiceConfig

from .server import KEY


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


class Maker:
    """Makes what is under test and closes it."""

    def __init__(self, stack: AsyncExitStack, clock: Clock) -> None:
        self.pauses: list[float] = []
        """Seconds before something was tried again; nobody really waits."""
        self._tries = Tries(sleep=self._pause, chance=lambda: 0.5)
        self._stack = stack
        self._clock = clock

    def client(self, url: str) -> OpenAIClient:
        service = ServiceConfig("openai", "OpenAI", stt_url=url, tts_url=url, needs_key=True, key=Secret(KEY))
        client = OpenAIClient(service)
        self._stack.push_async_callback(client.aclose)
        return client

    def stt(self, url: str, **options: object) -> LiveSpeechToText:
        stt = LiveSpeechToText(self.client(url), clock=self._clock, tries=self._tries, **options)  # type: ignore[arg-type]
        self._stack.push_async_callback(stt.aclose)
        return stt

    def tts(self, url: str, **options: object) -> RealtimeTextToSpeech:
        tts = RealtimeTextToSpeech(self.client(url), clock=self._clock, tries=self._tries, **options)  # type: ignore[arg-type]
        self._stack.push_async_callback(tts.aclose)
        return tts

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)

    async def enter(self, server: AbstractAsyncContextManager[str]) -> str:
        """Keeps it running until the test is over. Gives its base URL."""
        return await self._stack.enter_async_context(server)

    async def aclose(self) -> None:
        """Before the server looks whether everything happened."""
        await self._stack.aclose()


@pytest.fixture
async def make(clock: Clock) -> AsyncIterator[Maker]:
    async with AsyncExitStack() as stack:
        yield Maker(stack, clock)
