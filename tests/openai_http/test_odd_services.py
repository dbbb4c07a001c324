"""Services that send something else than speech, or too slowly, ask to wait in odd ways, or mix up TLS and none."""

import asyncio
import codecs
import ssl

import pytest

from tests.injection.services_attacks import Attack, Send, chunk, dripping, head, hostile
from tests.openai_server.script import chat, scripted, speech
from tests.openai_server.server import Answer, as_json, sse
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.providers.openai.client import Timeouts
from voicegui.providers.openai.pcm import SpeechPace

from .conftest import openai_at, refusal, talking, words

SOUNDS = ("MP3", "AAC", "MP4", "Ogg", "FLAC", "WebM", "AIFF")

LOUD = b"\x00\x20" * 600
PAGE = b"<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
AAC = bytes((0xFF, 0xF1, 0x50, 0x80, 0x02, 0x1F, 0xFC)) + bytes(9)

ODD = {
    "a page": (PAGE, "text/html", "a web page"),
    "a page as PCM": (PAGE, "audio/pcm", "a web page"),
    "a page after empty lines": (b"\r\n\n  \t" + PAGE, "audio/pcm", "a web page"),
    "a page with a mark": (codecs.BOM_UTF8 + PAGE, "audio/pcm", "a web page"),
    "a page in UTF-16": (codecs.BOM_UTF16_LE + PAGE.decode().encode("utf-16-le"), "text/html", "text|page"),
    "a page in UTF-16, the other way": (codecs.BOM_UTF16_BE + PAGE.decode().encode("utf-16-be"), "a/b", "text|page"),
    "a page with a comment": (b"<!-- generated --><html><body>no</body></html>", "audio/mpeg", "a web page"),
    "XML": (b'<?xml version="1.0"?><error>AccessDenied</error>', "application/xml", "XML"),
    "JSON": (b'{"error": {"message": "no such voice"}}', "application/json", "JSON"),
    "JSON over lines": (b'\n{\n  "error": "no such voice, choose another"\n}', "audio/pcm", "JSON"),
    "a JSON list": (b'["no", "such", "voice", "is", "here"]', "audio/pcm", "JSON"),
    "short JSON": (b'{"e": 1}', "audio/pcm", "JSON"),
    "a sentence": (b"The model is overloaded, try again later.", "audio/pcm", "text"),
    "a short sentence": (b"Not found", "audio/pcm", "text"),
    "a sentence in Japanese": ("モデルが混み合っています。後でもう一度。".encode(), "audio/pcm", "text"),
    "events": (b'event: error\ndata: {"error": "no"}\n\n', "audio/pcm", "text"),
    "base64": (b"UklGRiQAAABXQVZFZm10IBAAAAABAAEAgLsAAAB3AQACABAA", "audio/pcm", "text"),
    "MP3 with a tag": (b"ID3\x04\x00\x00\x00\x00\x00\x0a" + bytes(64), "audio/pcm", "MP3"),
    "AAC": (AAC * 3, "audio/aac", "AAC"),
    "MP4": (b"\x00\x00\x00\x20ftypM4A \x00\x00\x00\x00" + bytes(64), "audio/mp4", "MP4"),
    "Opus": (b"OggS\x00\x02" + bytes(64), "audio/ogg", "Ogg"),
    "FLAC": (b"fLaC\x00\x00\x00\x22" + bytes(64), "audio/flac", "FLAC"),
    "WebM": (b"\x1a\x45\xdf\xa3\x9f" + bytes(64), "audio/webm", "WebM"),
    "AIFF": (b"FORM\x00\x00\x10\x00AIFF" + bytes(64), "audio/aiff", "AIFF"),
    "a compressed page": (b"\x1f\x8b\x08\x00" + bytes(64), "audio/pcm", "compressed"),
    "a ZIP file": (b"PK\x03\x04\x14\x00" + bytes(64), "audio/pcm", "compressed"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(64), "audio/pcm", "picture"),
    "a document": (b"%PDF-1.7\n%\xe2\xe3" + bytes(64), "audio/pcm", "document"),
}


