"""Engines that talk to a server on loopback and never really wait."""

import datetime
import ipaddress
import math
import ssl
from array import array
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.openai_server.server import Server
from voicegui.core.audio import LISTENING_RATE_HZ, Audio
from voicegui.core.events import Noticed
from voicegui.core.keys import Secret
from voicegui.core.ports import Message, ReplyPiece
from voicegui.core.tools import ToolInfo
from voicegui.providers.openai.chat.language_model import OpenAILanguageModel
from voicegui.providers.openai.client import Timeouts
from voicegui.providers.openai.engine import OpenAIEngine
from voicegui.providers.openai.retry import RetryPolicy
from voicegui.providers.openai.service import OPENAI, ServiceConfig, custom

KEY = "sk-planted-0123456789abcdef"
TODAY = date(2026, 11, 25)
QUESTION = (Message("system", "Be brief."), Message("user", "What is the capital of France?"))


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the person at this machine has set must not matter."""
    for name in ("API_KEY", "BASE_URL", "ORG_ID", "PROJECT_ID", "ADMIN_KEY", "CUSTOM_HEADERS"):
        monkeypatch.delenv(f"OPENAI_{name}", raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@dataclass
class Waits:
    """Stands for sleeping: notes how long it would have been."""

    seconds: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)

    def retry(self) -> RetryPolicy:
        return RetryPolicy(now=lambda: 1_000_000_000.0, chance=lambda: 0.5, sleep=self.sleep)


@dataclass
class Talking:
    """An engine and what it told."""

    engine: OpenAIEngine
    waits: Waits
    noticed: list[Noticed]

    async def hear(self, audio: Audio | None = None) -> str:
        hearing = self.engine.stt().listen(_no_partial)
        hearing.feed(tone(1.0) if audio is None else audio)
        text = await hearing.text()
        await hearing.aclose()
        return text

    async def think(self, max_tokens: int = 50) -> str:
        return "".join(piece for piece in await self.pieces(max_tokens) if isinstance(piece, str))

    async def pieces(self, max_tokens: int = 50) -> list[ReplyPiece]:
        return [piece async for piece in self.engine.llm().reply(QUESTION, max_tokens=max_tokens)]

    async def ask_with(
        self, *tools: ToolInfo, messages: Sequence[Message] = QUESTION, llm: OpenAILanguageModel | None = None
    ) -> list[ReplyPiece]:
        model = llm or self.engine.llm()
        return [piece async for piece in model.reply(messages, max_tokens=50, tools=tools)]

    @property
    def told(self) -> Sequence[str]:
        return [noticed.message for noticed in self.noticed]

    async def speak(self, text: str = "Paris.") -> Sequence[Audio]:
        return [audio async for audio in self.engine.tts().speak(text)]

    async def ask(self, stage: str) -> object:
        asking: dict[str, Callable[[], object]] = {"stt": self.hear, "llm": self.think, "tts": self.speak}
        return await asking[stage]()  # type: ignore[misc]


def _no_partial(text: str) -> None:
    raise AssertionError("words come only while somebody waits for all of them")


def openai_at(url: str) -> ServiceConfig:
    there = urlsplit(url).hostname or ""
    return replace(
        OPENAI.at(url), key=Secret(KEY), unencrypted=frozenset({there} if there.endswith(".invalid") else ())
    )


@asynccontextmanager
async def talking(to: Server | ServiceConfig, *, timeouts: Timeouts | None = None) -> AsyncIterator[Talking]:
    service = to if isinstance(to, ServiceConfig) else openai_at(to.url)
    waits, noticed = Waits(), list[Noticed]()
    engine = OpenAIEngine(service, timeouts=timeouts, retry=waits.retry(), tell=noticed.append, today=lambda: TODAY)
    try:
        yield Talking(engine, waits, noticed)
    finally:
        await engine.aclose()


def compatible_at(url: str) -> ServiceConfig:
    """A server of one's own, with models that are named in the settings."""
    return replace(custom(url), stt_model="whisper", llm_model="small", tts_model="voice")


def tone(seconds: float, rate_hz: int = LISTENING_RATE_HZ) -> Audio:
    count = int(seconds * rate_hz)
    return Audio(array("h", (int(8000 * math.sin(index / 5)) for index in range(count))).tobytes(), rate_hz)


def words(*texts: str, finish: str | None = "stop") -> list[object]:
    """The chunks of an answer."""
    said: list[object] = [{"choices": [{"index": 0, "delta": {"content": text}}]} for text in texts]
    return [*said, {"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]}] if finish else said


def transcript(text: str) -> list[object]:
    return [{"type": "transcript.text.delta", "delta": text}, {"type": "transcript.text.done", "text": text}]


def refusal(code: str, message: str = "No.", **more: object) -> dict[str, object]:
    return {"error": {"message": message, "type": "invalid_request_error", "code": code, **more}}


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """Signed by itself."""
    pytest.importorskip("cryptography")
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    path: Path = tmp_path_factory.mktemp("tls") / "server.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + signed.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
