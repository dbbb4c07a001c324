"""The contract suites over the registry: every engine in every stage that it fills, built as the program builds it.

Services are servers that behave like models; this machine has the smallest real ones.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
import pytest_asyncio

from tests.conversation.fakes import words_to_bytes
from tests.one_key import OneKey
from tests.openai_http.conftest import bare_environment, tone
from tests.openai_server.behaving import Models
from tests.openai_server.server import serving
from voicegui.core.audio import LISTENING_RATE_HZ, Audio
from voicegui.core.events import Stage
from voicegui.core.keys import Secret
from voicegui.core.ports import EndOfTurn, LanguageModel, Message, SpeechToText, TextToSpeech
from voicegui.core.settings import Settings
from voicegui.providers.catalogue import Catalogue
from voicegui.providers.engine_entry import EngineEntry, EngineRequest, Provided
from voicegui.providers.openai.service import PRESETS
from voicegui.providers.openai.service_settings import CUSTOM
from voicegui.providers.registry import ENGINES

from .end_of_turn import EndOfTurnContract
from .language_model import LanguageModelContract
from .scripted_recogniser import SCRIPTED
from .speech_to_text import SpeechToTextContract, Utterance
from .text_to_speech import TextToSpeechContract
from .tool_calling import ToolCallingContract

bare_environment = bare_environment
"""The fixture: what the person at this machine has set must not matter."""

SAID = "ever tried ever failed no matter try again fail again fail better"
SOUND = tone(4.0)
ALL = (*ENGINES, SCRIPTED)
RUNS = {
    "local": "local_models",
    "scripted": "scripted",
    **{service.name: "service" for service in (*PRESETS, CUSTOM)},
}
"""The fixture that runs each entry's engine. Another service is run as the others are; any other engine gets a line."""

QUICK = ("openai", "custom", "scripted")
"""The other services speak as one of these do."""


def entries(chosen: Sequence[EngineEntry]) -> Any:
    """Real models are loaded once: on one event loop for all."""
    loop, slow = pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow
    marks = {name: [loop] if name in QUICK else [loop, slow] for name in RUNS}
    known = [entry for entry in chosen if entry.name in RUNS]
    return pytest.mark.parametrize(
        "entry", [pytest.param(entry, id=entry.name, marks=marks[entry.name]) for entry in known]
    )


def filling(stage: Stage) -> Any:
    return entries([entry for entry in ALL if stage in entry.stages])


def test_every_engine_is_held_to_the_contracts() -> None:
    assert {entry.name for entry in ALL} == set(RUNS), "an engine without a run, or a run without an engine"


# ---------------------------------------------------------------- how they run


@pytest.fixture
def provided(entry: EngineEntry, request: pytest.FixtureRequest) -> Provided:
    made: Provided = request.getfixturevalue(RUNS[entry.name])
    return made


class EveryKey(OneKey):
    async def get(self, service: str) -> Secret:
        return Secret("sk-test")


def wanted(entry: EngineEntry, settings: Settings, models: dict[Stage, str], **more: Any) -> EngineRequest:
    return EngineRequest(settings, EveryKey(), Catalogue.from_environment, models, **more)


@pytest_asyncio.fixture(loop_scope="session")
async def service(entry: EngineEntry, bare_environment: None) -> AsyncIterator[Provided]:
    async with serving(Models(SAID, len(SOUND)).answer) as server:
        there: dict[str, Any] = {f"{stage}_url": server.url for stage in entry.stages}
        there |= {str(stage): entry.name for stage in entry.stages}
        settings = Settings(**there)
        made = await entry.build(wanted(entry, settings, dict.fromkeys(entry.stages, "")))
        await made.engine.start(lambda loading: None)
        yield made
        await made.engine.aclose()


@pytest_asyncio.fixture(loop_scope="session")
async def scripted() -> AsyncIterator[Provided]:
    made = await SCRIPTED.build(wanted(SCRIPTED, Settings(stt="scripted:tiny"), {Stage.STT: "tiny"}))
    await made.engine.start(lambda loading: None)
    yield made
    await made.engine.aclose()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def local_models(smallest_model: str, smallest_model_file: object) -> AsyncIterator[Provided]:
    """Everything that this machine can do; loaded once."""
    local = next(entry for entry in ENGINES if entry.name == "local")
    models = {Stage.STT: "", Stage.LLM: smallest_model.removeprefix("local:"), Stage.TTS: ""}
    prompt = (Message("system", "You are a friendly voice assistant."),)
    made = await local.build(wanted(local, Settings(), models, end_of_turn=True, prompt=prompt))
    await made.engine.start(lambda loading: None)
    yield made
    await made.engine.aclose()


@pytest.fixture
def utterance(entry: EngineEntry) -> Utterance:
    """What is said to whom: real speech to real models."""
    if RUNS[entry.name] == "scripted":
        return Audio(words_to_bytes(SAID), LISTENING_RATE_HZ), SAID
    if RUNS[entry.name] == "service":
        return SOUND, SAID
    from tests.providers.conftest import recording

    return recording("beckett.wav"), SAID


# ---------------------------------------------------------------- what they must do


@filling(Stage.STT)
class TestHearing(SpeechToTextContract):
    @pytest.fixture
    def stt(self, provided: Provided) -> SpeechToText:
        assert provided.stt is not None
        return provided.stt


@filling(Stage.LLM)
class TestThinking(LanguageModelContract):
    @pytest.fixture
    def llm(self, provided: Provided) -> LanguageModel:
        assert provided.llm is not None
        return provided.llm


@filling(Stage.LLM)
class TestCallingTools(ToolCallingContract):
    @pytest.fixture
    def llm(self, provided: Provided) -> LanguageModel:
        assert provided.llm is not None
        return provided.llm


@filling(Stage.TTS)
class TestSpeaking(TextToSpeechContract):
    @pytest.fixture
    def tts(self, provided: Provided) -> TextToSpeech:
        assert provided.tts is not None
        return provided.tts


@entries([entry for entry in ALL if entry.judges_end_of_turn])
class TestJudgingTheEndOfTurns(EndOfTurnContract):
    @pytest.fixture
    def end_of_turn(self, provided: Provided) -> EndOfTurn:
        assert provided.end_of_turn is not None
        return provided.end_of_turn
