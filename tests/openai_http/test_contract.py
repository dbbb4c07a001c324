"""The contract suites, against a server that behaves like models."""

from collections.abc import AsyncIterator

import pytest

from tests.contract.language_model import LanguageModelContract
from tests.contract.speech_to_text import SpeechToTextContract, Utterance
from tests.contract.text_to_speech import TextToSpeechContract
from tests.contract.tool_calling import ToolCallingContract
from tests.openai_server.behaving import Models
from tests.openai_server.server import serving
from voicegui.providers.openai.chat.language_model import OpenAILanguageModel
from voicegui.providers.openai.speech import OpenAITextToSpeech
from voicegui.providers.openai.transcription import OpenAISpeechToText

from .conftest import Talking, talking, tone

SAID = "ever tried ever failed no matter try again fail again fail better"
SOUND = tone(4.0)


@pytest.fixture
async def talk() -> AsyncIterator[Talking]:
    async with serving(Models(SAID, len(SOUND)).answer) as server, talking(server) as talk:
        yield talk


class TestHearing(SpeechToTextContract):
    @pytest.fixture
    def utterance(self) -> Utterance:
        return SOUND, SAID

    @pytest.fixture
    def stt(self, talk: Talking) -> OpenAISpeechToText:
        return talk.engine.stt()


class TestThinking(LanguageModelContract):
    @pytest.fixture
    def llm(self, talk: Talking) -> OpenAILanguageModel:
        return talk.engine.llm()


class TestCallingTools(ToolCallingContract):
    @pytest.fixture
    def llm(self, talk: Talking) -> OpenAILanguageModel:
        return talk.engine.llm()


class TestSpeaking(TextToSpeechContract):
    @pytest.fixture
    def tts(self, talk: Talking) -> OpenAITextToSpeech:
        return talk.engine.tts()
