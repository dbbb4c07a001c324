"""Answers, transcripts and speech that end before their end, and servers that never mark an end."""

import json
import struct

import pytest

from tests.injection.services_attacks import Attack, Send, chunk, hostile
from tests.openai_server.script import chat, hearing, scripted
from tests.openai_server.server import sse
from voicegui.core.errors import ErrorCode, VoiceError

from .conftest import compatible_at, openai_at, talking, transcript, words

SSE, PCM = "text/event-stream", "audio/pcm"
LOUD = b"\x00\x20" * 600


def events(*values: object) -> bytes:
    return b"".join(b"data: " + (v if isinstance(v, bytes) else json.dumps(v).encode()) + b"\n\n" for v in values)


def closes(kind: str, *pieces: bytes, length: int | None = None) -> Attack:
    """Ends with the connection; `length`: what was promised."""

    async def attack(send: Send) -> None:
        promised = "" if length is None else f"content-length: {length}\r\n"
        await send(f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\n{promised}connection: close\r\n\r\n".encode())
        for piece in pieces:
            await send(piece)
        raise ConnectionError  # hangs up

    return attack


def cut_chunks(kind: str, *pieces: bytes) -> Attack:
    """Promises chunks and ends without the last one."""

    async def attack(send: Send) -> None:
        await send(f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ntransfer-encoding: chunked\r\n\r\n".encode())
        for piece in pieces:
            await send(chunk(piece))
        raise ConnectionError

    return attack


HALF = events(*words("Half of", finish=None))
SENTENCE = events(*words("All of it.", finish=None))
CALL = {"choices": [{"delta": {"tool_calls": [{"id": "a", "function": {"name": "f", "arguments": "{}"}}]}}]}

BROKEN = {
    "closed after half": closes(SSE, HALF),
    "closed after a sentence": closes(SSE, SENTENCE),
    "closed after a letter that may begin a mark": closes(SSE, events(*words("Half of", " f", finish=None))),
    "closed in an event": closes(SSE, HALF + b'data: {"choices": [{"delta": {"cont'),
    "closed in a name": closes(SSE, HALF + b"dat"),
    "closed in a letter": closes(SSE, HALF + 'data: {"choices": [{"delta": {"content": "…'.encode()[:-1]),
    "chunks cut after half": cut_chunks(SSE, HALF),
    "chunks cut after a sentence": cut_chunks(SSE, SENTENCE),
    "chunks cut in an event": cut_chunks(SSE, HALF + b'data: {"choices": ['),
    "length not reached": closes(SSE, HALF, length=10_000),
}


@pytest.mark.parametrize("attack", BROKEN.values(), ids=BROKEN.keys())
async def test_an_answer_that_breaks_off_says_so_after_what_was_said(attack: Attack) -> None:
    with hostile(attack) as url:
        async with talking(openai_at(url)) as talk:
            said = []
            with pytest.raises(VoiceError, match="broke off") as caught:
                async for piece in talk.engine.llm().reply([], max_tokens=50):
                    said.append(piece)
            assert (caught.value.code, caught.value.retryable) == (ErrorCode.OFFLINE, True)
            assert "".join(map(str, said)) in ("Half of", "Half of f", "All of it.")
            assert talk.waits.seconds == []


async def test_half_an_answer_that_ends_properly_is_broken_off() -> None:
    async with scripted(chat(sse(*words("Half of", finish=None), end=()))) as server, talking(server) as talk:
        with pytest.raises(VoiceError, match="broke off"):
            await talk.think()


@pytest.mark.parametrize("said", ["All of it.", "Is it?", "Yes!", "**Done.**", "好的。", "Gut 👍", "So:\n`x`."])
async def test_a_server_that_never_marks_an_end_can_answer(said: str) -> None:
    answer = chat(sse(*words(said, finish=None), end=()))
    async with scripted(answer, answer) as server, talking(compatible_at(server.url)) as talk:
        llm = talk.engine.llm()
        for _ in range(2):
            assert "".join([str(piece) async for piece in llm.reply([], max_tokens=50)]) == said


async def test_a_server_that_marks_ends_is_held_to_it() -> None:
    steps = chat(sse(*words("One."))), chat(sse(*words("Two.", finish=None), end=()))
    async with scripted(*steps) as server, talking(server) as talk:
        llm = talk.engine.llm()
        assert [piece async for piece in llm.reply([], max_tokens=50)] == ["One."]
        with pytest.raises(VoiceError, match="broke off"):
            assert [piece async for piece in llm.reply([], max_tokens=50)]


WHOLE = {
    "[DONE] alone": closes(SSE, SENTENCE + events(b"[DONE]")),
    "[DONE] after half": closes(SSE, HALF + events(b"[DONE]")),
    "[DONE] without an empty line": closes(SSE, SENTENCE + b"data: [DONE]"),
    "finish_reason alone": closes(SSE, events(*words("Half of"))),
    "finish_reason without an empty line": closes(SSE, events(*words("Half of"))[:-2]),
    "finish_reason, then cut chunks": cut_chunks(SSE, events(*words("Half of"))),
    "finish_reason, then half an event": closes(SSE, events(*words("Half of")) + b"data: {"),
    "[DONE], then cut chunks": cut_chunks(SSE, HALF + events(b"[DONE]")),
}


@pytest.mark.parametrize("attack", WHOLE.values(), ids=WHOLE.keys())
async def test_an_answer_with_a_marked_end_is_whole(attack: Attack) -> None:
    with hostile(attack) as url:
        async with talking(openai_at(url)) as talk:
            assert await talk.think() in ("Half of", "All of it.")


async def test_calls_of_an_answer_that_broke_off_are_not_made() -> None:
    attempts = [chat(sse(CALL, end=())) for _ in range(3)]
    async with scripted(*attempts) as server, talking(server) as talk:
        with pytest.raises(VoiceError, match="broke off"):
            await talk.pieces()
    assert len(talk.waits.seconds) == 2  # nothing was said yet: it may be asked again


HEARD = {
    "deltas, then closed": closes(SSE, events(*transcript("Hello wor")[:1])),
    "deltas, then a proper end": None,
    "a sentence in deltas, then cut chunks": cut_chunks(SSE, events(*transcript("Hello.")[:1])),
    "half a whole transcript": closes("application/json", b'{"text": "Hello', length=100),
    "choices without an end": closes(SSE, events(*words("Hello wor", finish=None))),
}


@pytest.mark.parametrize("attack", HEARD.values(), ids=HEARD.keys())
async def test_half_a_transcript_is_no_transcript(attack: Attack | None) -> None:
    answers = [hearing(sse(*transcript("Hello wor")[:1], end=())) for _ in range(3)]
    async with scripted(*([] if attack else answers)) as server:
        with hostile(attack or closes(SSE)) as url:
            async with talking(openai_at(url if attack else server.url)) as talk:
                with pytest.raises(VoiceError, match="broke off"):
                    await talk.hear()
                assert len(talk.waits.seconds) == 2


@pytest.mark.parametrize(
    "heard",
    [
        sse({"text": " All of it. "}, end=()),
        sse({"text": "All of it."}, {"type": "transcript.text.done", "text": "All of it."}, end=()),
        sse(*words("All of it."), end=()),
        sse(*words("All of it.", finish=None)),
    ],
)
async def test_transcripts_with_other_ends_are_whole(heard: object) -> None:
    async with scripted(hearing(heard)) as server, talking(server) as talk:  # type: ignore[arg-type]
        assert await talk.hear() == "All of it."


def wav(length: int) -> bytes:
    form = struct.pack("<IHHIIHH", 16, 1, 1, 24_000, 48_000, 2, 16)
    return b"RIFF\xff\xff\xff\xffWAVEfmt " + form + b"data" + struct.pack("<I", length)


SPEECH = {
    "length not reached": closes(PCM, LOUD, length=10_000),
    "chunks cut": cut_chunks(PCM, LOUD),
    "a WAV file that promised more": closes("audio/wav", wav(10_000) + LOUD),
}


@pytest.mark.parametrize("attack", SPEECH.values(), ids=SPEECH.keys())
async def test_half_a_sentence_is_heard_and_told(attack: Attack) -> None:
    with hostile(attack) as url:
        async with talking(openai_at(url)) as talk:
            heard = b""
            with pytest.raises(VoiceError, match="broke off"):
                async for audio in talk.engine.tts().speak("Paris."):
                    heard += audio.samples
            assert heard == LOUD and talk.waits.seconds == []


@pytest.mark.parametrize("length", [0, len(LOUD), 0x7FFF_FFFF, 0xFFFF_FFFF])
async def test_a_wav_file_of_unknown_length_ends_with_the_connection(length: int) -> None:
    with hostile(closes("audio/wav", wav(length) + LOUD)) as url:
        async with talking(openai_at(url)) as talk:
            assert b"".join([audio.samples for audio in await talk.speak()]) == LOUD
