"""Services that try to use up memory, processor or patience. Each asks once, in a process of its own, and what that
cost is measured; what is not said in a sentence succeeded too."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

from .probe import Probe
from .services_attacks import (
    MEGABYTE,
    OK,
    Attack,
    bomb,
    bytewise,
    delta,
    dripping,
    endless,
    event,
    head,
    hostile,
    hostile_socket,
    noise,
    stream,
)

PEAK_MB = 320
"""Of the whole program; without an attack it needs some 100."""

CPU_S = 30.0
STALL_S = 0.25
"""Of processor time, during which the program's own loop did nothing else."""

PATIENCE_S = 120.0


def _harm(stage: str, service: Callable[[], AbstractContextManager[str]], *, quiet: bool = False) -> list[str]:
    """`quiet`: nothing needs to be said, since nobody asked."""
    with service() as url:
        command = [sys.executable, "-m", "tests.injection.services_victim", stage, url]
        root = Path(__file__).parents[2]
        try:
            done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            return [f"no end after {PATIENCE_S:g} s"]
    if done.returncode:
        return [f"a crash: {done.stderr.strip().splitlines()[-1:]}"]
    cost = json.loads(done.stdout)
    harms = {
        f"{cost['peak_mb']:.0f} MB": cost["peak_mb"] > PEAK_MB,
        f"{cost['cpu_s']:.1f} s of processor time": cost["cpu_s"] > CPU_S,
        f"the window stood still for {cost['longest_s']:.2f} s": cost["longest_s"] > STALL_S,
        "nothing was said": not quiet and not cost["said"],
    }
    return [harm for harm, done in harms.items() if done]


def _http(name: str, stage: str, attack: Callable[[], Attack], *, quiet: bool = False) -> Probe:
    return Probe(name, f"service: {stage}", lambda: _harm(stage, lambda: hostile(attack()), quiet=quiet))


def _socket(name: str, stage: str, messages: Callable[[], Iterator[str | bytes]], *, deflate: bool = False) -> Probe:
    return Probe(name, f"service: {stage}", lambda: _harm(stage, partial(hostile_socket, messages, deflate=deflate)))


_LETTERS = b"a" * 65_536
_JSON = "application/json"
_PCM = head("audio/pcm")
_DEEP = b"[" * 500_000
_NUMBERS = b'{"data": ' + b"9" * 1_000_000 + b"}"


def _call(**function: object) -> bytes:
    return event(delta(tool_calls=[{"index": 0, "id": "a", "function": function}]))


def _calls() -> Iterator[bytes]:
    yield b"".join(
        event(delta(tool_calls=[{"index": n, "id": f"c{n}", "function": {"name": "f", "arguments": "{}"}}]))
        for n in range(5_000)
    )


def _repeated(message: object, times: int) -> Iterator[str | bytes]:
    said = json.dumps(message)
    for _ in range(times):
        yield said


_GREW = {"type": "conversation.item.input_audio_transcription.delta", "item_id": "a", "delta": "word " * 20_000}
_LETTER = {"type": "conversation.item.input_audio_transcription.delta", "item_id": "a", "delta": "a"}

