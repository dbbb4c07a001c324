"""Everything that can go wrong between here and a service, at each stage."""

import socket
import ssl
from collections.abc import Callable

import pytest

from tests.openai_server.script import Step, chat, hearing, scripted, speech
from tests.openai_server.server import NOTHING, Answer, Fault, as_json, sse
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.providers.openai.client import Timeouts

from .conftest import KEY, Talking, openai_at, refusal, talking, transcript, words

STAGES = ("stt", "llm", "tts")
STEPS: dict[str, Callable[[Answer], Step]] = {"stt": hearing, "llm": chat, "tts": speech}
WELL = {
    "stt": lambda: sse(*transcript("Hello.")),
    "llm": lambda: sse(*words("Paris.")),
    "tts": lambda: Answer([b"\x00\x20" * 100], kind="audio/pcm"),
}

every_stage = pytest.mark.parametrize("stage", STAGES)


async def failure(talk: Talking, stage: str) -> VoiceError:
    with pytest.raises(VoiceError) as caught:
        await talk.ask(stage)
    assert KEY not in f"{caught.value!r} {caught.value.message} {caught.value.hint}"
    return caught.value


ANSWERS = [
    (as_json(refusal("invalid_api_key", f"Incorrect API key provided: {KEY}"), 401), ErrorCode.WRONG_KEY),
    (as_json(refusal("unsupported_country_region_territory"), 403), ErrorCode.NO_PERMISSION),
    (as_json(refusal("model_not_found", "The model `x` does not exist"), 404), ErrorCode.MODEL_UNKNOWN),
    (as_json({"error": 'model "x" not found, try pulling it first'}, 404), ErrorCode.MODEL_UNKNOWN),
    (as_json(refusal("model_not_found", "The model `x` has been deprecated"), 404), ErrorCode.MODEL_SHUT_DOWN),
    (as_json({"error": {"message": "Gone", "type": "x"}}, 410), ErrorCode.MODEL_SHUT_DOWN),
    (as_json({"detail": "Not Found"}, 404), ErrorCode.NOT_OFFERED),
    (Answer([b"<html>404</html>"], 404, "text/html"), ErrorCode.NOT_OFFERED),
    (as_json({}, 405), ErrorCode.NOT_OFFERED),
    (as_json({}, 501), ErrorCode.NOT_OFFERED),
    (as_json(refusal("x"), 413), ErrorCode.TOO_LARGE),
    (as_json(refusal("insufficient_quota", "You exceeded your current quota"), 429), ErrorCode.QUOTA_USED_UP),
    (as_json(refusal("content_policy_violation"), 400), ErrorCode.CONTENT_REFUSED),
    (as_json(refusal("context_length_exceeded"), 400), ErrorCode.CONTEXT_TOO_LONG),
    (
        as_json({"error": {"message": "the request exceeds the available context size"}}, 400),
        ErrorCode.CONTEXT_TOO_LONG,
    ),
    (as_json(refusal("unsupported_value"), 400), ErrorCode.BAD_REQUEST),
    (as_json(refusal("weird", "what?"), 418), ErrorCode.BAD_REQUEST),
]


@every_stage
@pytest.mark.parametrize(("answer", "code"), ANSWERS, ids=[f"{a.status}-{code}" for a, code in ANSWERS])
async def test_a_refusal_is_told_at_once(stage: str, answer: Answer, code: ErrorCode) -> None:
    async with scripted(STEPS[stage](answer)) as server, talking(server) as talk:
        error = await failure(talk, stage)
        assert (error.code, error.retryable) == (code, False)
        assert talk.waits.seconds == []


async def test_a_missing_endpoint_is_named() -> None:
    async with scripted(speech(as_json({"detail": "Not Found"}, 404))) as server, talking(server) as talk:
        assert "has no speech endpoint" in (await failure(talk, "tts")).message


async def test_a_model_that_ended_names_its_successor() -> None:
    gone = as_json(refusal("model_not_found", "The model has been deprecated"), 404)
    async with scripted(speech(gone)) as server, talking(server) as talk:
        error = await failure(talk, "tts")
        assert error.hint == "gpt-realtime-2.1-mini" and error.hint in error.message


