"""From the settings to a service that answers."""

import asyncio
import logging
import pickle
import traceback
from dataclasses import replace
from datetime import date

import httpx2
import pytest

from tests.openai_server.script import chat, models, scripted
from tests.openai_server.server import Fault, Request, as_json, sse
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.keys import KeyState, Secret
from voicegui.core.ports import LoadingProgress
from voicegui.providers.openai.client import OpenAIClient
from voicegui.providers.openai.engine import OpenAIEngine
from voicegui.providers.openai.service import GROQ, OLLAMA, OPENAI, Stage

from .conftest import KEY, QUESTION, Waits, openai_at, refusal, talking, words

LISTED = {"data": [{"id": "gpt-6-luna"}, {"id": "gpt-transcribe"}, {"id": "gpt-4o-mini-tts"}]}
ENDING = {"data": [{"id": "gpt-4o-mini-tts", "shutdown_date": "2027-01-06"}]}


class OneKey:
    """Keys that hold one; a service nobody expected fails."""

    def __init__(self, key: str | None) -> None:
        self.key = key

    async def get(self, service: str) -> Secret | None:
        assert service == "openai"
        return Secret(self.key) if self.key else None

    async def set(self, service: str, key: Secret) -> KeyState:
        raise AssertionError("an engine changes no key")

    async def delete(self, service: str) -> KeyState:
        raise AssertionError("an engine changes no key")

    async def state(self, service: str) -> KeyState:
        raise AssertionError("an engine shows no key")

    def notice(self) -> str:
        raise AssertionError("an engine shows no key")


async def test_start_finds_the_key_and_the_models() -> None:
    steps: list[LoadingProgress] = []
    async with scripted(models(as_json(LISTED))) as server:
        service = replace(openai_at(server.url), key=None)
        engine = OpenAIEngine(service, keys=OneKey(KEY), retry=Waits().retry())
        await engine.start(steps.append)
        await engine.aclose()
        assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert [step.what for step in steps] == ["Connecting to OpenAI"]


async def test_without_a_key_there_is_a_sentence_and_no_request() -> None:
    async with scripted() as server:
        engine = OpenAIEngine(replace(openai_at(server.url), key=None), keys=OneKey(None))
        with pytest.raises(VoiceError, match="needs a key") as caught:
            await engine.start(print)
        assert caught.value.code is ErrorCode.NO_KEY
        await engine.aclose()


async def test_a_wrong_key_can_be_replaced() -> None:
    wrong = models(as_json(refusal("invalid_api_key"), 401))
    async with scripted(wrong, models(as_json(LISTED))) as server, talking(server) as talk:
        with pytest.raises(VoiceError) as caught:
            await talk.engine.start(print)
        assert caught.value.code is ErrorCode.WRONG_KEY
        talk.engine.client.use_key(Secret("sk-better"))
        await talk.engine.start(print)
        assert server.requests[1].headers["authorization"] == "Bearer sk-better"


async def test_a_server_without_a_list_can_talk() -> None:
    async with scripted(models(as_json({}, 404)), chat(sse(*words("Yes.")))) as server, talking(server) as talk:
        await talk.engine.start(print)
        assert await talk.think() == "Yes."


async def test_the_first_listed_model_serves_where_none_is_usual() -> None:
    listed = as_json({"data": [{"id": "nomic-embed-text"}, {"id": "qwen2.5:0.5b"}]})
    steps = models(listed), chat(sse(*words("Yes.")), lambda request: request.json["model"] == "qwen2.5:0.5b")
    async with scripted(*steps) as server, talking(OLLAMA.at(server.url)) as talk:
        llm = talk.engine.llm()
        await talk.engine.start(print)
        assert [piece async for piece in llm.reply(QUESTION, max_tokens=50)] == ["Yes."]


