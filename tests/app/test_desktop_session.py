"""The window's program without a window: loading, typing, problems, on a machine without sound and with real models."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.app.told import Told
from tests.openai_server.behaving import Models
from tests.openai_server.server import Answer, Request, serving
from tests.providers import scripted_child
from voicegui.app.composition import load_program
from voicegui.app.desktop_session import DesktopSession
from voicegui.audio.live_sound import LiveSound
from voicegui.core.commands import Approve, Retry, SendText
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import (
    ApprovalAnswered,
    ApprovalAsked,
    ProblemAppeared,
    ProblemSolved,
    Ready,
    ToolFinished,
    TurnDone,
    TurnFailed,
)
from voicegui.core.keys import KeyPlace, Secret
from voicegui.core.tools import Permission
from voicegui.providers.local import LocalModels, worker
from voicegui.providers.local.rpc_client import RESTARTS

pytestmark = pytest.mark.slow


@pytest.fixture
def without_sound(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/nobody")
    monkeypatch.setenv("HOME", str(tmp_path))


async def test_without_sound_typing_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, smallest_model_file: Path, smallest_model: str, without_sound: None
) -> None:
    monkeypatch.setenv("VOICEGUI_MODELS", str(smallest_model_file.parent))
    session = DesktopSession(load_program(tmp_path, {"llm": smallest_model}), LiveSound())
    told = Told(session)
    session.send(SendText("Say hello."))  # typed before anything is loaded: kept
    running = asyncio.create_task(session.run())
    try:
        await told.until(Ready)
        done = await told.until(TurnDone)
        assert done.user == "Say hello." and done.assistant
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await session.aclose()


async def test_a_missing_model_is_a_problem_and_retry_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, smallest_model_file: Path, smallest_model: str, without_sound: None
) -> None:
    monkeypatch.setenv("VOICEGUI_MODELS", str(tmp_path / "empty"))
    monkeypatch.setenv("VOICEGUI_MODEL_MIRRORS", str(tmp_path / "none.toml"))
    session = DesktopSession(load_program(tmp_path, {"llm": smallest_model}), LiveSound())
    told = Told(session)
    running = asyncio.create_task(session.run())
    try:
        problem = await told.until(ProblemAppeared, source="engine")
        assert problem.code in (ErrorCode.BAD_SETTINGS, ErrorCode.DOWNLOAD_FAILED)
        monkeypatch.setenv("VOICEGUI_MODELS", str(smallest_model_file.parent))
        monkeypatch.delenv("VOICEGUI_MODEL_MIRRORS")
        session.send(Retry())
        await told.until(ProblemSolved, source="engine")
        await told.until(Ready)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await session.aclose()


@pytest.fixture
def scripted_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Call it with what a child process without models does; it gives the file that counts its runs."""
    monkeypatch.setattr(worker, "main", scripted_child.main)
    monkeypatch.setattr("voicegui.providers.local.engine._check", lambda models: None)
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)  # nobody's real keyring
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    runs = tmp_path / "runs"
    runs.touch()

    def script(how: str) -> Path:
        async def chosen(*_: object) -> LocalModels:
            return LocalModels(hearing=False, voice=how, end_of_turn=runs)

        monkeypatch.setattr("voicegui.providers.local.engine.needed_models", chosen)
        return runs

    return script


SERVICES = {"stt": "openai", "llm": "openai", "tts": "openai"}


async def test_an_engine_that_dies_at_every_load_is_a_problem_and_retry_loads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scripted_models: Callable[[str], Path], without_sound: None
) -> None:
    runs = scripted_models(f"load-dies-{RESTARTS + 2}")
    async with serving(Models("", samples=1).answer) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        async with running_session(tmp_path / "profile", SERVICES) as (session, told):
            problem = await told.until(ProblemAppeared, source="engine")
            assert "being started again" not in problem.message
            assert scripted_child.runs(runs) == RESTARTS + 1
            session.send(Retry())
            await told.until(ProblemSolved, source="engine")
            await told.until(Ready)
            assert scripted_child.runs(runs) == RESTARTS + 3


async def test_an_engine_that_dies_again_and_again_is_given_up_until_retry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scripted_models: Callable[[str], Path], without_sound: None
) -> None:
    runs = scripted_models(f"starts-and-dies-{RESTARTS + 1}")
    async with serving(Models("", samples=1).answer) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        async with running_session(tmp_path / "profile", SERVICES) as (session, told):
            await told.until(Ready)
            while "times in a row" not in (await told.until(ProblemAppeared, source="engine")).message:
                pass
            assert scripted_child.runs(runs) == RESTARTS + 1
            session.send(Retry())
            await told.until(ProblemSolved, source="engine")
            assert scripted_child.runs(runs) == RESTARTS + 2
            session.send(SendText("Hello"))
            assert (await told.until(TurnDone)).assistant == "I am fine, thank you."