@pytest.mark.parametrize("cut", [1, 5, 4096])
@pytest.mark.parametrize(("data", "kind", "name"), ODD.values(), ids=ODD.keys())
async def test_what_is_no_speech_is_never_played(data: bytes, kind: str, name: str, cut: int) -> None:
    pieces = [data[start : start + cut] for start in range(0, len(data), cut)]
    steps = [speech(Answer(pieces, kind=kind), lambda request: request.json["response_format"] == "pcm")]
    if name in SOUNDS:  # it may send what was asked for if that is a WAV file
        steps.append(speech(Answer(pieces, kind=kind), lambda request: request.json["response_format"] == "wav"))
    async with scripted(*steps) as server, talking(server) as talk:
        with pytest.raises(VoiceError, match=rf"sent (\w+ )*({name})( \w+)* instead of PCM") as caught:
            async for _ in talk.engine.tts().speak("Paris."):
                raise AssertionError("it was played")
        assert caught.value.code is ErrorCode.BAD_ANSWER


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "application/json", "audio/mpeg", "", "text/plain"])
async def test_speech_under_a_wrong_name_is_played(kind: str) -> None:
    """What simple servers say by default."""
    async with scripted(speech(Answer([LOUD], kind=kind))) as server, talking(server) as talk:
        assert b"".join([audio.samples for audio in await talk.speak()]) == LOUD


# ---------------------------------------------------------------- slow speech


def loud_dripping(data: bytes) -> Attack:
    return dripping(head("audio/pcm"), chunk(data))


@pytest.mark.parametrize("data", [b"\x20", b"\x00\x20", bytes(2)])
async def test_speech_that_drips_is_told(data: bytes) -> None:
    with hostile(loud_dripping(data)) as url:
        async with talking(openai_at(url), timeouts=Timeouts(tts_s=0.3)) as talk:
            with pytest.raises(VoiceError, match="too slowly to be listened to") as caught:
                await talk.speak()
            assert (caught.value.code, caught.value.retryable) == (ErrorCode.TIMED_OUT, True)


def paced(waits: list[tuple[float, float]]) -> str:
    """(seconds of waiting, seconds of sound by then) for each chunk; what came of it with 10 s of patience."""
    pace = SpeechPace(10.0)
    for waited_s, sounded_s in waits:
        pace.count(waited_s)
        if pace.used_up:
            return "too slow"
        pace.sounded_s = sounded_s
    return "played"


@pytest.mark.parametrize(
    ("waits", "outcome"),
    [
        ([(1.0, number * 0.02) for number in range(30)], "too slow"),
        ([(1.0, number * 0.3) for number in range(60)], "played"),  # a slow machine of one's own
        ([(9.0, 2.0), (9.0, 3.5), (9.0, 5.0)], "played"),
        ([(0.1, 8.0), *((2.0, 8.0) for _ in range(12))], "too slow"),
        ([(0.01, number * 0.02) for number in range(5000)], "played"),
        ([(3.0, 0.5)], "played"),  # short words
    ],
)
def test_how_slow_is_too_slow(waits: list[tuple[float, float]], outcome: str) -> None:
    assert paced(waits) == outcome


# ---------------------------------------------------------------- how long to wait


@pytest.mark.parametrize(
    ("headers", "waited"),
    [
        ({"retry_after": "0"}, [0.25, 0.5]),
        ({"retry_after": "-3"}, [0.25, 0.5]),
        ({"retry_after": "0.001"}, [0.25, 0.5]),
        ({"retry_after": "Sun, 09 Sep 2001 01:40:00 GMT"}, [0.25, 0.5]),
        ({"retry_after": "Thu, 01 Jan 1970 00:00:00 GMT"}, [0.25, 0.5]),
        ({"retry_after": "soon"}, [0.25, 0.5]),
        ({"retry_after": "Xyz, 99 Abc 99999 99:99:99 GMT"}, [0.25, 0.5]),
        ({"retry_after": "nan"}, [0.25, 0.5]),
        ({"retry_after_ms": "0", "retry_after": "2"}, [0.25, 0.5]),
        ({"retry_after_ms": "1"}, [0.25, 0.5]),
        ({"retry_after_ms": "700"}, [0.7, 0.7]),
        ({"retry_after_ms": "x", "retry_after": "2"}, [2.0, 2.0]),
        ({"retry_after": "1e400"}, [0.25, 0.5]),
        ({"retry_after": "86400"}, []),
        ({"retry_after": "9" * 400}, []),
        ({"retry_after": "Fri, 31 Dec 9999 23:59:59 GMT"}, []),
        ({"x_ratelimit_remaining_requests": "0", "x_ratelimit_reset_requests": "1.5s"}, [1.5, 1.5]),
        ({"x_ratelimit_remaining_tokens": "0", "x_ratelimit_reset_tokens": "6m0s"}, []),
        ({"x_ratelimit_remaining_tokens": "0", "x_ratelimit_reset_tokens": "120ms"}, [0.25, 0.5]),
        ({"x_ratelimit_remaining_tokens": "9", "x_ratelimit_reset_tokens": "6m0s"}, [0.25, 0.5]),
        ({"x_ratelimit_remaining": "0", "x_ratelimit_reset": "2"}, [2.0, 2.0]),
        ({"x_ratelimit_remaining": "0", "x_ratelimit_reset": "1000000003"}, [3.0, 3.0]),
        ({"x_ratelimit_remaining": "0", "x_ratelimit_reset": "1000000003000"}, [3.0, 3.0]),
        ({"x_ratelimit_remaining": "0", "x_ratelimit_reset": "999"}, []),
        ({"x_ratelimit_remaining": "0", "x_ratelimit_reset": "-5"}, [0.25, 0.5]),
        ({"x_ratelimit_remaining": "0", "x_ratelimit_reset": "0"}, [0.25, 0.5]),
    ],
)
async def test_what_a_server_asks_for_is_never_less_than_the_usual_wait(
    headers: dict[str, str], waited: list[float]
) -> None:
    busy = as_json(refusal("rate_limit_exceeded"), 429, **headers)
    steps = [chat(busy) for _ in range(len(waited) + 1)]
    async with scripted(*steps) as server, talking(server) as talk:
        with pytest.raises(VoiceError) as caught:
            await talk.think()
        assert caught.value.code is ErrorCode.RATE_LIMITED
        assert talk.waits.seconds == pytest.approx(waited)


