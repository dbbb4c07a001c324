"""Everything that is said of a service is in the catalogue of translations, whole sentences with values in them."""

import itertools
import socket
import ssl
from collections.abc import Callable, Sequence

import httpx2
import pytest

from tests.openai_server.script import models, scripted
from tests.openai_server.server import as_json
from tests.wordless_language import assert_error_looked_up
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.settings import Settings
from voicegui.providers.openai import errors, refusals
from voicegui.providers.openai.audio_format import _KINDS, instead_of_pcm
from voicegui.providers.openai.chat.answer import CollectedAnswer
from voicegui.providers.openai.chat.received_fields import Echo
from voicegui.providers.openai.chat.stream import whole
from voicegui.providers.openai.chat.tool_calls import LONGEST_CALL, MOST_CALLS, StreamedCalls
from voicegui.providers.openai.client import OpenAIClient
from voicegui.providers.openai.errors import BadAnswer, BadStatus, Told, translate
from voicegui.providers.openai.http import Response
from voicegui.providers.openai.models import parse_models
from voicegui.providers.openai.pcm import Pcm, rate_of
from voicegui.providers.openai.realtime import responses
from voicegui.providers.openai.realtime import socket as realtime_socket
from voicegui.providers.openai.realtime.events import Fault, ResponseEnded
from voicegui.providers.openai.refusals import Refusal, refusal_error
from voicegui.providers.openai.service import Stage, StageTarget, checked_url, custom
from voicegui.providers.openai.service_settings import configured
from voicegui.providers.openai.sse import LONGEST_ANSWER, TOO_LONG, EventDecoder

from .conftest import talking

SERVICE, HOST, PLACE = "Zett", "api.zett.example", "api.zett.example/v1"
MODELS = ("", "tts-1", "qwen{x}")
NAMES = (SERVICE, HOST, PLACE, *MODELS[1:], refusals.successor("tts-1"))

TARGETS = [
    StageTarget(SERVICE, stage, model, HOST, PLACE, local)
    for stage, model, local in itertools.product((None, *Stage), MODELS, (False, True))
]
HERE = TARGETS[0]

every_target = pytest.mark.parametrize("asked", TARGETS, ids=lambda asked: f"{asked.stage}-{asked.model}-{asked.local}")


# ---------------------------------------------------------------- errors

STATUSES = (None, 400, 401, 402, 403, 404, 405, 408, 410, 413, 418, 422, 429, 500, 501, 503, 504, 524)
CODES = (
    "", "insufficient_quota", "content_filter", "context_length_exceeded", "tool_use_failed", "invalid_api_key",
    "model_not_found", "authentication_error", "permission_error", "rate_limit_exceeded", "invalid", "Such a Code!",
)  # fmt: skip
TEXTS = ("", "the model has been deprecated", "does not support chat", "roles must alternate", "model not found",
         "the prompt is too long")  # fmt: skip


@every_target
def test_every_refusal(asked: StageTarget) -> None:
    said = {}
    for status, code, text in itertools.product(STATUSES, CODES, TEXTS):
        error = refusal_error(Refusal(status, code, text), asked)
        said[error.message] = error, code
    assert len(said) > 12
    for error, code in said.values():
        assert_error_looked_up(error, *NAMES, code or SERVICE)


def _tls(reason: str) -> ssl.SSLError:
    error = ssl.SSLError()
    error.reason = reason
    return error


def _from(cause: BaseException, error: Exception) -> Exception:
    error.__cause__ = cause
    return error


