"""The window's program, with scripted parts: one of several listens, and the last conversation goes on."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.conversation.fakes import ScriptedEars, ScriptedJudge, ScriptedModel, ScriptedSound, ScriptedVoice
from voicegui.app.choices import ServiceChoices
from voicegui.app.composition import LoadedProgram
from voicegui.app.desktop_session import DesktopSession
from voicegui.conversation.parts import ConversationParts
from voicegui.core.commands import ContinueConversation, NewConversation, Retry, SendText
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import (
    Continued,
    Event,
    LastConversationFound,
    ProblemAppeared,
    Ready,
    StartedAfresh,
    TurnDone,
)
from voicegui.core.settings import Settings
from voicegui.core.wording import verbatim
from voicegui.storage.database import Database
from voicegui.storage.profile import Profile, ProfileInUse
from voicegui.storage.reminders import StoredReminders
from voicegui.terminal.ask import AskRequest, ask
from voicegui.terminal.talk import talk

QUIET = Settings(read_aloud=False, hands_free=False, use_tools=False, prompt="Be brief.", theme="light")
"""Nothing sounds: nothing takes time."""


class Sound(ScriptedSound):
    def set_volume(self, percent: int) -> None:
        pass

    def use(self, **devices: str) -> None:
        pass


class Services:
    """Those of a conversation with scripted parts."""

    def __init__(self, model: ScriptedModel) -> None:
        self.model = model

    def parts(self, sound: Any, tools: Any) -> ConversationParts:
        return ConversationParts(sound, ScriptedEars(), self.model, ScriptedVoice(), ScriptedJudge(), tools)

    async def start(self, progress: object) -> None: ...

    async def aclose(self) -> None: ...

    def apply(self, settings: Settings) -> None: ...

    def follow(self, conversation: object) -> None: ...


class Window:
    def __init__(self, session: DesktopSession, model: ScriptedModel, sound: Sound) -> None:
        self.session, self.model, self.sound = session, model, sound
        self.events: list[Event] = []
        self._more = asyncio.Event()
        session.subscribe(self._receive)

    def _receive(self, event: Event) -> None:
        self.events.append(event)
        self._more.set()

    def of(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    async def until(self, kind: type[Any], number: int = 1) -> Any:
        async with asyncio.timeout(60):
            while len(self.of(kind)) < number:
                self._more.clear()
                await self._more.wait()
        return self.of(kind)[number - 1]

    async def ask(self, text: str) -> TurnDone:
        asked = len(self.of(TurnDone))
        self.session.send(SendText(text))
        done: TurnDone = await self.until(TurnDone, asked + 1)
        return done

    @property
    def told(self) -> list[str]:
        """What the model was told last."""
        return [message.text for message in self.model.prompts[-1]][1:]


ANSWERS = [("I am Ana", "Hello Ana."), ("who am I", "You are Ana."), ("other", "Something else.")]
Opens = Callable[..., Any]


@pytest.fixture
def opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opens:
    async def nothing(self: ServiceChoices) -> None: ...

    monkeypatch.setattr(ServiceChoices, "look_here", nothing)
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)  # nobody's real keyring

    @asynccontextmanager
    async def opened(settings: Settings = QUIET) -> AsyncIterator[Window]:
        model = ScriptedModel(ANSWERS)

        async def build(*_: object, **__: object) -> Services:
            return Services(model)

        monkeypatch.setattr("voicegui.app.desktop_session.build_services", build)
        sound = Sound()
        session = DesktopSession(LoadedProgram(Profile(tmp_path), settings), sound)  # type: ignore[arg-type]
        window = Window(session, model, sound)
        running = asyncio.create_task(session.run())
        try:
            yield window
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await session.aclose()

    return opened


async def test_the_last_conversation_is_found_and_goes_on(opens: Opens) -> None:
    async with opens() as window:
        await window.until(Ready)
        await window.ask("I am Ana")
        assert not window.of(LastConversationFound)
    async with opens() as window:
        found = (await window.until(LastConversationFound)).conversation
        assert [message.text for message in found.messages] == ["I am Ana", "Hello Ana."]
        window.session.send(ContinueConversation())
        await window.until(Continued)
        await window.until(Ready)
        await window.ask("who am I")
        assert window.told == ["I am Ana", "Hello Ana.", "who am I"]
    async with opens() as window:
        again = (await window.until(LastConversationFound)).conversation
        assert again.id == found.id and len(again.messages) == 4


async def test_otherwise_a_new_one_begins(opens: Opens) -> None:
    async with opens() as window:
        await window.until(Ready)
        await window.ask("I am Ana")
    async with opens() as window:
        first = (await window.until(LastConversationFound)).conversation
        await window.until(Ready)
        await window.ask("other")
        assert window.told == ["other"]
        window.session.send(ContinueConversation())  # too late: another one has begun
        await window.ask("who am I")
        assert window.told == ["other", "Something else.", "who am I"] and not window.of(Continued)
    async with opens() as window:
        assert (await window.until(LastConversationFound)).conversation.id != first.id


async def test_a_new_conversation_forgets_what_went_on(opens: Opens) -> None:
    async with opens() as window:
        await window.until(Ready)
        await window.ask("I am Ana")
    async with opens() as window:
        await window.until(LastConversationFound)
        window.session.send(ContinueConversation())
        await window.until(Ready)
        window.session.send(NewConversation())
        await window.until(StartedAfresh)
        await window.ask("other")
        assert window.told == ["other"]
        window.session.send(ContinueConversation())
        assert len(window.of(Continued)) == 1


async def test_what_is_not_kept_does_not_come_back(opens: Opens) -> None:
    async with opens() as window:
        await window.until(Ready)
        await window.ask("I am Ana")
    async with opens(replace(QUIET, keep_history=False)) as window:
        await window.until(Ready)
        window.session.send(ContinueConversation())
        await window.ask("who am I")
        assert not window.of(LastConversationFound) and window.told == ["who am I"]


async def test_a_second_window_says_so_and_does_not_listen(opens: Opens) -> None:
    loud = replace(QUIET, hands_free=True)
    async with AsyncExitStack() as others:
        first = await others.enter_async_context(opens(loud))
        await first.until(Ready)
        await first.ask("I am Ana")
        async with opens(loud) as second:
            problem = await second.until(ProblemAppeared)
            assert (problem.source, problem.code) == ("engine", ErrorCode.ALREADY_RUNNING)
            assert first.sound.listening and not second.sound.listening
            assert not second.of(Ready) and not second.of(LastConversationFound)
            await others.aclose()
            second.session.send(Retry())
            await second.until(Ready)
            await second.until(LastConversationFound)
            assert second.sound.listening


async def test_it_can_be_talked_with_in_one_place_only(opens: Opens, tmp_path: Path) -> None:
    async with opens() as window:
        await window.until(Ready)
        with pytest.raises(VoiceError, match="already running with this profile") as refused:
            await talk(LoadedProgram(Profile(tmp_path), QUIET), None)
        assert refused.value.code is ErrorCode.ALREADY_RUNNING


KEEPS_IT = """
import asyncio, sys
from pathlib import Path
from voicegui.storage.database import Database
from voicegui.storage.profile import ProfileInUse
from voicegui.storage.profile import Profile

