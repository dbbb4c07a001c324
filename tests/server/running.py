"""A server on loopback with scripted stages, and a client that waits for what it is told."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Self

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.conversation.fakes import (
    ScriptedEars,
    ScriptedHearing,
    ScriptedJudge,
    ScriptedModel,
    ScriptedTools,
    ScriptedVoice,
)
from voicegui.app.serve import encoded_wav
from voicegui.audio.network_sound import NetworkSound
from voicegui.audio.peer_microphone import PeerFormat, load_microphone
from voicegui.conversation.conversation import Conversation
from voicegui.conversation.parts import ConversationParts
from voicegui.core.audio import Audio
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.ports import SoundPeer, SpeechToText
from voicegui.core.settings import Settings
from voicegui.server.application import build_application
from voicegui.server.guard import Access
from voicegui.server.limits import ServerLimits
from voicegui.server.listening import Address, listen, serve
from voicegui.server.parts import ConversationRequest, OpenedConversation, ServerParts
from voicegui.server.sessions import Sessions

from .description import check

KEY = "a-key-for-tests-that-is-long-enough"
PATIENCE_S = 20.0
"""For what must come; nothing is measured by it."""


class LoudVoice(ScriptedVoice):
    """Its first sound is noticed: it is louder than -40 dBFS."""

    async def speak(self, text: str) -> AsyncGenerator[Audio, None]:
        async for audio in super().speak(text):
            yield Audio(b"\0\x20" * len(audio), audio.rate_hz)


class WordEars(ScriptedEars):
    """Reads the words of `words_to_bytes` wherever in the sound they are."""

    def listen(self, on_partial: Callable[[str], None], expected: Sequence[str] = ()) -> "WordHearing":
        self.open += 1
        return WordHearing(self)


class WordHearing(ScriptedHearing):
    async def text(self) -> str:
        return b" ".join(self._audio.replace(b"\0", b" ").split()).decode()


@dataclass
class Stages:
    """What every conversation of the server is made with."""

    answers: list[tuple[str, str]] = field(default_factory=list)
    stt: SpeechToText = field(default_factory=WordEars)
    tts: ScriptedVoice = field(default_factory=LoudVoice)
    tools: Callable[[], ScriptedTools] = ScriptedTools
    settings: Settings = field(default_factory=lambda: replace(Settings(), prompt="Be brief."))
    opened: list[Conversation] = field(default_factory=list)
    models: list[ScriptedModel] = field(default_factory=list)
    requests: list[ConversationRequest] = field(default_factory=list)
    notes: Sequence[str] = ("They talked.",)
    """Summaries that each model makes, one after the other."""
    refuses: VoiceError | None = None

    async def open(self, wanted: ConversationRequest, peer: SoundPeer) -> OpenedConversation:
        self.requests.append(wanted)
        if self.refuses is not None:
            raise self.refuses
        form = PeerFormat(wanted.input_hz, wanted.output_hz, wanted.ahead_s, wanted.cancels_echo)
        sound = NetworkSound(peer, form, await load_microphone(form))
        model = ScriptedModel(self.answers, notes=list(self.notes))
        parts = ConversationParts(sound, self.stt, model, self.tts, ScriptedJudge(), self.tools())
        settings = replace(self.settings, max_turns=wanted.max_turns or self.settings.max_turns)
        conversation = Conversation(parts, settings)
        await conversation.open()
        self.opened.append(conversation)
        self.models.append(model)
        return OpenedConversation(conversation, sound)


async def read_wav(data: bytes) -> Audio:
    if data[:4] != b"RIFF":
        raise VoiceError(ErrorCode.BAD_AUDIO_FILE, "That is no sound file.")
    return Audio(data[44:], 16_000)


@dataclass
class RunningServer:
    port: int
    stages: Stages
    sessions: Sessions
    stop: asyncio.Event

    @property
    def web(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def talk(self, query: str = "", **headers: str) -> "AsyncIterator[Client]":
        given = {"Authorization": f"Bearer {KEY}", **headers}
        url = f"ws://127.0.0.1:{self.port}/voice{query}"
        async with connect(url, additional_headers=given, compression=None, max_size=None, close_timeout=2) as socket:
            yield Client(socket)


@asynccontextmanager
async def running(
    stages: Stages | None = None, limits: ServerLimits | None = None, access: Access | None = None
) -> AsyncIterator[RunningServer]:
    stages, limits = stages or Stages(), limits or ServerLimits()
    parts = ServerParts(stages.open, read_wav, encoded_wav, personas=("assistant", "practice"), languages=("en",))
    sessions, stop, started = Sessions(limits), asyncio.Event(), asyncio.Event()
    address = Address()
    with listen(address) as listening:
        port = listening.getsockname()[1]
        app = build_application(parts, access or Access(KEY), limits, sessions)
        task = asyncio.create_task(serve(app, address, listening, limits, sessions, stop, started.set))
        waiting = asyncio.create_task(started.wait())
        await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
        try:
            assert started.is_set()
            yield RunningServer(port, stages, sessions, stop)
        finally:
            waiting.cancel()
            stop.set()
            await asyncio.wait_for(task, PATIENCE_S)


class Client:
    """Keeps all it gets: messages of JSON, and bytes of sound in between."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.told: list[dict[str, Any]] = []
        self.sound = bytearray()
        self.files: list[bytes] = []

    async def send(self, kind: str, **fields: Any) -> Self:
        message = {"type": kind, **fields}
        if "unknown" not in fields:
            check("fromClient", message)
        await self.socket.send(json.dumps(message))
        return self

    async def next(self) -> dict[str, Any] | bytes:
        message = await asyncio.wait_for(self.socket.recv(), PATIENCE_S)
        if isinstance(message, bytes):
            self.sound += message
            self.files.append(message)
            return message
        told: dict[str, Any] = json.loads(message)
        check("toClient", told)
        self.told.append(told)
        return told

    async def until(self, kind: str, **fields: Any) -> dict[str, Any]:
        while True:
            told = await self.next()
            if isinstance(told, dict) and told["type"] == kind and fields.items() <= told.items():
                return told

    async def closed(self) -> tuple[int, str]:
        """Code and reason, after whatever still comes."""
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                await self.next()
        last = closed.value.rcvd
        assert last is not None, "the connection was lost"
        return last.code, last.reason

    def kinds(self) -> Sequence[str]:
        return [told["type"] for told in self.told]