ON_THE_WAY: Sequence[Callable[[], Exception]] = (
    errors.TooSlow,
    errors.HandshakeStalled,
    errors.OnlyTls,
    errors.Dropped,
    TimeoutError,
    ValueError,
    lambda: httpx2.ReadTimeout(""),
    lambda: httpx2.InvalidURL(""),
    lambda: httpx2.UnsupportedProtocol(""),
    lambda: httpx2.ProxyError(""),
    lambda: _from(httpx2.ConnectError(""), httpx2.ProxyError("")),
    lambda: httpx2.ReadError(""),
    lambda: httpx2.ConnectError(""),
    lambda: _from(socket.gaierror(), httpx2.ConnectError("")),
    lambda: _from(ssl.SSLCertVerificationError(), httpx2.ConnectError("")),
    lambda: _from(_tls("WRONG_VERSION_NUMBER"), httpx2.ConnectError("")),
    lambda: _from(_tls("ANOTHER"), httpx2.ConnectError("")),
    lambda: BadStatus(302, {"location": "https://elsewhere.example/v1"}, ""),
    lambda: BadStatus(307, {}, ""),
    lambda: BadStatus(503, {}, "loading model"),
    lambda: BadStatus(400, {}, "Client sent an HTTP request to an HTTPS server."),
    lambda: Told({"error": {"code": "odd", "message": "A server's words."}}),
)


@every_target
def test_every_error_on_the_way(asked: StageTarget) -> None:
    for make in ON_THE_WAY:
        error = translate(make(), asked)
        assert error is not None
        assert_error_looked_up(error, *NAMES, "https://elsewhere.example")


@every_target
def test_every_error_that_is_made_elsewhere(asked: StageTarget) -> None:
    failed = [ResponseEnded("1", "", status, "", Fault()) for status in ("failed", "incomplete", "cancelled")]
    made = [
        refusals.no_key(SERVICE),
        refusals.content_refused(asked),
        refusals.not_offered(asked),
        refusals.model_shut_down(asked),
        errors.broke_off(asked),
        errors.timed_out(asked),
        errors.proxy_failed(asked),
        realtime_socket.closed(asked),
        realtime_socket._redirected(asked),
        realtime_socket._voice_error(ImportError(), asked),
        responses.nothing_spoken(asked),
        *filter(None, (responses._failure(ended, asked) for ended in failed)),
    ]
    for error in made:
        assert_error_looked_up(error, *NAMES)