# ---------------------------------------------------------------- trouble that passes


@every_stage
@pytest.mark.parametrize(
    "trouble",
    [
        as_json(refusal("server_error"), 500),
        as_json(refusal("rate_limit_exceeded"), 429),
        as_json({}, 408),
        as_json({}, 409),
        as_json({}, 503),
        NOTHING,
        Answer([Fault.RESET]),
    ],
)
async def test_twice_trouble_then_well(stage: str, trouble: Answer) -> None:
    step = STEPS[stage]
    async with scripted(step(trouble), step(trouble), step(WELL[stage]())) as server, talking(server) as talk:
        assert await talk.ask(stage)
        assert talk.waits.seconds == [0.25, 0.5]


@every_stage
@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (as_json(refusal("server_error"), 500), ErrorCode.SERVER_FAILED),
        (as_json(refusal("rate_limit_exceeded"), 429), ErrorCode.RATE_LIMITED),
        (as_json({}, 504), ErrorCode.TIMED_OUT),
        (NOTHING, ErrorCode.OFFLINE),
    ],
)
async def test_three_times_is_enough(stage: str, trouble: Answer, code: ErrorCode) -> None:
    async with scripted(*(STEPS[stage](trouble) for _ in range(3))) as server, talking(server) as talk:
        error = await failure(talk, stage)
        assert error.code is code and error.retryable


@every_stage
async def test_a_server_says_how_long_to_wait(stage: str) -> None:
    busy, step = as_json(refusal("rate_limit_exceeded"), 429, retry_after="2"), STEPS[stage]
    async with scripted(step(busy), step(WELL[stage]())) as server, talking(server) as talk:
        await talk.ask(stage)
        assert talk.waits.seconds == [2.0]


@every_stage
async def test_too_long_a_wait_is_not_waited(stage: str) -> None:
    busy = as_json(refusal("rate_limit_exceeded"), 429, retry_after="60")
    async with scripted(STEPS[stage](busy)) as server, talking(server) as talk:
        assert (await failure(talk, stage)).code is ErrorCode.RATE_LIMITED
        assert talk.waits.seconds == []


@every_stage
async def test_a_stall_ends_without_a_second_one(stage: str) -> None:
    limits = Timeouts(stt_s=0.2, llm_s=0.2, tts_s=0.2)
    for stall in (Answer([Fault.STALL]), Answer([Fault.STALL], status=0)):
        async with scripted(STEPS[stage](stall)) as server, talking(server, timeouts=limits) as talk:
            error = await failure(talk, stage)
            assert (error.code, error.retryable) == (ErrorCode.TIMED_OUT, True)
            assert talk.waits.seconds == []


# ---------------------------------------------------------------- the way there


@every_stage
async def test_nobody_at_the_address(stage: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refused, and nobody else can take the port
        async with talking(openai_at(f"http://127.0.0.1:{taken.getsockname()[1]}/v1")) as talk:
            error = await failure(talk, stage)
            assert (error.code, error.retryable) == (ErrorCode.OFFLINE, True)
            assert "not running on this machine" in error.message
            assert talk.waits.seconds == []


async def test_a_name_nobody_has() -> None:
    async with talking(openai_at("http://nowhere.invalid/v1")) as talk:
        error = await failure(talk, "llm")
        assert error.code is ErrorCode.OFFLINE and "nowhere.invalid" in error.message


@every_stage
@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_the_key_does_not_follow_to_another_host(stage: str, status: int) -> None:
    async with scripted() as other:  # any request to it fails the test
        away = as_json({}, status, location=f"{other.url}/elsewhere")
        async with scripted(STEPS[stage](away)) as server, talking(server) as talk:
            error = await failure(talk, stage)
            assert error.code is ErrorCode.REDIRECTED
            assert other.url.removesuffix("/v1") in error.message


@every_stage
async def test_a_certificate_nobody_signed(stage: str, certificate: ssl.SSLContext) -> None:
    async with scripted(tls=certificate) as server, talking(server) as talk:
        error = await failure(talk, stage)
        assert (error.code, error.retryable) == (ErrorCode.NOT_SECURE, False)
        assert "127.0.0.1" in error.message