# ---------------------------------------------------------------- TLS where there is none, and the reverse


@pytest.mark.parametrize("stage", ["stt", "llm", "tts"])
async def test_tls_to_a_server_that_waits_for_more(stage: str) -> None:
    async with scripted() as server:
        there = openai_at(server.url.replace("http:", "https:"))
        async with talking(there, timeouts=Timeouts(0.3, 0.3, 0.3)) as talk:
            await _no_tls(talk.ask(stage), server.url)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.0 400 Bad Request\r\n\r\nThis is not HTTP.",
        b"<html>Bad Request</html>",
        b"SSH-2.0-OpenSSH_9.9\r\n",
        b"220 mail.example ESMTP\r\n",
    ],
)
async def test_tls_to_a_server_that_answers_plainly(answer: bytes) -> None:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(answer)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(connected, "127.0.0.1", 0) as listening:
        place = f"127.0.0.1:{listening.sockets[0].getsockname()[1]}/v1"
        async with talking(openai_at(f"https://{place}")) as talk:
            await _no_tls(talk.think(), f"http://{place}")


async def _no_tls(asking: object, instead: str) -> None:
    with pytest.raises(VoiceError) as caught:
        await asking  # type: ignore[misc]
    error = caught.value
    assert (error.code, error.retryable) == (ErrorCode.NOT_SECURE, False)
    assert "does not speak TLS" in error.message and instead in error.message and "loading" not in error.message


async def _plain(send: Send, answer: bytes) -> None:
    await send(answer)
    raise ConnectionError  # hangs up


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n",
        b"HTTP/1.1 400 Bad Request\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n"
        b"<center>The plain HTTP request was sent to HTTPS port</center>",
        b"HTTP/1.1 400 Bad Request\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n"
        b"You're speaking plain HTTP to an SSL-enabled server port. Instead use the HTTPS scheme.",
    ],
)
async def test_a_server_that_speaks_only_tls(answer: bytes) -> None:
    with hostile(lambda send: _plain(send, answer)) as url:
        async with talking(openai_at(url)) as talk:
            with pytest.raises(VoiceError, match="speaks only TLS") as caught:
                await talk.think()
            assert url.replace("http:", "https:") in caught.value.message


async def test_a_server_that_speaks_only_tls_and_hangs_up(certificate: ssl.SSLContext) -> None:
    async with (
        scripted(tls=certificate) as server,
        talking(openai_at(server.url.replace("https:", "http:"))) as talk,
    ):
        with pytest.raises(VoiceError, match="speaks only TLS") as caught:
            await talk.think()
        assert server.url in caught.value.message and talk.waits.seconds == []


async def test_a_server_that_is_asked_rightly_is_not_suspected() -> None:
    async with scripted(chat(sse(*words("Paris.")))) as server, talking(server) as talk:
        assert await talk.think() == "Paris."
