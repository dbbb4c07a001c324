"""The program's stages for requests: names of models, voices, what a model can read, where somebody speaks."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conversation.fakes import ScriptedEars, ScriptedJudge, ScriptedModel, ScriptedVoice
from voicegui.app.composition import LoadedProgram, load_program
from voicegui.app.served_stages import ThreadedEncoder, served_stages
from voicegui.app.services import Services
from voicegui.core.audio import Audio
from voicegui.core.errors import VoiceError
from voicegui.core.events import Stage
from voicegui.core.ports import Message, TextToSpeech
from voicegui.core.settings import Settings
from voicegui.media.wav import read_wav
from voicegui.providers.local.llama import fit, room_for_reply
from voicegui.server.parts import ServedStages


@dataclass
class Lender:
    """An engine that speaks with any voice."""

    lent: list[tuple[str, float]] = field(default_factory=list)
    speaks: bool = True

    async def start(self, progress: Any) -> None: ...

    async def aclose(self) -> None: ...

    def speaker(self, voice: str, speed: float) -> TextToSpeech:
        self.lent.append((voice, speed))
        return ScriptedVoice()


@pytest.fixture
def program(tmp_path: Any) -> LoadedProgram:
    return load_program(tmp_path)


async def stages_of(program: LoadedProgram, settings: Settings, engines: Mapping[str, Any]) -> ServedStages:
    services = Services(settings, ScriptedEars(), ScriptedModel([]), ScriptedVoice(), ScriptedJudge(), engines)
    return await served_stages(program, settings, services)


async def test_models_are_called_what_was_chosen(program: LoadedProgram) -> None:
    settings = replace(program.settings, stt="openai:whisper-1", llm="local:qwen2.5-1.5b", tts="custom")
    stages = await stages_of(program, settings, {"local": Lender()})
    named = {(model.stage, model.name, model.owner) for model in stages.models}
    assert named == {
        (Stage.STT, "whisper-1", "openai"), (Stage.LLM, "qwen2.5-1.5b", "local"), (Stage.TTS, "custom", "custom"),
    }  # fmt: skip
    assert stages.languages == ()
    assert stages.reply_room([Message("user", "Hi")]) == room_for_reply([Message("user", "Hi")])


async def test_of_this_machine_the_usual_ones_have_names_too(program: LoadedProgram) -> None:
    stages = await stages_of(program, program.settings, {"local": Lender()})
    names = {model.stage: model.name for model in stages.models}
    assert (names[Stage.STT], names[Stage.TTS]) == ("moonshine", "hibari") and names[Stage.LLM]
    assert stages.languages == ("en",)


async def test_an_engine_that_lends_voices_speaks_with_each_and_in_any_speed(program: LoadedProgram) -> None:
    lender = Lender()
    stages = await stages_of(program, replace(program.settings, voice="emma"), {"local": lender})
    stages.voice("", 1.0)
    stages.voice("fable", 1.5)
    assert lender.lent == [("emma", 1.0), ("fable", 1.5)] and stages.speeds == (0.5, 2.0)
    assert stages.voices() == ["scripted"]


async def test_one_that_lends_none_speaks_as_it_was_set(program: LoadedProgram) -> None:
    settings = replace(program.settings, tts="openai:tts-1", cloud_voice="cedar", llm="openai:gpt-5")
    stages = await stages_of(program, settings, {"openai": object()})
    assert stages.voices() == ("cedar",) and stages.speeds == (1.0, 1.0)
    assert isinstance(stages.voice("cedar", 1.0), ScriptedVoice)
    with pytest.raises(VoiceError):
        stages.voice("cedar", 1.5)
    assert stages.reply_room([Message("user", "Hi")]) is None


async def test_where_somebody_speaks_is_found_each_time_anew(program: LoadedProgram, pytestconfig: Any) -> None:
    stages = await stages_of(program, program.settings, {"local": Lender()})
    spoken = read_wav(pytestconfig.rootpath / "tests/speech/question-01.wav")
    loud = np.random.default_rng(1).normal(0, 9000, 32_000).clip(-32768, 32767).astype("<i2")
    first = await stages.speech_probabilities(spoken)
    assert len(first) == -(-len(spoken) // 512) and max(first) > 0.9
    assert max(await stages.speech_probabilities(Audio(loud.tobytes(), 16_000))) < 0.5
    assert max(await stages.speech_probabilities(spoken)) > 0.9
    both = await asyncio.gather(*[stages.speech_probabilities(spoken) for _ in range(3)])
    assert all(max(each) > 0.9 for each in both)
    assert await stages.speech_probabilities(Audio(b"", 16_000)) == []


@given(st.lists(st.tuples(st.sampled_from(["system", "user", "assistant"]), st.integers(0, 5000)), max_size=8))
def test_an_answer_has_as_much_room_as_leaves_every_message_whole(told: Sequence[tuple[Any, int]]) -> None:
    messages = [Message(role, "x" * length) for role, length in told]
    room = room_for_reply(messages)
    if room > 0:
        kept = fit(messages, room)
        assert sorted(len(each.text) for each in kept) == sorted(len(each.text) for each in messages)


async def test_an_encoder_that_is_left_while_it_works_is_closed_afterwards() -> None:
    encoder = ThreadedEncoder("opus")
    working = asyncio.ensure_future(encoder.encode(Audio(bytes(480_000), 24_000)))
    await asyncio.sleep(0)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    encoder.close()
    whole = ThreadedEncoder("flac")
    await whole.encode(Audio(bytes(4800), 24_000))
    assert (await whole.finish()).startswith(b"fLaC")
    whole.close()