async def test_no_model_to_choose_from_has_a_sentence() -> None:
    async with scripted(models(as_json({"data": None}))) as server, talking(OLLAMA.at(server.url)) as talk:
        talk.engine.llm()
        with pytest.raises(VoiceError, match="lists no model") as caught:
            await talk.engine.start(print)
        assert caught.value.code is ErrorCode.MODEL_UNKNOWN


async def test_a_stage_nobody_offers_is_refused() -> None:
    async with talking(OLLAMA) as talk:
        with pytest.raises(VoiceError, match="Ollama has no speech endpoint") as caught:
            talk.engine.tts()
        assert caught.value.code is ErrorCode.NOT_OFFERED


async def test_a_model_that_ends_soon_is_told_once() -> None:
    async with scripted(models(as_json(ENDING))) as server, talking(server) as talk:
        talk.engine.tts()
        talk.engine.llm()
        await talk.engine.start(print)
        [told] = talk.noticed
        assert "6 January 2027" in told.message
        assert (told.stage, told.successor) == (Stage.TTS, "")  # what comes after it is not on this list


async def test_the_successor_that_is_there_is_offered_also_for_a_model_used_over_realtime() -> None:
    listed = [
        {"id": "gpt-realtime-mini", "shutdown_date": "2027-01-06"},
        {"id": "gpt-realtime-2.1-mini"},
        {"id": "gpt-4o", "shutdown_date": "2027-01-14"},
        {"id": "gpt-6.1-terra"},
    ]
    async with scripted(models(as_json({"data": listed}))) as server, talking(server) as talk:
        talk.engine.llm("gpt-4o")
        talk.engine.expect(Stage.TTS, "gpt-realtime-mini")
        await talk.engine.start(print)
        assert [(told.stage, told.successor) for told in talk.noticed] == [
            (Stage.LLM, "openai:gpt-6.1-terra"),
            (Stage.TTS, "openai:gpt-realtime-2.1-mini"),
        ]


async def test_a_model_that_ended_is_refused() -> None:
    async with scripted(models(as_json(ENDING))) as server:
        engine = OpenAIEngine(openai_at(server.url), retry=Waits().retry(), today=lambda: date(2027, 1, 6))
        engine.tts()
        with pytest.raises(VoiceError) as caught:
            await engine.start(print)
        await engine.aclose()
    assert (caught.value.code, caught.value.hint) == (ErrorCode.MODEL_SHUT_DOWN, "gpt-realtime-2.1-mini")


# ---------------------------------------------------------------- testing a key


async def test_checking_a_key_asks_for_a_token() -> None:
    said = {"choices": [{"message": {"content": ""}, "finish_reason": "length"}]}

    def expect(request: Request) -> None:
        assert request.json["max_completion_tokens"] <= 16

    async with scripted(models(as_json(LISTED)), chat(as_json(said), expect)) as server, talking(server) as talk:
        assert await talk.engine.check_key() == "The key works: OpenAI answered."


async def test_checking_a_key_notices_an_empty_account() -> None:
    empty = chat(as_json(refusal("insufficient_quota"), 429))
    async with scripted(models(as_json(LISTED)), empty) as server, talking(server) as talk:
        with pytest.raises(VoiceError, match="credit"):
            await talk.engine.check_key()


async def test_a_key_that_may_only_talk_works() -> None:
    said = chat(as_json({"choices": []}))
    async with scripted(models(as_json(refusal("x"), 403)), said) as server, talking(server) as talk:
        assert "works" in await talk.engine.check_key()


async def test_checking_a_key_of_a_service_without_a_usual_model() -> None:
    async with (
        scripted(models(as_json(LISTED))) as server,
        talking(replace(GROQ.at(server.url), key=Secret(KEY))) as talk,
    ):
        assert await talk.engine.check_key() == "The key works: Groq offers 3 models."


# ---------------------------------------------------------------- what leaves this machine


