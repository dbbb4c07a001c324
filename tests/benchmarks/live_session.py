"""A Realtime transcription session of the scripted service: the text is there when the commit arrives."""

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol

from tests.openai_realtime.messages import cleared, committed, sound_of, transcript


class Watch(Protocol):
    """Who is told of what happens here."""

    failures: list[str]

    def note(self, stage: str) -> None: ...


class LiveSession:
    """Speaks WebSocket on a connection that began as HTTP. `heard`: what the sound of a take is transcribed to."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, heard: Callable[[], str], watch: Watch
    ) -> None:
        self._reader, self._writer = reader, writer
        self._heard = heard
        self._watch = watch
        self._protocol = ServerProtocol()
        self._takes = 0
        self._bytes = 0

    async def run(self, head: bytes) -> None:
        """`head`: the request for the WebSocket. Returns when the connection is over."""
        data = head
        while data:
            self._protocol.receive_data(data)
            for message in self._messages():
                for answer in self._answers(message):
                    self._protocol.send_text(json.dumps(answer).encode())
            for outgoing in self._protocol.data_to_send():
                self._writer.write(outgoing)
            await self._writer.drain()
            if self._protocol.close_expected():
                return
            data = await self._reader.read(1 << 16)

    def _messages(self) -> Iterator[dict[str, Any]]:
        for event in self._protocol.events_received():
            if isinstance(event, Request):
                self._protocol.send_response(self._protocol.accept(event))
            elif isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                yield json.loads(bytes(event.data))

    def _answers(self, message: dict[str, Any]) -> Iterator[dict[str, Any]]:
        match message["type"]:
            case "session.update":
                yield {"type": "session.updated", "event_id": "e", "session": message["session"]}
            case "input_audio_buffer.append":
                self._bytes += len(sound_of(message))
            case "input_audio_buffer.clear":
                self._bytes = 0
                yield cleared()
            case "input_audio_buffer.commit":
                yield from self._transcribed()
            case unknown:
                self._watch.failures.append(f"live: {unknown}")

    def _transcribed(self) -> Iterator[dict[str, Any]]:
        self._watch.note("stt")
        if not self._bytes:
            self._watch.failures.append("live: nothing was sent before the commit")
        self._takes, self._bytes = self._takes + 1, 0
        item = f"item-{self._takes}"
        yield committed(item)
        yield transcript(item, self._heard())
