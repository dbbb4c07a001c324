"""Loopback servers that behave like the models: one recognises tones, one speaks them. For the contract suites."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import numpy as np
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from . import messages
from .messages import Json, checked, sound_of
from .tones import recognised

RATE_HZ = 24_000
_PIECE_BYTES = 4_799
"""Odd: a sample may be cut in two."""


class Recogniser:
    """One transcription session: answers each commit with the words of its sound."""

    def __init__(self, send: Callable[[Json], Awaitable[None]]) -> None:
        self._send = send
        self._buffer = bytearray()
        self._items = 0

    async def receive(self, event: Json) -> None:
        match event["type"]:
            case "input_audio_buffer.append":
                self._buffer += sound_of(event)
            case "input_audio_buffer.clear":
                self._buffer.clear()
                await self._send(messages.cleared())
            case "input_audio_buffer.commit" if len(self._buffer) < RATE_HZ // 10 * 2:
                code = "input_audio_buffer_commit_empty"
                await self._send(messages.refusal("invalid_request_error", code, event["event_id"]))
            case "input_audio_buffer.commit":
                await self._answer()

    async def _answer(self) -> None:
        self._items += 1
        item, text = f"item_{self._items}", recognised(bytes(self._buffer), RATE_HZ)
        self._buffer.clear()
        await self._send(messages.committed(item))
        for word in text.split():
            await self._send(messages.words(item, f"{word} "))
        await self._send(messages.transcript(item, text))


class Speaker:
    """One speaking session: 60 ms of tone a letter, after 200 ms of silence."""

    def __init__(self, send: Callable[[Json], Awaitable[None]]) -> None:
        self._send = send
        self._speaking: dict[str, asyncio.Task[None]] = {}

    async def receive(self, event: Json) -> None:
        match event["type"]:
            case "response.create":
                response = f"resp_{len(self._speaking)}"
                asked = event["response"]
                text, tag = asked["input"][0]["content"][0]["text"], asked["metadata"]["speech"]
                await self._send(messages.response_created(response, tag))
                self._speaking[response] = asyncio.create_task(self._speak(response, tag, text))
            case "response.cancel":
                self._speaking[event["response_id"]].cancel()

    async def _speak(self, response: str, tag: str, text: str) -> None:
        time = np.arange(int(0.06 * RATE_HZ * len(text))) / RATE_HZ
        tone = (np.sin(time * 2000) * 9000).astype("<i2").tobytes()
        speech = bytes(RATE_HZ // 5 * 2) + tone
        try:
            for start in range(0, len(speech), _PIECE_BYTES):
                await self._send(messages.sound(response, speech[start : start + _PIECE_BYTES]))
                await asyncio.sleep(0)
            await self._send(messages.said(response, text))
            await self._send(messages.response_done(response, tag))
        except asyncio.CancelledError:
            await self._send(messages.response_done(response, tag, "cancelled", reason="client_cancelled"))
            raise

    async def aclose(self) -> None:
        for task in self._speaking.values():
            task.cancel()
        await asyncio.gather(*self._speaking.values(), return_exceptions=True)


@asynccontextmanager
async def modelled() -> AsyncIterator[str]:
    """Gives the base URL of a server that hears or speaks, as it is asked."""

    async def handle(connection: ServerConnection) -> None:
        async def send(event: Json) -> None:
            await connection.send(json.dumps(event))

        assert connection.request
        recogniser, speaker = Recogniser(send), Speaker(send)
        hears = "intent=transcription" in connection.request.path
        try:
            async for message in connection:
                await (recogniser if hears else speaker).receive(checked(message))
        except ConnectionClosed:
            return
        finally:
            await speaker.aclose()

    async with serve(handle, "127.0.0.1", 0) as listening:
        yield f"http://127.0.0.1:{next(iter(listening.sockets)).getsockname()[1]}/v1"
