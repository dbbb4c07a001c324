"""A service with OpenAI's API on loopback, in a thread of its own, that takes in real time as long as each stage is
said to take. What it does not expect is refused and kept in `failures`."""

import asyncio
import io
import json
import re
import threading
import time
import wave
from collections.abc import Callable, Mapping, Sequence
from typing import Self

import numpy as np
import soxr

from tests.openai_server.server import Request

from .analysis import RATE
from .clips import read_wav, voice_file
from .live_session import LiveSession
from .replies import ANSWERS

KEY = "test"
STT_S = 0.150
FIRST_TOKEN_S = 0.250
TOKEN_S = 0.020
SPEECH_S = 0.120
"""All from the last byte of the request."""

LIVE_MODEL = "gpt-live-transcribe"
_MODELS = ("gpt-transcribe", LIVE_MODEL, "gpt-6-luna", "gpt-4o-mini-tts")
_SPEECH_HZ = 24_000
_PIECE = _SPEECH_HZ // 10 * 2
"""Bytes of 100 ms of speech; five times faster than they are heard."""
_PIECE_S = 0.020


class OpenAIServer:
    """Use as a context manager. `heard`: what speech is transcribed to, `reply`: the answer's sentences; both from now
    on. `speech`: int16 at 24 kHz of every sentence that it can say."""

    def __init__(self, speech: Mapping[str, bytes]) -> None:
        self.heard = ""
        self.reply: Sequence[str] = ()
        self.url = ""
        self.failures: list[str] = []
        self.asked: list[tuple[str, float]] = []
        """("stt", "llm" or "tts", the monotonic time at which the request was complete)"""
        self.longest_question = 0
        """Bytes of the longest request for an answer."""
        self._speech = speech
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the scripted service did not start")
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def environment(self, environment: Mapping[str, str]) -> Mapping[str, str]:
        """For a program that is to use it as OpenAI."""
        return {**environment, "OPENAI_BASE_URL": self.url, "OPENAI_API_KEY": KEY}

    def note(self, stage: str) -> None:
        self.asked.append((stage, time.monotonic()))

    # ------------------------------------------------------------ connections

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        listening = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/v1"
        self._ready.set()
        await self._stop.wait()
        listening.close()
        for writer in self._connections.values():
            writer.transport.abort()
        await asyncio.gather(*self._connections)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections[task] = writer
        try:
            while await self._take(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the program may hang up whenever it likes
        finally:
            del self._connections[task]
            writer.close()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Whether another request may follow."""
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").rstrip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        if headers.get("upgrade") == "websocket":
            await LiveSession(reader, writer, lambda: self.heard, self).run(head)
            return False
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        method, path, _ = first.split(" ")
        await self._answer(Request(method, path, headers, body), _Timed(writer))
        return True

    async def _answer(self, request: Request, answer: "_Timed") -> None:
        routes: Mapping[str, Callable[[Request], Sequence[tuple[float, bytes]]]] = {
            "GET /v1/models": self._models,
            "POST /v1/audio/transcriptions": self._transcript,
            "POST /v1/chat/completions": self._reply,
            "POST /v1/audio/speech": self._said,
        }
        try:
            _require(request.headers.get("authorization") == f"Bearer {KEY}", "the key is not there")
            pieces = routes[f"{request.method} {request.path}"](request)
        except (LookupError, ValueError, EOFError, wave.Error) as error:
            self.failures.append(f"{request.method} {request.path}: {error!r}")
            pieces = [(0, json.dumps({"error": {"message": "not expected", "type": "invalid_request_error"}}).encode())]
            await answer.send(pieces, 400, "application/json")
        else:
            await answer.send(pieces, 200, _kind(request.path))

    # ------------------------------------------------------------ answers: (seconds after the request, bytes)

    def _models(self, request: Request) -> Sequence[tuple[float, bytes]]:
        listed = [{"id": name, "object": "model", "owned_by": "openai"} for name in _MODELS]
        return [(0, json.dumps({"object": "list", "data": listed}).encode())]

    def _transcript(self, request: Request) -> Sequence[tuple[float, bytes]]:
        self.note("stt")
        with wave.open(io.BytesIO(request.form["file"][0])) as sound:
            _require((sound.getframerate(), sound.getnchannels()) == (16_000, 1), "not 16 kHz mono")
        _require(request.form["model"] == [b"gpt-transcribe"] and request.form["stream"] == [b"true"], "not streamed")
        words = [{"type": "transcript.text.delta", "delta": word} for word in tokens(self.heard)]
        events = (*words, {"type": "transcript.text.done", "text": self.heard})
        return [(STT_S, b"".join(map(_event, events)))]

    def _reply(self, request: Request) -> Sequence[tuple[float, bytes]]:
        self.note("llm")
        self.longest_question = max(self.longest_question, len(request.body))
        _require(request.json["stream"] and request.json["max_completion_tokens"] > 0, "not streamed")
        said = [
            _event({"choices": [{"index": 0, "delta": {"content": token}}]}) for token in tokens(" ".join(self.reply))
        ]
        timed = [(FIRST_TOKEN_S + number * TOKEN_S, chunk) for number, chunk in enumerate(said)]
        end = _event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}) + b"data: [DONE]\n\n"
        return [*timed, (timed[-1][0], end)]

    def _said(self, request: Request) -> Sequence[tuple[float, bytes]]:
        self.note("tts")
        _require(request.json["response_format"] == "pcm", "not PCM")
        speech = self._speech[request.json["input"]]
        pieces = [speech[start : start + _PIECE] for start in range(0, len(speech), _PIECE)]
        return [(SPEECH_S + number * _PIECE_S, piece) for number, piece in enumerate(pieces)]


class _Timed:
    """One answer, whose pieces leave at their times."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._begun = time.monotonic()

    async def send(self, pieces: Sequence[tuple[float, bytes]], status: int, kind: str) -> None:
        """The head leaves with the first piece."""
        head = f"HTTP/1.1 {status} Timed\r\ncontent-type: {kind}\r\ntransfer-encoding: chunked\r\n\r\n".encode()
        for after, piece in pieces:
            await asyncio.sleep(max(0.0, self._begun + after - time.monotonic()))
            self._writer.write(head + f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            await self._writer.drain()
            head = b""
        self._writer.write(b"0\r\n\r\n")
        await self._writer.drain()


def tokens(text: str) -> Sequence[str]:
    """As models cut text: words with the space before them, and punctuation."""
    return re.findall(r"\s?\w+|\s?[^\w\s]", text)


def _kind(path: str) -> str:
    return {"/v1/models": "application/json", "/v1/audio/speech": "audio/pcm"}.get(path, "text/event-stream")


def _event(fields: Mapping[str, object]) -> bytes:
    return b"data: " + json.dumps(fields).encode() + b"\n\n"


def recorded_speech() -> Mapping[str, bytes]:
    """Of all answers."""
    sentences = {sentence for answer in ANSWERS for sentence in answer}
    return {sentence: _pcm(sentence) for sentence in sentences}


def _pcm(sentence: str) -> bytes:
    spoken = soxr.resample(read_wav(voice_file(sentence)), RATE, _SPEECH_HZ)
    return np.asarray(spoken, "<i2").tobytes()


def _require(met: bool, problem: str) -> None:
    if not met:
        raise ValueError(problem)
