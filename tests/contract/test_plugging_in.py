"""Another recogniser on this machine is one file and one entry: it is chosen, listed, and hears a conversation."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.conversation.conftest import virtual
from tests.conversation.fakes import ScriptedModel, ScriptedSound, ScriptedTools, ScriptedVoice
from tests.one_key import OneKey
from voicegui.app.choices import ServiceChoices, routes
from voicegui.app.composition import LoadedProgram, ServiceWatch, build_services, load_program
from voicegui.app.program_control import ProgramHost
from voicegui.conversation.conversation import Conversation
from voicegui.core.addresses import Reach
from voicegui.core.commands import SetHandsFree
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import Event, Stage, TurnDone
from voicegui.core.model_choice import ModelChoice
from voicegui.core.privacy import DataFlow
from voicegui.core.session import PickerChoice
from voicegui.core.settings import Settings
from voicegui.providers.engine_entry import EngineEntry, EngineRequest, Provided
from voicegui.providers.local import LocalEngine, LocalModels
from voicegui.providers.local.stages import LocalEndOfTurn
from voicegui.providers.registry import ENGINES, known_engines

from .scripted_recogniser import SCRIPTED, life

virtual = virtual
"""The fixture: a clock that does not wait."""

CHOSEN = {"stt": "scripted:tiny"}


def program(folder: Path, settings: dict[str, Any], *more: EngineEntry) -> LoadedProgram:
    return load_program(folder, settings, providers=(SCRIPTED, *more))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[EngineRequest]:
    """What is asked of the models of this machine; they do nothing but judge."""
    requests: list[EngineRequest] = []

    async def none(request: EngineRequest) -> LocalModels:
        requests.append(request)
        return LocalModels(hearing=False, voice="")

    async def start(self: LocalEngine, progress: object) -> None: ...

    async def ended(self: LocalEndOfTurn, words: str) -> float:
        return 0.9

    monkeypatch.setattr("voicegui.providers.local.engine.needed_models", none)
    monkeypatch.setattr(LocalEngine, "start", start)
    monkeypatch.setattr(LocalEndOfTurn, "probability", ended)
    return requests


@pytest.fixture(autouse=True)
def nothing_built() -> Iterator[None]:
    life.clear()
    yield
    life.clear()


def test_it_hears_a_conversation(tmp_path: Path, virtual: Callable[[Any], Any], asked: list[EngineRequest]) -> None:
    model, voice = ScriptedModel([("what time is it", "It is noon.")]), ScriptedVoice()

    class Nothing:
        async def start(self, progress: object) -> None: ...

        async def aclose(self) -> None: ...

    async def talks(request: EngineRequest) -> Provided:
        assert request.stages == {Stage.LLM: "x:y", Stage.TTS: ""}
        return Provided(Nothing(), llm=model, tts=voice)

    async def scenario() -> TurnDone:
        loop = asyncio.get_running_loop()
        chosen = {**CHOSEN, "llm": "talker:x:y", "tts": "talker"}
        made = program(tmp_path, chosen, EngineEntry("talker", "Talker", talks))
        services = await build_services(made, made.settings, ServiceWatch(), OneKey())
        await services.start(lambda loading: None)
        assert list(services.engines) == ["local", "scripted", "talker"], "the judge of turns is always there"
        sound, done = ScriptedSound(), loop.create_future()

        def receive(event: Event) -> None:
            if isinstance(event, TurnDone):
                done.set_result(event)

        settings = replace(services.settings, opening_line="", prompt="Be brief.")
        parts = replace(services.parts(sound, ScriptedTools()), clock=loop.time)
        conversation = Conversation(parts, settings)
        conversation.subscribe(receive)
        services.follow(conversation)
        await conversation.open()
        conversation.send(SetHandsFree(True))
        sound.say("what time is it", at=0.5)
        async with asyncio.timeout(60):
            told: TurnDone = await done
        await conversation.aclose()
        await services.aclose()
        return told

    told = virtual(scenario())
    assert (told.user, told.assistant) == ("what time is it", "It is noon.")
    assert voice.spoken == ["It is noon."]
    assert life == ["started tiny", "closed tiny"]
    assert [(dict(request.stages), request.end_of_turn) for request in asked] == [({}, True)]


async def test_the_window_lists_it(tmp_path: Path) -> None:
    from voicegui.ui.settings.service_models import stage_entries

    made = program(tmp_path, CHOSEN)
    choices = ServiceChoices(made, OneKey())
    await choices.look_here()
    listed = [choice for choice in choices.stage_models("stt") if ModelChoice.parse(choice.name).provider == "scripted"]
    assert listed == [
        PickerChoice("scripted:tiny", "Scripted tiny"), PickerChoice("scripted:large", "Scripted large"),
    ]  # fmt: skip
    assert not [each for each in choices.stage_models("llm") if each.name.startswith("scripted")]
    last = choices.services()[-1]
    assert (last.name, last.label, last.needs_key) == ("scripted", "Scripted recogniser", False)
    assert [each.name for each in choices.services() if not each.takes_key] == ["local", "scripted"]
    entries: Any = stage_entries(choices, "stt", "scripted:tiny")  # type: ignore[arg-type]
    assert {"scripted", "scripted:tiny", "scripted:large"} <= {entry.value for entry in entries}


def test_what_works_offline_stays_on_this_machine(tmp_path: Path) -> None:
    made = program(tmp_path, {**CHOSEN, "fall_back": True})
    where = DataFlow(routes(made.settings, made.engines))
    assert where.reach is Reach.HERE and where.line("stt") == "on this machine"
    unknown = DataFlow(routes(made.settings))
    assert unknown.of("stt") is Reach.CLOUD, "nobody knows where what is not known sends"


def test_an_address_alone_means_a_compatible_server(tmp_path: Path) -> None:
    settings_file = tmp_path / "settings.toml"
    settings_file.write_text('stt = "scripted:tiny"\n')
    made = program(tmp_path, {"stt_url": "http://box:1234/v1"})
    assert (made.settings.stt, made.settings.stt_url) == ("custom", "http://box:1234/v1")
    assert settings_file.read_text() == 'stt = "scripted:tiny"\n'


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [
        (CHOSEN, {"local": {"llm": "", "tts": ""}, "scripted": {"stt": "tiny"}}),
        ({**CHOSEN, "fall_back": True}, {"local": {"llm": "", "tts": ""}, "scripted": {"stt": "tiny"}}),
        ({"fall_back": True}, {"local": {"stt": "", "llm": "", "tts": ""}}),
        ({"llm": "local:qwen2.5-0.5b"}, {"local": {"stt": "", "llm": "qwen2.5-0.5b", "tts": ""}}),
    ],
)
async def test_each_engine_gets_what_it_fills(
    tmp_path: Path, asked: list[EngineRequest], settings: dict[str, Any], wanted: dict[str, dict[str, str]]
) -> None:
    made = program(tmp_path, settings)
    services = await build_services(made, made.settings, ServiceWatch(), OneKey())
    assert list(services.engines) == list(wanted)
    assert [dict(request.stages) for request in asked] == [wanted["local"]]
    await services.aclose()


async def test_a_second_choice_is_one_that_works_offline(tmp_path: Path, asked: list[EngineRequest]) -> None:
    made = program(tmp_path, {"stt": "openai", "llm": "openai:gpt-5-mini", "fall_back": True})
    services = await build_services(made, made.settings, ServiceWatch(), OneKey())
    assert list(services.engines) == ["local", "openai"]
    assert [dict(request.stages) for request in asked] == [{"stt": "", "llm": "", "tts": ""}]
    await services.aclose()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"llm": "nobody:x"}, "There is no provider “nobody”. Known: local, openai, groq, .*, custom, scripted."),
        ({"llm": "scripted:tiny"}, "“scripted” cannot be used for this stage."),
        ({"stt": "scripted:huge"}, "There is no recogniser “huge”."),
        ({"llm": "custom:a:b"}, "A compatible server needs its address"),
    ],
)
async def test_what_cannot_be_is_said(
    tmp_path: Path, asked: list[EngineRequest], settings: dict[str, Any], said: str
) -> None:
    made = program(tmp_path, settings)
    with pytest.raises(VoiceError, match=said) as caught:
        await build_services(made, made.settings, ServiceWatch(), OneKey())
    assert caught.value.code is ErrorCode.BAD_SETTINGS
    assert life == [], "nothing was started"


@pytest.mark.parametrize("wrong", [ValueError("no"), ImportError("nothing there"), None])
async def test_an_engine_that_cannot_be_built_is_named(tmp_path: Path, wrong: Exception | None) -> None:
    async def build(request: EngineRequest) -> Any:
        if wrong is not None:
            raise wrong

    broken = replace(SCRIPTED, name="broken", label="Broken thing", build=build)
    made = load_program(tmp_path, {"stt": "broken"}, [broken])
    with pytest.raises(VoiceError, match="“Broken thing” could not be started") as caught:
        await build_services(made, made.settings, ServiceWatch(), OneKey())
    assert caught.value.code is ErrorCode.ENGINE_FAILED


def test_a_voice_is_set_where_its_engine_looks_for_it(tmp_path: Path) -> None:
    for tts, changed in (("local", "voice"), ("openai", "cloud_voice"), ("nobody", "cloud_voice")):
        kept = [Settings(tts=tts)]
        host = ProgramHost(lambda: kept[-1], kept.append, lambda command: None, list)  # noqa: B023
        host.set_voice("emma")
        change: dict[str, Any] = {changed: "emma"}
        assert kept[-1] == replace(kept[0], **change)


def test_two_engines_of_one_name_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="two engines called 'local'"):
        known_engines([replace(SCRIPTED, name="local")])


def test_entries_tell_what_they_are() -> None:
    for entry in (*ENGINES, SCRIPTED):
        assert str(ModelChoice(entry.name)) == entry.name and entry.label and entry.stages
        assert not (entry.works_offline and entry.needs_key)
    assert [entry.name for entry in ENGINES if entry.works_offline] == ["local"]


def test_importing_the_registry_imports_no_engine() -> None:
    heavy = ("asyncio", "httpx2", "openai", "numpy", "psutil", "websockets", "llama_cpp", "moonshine_voice")
    code = (
        "import sys, voicegui.providers.registry\n"
        "own = [name for name in sys.modules if name.startswith('voicegui.providers.')]\n"
        f"print([name for name in {heavy} if name in sys.modules], sorted(own))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    cheap = ["engine_entry", "openai", "openai.service", "openai.service_settings", "registry"]
    assert done.stdout == f"[] {[f'voicegui.providers.{name}' for name in cheap]}\n"


@pytest.mark.slow
def test_a_program_that_brings_it_runs(tmp_path: Path, smallest_model: str) -> None:
    code = (
        "import sys\n"
        "from tests.contract.scripted_recogniser import SCRIPTED\n"
        "from voicegui.__main__ import main\n"
        "if __name__ == '__main__':\n"
        "    sys.exit(main(sys.argv[1:], providers=[SCRIPTED]))\n"
    )
    script = tmp_path / "own.py"
    script.write_text(code)
    top = Path(__file__).parents[2]
    options = ["--profile", str(tmp_path / "profile"), "--stt", "scripted:tiny", "--llm", smallest_model]
    done = subprocess.run(
        [sys.executable, str(script), *options, "ask", "--text", "hi"],
        capture_output=True, text=True, timeout=300, cwd=top, env={**os.environ, "PYTHONPATH": str(top)},
    )  # fmt: skip
    assert done.returncode == 0 and done.stdout.strip(), done.stderr
