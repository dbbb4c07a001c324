"""What a service tells besides errors (what it lacks, how far it is) is in the catalogue of translations."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.openai_server.script import chat, models, scripted
from tests.openai_server.server import as_json
from tests.pseudo_language import BEGIN, END, PSEUDO, own_words
from tests.wordless_language import assert_looked_up
from voicegui.core.keys import Secret
from voicegui.core.ports import LoadingProgress
from voicegui.core.wording import Sentence, use_translations
from voicegui.providers.openai.chat.capabilities import ChatCapabilities, ChatRequest
from voicegui.providers.openai.chat.language_model import OpenAILanguageModel
from voicegui.providers.openai.client import OpenAIClient
from voicegui.providers.openai.errors import BadStatus
from voicegui.providers.openai.models import ModelUse, RemoteModel, warn_within
from voicegui.providers.openai.service import GROQ, ServiceConfig
from voicegui.providers.openai.speech import _LACKS as SPEECH_LACKS
from voicegui.providers.openai.speech import OpenAITextToSpeech
from voicegui.providers.openai.transcription import _LACKS as HEARING_LACKS
from voicegui.providers.openai.transcription import OpenAISpeechToText
from voicegui.providers.registry import ENGINES

from .conftest import KEY, QUESTION, TODAY, openai_at, talking
from .test_tool_calls import TIME, WEATHER

SERVICE, MODEL = "Zett", "qwen{x}"


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    yield
    use_translations()


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> OpenAIClient:
    """Tells at once."""
    url = "http://zett.example/v1"
    client = OpenAIClient(ServiceConfig("zett", SERVICE, stt_url=url, llm_url=url, tts_url=url))
    monkeypatch.setattr(client, "tell", lambda listener, message: listener(message))
    return client


def assert_told(told: list[str], make: Callable[[], object]) -> None:
    def say() -> str:
        told.clear()
        make()
        return " ".join(told)

    assert_looked_up(say, SERVICE, MODEL, WEATHER.name, "other")
    assert told and not re.search(r"\{\w\w+\}", say())


@pytest.mark.parametrize("lacking", HEARING_LACKS)
def test_what_a_server_lacks_that_hears(client: OpenAIClient, lacking: str) -> None:
    told: list[str] = []
    assert_told(told, lambda: OpenAISpeechToText(client, MODEL, tell=told.append)._dialect.give_up(lacking))


@pytest.mark.parametrize("lacking", SPEECH_LACKS)
def test_what_a_server_lacks_that_speaks(client: OpenAIClient, lacking: str) -> None:
    told: list[str] = []
    assert_told(told, lambda: OpenAITextToSpeech(client, MODEL, tell=told.append)._dialect.give_up(lacking))


def test_what_a_server_lacks_that_thinks(client: OpenAIClient) -> None:
    told: list[str] = []

    def chatting() -> ChatCapabilities:
        made = ChatCapabilities(client, told.append)
        made.model = MODEL
        return made

    def without_room() -> None:
        made = chatting()
        made.room.tokens = 60
        made.body(ChatRequest(QUESTION, 50, (WEATHER, TIME)))

    def without_one() -> None:
        refused = {"error": {"message": "no such schema", "param": "tools[0].function.parameters"}}
        question, made = ChatRequest(QUESTION, 50, (WEATHER,)), chatting()
        assert made.learn(BadStatus(400, {}, refused), question, made.body(question))

    assert_told(told, lambda: chatting().offer.take_back())
    assert_told(told, without_room)
    assert_told(told, without_one)


def test_another_model_and_one_that_loads(client: OpenAIClient) -> None:
    told: list[str] = []

    def taken() -> None:
        llm = OpenAILanguageModel(client, MODEL, tell=told.append)
        llm.others = ["other"]
        assert llm._take_another(BadStatus(400, {}, "does not support chat"))

    def loads() -> None:
        client.on_loading = told.append
        client._loading.answered("url", MODEL)
        client._tell_loading("url", MODEL)

    assert_told(told, taken)
    assert_told(told, loads)


@pytest.mark.parametrize("month", range(1, 13))
@pytest.mark.parametrize("id", [MODEL, "tts-1"])
def test_a_model_that_ends_soon(month: int, id: str) -> None:
    ends = date(2027, month, 6)
    model = RemoteModel(id, ModelUse.LLM, ends)
    assert_looked_up(lambda: warn_within(model, ends - timedelta(9)), id, model.successor or id)
    assert f" works until 6 {ends:%B} 2027." in warn_within(model, ends - timedelta(9))


async def test_how_far_it_is_and_whether_the_key_works() -> None:
    use_translations(shown=PSEUDO)
    said = {"choices": [{"message": {"content": ""}, "finish_reason": "length"}]}
    listed = [{"id": "bge-m3"}, {"id": "gpt-6-luna", "shutdown_date": TODAY.isoformat()}]
    steps: list[LoadingProgress] = []
    answers = (models(as_json({"data": listed[:1]})), models(as_json({"data": listed})), chat(as_json(said)))
    async with scripted(*answers) as server, talking(replace(openai_at(server.url), llm_model="")) as talk:
        await talk.engine.start(steps.append)
        talk.engine.client.service = openai_at(server.url)
        outcomes = [await talk.engine.check_key()]
    async with scripted(*[models(as_json({"data": listed[:many]})) for many in (1, 2)]) as server:
        for _ in range(2):
            async with talking(replace(GROQ.at(server.url), key=Secret(KEY))) as talk:
                outcomes.append(await talk.engine.check_key())
    for text in [*outcomes, *(step.what for step in steps)]:
        assert own_words(text) == ""
    assert [text.strip(BEGIN + END) for text in outcomes] == [
        "The key works: OpenAI answered.",
        "The key works: Groq offers 1 model.",
        "The key works: Groq offers 2 models.",
    ]
    assert [step.what for step in steps] == ["⟦Connecting to OpenAI⟧"]


async def test_a_model_that_is_passed_over() -> None:
    use_translations(shown=PSEUDO)
    listed = {"data": [{"id": "bge-m3"}, {"id": "small"}]}
    async with scripted(models(as_json(listed))) as server, talking(GROQ_WITHOUT_KEY.at(server.url)) as talk:
        talk.engine.llm()
        await talk.engine.start(lambda loading: None)
    assert talk.told == ["⟦The model bge-m3 of Groq is no model to talk with: small answers.⟧"]


GROQ_WITHOUT_KEY = replace(GROQ, needs_key=False)


def test_an_engine_without_a_name_is_called_by_words() -> None:
    own = {entry.name: entry for entry in ENGINES if isinstance(entry.label, Sentence)}
    assert set(own) == {"local", "custom"}
    assert all(isinstance(entry.called, Sentence) or not entry.called for entry in ENGINES)
    for entry in own.values():
        assert_looked_up(lambda entry=entry: f"{entry.label} {entry.called}")  # type: ignore[misc]
    assert [str(own["local"].label), str(own["custom"].label), str(own["custom"].called)] == [
        "This machine", "A compatible server", "your server",
    ]  # fmt: skip