@pytest.mark.parametrize("url", ["", "localhost", "http://a b/", "http://user:secret@host/v1"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(VoiceError) as caught:
        checked_url(url)
    assert_error_looked_up(caught.value, "http://localhost:1234/v1")


def test_a_server_without_an_address_and_one_without_a_name() -> None:
    with pytest.raises(VoiceError) as caught:
        configured(Settings(llm="custom"), "custom")
    assert_error_looked_up(caught.value, "http://localhost:1234/v1")
    settings = Settings(llm="custom", stt="custom", llm_url="http://a:1/v1", stt_url="http://b:2/v1")
    asked = StageTarget.of(configured(settings, "custom"), Stage.LLM, "small")
    assert errors.broke_off(asked).message == "The connection to Your server broke off. Try again."
    assert_error_looked_up(errors.broke_off(asked))


async def test_a_service_that_is_closed_or_lists_nothing() -> None:
    assert_error_looked_up(OpenAIClient(custom("http://zett.example/v1"))._closed_error(), "zett.example")
    async with scripted(models(as_json({"data": []}))) as server, talking(custom(server.url)) as talk:
        talk.engine.llm()
        with pytest.raises(VoiceError) as caught:
            await talk.engine.start(lambda loading: None)
    assert_error_looked_up(caught.value)


# ---------------------------------------------------------------- answers that make no sense


def _bad(read: Callable[[], object]) -> BadAnswer:
    with pytest.raises(BadAnswer) as caught:
        read()
    return caught.value


def _ended(choice: object, *, offered: Sequence[str] = (), longest: int = 0) -> BadAnswer:
    answer = CollectedAnswer(HERE, set(), offered=offered, thinks_ahead=False, longest=longest)
    answer.add(choice)
    answer.rest()
    return _bad(lambda: answer.end(Echo()))


CALL = {"tool_calls": [{"id": "1", "function": {"name": "f", "arguments": '{"a'}}]}


def _many_calls() -> object:
    function = {"name": "f", "arguments": "{}"}
    calls = [{"id": str(number), "function": function} for number in range(MOST_CALLS + 1)]
    return StreamedCalls(set()).add({"tool_calls": calls}, whole=True)


def _long_call(part: str) -> object:
    function = {"name": "f", "arguments": "{}"} | {part: "x" * (LONGEST_CALL + 1)}
    return StreamedCalls(set()).add({"tool_calls": [{"function": function}]}, whole=True)


def _wav(bits: int) -> bytes:
    return (b"RIFF\xff\xff\xff\x7fWAVEfmt " + (16).to_bytes(4, "little") + b"\1\0\1\0" + (24_000).to_bytes(4, "little")
            + bytes(6) + bits.to_bytes(2, "little") + bytes(400))  # fmt: skip


BAD: Sequence[Callable[[], BadAnswer]] = (
    lambda: _ended({"delta": {}, "finish_reason": "stop"}),
    lambda: _ended({"delta": CALL, "finish_reason": "length"}, offered=["f"]),
    lambda: _ended({"delta": CALL, "finish_reason": "stop"}),
    lambda: _ended({"delta": {"reasoning_content": "hm"}, "finish_reason": "stop"}),
    lambda: _ended({"delta": {"reasoning_content": "hm"}, "finish_reason": "length"}),
    lambda: _bad(_many_calls),
    lambda: _bad(lambda: _long_call("name")),
    lambda: _bad(lambda: _long_call("arguments")),
    lambda: _bad(lambda: EventDecoder().feed(b"data: " + b"x" * (LONGEST_ANSWER + 1))),
    lambda: _bad(lambda: parse_models("<html>")),
    lambda: _bad(lambda: rate_of({"content-type": "audio/pcm; rate=1"}, 24_000)),
    lambda: _bad(lambda: Pcm(24_000).feed(_wav(24))),
    lambda: _bad(lambda: Pcm(24_000).feed(b"<html><body>No such page</body></html>")),
    lambda: _bad(lambda: Pcm(24_000).feed(b"Nothing is spoken here today.")),
    lambda: _bad(lambda: Pcm(24_000).feed(b"OggS\0" + bytes(100))),
    lambda: _bad(lambda: Pcm(24_000).feed(b"RIFF\0\0\0\0WAVELIST\0\0\1\0" + bytes(100))),
    lambda: BadAnswer(TOO_LONG),
)
FORMATS = ("MP3", "AAC", "MP4", "Ogg", "FLAC", "WebM", "AIFF", "AU", "CAF", "AMR", "JSON", "XML")


@pytest.mark.parametrize("make", BAD)
def test_every_answer_that_makes_no_sense(make: Callable[[], BadAnswer]) -> None:
    error = translate(make(), HERE)
    assert error is not None and error.code is ErrorCode.BAD_ANSWER and error.message.startswith(SERVICE)
    assert_error_looked_up(error, SERVICE, *FORMATS)


@pytest.mark.parametrize("kind", ["text/html", "image/png", ""])
async def test_an_answer_of_another_type(kind: str) -> None:
    inner = httpx2.Response(200, headers={"content-type": kind})
    with pytest.raises(BadAnswer) as caught:
        await whole(Response(inner, 1.0))
    assert_error_looked_up(errors.bad_answer(HERE, caught.value.what), SERVICE)


@pytest.mark.parametrize("kind", [*_KINDS, "JSON", "XML", "a web page"])
def test_every_kind_of_what_is_no_pcm(kind: str) -> None:
    what = instead_of_pcm(kind)
    assert what.filled(service=SERVICE).shown() == f"{SERVICE} sent {kind} instead of PCM sound."
    assert_error_looked_up(errors.bad_answer(HERE, what), SERVICE, *FORMATS)
