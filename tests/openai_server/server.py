"""HTTP/1.1 on loopback, answered by the test. What the test did not expect is a failure."""

import asyncio
import json
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import HTTP
from enum import Enum
from typing import Any


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> Mapping[str, Sequence[bytes]]:
        """The fields of a multipart form."""
        whole = b"Content-Type: " + self.headers["content-type"].encode() + b"\r\n\r\n" + self.body
        fields: dict[str, list[bytes]] = {}
        for part in message_from_bytes(whole, policy=HTTP).iter_parts():  # type: ignore[attr-defined]
            name = part.get_param("name", header="content-disposition")
            fields.setdefault(name, []).append(part.get_payload(decode=True))
        return fields


class Fault(Enum):
    RESET = "the connection breaks"
    STALL = "nothing comes until the client gives up"


@dataclass(frozen=True)
class Answer:
    """`body` is sent piece by piece; an event among the pieces is waited for."""

    body: Sequence[bytes | Fault | asyncio.Event] = ()
    status: int = 200
    kind: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the first piece is out."""
    given_up: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the client closed before the end."""


def as_json(value: object, status: int = 200, **headers: str) -> Answer:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Answer([json.dumps(value).encode()], status, headers=named)


def sse(*events: object, end: Sequence[bytes | Fault | asyncio.Event] = (b"data: [DONE]\n\n",)) -> Answer:
    """A stream of events; `bytes` among them are sent as they are, faults happen where they stand."""
    pieces = [
        event if isinstance(event, bytes | Fault | asyncio.Event) else b"data: " + json.dumps(event).encode() + b"\n\n"
        for event in events
    ]
    return Answer([*pieces, *end], kind="text/event-stream")


NOTHING = Answer([Fault.RESET], status=0)
"""Not even a status line: the connection breaks at once."""


class Server:
    """Use `serving`. `answer` gets each request; what it raises is a failure of the test."""

    url = ""

    def __init__(self, answer: Callable[[Request], Answer]) -> None:
        self.failures: list[str] = []
        self.requests: list[Request] = []
        self.connections_made = 0
        self._answer = answer
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections[task] = writer
        self.connections_made += 1
        try:
            while (request := await _read(reader)) is not None:
                self.requests.append(request)
                if not await self._respond(self._choose(request), request, reader, writer):
                    break
        except ConnectionError:
            pass  # the client may go whenever it likes
        finally:
            del self._connections[task]
            writer.close()

    def _choose(self, request: Request) -> Answer:
        try:
            return self._answer(request)
        except Exception as error:
            self.failures.append(f"{request.method} {request.path}: {error}")
            return Answer(status=599)

    async def _respond(
        self, answer: Answer, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Whether the connection can be used again."""
        head = request.method == "HEAD"
        if answer.status:
            lines = {"content-type": answer.kind, "transfer-encoding": "chunked", **answer.headers}
            writer.write(f"HTTP/1.1 {answer.status} Scripted\r\n".encode())
            writer.write("".join(f"{name}: {value}\r\n" for name, value in lines.items()).encode() + b"\r\n")
            await writer.drain()
        gone = asyncio.create_task(reader.read(1)) if not head else None
        try:
            for piece in () if head else answer.body:
                if not await self._send(piece, answer, gone, writer):
                    answer.given_up.set()
                    return False
        finally:
            if gone is not None and not gone.done():
                gone.cancel()
                await asyncio.gather(gone, return_exceptions=True)
        if not head:
            writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True

    async def _send(
        self, piece: bytes | Fault | asyncio.Event, answer: Answer, gone: "asyncio.Task[bytes] | None",
        writer: asyncio.StreamWriter,
    ) -> bool:  # fmt: skip
        assert gone is not None
        match piece:
            case bytes():
                for start in range(0, len(piece), 1 << 16):
                    part = piece[start : start + (1 << 16)]
                    writer.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
                    await writer.drain()
                answer.begun.set()
                return not gone.done()
            case asyncio.Event():
                waiting = asyncio.create_task(piece.wait())
                await asyncio.wait([waiting, gone], return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
                return not gone.done()
            case Fault.STALL:
                await asyncio.wait([gone])
                return False
            case Fault.RESET:
                await writer.drain()
                sock = writer.get_extra_info("socket")
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                writer.transport.abort()
                raise ConnectionResetError

    async def stop(self) -> None:
        """Closes what is still open: handlers see that the client is gone."""
        tasks = tuple(self._connections)
        for writer in self._connections.values():
            writer.transport.abort()
        await asyncio.gather(*tasks)


async def _read(reader: asyncio.StreamReader) -> Request | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.rstrip().split("\r\n")
    method, path, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, path, headers, body)


@asynccontextmanager
async def serving(answer: Callable[[Request], Answer], tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    server = Server(answer)
    listening = await asyncio.start_server(server.connected, "127.0.0.1", 0, ssl=tls)
    port = listening.sockets[0].getsockname()[1]
    server.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}/v1"
    try:
        yield server
    finally:
        listening.close()
        await server.stop()
    assert server.failures == []
