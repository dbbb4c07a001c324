"""Clients of loopback servers."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from voicegui.core.keys import Secret
from voicegui.providers.openai.client import OpenAIClient
from voicegui.providers.openai.realtime.speech import RealtimeTextToSpeech
from voicegui.providers.openai.realtime.transcription import LiveSpeechToText
from voicegui.providers.openai.retry import RetryPolicy
from voicegui.providers.openai.service import ServiceConfig

from .server import KEY


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of 127.0.0.1, signed by itself, with its key."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "voicegui test")])
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    host = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    signed = builder.add_extension(host, critical=False).sign(key, SHA256())
    form = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    path.write_bytes(signed.public_bytes(Encoding.PEM) + key.private_bytes(Encoding.PEM, *form))
    return path


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
        self._retry = RetryPolicy(sleep=self._pause, chance=lambda: 0.5)
        self._stack = stack
        self._clock = clock

    def client(self, url: str) -> OpenAIClient:
        service = ServiceConfig(
            "openai",
            "OpenAI",
            stt_url=url,
            tts_url=url,
            needs_key=True,
            key=Secret(KEY),
            unencrypted=frozenset({"voice.invalid"}),
        )
        client = OpenAIClient(service)
        self._stack.push_async_callback(client.aclose)
        return client

    def stt(self, url: str, **options: object) -> LiveSpeechToText:
        stt = LiveSpeechToText(self.client(url), clock=self._clock, retry=self._retry, **options)  # type: ignore[arg-type]
        self._stack.push_async_callback(stt.aclose)
        return stt

    def tts(self, url: str, **options: object) -> RealtimeTextToSpeech:
        tts = RealtimeTextToSpeech(self.client(url), clock=self._clock, retry=self._retry, **options)  # type: ignore[arg-type]
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
