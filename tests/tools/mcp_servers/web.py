"""An MCP server over HTTP that misbehaves as its path says, on the test's own loop."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import unquote

from .floods import FLOODS

MEGABYTE = 1_000_000


class Web:
    def __init__(self) -> None:
        self.url = ""
        self.headers: list[dict[str, str]] = []
        """Of each request."""
        self._tasks: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield
        finally:
            server.close()
            for task in list(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            self.headers.append(headers)
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            await self._answer(unquote(first.split()[1].strip("/")), json.loads(body or "{}"), writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client has gone, as it should
        finally:
            writer.close()

    async def _answer(self, kind: str, request: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        if kind.isdecimal():
            return _send(writer, b"secret words of the server", status=int(kind))
        method = request.get("method")
        if method == "initialize":
            info = {"name": "web", "version": "1"}
            return _result(
                writer, request, {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": info}
            )
        if method == "tools/list":
            return _result(writer, request, {"tools": [{"name": "do", "inputSchema": {"type": "object"}}]})
        if method == "tools/call":
            return await self._call(kind, request, writer)
        if "id" in request:
            return _json(writer, {"jsonrpc": "2.0", "id": request["id"], "error": {"code": -32601, "message": "none"}})
        return _send(writer, b"", status=202 if method else 405)

    async def _call(self, kind: str, request: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        match kind:
            case "floods":
                *_, line = _flood(request)
                return _send(writer, line)
            case "floods as events":
                body = b"".join(b': "\r\nevent: message\r\ndata: %b\r\n\r\n' % line for line in _flood(request))
                return _send(writer, body, {"Content-Type": "text/event-stream"})
            case "events in pieces":
                halves = json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": {"content": []}}).split(" ", 1)
                data = "".join(f"data: {half}\n" for half in halves)
                return _send(writer, f"id: 1\nretry: 0\n{data}\n".encode(), {"Content-Type": "TEXT/EVENT-STREAM"})
            case "long":
                return _result(writer, request, {"content": [{"type": "text", "text": "x" * 10 * MEGABYTE}]})
            case "bomb":
                return _send(writer, gzip.compress(b" " * 100 * MEGABYTE), {"Content-Encoding": "gzip"})
            case "endless":
                _head(writer, 200, {"Content-Type": "application/json"})
                await _forever(writer, b" " * 65_536)
            case "endless events":
                _head(writer, 200, {"Content-Type": "text/event-stream"})
                await _forever(
                    writer, b'data: {"jsonrpc": "2.0", "method": "notifications/tools/list_changed"}\n\n' * 100
                )
            case "long event":
                _head(writer, 200, {"Content-Type": "text/event-stream"})
                await _forever(writer, b"data: " + b"x" * 65_536 + b"\n")
            case "html":
                return _send(writer, b"<html>", {"Content-Type": "text/html"})
            case "away":
                return _send(writer, b"", {"Location": "http://127.0.0.1:9/stolen"}, status=307)
            case "cut":
                _head(writer, 200, {"Content-Type": "application/json", "Content-Length": "100"})
                writer.write(b'{"json')


def _flood(request: dict[str, Any]) -> list[bytes]:
    made, _ = FLOODS[request["params"]["arguments"]["flood"]]
    return [line.encode() for line in made(request["id"])]


def _result(writer: asyncio.StreamWriter, request: dict[str, Any], result: object) -> None:
    _json(writer, {"jsonrpc": "2.0", "id": request["id"], "result": result})


def _json(writer: asyncio.StreamWriter, message: object) -> None:
    _send(writer, json.dumps(message).encode())


def _send(writer: asyncio.StreamWriter, body: bytes, headers: dict[str, str] | None = None, status: int = 200) -> None:
    _head(writer, status, {"Content-Type": "application/json", "Content-Length": str(len(body))} | (headers or {}))
    writer.write(body)


def _head(writer: asyncio.StreamWriter, status: int, headers: dict[str, str]) -> None:
    lines = [f"HTTP/1.1 {status} Sure", "Connection: close", *(f"{name}: {value}" for name, value in headers.items())]
    writer.write("\r\n".join([*lines, "", ""]).encode())


async def _forever(writer: asyncio.StreamWriter, piece: bytes) -> None:
    while True:
        writer.write(piece)
        await writer.drain()
