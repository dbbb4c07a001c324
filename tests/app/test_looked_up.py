"""Whatever the program behind the window says of services, engines and voices is looked up, to its last word."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.one_key import OneKey
from tests.pseudo_pieces import in_pieces as in_pieces
from tests.pseudo_pieces import not_looked_up
from voicegui.app.choices import ServiceChoices, routes
from voicegui.app.composition import LoadedProgram, _entry, _filled, _not_built, load_program
from voicegui.app.loading import _CANCELLED
from voicegui.app.program_control import ProgramHost
from voicegui.app.services import _NOT_YET
from voicegui.app.tools import Toolkit
from voicegui.app.voice_preview import VoicePreview, _make_sure_of_rest, speaker
from voicegui.core.errors import VoiceError
from voicegui.core.events import Event, Noticed
from voicegui.core.privacy import DataFlow
from voicegui.core.settings import Settings
from voicegui.core.tools import SourceKind, ToolInfo, ToolSource
from voicegui.providers.engine_entry import EngineEntry, EngineRequest, Provided
from voicegui.providers.openai.service import PRESETS
from voicegui.providers.openai.service_settings import CUSTOM
from voicegui.storage.profile import Profile

pytestmark = pytest.mark.usefixtures("in_pieces")


class _NoEngine:
    async def start(self, progress: object) -> None: ...

    async def aclose(self) -> None: ...


async def _silent(request: EngineRequest) -> Provided:
    return Provided(_NoEngine())


NAMES = tuple(each.label for each in (*PRESETS, CUSTOM))
OWN = EngineEntry("17", "18", _silent)


@pytest.fixture
def program(tmp_path: Path) -> LoadedProgram:
    return load_program(tmp_path, providers=[OWN])


def test_services_and_where_they_are(program: LoadedProgram) -> None:
    for service in ServiceChoices(program, OneKey()).services():
        for text in (service.label, service.key, service.key_title, service.subject):
            assert text and not_looked_up(text, *NAMES) == ""
    for provider in ("local", "openai", "groq", "ollama", "custom", "17", "99"):
        settings = Settings(stt=provider, llm=provider, tts=provider)
        where = DataFlow(routes(settings, program.engines), ["7"])
        for text in (where.sign, *where.lines):
            assert not_looked_up(text, *NAMES, "api.openai.com", "api.groq.com", "localhost") == ""


async def test_what_cannot_be_chosen(program: LoadedProgram) -> None:
    with pytest.raises(VoiceError) as takes_no_key:
        await ServiceChoices(program, OneKey()).test_key(Settings(), "99")
    with pytest.raises(VoiceError) as unknown:
        _entry({"1": OWN, "2": OWN}, "3")
    with pytest.raises(VoiceError) as not_filled:
        _filled(None, "17")
    errors = [*(each.value for each in (takes_no_key, unknown, not_filled)), _not_built(OWN), _NOT_YET, _CANCELLED]
    for error in errors:
        assert error.message and not_looked_up(error.message) == not_looked_up(error.heading) == ""
    assert unknown.value.written == "There is no provider “3”. Known: 1, 2."


async def test_a_voice_that_cannot_be_heard(program: LoadedProgram) -> None:
    told: list[VoiceError] = []
    with pytest.raises(VoiceError) as closed:
        sound: Any = None
        await VoicePreview(sound).hear(speaker(program, Settings(), OneKey(), None, "17", ""), None)
    busy: Any = SimpleNamespace(state=SimpleNamespace(at_rest=False))
    with pytest.raises(VoiceError) as talking:
        _make_sure_of_rest(busy)
    told += [closed.value, talking.value]
    for service in ("17", "99"):
        with pytest.raises(VoiceError) as caught:
            async with speaker(program, Settings(), OneKey(), None, service, ""):
                pass
        told.append(caught.value)
    assert [not_looked_up(error.message) for error in told] == [""] * 4


async def test_a_clipboard_that_is_not_there() -> None:
    with pytest.raises(VoiceError) as caught:
        await ProgramHost(Settings, lambda settings: None, lambda command: None, list).read_clipboard()
    assert not_looked_up(caught.value.message) == ""


async def test_tools_that_are_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Event] = []
    host = ProgramHost(Settings, lambda settings: None, lambda command: None, list)
    tools = Toolkit(Profile(tmp_path), Settings(), host, change=lambda settings: None, tell=told.append)
    theirs = ToolInfo("a", "", source=ToolSource(SourceKind.SERVER, "7"), outside=True)
    monkeypatch.setattr(tools, "all_tools", lambda: [theirs])
    await asyncio.sleep(0)
    tools._servers_changed()
    [event] = told
    assert isinstance(event, Noticed) and not_looked_up(event.message) == "" and "⟧7⟦" in event.message
    await tools.aclose()
