import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Self

import pytest

from voicegui.conversation.conversation import Conversation
from voicegui.conversation.parts import ConversationParts
from voicegui.core.audio import Audio
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import Event, StateChanged
from voicegui.core.settings import Settings

from .fakes import ScriptedEars, ScriptedJudge, ScriptedModel, ScriptedSound, ScriptedTools, ScriptedVoice
from .virtual_time import VirtualTimeLoop


class Talk:
    """A conversation with scripted parts, and what it told."""

    def __init__(self, answers: list[tuple[str, str]], settings: Settings | None = None, **delays: float) -> None:
        self.loop = asyncio.get_running_loop()
        self.sound = ScriptedSound()
        self.stt = ScriptedEars(delays.get("stt", 0.0))
        self.llm = ScriptedModel(answers, delays.get("first_token", 0.0), delays.get("token", 0.0))
        self.tts = ScriptedVoice(delays.get("tts", 0.0))
        self.judge = ScriptedJudge()
        self.tools = ScriptedTools()
        self.written: dict[str, Audio] = {}
        self.parts = ConversationParts(
            self.sound,
            self.stt,
            self.llm,
            self.tts,
            self.judge,
            self.tools,
            clock=self.loop.time,
            write_audio=self._write,
        )
        self.settings = replace(settings or Settings(), prompt="Be brief.")
        self.conversation = Conversation(self.parts, self.settings)
        self.events: list[Event] = []
        self._waiting: list[tuple[Callable[[Event], bool], asyncio.Future[Event]]] = []
        self.conversation.subscribe(self._on_event)

    async def __aenter__(self) -> Self:
        await self.conversation.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.conversation.aclose()
        assert self.sound.closed
        assert self.stt.open == 0, "an utterance was not closed"
        unused = [*self.stt.failures, *self.llm.failures, *self.tts.failures, *self.llm.notes, *self.tools.unused]
        assert not unused, f"nobody took these steps: {unused}"

    async def _write(self, path: str, audio: Audio) -> None:
        if path.startswith("full/"):
            raise VoiceError(ErrorCode.DISK_FULL, "The disk is full.")
        self.written[path] = audio

    def _on_event(self, event: Event) -> None:
        self.events.append(event)
        for wanted, future in self._waiting:
            if not future.done() and wanted(event):
                future.set_result(event)

    async def until(self, kind: type[Any], **fields: Any) -> Any:
        """Waits for the next event of this kind with these fields."""
        future: asyncio.Future[Any] = self.loop.create_future()

        def wanted(event: Event) -> bool:
            return isinstance(event, kind) and all(getattr(event, name) == value for name, value in fields.items())

        self._waiting.append((wanted, future))
        return await asyncio.wait_for(future, 60)

    def of(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def phases(self) -> list[str]:
        """The phases in order, each once in a row."""
        phases = [str(event.phase) for event in self.of(StateChanged)]
        return [phase for index, phase in enumerate(phases) if index == 0 or phases[index - 1] != phase]


@pytest.fixture
def virtual() -> Callable[[Any], Any]:
    """Runs a coroutine on the virtual clock."""

    def run(scenario: Any) -> Any:
        with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            return runner.run(scenario)

    return run
