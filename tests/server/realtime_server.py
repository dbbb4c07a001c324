"""A real server on loopback with scripted stages, and a client that checks every event against OpenAI's types."""

import asyncio
import base64
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
from openai import AsyncOpenAI
from openai.types.realtime import RealtimeServerEvent
from pydantic import TypeAdapter

from tests.conversation.fakes import ScriptedJudge, ScriptedModel
from voicegui.app.serve import _decoded, at_rate, encoded_wav
from voicegui.audio.network_sound import NetworkSound
from voicegui.audio.peer_microphone import PeerFormat, load_microphone
from voicegui.conversation.conversation import Conversation
from voicegui.conversation.parts import ConversationParts
from voicegui.core.audio import Audio
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.ports import SoundPeer
from voicegui.core.settings import Settings
from voicegui.core.tools import NoTools
from voicegui.server.application import build_application
from voicegui.server.guard import Access
from voicegui.server.limits import ServerLimits
from voicegui.server.listening import Address, listen, serve
from voicegui.server.parts import ConversationRequest, OpenedConversation, ServerParts
from voicegui.server.sessions import Sessions

KEY = "a-key-for-tests-of-the-server"
RATE = 24_000
SPOKEN = {300: "hello there", 500: "what is the weather", 800: "stop please", 1200: "mm-hm", 1700: ""}
"""What a tone of so many hertz means to the scripted recogniser."""
SERVER_EVENT = TypeAdapter[Any](RealtimeServerEvent)


def tone(hertz: int, seconds: float = 0.6, rate: int = RATE) -> bytes:
    times = np.arange(int(seconds * rate)) / rate
    return (8000 * np.sin(2 * np.pi * hertz * times)).astype("<i2").tobytes()


def silence(seconds: float, rate: int = RATE) -> bytes:
    return bytes(2 * int(seconds * rate))


class LoudActivity:
    """Whatever is loud is speech."""

    def probability(self, samples: Any) -> float:
        return 0.95 if int(np.abs(samples.astype(np.int32)).max()) > 1000 else 0.0


class ToneEars:
    def __init__(self) -> None:
        self.failures: list[VoiceError] = []

    def listen(self, on_partial: Callable[[str], None], expected: Sequence[str] = ()) -> "ToneHearing":
        return ToneHearing(self)


class ToneHearing:
    def __init__(self, ears: ToneEars) -> None:
        self._ears, self._audio = ears, b""

    def feed(self, audio: Audio) -> None:
        assert audio.rate_hz == 16_000
        self._audio += audio.samples

    async def text(self) -> str:
        if self._ears.failures:
            raise self._ears.failures.pop(0)
        samples = np.frombuffer(self._audio, "<i2").astype(float)
        if not len(samples) or np.abs(samples).max() < 1000:
            return ""
        spectrum = np.abs(np.fft.rfft(samples))
        hertz = np.argmax(spectrum) * 16_000 / len(samples)
        return SPOKEN[min(SPOKEN, key=lambda known: abs(known - hertz))]

    async def aclose(self) -> None:
        pass


class ToneVoice:
    """Says every word in 300 ms."""

    async def speak(self, text: str) -> AsyncGenerator[Audio, None]:
        yield Audio(tone(440, 0.3 * len(text.split())), RATE)

    def voices(self) -> Sequence[str]:
        return ["scripted"]


