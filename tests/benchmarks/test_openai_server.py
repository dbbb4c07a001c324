"""The scripted service with the providers that the benchmark measures it with."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest

from tests.benchmarks.openai_server import KEY, OpenAIServer, tokens
from tests.benchmarks.replies import ANSWERS
from voicegui.core.audio import Audio
from voicegui.core.errors import VoiceError
from voicegui.core.keys import Secret
from voicegui.core.ports import LoadingProgress, Message
from voicegui.core.text.sentences import SentenceSplitter
from voicegui.providers.openai.engine import OpenAIEngine
from voicegui.providers.openai.realtime.transcription import LiveSpeechToText
from voicegui.providers.openai.service import OPENAI

SOUND = Audio(b"\x00\x20" * 16_000, 16_000)
SPEECH = b"\x00\x20" * 6_000
HEARD = "What is the tallest mountain?"


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer({"The answer is wool.": SPEECH}) as server:
        server.heard, server.reply = HEARD, ("The answer is wool.", "Right?")
        yield server


@pytest.fixture
async def engine(server: OpenAIServer) -> AsyncIterator[OpenAIEngine]:
    engine = OpenAIEngine(replace(OPENAI.at(server.url), key=Secret(KEY)))
    await engine.start(_ignore)
    yield engine
    await engine.aclose()


def _ignore(loading: LoadingProgress) -> None:
    pass


async def test_a_turn(server: OpenAIServer, engine: OpenAIEngine) -> None:
    hearing = engine.stt().listen(lambda text: None)
    hearing.feed(SOUND)
    assert await hearing.text() == HEARD
    await hearing.aclose()
    reply = [piece async for piece in engine.llm().reply([Message("user", HEARD)], max_tokens=50)]
    assert reply == ["The", " answer", " is", " wool", ".", " Right", "?"]
    assert b"".join([audio.samples async for audio in engine.tts().speak("The answer is wool.")]) == SPEECH
    assert [stage for stage, _ in server.asked] == ["stt", "llm", "tts"]
    assert server.failures == []


async def test_live_transcription(server: OpenAIServer, engine: OpenAIEngine) -> None:
    stt = LiveSpeechToText(engine.client)
    hearing = stt.listen(lambda text: None)
    hearing.feed(SOUND)
    assert await hearing.text() == HEARD
    await hearing.aclose()
    await stt.aclose()
    assert [stage for stage, _ in server.asked] == ["stt"]
    assert server.failures == []


async def test_what_is_not_expected_is_kept(server: OpenAIServer, engine: OpenAIEngine) -> None:
    with pytest.raises(VoiceError):
        async for _ in engine.tts().speak("Something else."):
            pass
    assert len(server.failures) == 1


def test_answers_are_spoken_sentence_by_sentence_after_five_tokens() -> None:
    assert len({first for first, _ in ANSWERS}) == len(ANSWERS)
    for answer in ANSWERS:
        splitter, sentences = SentenceSplitter(), []
        for token in tokens(" ".join(answer)):
            sentences += [sentence.spoken for sentence in splitter.feed(token)]
        sentences += [sentence.spoken for sentence in splitter.finish()]
        assert sentences == list(answer)
        assert len(tokens(answer[0])) == 5
