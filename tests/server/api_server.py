"""A server of the OpenAI API on loopback with scripted stages, and the official clients that ask it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
import numpy as np
from openai import AsyncOpenAI, DefaultAsyncHttpxClient, DefaultHttpxClient, OpenAI

from tests.conversation.fakes import ScriptedModel
from voicegui.app.serve import encoded_wav
from voicegui.app.served_stages import ThreadedEncoder
from voicegui.core.audio import FRAME_SAMPLES, Audio
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import Stage
from voicegui.core.ports import Message, SoundPeer, TextToSpeech
from voicegui.media.wav import decode_sound
from voicegui.server.application import build_application
from voicegui.server.guard import Access, AsgiApp
from voicegui.server.limits import ServerLimits
from voicegui.server.listening import Address, listen, serve
from voicegui.server.parts import ConversationRequest, OpenedConversation, ServedModel, ServedStages, ServerParts
from voicegui.server.sessions import Sessions

KEY = "a-key-for-tests-that-is-long-enough"
PATIENCE_S = 20.0
"""For what must come; nothing is measured by it."""

MODELS = (
    ServedModel("moonshine", Stage.STT, "local"),
    ServedModel("qwen2.5-0.5b", Stage.LLM, "local"),
    ServedModel("hibari", Stage.TTS, "local"),
)


class Ears:
    """Hears what is scripted, one text after the other."""

    def __init__(self, *texts: str | VoiceError) -> None:
        self.texts = list(texts)
        self.heard_s: list[float] = []
        self.open = 0
        self.stalls = False
        self.asked, self.closed = asyncio.Event(), asyncio.Event()

    def listen(self, on_partial: Callable[[str], None], expected: Sequence[str] = ()) -> "EarsHearing":
        self.open += 1
        return EarsHearing(self)


class EarsHearing:
    def __init__(self, ears: Ears) -> None:
        self._ears, self._seconds = ears, 0.0

    def feed(self, audio: Audio) -> None:
        assert audio.rate_hz == 16_000
        self._seconds += audio.seconds

    async def text(self) -> str:
        self._ears.heard_s.append(round(self._seconds, 3))
        self._ears.asked.set()
        if self._ears.stalls:
            await asyncio.get_running_loop().create_future()
        text = self._ears.texts.pop(0)
        if isinstance(text, VoiceError):
            raise text
        return text

    async def aclose(self) -> None:
        self._ears.open -= 1
        self._ears.closed.set()


@dataclass
class Voice:
    """Half a second of a tone for each sentence; STALL never comes to its end, BREAK fails then, MUTE is silent."""

    failures: list[VoiceError] = field(default_factory=list)
    spoken: list[tuple[str, str, float]] = field(default_factory=list)
    """Voice, sentence, speed."""
    began: asyncio.Event = field(default_factory=asyncio.Event)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    rate_hz: int = 24_000

    def speaker(self, name: str, speed: float) -> TextToSpeech:
        return _Speaker(self, name, speed)

    def voices(self) -> Sequence[str]:
        return ("heart", "fable")


@dataclass
class _Speaker:
    voice: Voice
    name: str
    speed: float

    def voices(self) -> Sequence[str]:
        return self.voice.voices()

    async def speak(self, text: str) -> AsyncGenerator[Audio, None]:
        self.voice.spoken.append((self.name, text, self.speed))
        if self.voice.failures:
            raise self.voice.failures.pop(0)
        if "MUTE" in text:
            return
        yield tone(0.5, self.voice.rate_hz)
        self.voice.began.set()
        if "BREAK" in text:
            raise VoiceError(ErrorCode.ENGINE_FAILED, "It broke.")
        if "STALL" in text:
            try:
                while True:
                    yield tone(0.1, self.voice.rate_hz)
                    await asyncio.sleep(0)
            finally:
                self.voice.stopped.set()


class Model(ScriptedModel):
    """Tells when it was asked, and when it was stopped."""

    def __init__(self, answers: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(answers, **more)
        self.asked, self.stopped = asyncio.Event(), asyncio.Event()

    async def reply(self, messages: Sequence[Message], **more: Any) -> AsyncGenerator[Any, None]:
        self.asked.set()
        self.limits = more["max_tokens"]
        try:
            async for piece in super().reply(messages, **more):
                yield piece
        finally:
            self.stopped.set()


@dataclass
class ApiStages:
    ears: Ears = field(default_factory=Ears)
    model: Model = field(default_factory=lambda: Model([]))
    voice: Voice = field(default_factory=Voice)
    room: int | None = None
    """For an answer."""
    languages: Sequence[str] = ("en",)
    ended: int = 0
    """Requests that told so."""

    def parts(self) -> ServerParts:
        stages = ServedStages(
            self.ears,
            self.model,
            self.voice.speaker,
            self.voice.voices,
            MODELS,
            ThreadedEncoder,
            loud_is_speech,
            lambda messages: self.room,
            self._end,
            languages=self.languages,
        )
        return ServerParts(_no_conversation, _decoded, encoded_wav, stages=stages)

    def app(self, limits: ServerLimits | None = None) -> AsgiApp:
        limits = limits or ServerLimits()
        return build_application(self.parts(), Access(KEY), limits, Sessions(limits))

    def _end(self) -> None:
        self.ended += 1


async def _no_conversation(wanted: ConversationRequest, peer: SoundPeer) -> OpenedConversation:
    raise AssertionError("nobody talks here")


async def _decoded(data: bytes) -> Audio:
    return await asyncio.to_thread(decode_sound, data)


async def loud_is_speech(audio: Audio) -> Sequence[float]:
    """A detector that takes every sound for speech."""
    samples = np.frombuffer(audio.samples, np.int16)
    frames = np.pad(samples, (0, -len(samples) % FRAME_SAMPLES)).reshape(-1, FRAME_SAMPLES)
    return [0.9 if np.abs(frame).max() > 1000 else 0.0 for frame in frames]


def tone(seconds: float, rate_hz: int = 16_000) -> Audio:
    at = np.arange(round(seconds * rate_hz)) / rate_hz
    return Audio((8000 * np.sin(2 * np.pi * 440 * at)).astype("<i2").tobytes(), rate_hz)


def recording(*seconds: float) -> bytes:
    """A WAV file: a sound, a silence, a sound … of these lengths."""
    made = [tone(each).samples if k % 2 == 0 else bytes(2 * round(each * 16_000)) for k, each in enumerate(seconds)]
    return encoded_wav(Audio(b"".join(made), 16_000))


@dataclass
class ApiServer:
    port: int
    stages: ApiStages
    retries: int = 0
    transport: httpx2.ASGITransport | None = None
    """Asks the application without a network."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @asynccontextmanager
    async def client(self) -> AsyncIterator[AsyncOpenAI]:
        web = DefaultAsyncHttpxClient(trust_env=False)
        async with AsyncOpenAI(base_url=self.url, api_key=KEY, max_retries=self.retries, http_client=web) as client:
            yield client

    async def sync(self, ask: Callable[[OpenAI], Any]) -> Any:
        """What the client that waits gives, in a thread."""

        def asked() -> Any:
            web = DefaultHttpxClient(trust_env=False)
            with OpenAI(base_url=self.url, api_key=KEY, max_retries=self.retries, http_client=web) as client:
                return ask(client)

        return await asyncio.to_thread(asked)

    @asynccontextmanager
    async def raw(self) -> AsyncIterator[httpx2.AsyncClient]:
        headers = {"Authorization": f"Bearer {KEY}"}
        async with httpx2.AsyncClient(
            base_url=self.url, headers=headers, trust_env=False, timeout=60, transport=self.transport
        ) as client:
            yield client

    async def post(self, path: str, body: object) -> httpx2.Response:
        async with self.raw() as client:
            return await client.post(path, json=body)

    async def upload(self, sound: bytes, **fields: str | list[str]) -> httpx2.Response:
        async with self.raw() as client:
            data = {"model": "whisper-1", **fields}
            return await client.post("/audio/transcriptions", data=data, files={"file": ("a.wav", sound)})


