"""Servers that load a model first: they get longer, it is said, and it has an end."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.openai_server.script import chat, hearing, models, scripted, speech
from tests.openai_server.server import Answer, Fault, as_json, sse
from voicegui.conversation.stage_calls import flowing
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import Stage
from voicegui.providers.openai.client import Timeouts
from voicegui.providers.openai.model_loading import LONGEST_S, ModelLoading, says_loading
from voicegui.providers.openai.retry import LONGEST_LOADING_WAIT_S

from .conftest import openai_at, talking, words

LOUD = b"\x00\x20" * 2400
STEPS = {"stt": hearing, "llm": chat, "tts": speech}
RIGHT: dict[str, Callable[[], Answer]] = {
    "stt": lambda: as_json({"text": "Paris."}),
    "llm": lambda: sse(*words("Paris.")),
    "tts": lambda: Answer([LOUD], kind="audio/pcm"),
}
LLAMA_CPP = {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}
every_stage = pytest.mark.parametrize("stage", ["stt", "llm", "tts"])

LOADS = {
    "llama.cpp": as_json(LLAMA_CPP, 503),
    "llama.cpp with Retry-After": as_json(LLAMA_CPP, 503, retry_after="5"),
    "Hugging Face": as_json({"error": "Model org/name is currently loading", "estimated_time": 20.0}, 503),
    "only Retry-After": as_json({"error": "Service Unavailable"}, 503, retry_after="2"),
    "a list of detail": as_json({"detail": "Model is still loading, please wait"}, 503),
    "plain text": Answer([b"model not ready"], 503, "text/plain"),
    "500": as_json({"error": "llm server loading model"}, 500),
    "starting": as_json({"message": "The server is starting"}, 502),
    "warming up": as_json({"error": {"message": "Model warming up"}}, 429),
    "too early": as_json({"error": "the model is being loaded"}, 425),
}


@pytest.mark.parametrize("refused", LOADS.values(), ids=LOADS.keys())
@every_stage
async def test_who_says_that_it_loads_is_waited_for(stage: str, refused: Answer) -> None:
    again = [replace(refused, begun=asyncio.Event(), given_up=asyncio.Event()) for _ in range(12)]
    steps = [STEPS[stage](one) for one in (*again, RIGHT[stage]())]
    async with scripted(*steps) as server, talking(server) as talk:
        assert await talk.ask(stage)
        assert len(talk.waits.seconds) == 12
        assert all(1.0 <= wait <= LONGEST_LOADING_WAIT_S for wait in talk.waits.seconds)
        assert [told for told in talk.told if "loading" in told] == [
            "OpenAI is loading its model, it seems: the first answer takes longer."
        ]


async def test_what_it_asks_to_wait_counts() -> None:
    steps = (chat(as_json(LLAMA_CPP, 503, retry_after="5")), chat(as_json(LLAMA_CPP, 503, retry_after="600")))
    async with scripted(*steps, chat(RIGHT["llm"]())) as server, talking(server) as talk:
        assert await talk.think() == "Paris."
        assert talk.waits.seconds == [5.0, LONGEST_LOADING_WAIT_S]


async def test_it_has_an_end() -> None:
    count = int(LONGEST_S / 10) + 1 + 2  # and the tries that any trouble gets
    steps = [chat(as_json(LLAMA_CPP, 503, retry_after="10")) for _ in range(count)]
    async with scripted(*steps[:-2]) as server, talking(server) as talk:
        with pytest.raises(VoiceError) as caught:
            await talk.think()
        assert caught.value.retryable and "loading" in caught.value.message
        assert sum(talk.waits.seconds) == LONGEST_S


async def test_the_list_of_models_is_waited_for_too() -> None:
    listed = as_json({"data": [{"id": "small", "object": "model"}]})
    steps = (models(as_json(LLAMA_CPP, 503)), models(listed))
    async with scripted(*steps) as server, talking(server) as talk:
        assert [model.id for model in await talk.engine.models.get()] == ["small"]


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (500, "error loading model"),
        (500, "llama runner process has terminated: error loading model"),
        (503, "failed to load model"),
        (500, "unable to load model: out of memory"),
        (404, "model not loaded yet"),
        (503, "the server is overloaded"),
        (500, "internal server error"),
        (400, "model is loading"),
        (503, "no slot available"),
        (502, "bad gateway"),
        (500, "could not load the model; loading model failed"),
    ],
)
def test_other_trouble_is_not_loading(status: int, text: str) -> None:
    assert not says_loading(status, text, asks_to_wait=False)


# ---------------------------------------------------------------- late first bytes


QUICK = Timeouts(stt_s=0.3, llm_s=0.3, tts_s=0.3)


def late(stage: str, release: asyncio.Event) -> Answer:
    """Nothing but its head comes before `release`."""
    right = RIGHT[stage]()
    return replace(right, body=[release, *right.body])


@every_stage
async def test_the_first_answer_may_take_longer(stage: str) -> None:
    release = asyncio.Event()
    step = STEPS[stage](late(stage, release))
    async with scripted(step) as server, talking(server, timeouts=QUICK) as talk:
        asking = asyncio.create_task(talk.ask(stage))
        await asyncio.sleep(2 * QUICK.llm_s)  # the server's own pace: more than the usual patience
        assert not asking.done()
        release.set()
        assert await asking
        assert len([told for told in talk.told if "loading" in told]) == 1


async def test_only_the_first_one_may() -> None:
    steps = (chat(RIGHT["llm"]()), chat(Answer([Fault.STALL])))
    async with scripted(*steps) as server, talking(server, timeouts=QUICK) as talk:
        llm = talk.engine.llm("small")
        assert llm.patience_s(0.3) > 5 * 0.3
        assert await talk.ask_with(llm=llm)
        assert llm.patience_s(0.3) == 0.3
        with pytest.raises(VoiceError) as caught:
            await talk.ask_with(llm=llm)
        assert caught.value.code is ErrorCode.TIMED_OUT


async def test_after_its_first_words_it_has_the_usual_time() -> None:
    begun = sse(*words("Par", finish=None), end=(Fault.STALL,))
    async with scripted(chat(begun)) as server, talking(server, timeouts=QUICK) as talk:
        with pytest.raises(VoiceError) as caught:
            await talk.think()
        assert caught.value.code is ErrorCode.TIMED_OUT


async def test_it_can_be_interrupted() -> None:
    answer = late("llm", asyncio.Event())
    async with scripted(chat(answer)) as server, talking(server, timeouts=QUICK) as talk:
        asking = asyncio.create_task(talk.think())
        await asyncio.sleep(2 * QUICK.llm_s)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking


async def test_services_elsewhere_have_the_usual_time() -> None:
    async with talking(openai_at("http://speech.invalid/v1")) as talk:
        assert talk.engine.llm("large").patience_s(20.0) == 20.0


@pytest.mark.parametrize(
    ("url", "longer"),
    [
        ("http://127.0.0.1:11434/v1", True), ("http://localhost:8080/v1", True), ("http://[::1]/v1", True),
        ("http://192.168.1.20:1234/v1", True), ("http://box.local/v1", True), ("http://10.0.0.9/v1", True),
        ("http://nas:8000/v1", True), ("https://api.openai.com/v1", False), ("http://8.8.8.8/v1", False),
        ("https://llm.example.org/v1", False),
    ],
)  # fmt: skip
def test_who_may_load(url: str, longer: bool) -> None:
    assert ModelLoading(lambda: 0.0).may_load(url, "small") is longer


def test_a_model_that_was_put_aside_loads_again() -> None:
    now, here = 0.0, "http://127.0.0.1/v1"
    loading = ModelLoading(lambda: now)
    loading.answered(here, "small")
    assert not loading.may_load(here, "small") and loading.may_load(here, "large")
    now = 300.0
    assert loading.may_load(here, "small")


class Loads:
    """A part whose first piece may take longer."""

    def __init__(self) -> None:
        self.ready = False

    def patience_s(self, usual_s: float) -> float:
        return usual_s if self.ready else 60.0


async def test_the_conversation_waits_as_long() -> None:
    part, first = Loads(), asyncio.Event()

    async def answer():
        await first.wait()
        part.ready = True
        yield "Paris"
        await asyncio.Event().wait()

    pieces = flowing(Stage.LLM, answer(), 0.01, part)
    coming = asyncio.ensure_future(anext(pieces))
    await asyncio.sleep(0.05)
    assert not coming.done()
    first.set()
    assert await coming == "Paris"
    with pytest.raises(VoiceError, match="in the middle"):
        await anext(pieces)