class RunningServer:
    def __init__(self, answers: list[tuple[str, str]], **limits: Any) -> None:
        self.llm = ScriptedModel(answers)
        self.stt = ToneEars()
        self.judge = ScriptedJudge()
        self.conversations: list[Conversation] = []
        self.limits = ServerLimits(**limits)
        self.sessions = Sessions(self.limits)
        self.port = 0
        self.fails: VoiceError | None = None

    async def _open(self, wanted: ConversationRequest, peer: SoundPeer) -> OpenedConversation:
        if self.fails is not None:
            raise self.fails
        form = PeerFormat(wanted.input_hz, wanted.output_hz, wanted.ahead_s, wanted.cancels_echo, wanted.pauses)
        sound = NetworkSound(peer, form, await load_microphone(form))
        parts = ConversationParts(
            sound, self.stt, self.llm, ToneVoice(), self.judge, NoTools() if wanted.tools is None else wanted.tools
        )
        settings = Settings(prompt="Be brief.")
        conversation = Conversation(parts, settings)
        self.conversations.append(conversation)
        await conversation.open()
        return OpenedConversation(conversation, sound, settings)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["RunningServer"]:
        parts = ServerParts(self._open, _decoded, encoded_wav, convert_rate=at_rate)
        app = build_application(parts, Access(KEY), self.limits, self.sessions)
        stop, started = asyncio.Event(), asyncio.Event()
        address = Address()
        with listen(address) as listening:
            self.port = listening.getsockname()[1]
            task = asyncio.create_task(
                serve(app, address, listening, self.limits, self.sessions, stop, started.set), name="server"
            )
            try:
                await started.wait()
                yield self
            finally:
                stop.set()
                await task

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def client(self, key: str = KEY) -> AsyncOpenAI:
        return AsyncOpenAI(api_key=key, base_url=self.http, websocket_base_url=f"ws://127.0.0.1:{self.port}/v1")

    @asynccontextmanager
    async def talk(self, key: str = KEY, **query: Any) -> AsyncIterator["RealtimeTalk"]:
        query.setdefault("model", "gpt-realtime")
        async with self.client(key) as client, client.realtime.connect(**query) as connection:
            talk = RealtimeTalk(connection)
            try:
                yield talk
            finally:
                talk.stop()


class RealtimeTalk:
    """Keeps all that came, in order; a microphone that never stops, if wanted."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.events: list[dict[str, Any]] = []
        self._seen = 0
        self._came = asyncio.Condition()
        self._tasks = [asyncio.create_task(self._read(), name="client reads")]
        self.closed = False

    def stop(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def _read(self) -> None:
        import json

        from websockets import ConnectionClosed

        try:
            while True:
                raw = json.loads(await self.connection.recv_bytes())
                SERVER_EVENT.validate_python(raw)
                assert isinstance(raw["event_id"], str)
                async with self._came:
                    self.events.append(raw)
                    self._came.notify_all()
        except ConnectionClosed:
            self.closed = True
        except Exception as error:
            self.events.append({"type": f"BROKEN: {error!r}"})
        async with self._came:
            self._came.notify_all()

    async def until(self, kind: str, within_s: float = 20.0, **fields: Any) -> dict[str, Any]:
        """The next event of that type, after those that were waited for already."""
        async with asyncio.timeout(within_s):
            async with self._came:
                while True:
                    while self._seen < len(self.events):
                        event = self.events[self._seen]
                        self._seen += 1
                        assert not event["type"].startswith("BROKEN"), event
                        if event["type"] == kind and all(event.get(name) == value for name, value in fields.items()):
                            return event
                        assert event["type"] != "error" or kind == "error", event
                    assert not self.closed, f"closed before {kind}"
                    await self._came.wait()

    async def until_any(self, kind: str) -> dict[str, Any]:
        """As `until`, over errors that were provoked."""
        while True:
            try:
                return await self.until(kind)
            except AssertionError as error:
                if "'type': 'error'" not in str(error):
                    raise

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["type"] == kind]

    async def send(self, kind: str, **fields: Any) -> None:
        import json

        await self.connection.send_raw(json.dumps({"type": kind, **fields}))

    async def append(self, sound: bytes) -> None:
        await self.send("input_audio_buffer.append", audio=base64.b64encode(sound).decode())

    async def say(self, hertz: int, seconds: float = 0.6) -> None:
        await self.append(tone(hertz, seconds))

    def keep_microphone_open(self) -> None:
        """Silence comes as long as nobody says anything else, faster than time goes by."""

        async def pump() -> None:
            while True:
                await self.append(silence(0.1))
                await asyncio.sleep(0.02)

        self._tasks.append(asyncio.create_task(pump(), name="microphone"))

    async def configure(self, **session: Any) -> dict[str, Any]:
        session.setdefault("type", "realtime")
        await self.send("session.update", session=session)
        updated: dict[str, Any] = (await self.until("session.updated"))["session"]
        return updated

    def heard_sound(self, item_id: str) -> bytes:
        deltas = [each for each in self.of("response.output_audio.delta") if each["item_id"] == item_id]
        return b"".join(base64.b64decode(each["delta"]) for each in deltas)


def broken(code: ErrorCode = ErrorCode.ENGINE_FAILED) -> VoiceError:
    return VoiceError(code, "It broke.", retryable=True)