async def test_a_key_that_was_missing_is_entered_and_the_service_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, smallest_model_file: Path, without_sound: None
) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)  # nobody's real keyring
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    async with serving(Models("", samples=1).answer) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        choice = {"stt": "openai", "llm": "openai", "tts": "openai"}
        session = DesktopSession(load_program(tmp_path / "profile", choice), LiveSound())
        told = Told(session)
        running = asyncio.create_task(session.run())
        try:
            await told.until(ProblemAppeared, code=ErrorCode.NO_KEY)
            state = await session.keys.set("openai", Secret("sk-test"))
            assert state.place is KeyPlace.MEMORY
            await told.until(ProblemSolved, source="engine")
            await told.until(Ready)
            session.send(SendText("Hello"))
            assert (await told.until(TurnDone)).assistant == "I am fine, thank you."
            assert "works" in await session.test_key("openai")
            await session.refresh_services()
            assert "openai:gpt-6-luna" in [choice.name for choice in session.stage_models("llm")]
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await session.aclose()


async def test_voices_are_heard_whoever_speaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, smallest_model_file: Path, smallest_model: str, without_sound: None
) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)  # nobody's real keyring
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    monkeypatch.setenv("VOICEGUI_MODELS", str(smallest_model_file.parent))
    asked: list[str] = []

    def answer(request: Request) -> Answer:
        asked.append(request.json["voice"] if request.path == "/v1/audio/speech" else request.path)
        return Models("", samples=1).answer(request)

    async with serving(answer) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        session = DesktopSession(load_program(tmp_path / "profile", {"llm": smallest_model}), LiveSound())
        told = Told(session)
        with pytest.raises(VoiceError, match="not open yet"):
            await session.hear_voice("local", "heart")
        running = asyncio.create_task(session.run())
        try:
            await told.until(Ready)
            await session.hear_voice("local", "heart")
            assert asked == []
            await session.hear_voice("openai", "cedar")
            assert asked == ["/v1/models", "cedar"]
            with pytest.raises(VoiceError, match="no voice “nobody”"):
                await session.hear_voice("local", "nobody")
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await session.aclose()
    assert not any(isinstance(event, TurnDone) for event in told.events)


async def test_tools_act_ask_and_are_kept_from_one_start_to_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, smallest_model_file: Path, without_sound: None
) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    choice = {"stt": "openai", "llm": "openai", "tts": "openai"}
    async with serving(Models("", samples=1).answer) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        async with running_session(tmp_path / "profile", choice) as (session, told):
            await told.until(Ready)
            assert "set_reminder" in [tool.name for tool in session.toolbox.all_tools()]
            session.send(SendText("please open example.org"))
            asked = await told.until(ApprovalAsked)
            session.toolbox.permit("current_time", Permission.NEVER)
            session.send(Approve(asked.call.id, False))
            assert not (await told.until(ApprovalAnswered)).allowed
            session.send(SendText("remind me to stretch in 3 seconds"))
            assert (await told.until(ToolFinished)).ok
        assert load_program(tmp_path / "profile").settings.tool_permissions == "current_time=never"
        async with running_session(tmp_path / "profile", choice) as (session, told):
            assert (await told.until(TurnDone, user="")).assistant == "It is time to stretch."
            kept = {tool.name: tool.permission for tool in session.toolbox.all_tools()}
            assert kept["current_time"] is Permission.NEVER


@contextlib.asynccontextmanager
async def running_session(profile: Path, choice: dict[str, str]) -> AsyncIterator[tuple[DesktopSession, Told]]:
    session = DesktopSession(load_program(profile, choice), LiveSound())
    told = Told(session)
    running = asyncio.create_task(session.run())
    try:
        yield session, told
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await session.aclose()


async def test_what_is_said_goes_to_no_server_that_is_not_chosen_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, smallest_model_file: Path, without_sound: None
) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)  # nobody's real keyring
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    async with serving(Models("", samples=1).answer) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        session = DesktopSession(load_program(tmp_path / "profile", SERVICES), LiveSound())
        told = Told(session)
        running = asyncio.create_task(session.run())
        try:
            await told.until(Ready)
            nobody = "http://127.0.0.1:9/v1"
            session.change(replace(session.settings, llm="custom:other", llm_url=nobody))
            problem = await told.until(ProblemAppeared, source="engine")
            asked = len(server.requests)
            session.send(SendText("Only for the new one"))
            failed = await told.until(TurnFailed)
            assert (failed.code, failed.message) == (problem.code, problem.message)
            assert len(server.requests) == asked
            session.cancel_loading()
            session.change(
                replace(session.settings, tts="local")
            )  # and while something is loaded, whatever becomes of it
            session.cancel_loading()
            session.send(SendText("Still not"))
            assert (await told.until(TurnFailed)).code in (ErrorCode.ENGINE_FAILED, problem.code)
            assert len(server.requests) == asked
            session.change(replace(session.settings, llm="openai", tts="openai"))
            assert session.settings.llm_url == ""
            await told.until(ProblemSolved, source="engine")
            session.send(SendText("Hello"))
            assert (await told.until(TurnDone, user="Hello")).assistant == "I am fine, thank you."
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await session.aclose()
