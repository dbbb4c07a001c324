"""A strict loopback Realtime server: it goes through its script, connection by connection and step by step. What is not
in the script, and what of the script did not happen, fails the test."""

import asyncio
import http
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from .messages import Json, checked, sound_of

KEY = "sk-SECRETKEY"


@dataclass(frozen=True)
class Expect:
    """The next message has this type and at least these fields."""

    type: str
    fields: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Hear:
    """Some sound comes."""


@dataclass(frozen=True)
class Commit:
    """Nothing but sound comes, this many samples of 16 kHz in all (from the last commit on), then the commit."""

    samples: int | Callable[[], int]


@dataclass(frozen=True)
class Send:
    event: Json | str
    """A text goes out as it is."""


@dataclass(frozen=True)
class Wait:
    gate: asyncio.Event


@dataclass(frozen=True)
class Tell:
    gate: asyncio.Event


@dataclass(frozen=True)
class Drop:
    """The connection breaks: no goodbye."""


@dataclass(frozen=True)
class Close:
    code: int = 1000
    reason: str = ""


Step = Expect | Hear | Commit | Send | Wait | Tell | Drop | Close

GREETED = Expect("session.update")


@dataclass(frozen=True)
class Connection:
    steps: tuple[Step, ...]
    query: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Refused:
    """Instead of a WebSocket."""

    status: int
    body: Json = field(default_factory=dict)
    location: str = ""
    told: asyncio.Event | None = None
    """Set when it happened."""


@dataclass(frozen=True)
class Held:
    """Somebody asks for a WebSocket and is kept waiting until the gate opens; then nothing is left to do."""

    asked: asyncio.Event
    gate: asyncio.Event


def talk(*steps: Step, **query: str) -> Connection:
    return Connection((GREETED, *steps), {name: [value] for name, value in query.items()})


class Server:
    def __init__(self, script: tuple[Connection | Refused | Held, ...]) -> None:
        self.script = list(script)
        self.failures: list[str] = []
        self.unfinished: list[str] = []
        self._sound: dict[ServerConnection, int] = {}
        """Samples since the last commit."""

    async def admit(self, connection: ServerConnection, request: Request) -> Response | None:
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            self.failures.append("no key")
        if not self.script:
            self.failures.append("unexpected connection")
            return connection.respond(http.HTTPStatus.IM_A_TEAPOT, "")
        if isinstance(self.script[0], Connection):
            return None
        refused = self.script.pop(0)
        if isinstance(refused, Held):
            refused.asked.set()
            await refused.gate.wait()
            return connection.respond(http.HTTPStatus.GONE, "")
        assert isinstance(refused, Refused)
        if refused.told:
            refused.told.set()
        response = connection.respond(http.HTTPStatus(refused.status), json.dumps(refused.body))
        if refused.location:
            response.headers["Location"] = refused.location
        return response

    async def handle(self, connection: ServerConnection) -> None:
        script = self.script.pop(0)
        assert isinstance(script, Connection) and connection.request
        query = parse_qs(urlsplit(connection.request.path).query)
        if any(query.get(name) != value for name, value in script.query.items()):
            self.failures.append(f"query {query}")
        self._sound[connection] = 0
        for index, step in enumerate(script.steps):
            try:
                await self._take(connection, step)
            except (ConnectionClosed, AssertionError, ValueError) as error:
                self.failures.append(f"step {index} {step}: {type(error).__name__} {error}")
                return
        if script.steps and isinstance(script.steps[-1], Drop):
            return  # what was on its way when it broke may come or not
        try:
            self.failures.append(f"after the script came {checked(await connection.recv())}")
        except ConnectionClosed:
            return

    async def _take(self, connection: ServerConnection, step: Step) -> None:
        match step:
            case Expect(type, fields):
                event = checked(await connection.recv())
                assert event["type"] == type, event
                assert_contains(event, fields)
                if type == "input_audio_buffer.clear":
                    self._sound[connection] = 0
            case Hear():
                await self._hear(connection, checked(await connection.recv()))
            case Commit(samples):
                while (event := checked(await connection.recv()))["type"] != "input_audio_buffer.commit":
                    await self._hear(connection, event)
                expected = samples if isinstance(samples, int) else samples()
                heard = self._sound[connection]
                assert abs(heard - expected * 3 // 2) <= 2, f"{heard} samples for {expected}"
                self._sound[connection] = 0
            case Send(event):
                await connection.send(event if isinstance(event, str) else json.dumps(event))
            case Wait(gate):
                await gate.wait()
            case Tell(gate):
                gate.set()
            case Drop():
                connection.transport.abort()
            case Close(code, reason):
                await connection.close(code, reason)

    async def _hear(self, connection: ServerConnection, event: Json) -> None:
        assert event["type"] == "input_audio_buffer.append", event
        self._sound[connection] += len(sound_of(event)) // 2


def assert_contains(value: object, part: object) -> None:
    if isinstance(part, dict):
        assert isinstance(value, dict), value
        for name, inner in part.items():
            assert name in value, f"{name} is missing in {value}"
            assert_contains(value[name], inner)
    else:
        assert value == part, f"{value} is not {part}"


@asynccontextmanager
async def scripted(*script: Connection | Refused | Held, tls: Path | None = None) -> AsyncIterator[str]:
    """Gives the base URL. The parts under test have to be closed inside. `tls`: certificate and key in one file."""
    server = Server(script)
    handling: set[asyncio.Task[object] | None] = set()

    async def handle(connection: ServerConnection) -> None:
        handling.add(asyncio.current_task())
        await server.handle(connection)

    context = None
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls)
    async with serve(handle, "127.0.0.1", 0, process_request=server.admit, ssl=context) as listening:
        port = next(iter(listening.sockets)).getsockname()[1]
        yield f"{'https' if tls else 'http'}://127.0.0.1:{port}/v1"
        # Whoever closed its connection lets the script end; what is still waiting then is a step that did not happen
        async with asyncio.timeout(5):
            await asyncio.gather(*filter(None, handling), return_exceptions=True)
    assert server.failures == [], repr(server.failures)
    assert server.script == [], "connections that were not made"