@asynccontextmanager
async def serving(stages: ApiStages | None = None, limits: ServerLimits | None = None) -> AsyncIterator[ApiServer]:
    stages, limits = stages or ApiStages(), limits or ServerLimits()
    sessions, stop, started = Sessions(limits), asyncio.Event(), asyncio.Event()
    app = build_application(stages.parts(), Access(KEY), limits, sessions)
    with listen(Address()) as listening:
        port = listening.getsockname()[1]
        task = asyncio.create_task(serve(app, Address(), listening, limits, sessions, stop, started.set))
        await asyncio.wait_for(started.wait(), PATIENCE_S)
        try:
            yield ApiServer(port, stages)
        finally:
            stop.set()
            await asyncio.wait_for(task, PATIENCE_S)


@asynccontextmanager
async def answering(stages: ApiStages | None = None, limits: ServerLimits | None = None) -> AsyncIterator[ApiServer]:
    """As `serving`, without a network: for single requests (`post`, `upload`, `raw`)."""
    stages = stages or ApiStages()
    app: Any = stages.app(limits)
    yield ApiServer(80, stages, transport=httpx2.ASGITransport(app=app))


def refused(response: httpx2.Response, status: int, param: str | None = None, code: str | None = None) -> str:
    """The message of an error in the form of the API."""
    assert response.status_code == status, response.content[:300]
    error = response.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    if param is not None:
        assert error["param"] == param
    if code is not None:
        assert error["code"] == code
    assert error["message"] and response.headers["content-type"] == "application/json"
    return str(error["message"])