PROBES: tuple[Probe, ...] = (
    _http("100 MB in one event", "llm", lambda: stream(b"data: ", _LETTERS, 1600)),
    _http("100 MB in one event of many lines", "llm", lambda: stream(b"", b"data: abcdefgh\n", 7_000_000)),
    _http("an event of empty lines only", "llm", lambda: stream(b"", b"data:\n", 17_000_000)),
    _http("a line of carriage returns", "llm", lambda: stream(b"", b"\r", 100_000_000)),
    _http("a gzip bomb of 500 MB as events", "llm", lambda: bomb("text/event-stream", 500)),
    _http("a gzip bomb of 500 MB as JSON", "llm", lambda: bomb(_JSON, 500)),
    _http("a gzip bomb in a gzip bomb", "models", lambda: bomb(_JSON, 500, layers=2)),
    _http("a gzip bomb as speech", "tts", lambda: bomb("audio/pcm", 500)),
    _http("100 MB of speech", "tts", lambda: stream(b"", b"\x00\x20" * 32_768, 1600, start=_PCM)),
    _http("100 MB of silence", "tts", lambda: stream(b"", bytes(65_536), 1600, start=_PCM)),
    _http("speech that never ends", "tts", lambda: endless(OK + b"content-type: audio/pcm\r\n\r\n", b"\x00\x20")),
    _http("speech in chunks of a byte", "tts", lambda: bytewise(_PCM, b" ", 30_000_000)),
    _http("a WAV file that is all header", "tts",
          lambda: stream(b"RIFF\xff\xff\xff\xffWAVE", b"junk\x00\x00\x00\x00", 13_000_000, start=_PCM)),
    _http("an error of 100 MB", "stt", lambda: stream(b"", _LETTERS, 1600, start=head(_JSON, status=500))),
    _http("an error that never ends", "llm", lambda: endless(b"HTTP/1.1 400 No\r\n\r\n", b"a")),
    _http("an error of deep JSON", "llm", lambda: stream(b"", _DEEP, 1, start=head(_JSON, status=400))),
    _http("a million one-letter words", "llm", lambda: stream(b"", event(delta(content="a")), 1_000_000)),
    _http("a million thoughts", "llm", lambda: stream(b"", event(delta(reasoning_content="a")), 1_000_000)),
    _http("a million events of nothing", "llm", lambda: stream(b"", event({}), 1_000_000)),
    _http("100 MB of words in pieces", "llm", lambda: stream(b"", event(delta(content="word " * 10_000)), 2_000)),
    _http("a head that never ends", "llm", lambda: endless(OK, b"x-a: b\r\n")),
    _http("one header of 100 MB", "tts", lambda: endless(OK + b"x-a: ", b"a")),
    _http("a head that drips", "llm", lambda: dripping(OK, b"x-a: b\r\n")),
    _http("endless news of an answer to come", "llm", lambda: endless(b"", b"HTTP/1.1 103 Early\r\n\r\n")),
    _http("a redirect to itself", "llm", lambda: endless(b"", b"HTTP/1.1 307 On\r\nlocation: /v1\r\n\r\n")),
    _http("comments without end", "llm", lambda: stream(b"", b": here\n\n", 50_000_000)),
    _http("comments that drip", "llm",
          lambda: dripping(OK + b"content-type: text/event-stream\r\n\r\n", b": here\n\n")),
    _http("deep JSON in an event", "llm", lambda: stream(b"data: ", _DEEP, 1, b"\n\n")),
    _http("deep JSON as a list of models", "models", lambda: stream(b"", _DEEP, 1, start=head(_JSON))),
    _http("a number of a million digits", "models", lambda: stream(b"", _NUMBERS, 1, start=head(_JSON))),
    _http("the arguments of a call, 100 MB", "llm", lambda: stream(b"", _call(arguments="a" * 60_000), 1_700)),
    _http("the arguments of a call, a million letters", "llm",
          lambda: stream(_call(name="current_time"), _call(name="current_time", arguments="1"), 1_000_000)),
    _http("5,000 calls", "llm", lambda: stream(b"", next(_calls()), 1)),
    _http("a list of models of 10 MB", "models",
          lambda: stream(b'{"data": [', b'{"id": "m"},' * 1_000, 1_000, b'{"id": "z"}]}', head(_JSON))),
    _http("a list of models of 10 MB on this machine", "discovery",
          lambda: stream(b'{"data": [', b'{"id": "m"},' * 1_000, 1_000, b'{"id": "z"}]}', head(_JSON)), quiet=True),
    _http("a transcript of 100 MB", "stt", lambda: stream(b'{"text": "', _LETTERS, 1600, b'"}', head(_JSON))),
    _http("a transcript of 100 MB of text", "stt", lambda: stream(b"", _LETTERS, 1600, start=head("text/plain"))),
    _http("a transcript in a million letters", "stt",
          lambda: stream(b"", event({"type": "transcript.text.delta", "delta": "a"}), 1_000_000)),
    _socket("a message of 100 MB", "realtime_tts", lambda: iter([b"a" * 100 * MEGABYTE])),
    _socket("a message of 100 MB, compressed", "live_stt", lambda: iter(["a" * 100 * MEGABYTE]), deflate=True),
    _socket("100 MB of sound", "realtime_tts", lambda: noise(100)),
    _socket("messages of no use", "realtime_tts", lambda: _repeated({"type": "of.tomorrow"}, 300_000)),
    _socket("deep JSON in a message", "realtime_tts", lambda: iter(["[" * 500_000])),
    _socket("100 MB of words", "live_stt", lambda: _repeated(_GREW, 1_000)),
    _socket("words in 200,000 letters", "live_stt", lambda: _repeated(_LETTER, 200_000)),
)  # fmt: skip