async def test_what_belongs_to_openai_does_not_go_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("API_KEY", KEY), ("ORG_ID", "org-1"), ("PROJECT_ID", "proj-1"), ("ADMIN_KEY", "sk-admin")):
        monkeypatch.setenv(f"OPENAI_{name}", value)
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Secret: planted\nAuthorization: Bearer planted")

    def expect(request: Request) -> None:
        assert request.headers["authorization"] == "Bearer none"
        assert not {"openai-organization", "openai-project", "x-secret"} & set(request.headers)

    async with (
        scripted(models(as_json(LISTED)), chat(sse(*words("Yes.")), expect)) as server,
        talking(OLLAMA.at(server.url)) as talk,
    ):
        await talk.engine.start(print)
        expect(server.requests[0])
        assert [piece async for piece in talk.engine.llm("x").reply(QUESTION, max_tokens=5)] == ["Yes."]


async def test_organization_and_project_go_to_openai() -> None:
    def expect(request: Request) -> None:
        assert (request.headers["openai-organization"], request.headers["openai-project"]) == ("org-1", "proj-1")

    async with (
        scripted(chat(sse(*words("Yes.")), expect)) as server,
        talking(replace(openai_at(server.url), organization="org-1", project="proj-1")) as talk,
    ):
        await talk.think()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.0.0.1", "[::ffff:127.0.0.1]"])
async def test_a_proxy_is_not_asked_for_this_machine(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.invalid:3128")
    async with scripted(chat(sse(*words("Yes.")))) as server:
        service = openai_at(server.url.replace("127.0.0.1", host))
        assert service.local
        async with talking(service) as talk:
            assert await talk.think() == "Yes."


async def test_neither_key_nor_words_are_in_any_log_or_traceback(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("openai").setLevel(logging.INFO)
    trouble = as_json({"error": {"message": f"{KEY} {QUESTION[-1].text}"}}, 500)
    async with scripted(*(chat(trouble) for _ in range(3))) as server, talking(server) as talk:
        with pytest.raises(VoiceError) as caught:
            await talk.think()
    assert "VoiceError" in (shown := "".join(traceback.format_exception(caught.value)))
    told = (
        shown + caplog.text + repr(caught.value) + caught.value.message + repr(pickle.loads(pickle.dumps(caught.value)))
    )
    assert KEY not in told and "capital of France" not in told


# ---------------------------------------------------------------- connections


class Counted(httpx2.AsyncBaseTransport):
    """Stands for the network: counts requests, or refuses them."""

    def __init__(self, *, broken: bool = False) -> None:
        self.requests: list[str] = []
        self.broken = broken

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(f"{request.method} {request.url}")
        if self.broken:
            raise httpx2.ConnectError("refused")
        return httpx2.Response(401)


async def test_connections_are_opened_ahead_once() -> None:
    network = Counted()
    client = OpenAIClient(replace(OPENAI, key=Secret(KEY)), transport=network)
    await asyncio.gather(client.prepare(), client.prepare(Stage.LLM))
    await client.prepare()
    assert network.requests == ["HEAD https://api.openai.com/v1/models"] * 2
    await client.aclose()


async def test_a_failed_preparation_is_silent_and_tried_again() -> None:
    network = Counted(broken=True)
    client = OpenAIClient(replace(OPENAI, key=Secret(KEY)), transport=network)
    await client.prepare()
    network.broken = False
    await client.prepare()
    assert len(network.requests) == 4
    await client.aclose()


async def test_without_a_key_nothing_is_prepared() -> None:
    network = Counted()
    client = OpenAIClient(OPENAI, transport=network)
    await client.prepare()
    assert network.requests == []
    await client.aclose()


async def test_closing_ends_what_is_under_way() -> None:
    answer = sse(*words("Once", finish=None), end=[Fault.STALL])
    async with scripted(chat(answer)) as server, talking(server) as talk:
        reply = talk.engine.llm().reply(QUESTION, max_tokens=50)
        await anext(reply)
        await reply.aclose()
        await talk.engine.aclose()
        async with asyncio.timeout(5):
            await answer.given_up.wait()
