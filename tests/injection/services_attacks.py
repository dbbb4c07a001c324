"""What a hostile service sends: each attack writes to one connection until the other side has had enough."""

import asyncio
import base64
import gzip
import json
import os
import threading
import zlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

Send = Callable[[bytes], Awaitable[None]]
Attack = Callable[[Send], Awaitable[None]]

MEGABYTE = 1 << 20
OK = b"HTTP/1.1 200 OK\r\n"
_EVENTS = OK + b"content-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def head(kind: str, *more: str, status: int = 200) -> bytes:
    lines = [f"HTTP/1.1 {status} Hostile", f"content-type: {kind}", "transfer-encoding: chunked", *more]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def event(value: object) -> bytes:
    return b"data: " + json.dumps(value).encode() + b"\n\n"


def delta(**fields: object) -> dict[str, object]:
    return {"choices": [{"index": 0, "delta": fields}]}


def stream(first: bytes, piece: bytes, times: int, last: bytes = b"", start: bytes = _EVENTS) -> Attack:
    """The piece again and again, in chunks of some 64 KB."""
    together = max(1, 65_536 // max(1, len(piece)))

    async def attack(send: Send) -> None:
        await send(start + (chunk(first) if first else b""))
        whole = chunk(piece * together)
        for _ in range(-(-times // together)):
            await send(whole)
        await send((chunk(last) if last else b"") + chunk(b""))

    return attack


def bytewise(start: bytes, byte: bytes, times: int) -> Attack:
    """A chunk for every byte."""

    async def attack(send: Send) -> None:
        await send(start)
        for _ in range(times // 10_000):
            await send(chunk(byte) * 10_000)

    return attack


def bomb(kind: str, megabytes: int, layers: int = 1) -> Attack:
    """Zeros or spaces that grow a thousandfold with each layer."""
    squeezer = zlib.compressobj(9, wbits=31)
    small = b"".join(squeezer.compress(b" " * MEGABYTE) for _ in range(megabytes)) + squeezer.flush()
    for _ in range(layers - 1):
        small = gzip.compress(small)
    start = head(kind, f"content-encoding: {', '.join(['gzip'] * layers)}")

    async def attack(send: Send) -> None:
        await send(start + chunk(small) + chunk(b""))

    return attack


def endless(start: bytes, piece: bytes) -> Attack:
    """No framing: as long as somebody reads."""

    async def attack(send: Send) -> None:
        await send(start)
        while True:
            await send(piece * max(1, 65_536 // len(piece)))

    return attack


def dripping(start: bytes, piece: bytes) -> Attack:
    async def attack(send: Send) -> None:
        await send(start)
        while True:
            await send(piece)
            await asyncio.sleep(0.02)

    return attack


# ---------------------------------------------------------------- the service


@contextmanager
def hostile(attack: Attack) -> Iterator[str]:
    """A service on loopback, in a thread of its own; gives its base URL."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def send(data: bytes) -> None:
            writer.write(data)
            await writer.drain()

        try:
            while True:
                lines = (await reader.readuntil(b"\r\n\r\n")).lower().split(b"\r\n")
                length = next((int(line.partition(b":")[2]) for line in lines if line.startswith(b"content-len")), 0)
                await reader.readexactly(length)
                await attack(send)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the victim has had enough
        finally:
            writer.transport.abort()

    async def listen() -> asyncio.Server:
        return await asyncio.start_server(connected, "127.0.0.1", 0)

    with _in_thread(listen) as url:
        yield url


@contextmanager
def hostile_socket(messages: Callable[[], Iterator[str | bytes]], *, deflate: bool = False) -> Iterator[str]:
    """A Realtime service that says these, whatever it hears."""

    async def connected(connection: ServerConnection) -> None:
        try:
            response = ""
            async for message in connection:
                asked = json.loads(message)
                if asked["type"] in ("response.create", "input_audio_buffer.commit"):
                    response = asked.get("response", {}).get("metadata", {}).get("speech", "")
                    break
            begun = {"type": "response.created", "response": {"id": "r", "metadata": {"speech": response}}}
            await connection.send(json.dumps(begun))
            await connection.send(json.dumps({"type": "input_audio_buffer.committed", "item_id": "a"}))
            for said in messages():
                await connection.send(said)
            await asyncio.sleep(60)
        except ConnectionClosed:
            pass  # the victim has had enough

    async def listen() -> object:
        compression = "deflate" if deflate else None
        return await serve(connected, "127.0.0.1", 0, compression=compression)

    with _in_thread(listen) as url:
        yield url


@contextmanager
def _in_thread(listen: Callable[[], Awaitable[object]]) -> Iterator[str]:
    ready, found = threading.Event(), list[str]()
    loop = asyncio.new_event_loop()
    end = asyncio.Event()

    async def run() -> None:
        server = await listen()
        found.append(f"http://127.0.0.1:{list(server.sockets)[0].getsockname()[1]}/v1")  # type: ignore[attr-defined]
        ready.set()
        await end.wait()
        server.close()  # type: ignore[attr-defined]

    def thread() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(run())

    running = threading.Thread(target=thread, name="hostile service")
    running.start()
    ready.wait(10)
    try:
        yield found[0]
    finally:
        loop.call_soon_threadsafe(end.set)
        running.join()


def noise(megabytes: int) -> Iterator[str | bytes]:
    """Sound of one response."""
    sound = base64.b64encode(os.urandom(MEGABYTE // 2)).decode()
    said = json.dumps({"type": "response.output_audio.delta", "response_id": "r", "delta": sound})
    for _ in range(megabytes * 2):
        yield said