async def main():
    ours = ProfileInUse(Profile(Path(sys.argv[1])))
    await ours.take()
    print("taken", flush=True)
    sys.stdin.read()

asyncio.run(main())
"""


async def test_the_lock_of_a_program_that_was_killed_is_no_trouble(tmp_path: Path) -> None:
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-c", KEEPS_IT, str(tmp_path), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert other.stdout is not None and await other.stdout.readline() == b"taken\n"
    ours = ProfileInUse(Profile(tmp_path))
    assert await ours.by_another()
    with pytest.raises(VoiceError):
        await ours.take()
    other.kill()
    await other.communicate()
    assert (tmp_path / "talking.lock").exists() and not await ours.by_another()
    await ours.take()
    await ours.take()  # once is enough
    assert not await ours.by_another()
    ours.release()


async def test_looking_whether_it_is_in_use_keeps_nobody_out(tmp_path: Path) -> None:
    looks, talks = ProfileInUse(Profile(tmp_path)), ProfileInUse(Profile(tmp_path))
    assert not await looks.by_another()
    await talks.take()
    assert await looks.by_another()
    talks.release()
    assert not await looks.by_another()


@pytest.mark.parametrize("error", [OSError(38, "no locks"), NotImplementedError()])
async def test_a_disk_without_locks_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("filelock.FileLock.acquire", fails)
    ours = ProfileInUse(Profile(tmp_path))
    await ours.take()
    assert not await ours.by_another()
    ours.release()


async def test_where_nothing_can_be_kept_there_is_nothing_to_share(tmp_path: Path) -> None:
    profile = Profile(tmp_path / "missing", verbatim("Nothing can be kept there."))
    one, other = ProfileInUse(profile), ProfileInUse(profile)
    await one.take()
    await other.take()
    assert not (tmp_path / "missing").exists()


@pytest.mark.parametrize(("in_window", "wait_s", "told"), [(True, 0.0, False), (True, 60.0, True), (False, 60.0, True)])
async def test_what_is_due_is_told_by_the_window_unless_ask_waits_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_window: bool, wait_s: float, told: bool
) -> None:
    async def build(*_: object, **__: object) -> Services:
        return Services(ScriptedModel(ANSWERS))

    monkeypatch.setattr("voicegui.terminal.ask.build_services", build)
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    database = Database(tmp_path / "voicegui.db")
    reminders = StoredReminders(database)
    await reminders.add("stretch", time.time() - 1)
    window = ProfileInUse(Profile(tmp_path))
    if in_window:
        await window.take()
    program = LoadedProgram(Profile(tmp_path), QUIET)
    assert await ask(program, AskRequest(text="I am Ana", wait_s=wait_s), None) == 0
    assert bool(await reminders.pending()) is not told
    window.release()
    reminders.close()
    await database.aclose()
