"""What tools can do with this program and the desktop: fills `core.toolbox.ProgramControl`."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from voicegui.core.commands import Command, SetHandsFree
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.model_choice import ModelChoice
from voicegui.core.settings import Settings
from voicegui.core.wording import sentence
from voicegui.providers.engine_entry import EngineEntry
from voicegui.providers.registry import BUILT_IN
from voicegui.tools.program import open_page


class Clipboard(Protocol):
    """Lives on the event loop's thread."""

    def text(self) -> str: ...

    def set_text(self, text: str) -> None: ...


class ProgramHost:
    """`change` applies settings and stores them where the program stores them; `clipboard` None: there is none."""

    def __init__(
        self,
        settings: Callable[[], Settings],
        change: Callable[[Settings], None],
        send: Callable[[Command], None],
        voices: Callable[[], Sequence[str]],
        clipboard: Clipboard | None = None,
        engines: Mapping[str, EngineEntry] = BUILT_IN,
    ) -> None:
        self._settings = settings
        self._change = change
        self._send = send
        self._voices = voices
        self._clipboard = clipboard
        self._engines = engines

    def volume(self) -> int:
        return self._settings().volume

    def set_volume(self, percent: int) -> None:
        self._change(replace(self._settings(), volume=max(0, min(100, percent))))

    def voices(self) -> list[str]:
        return list(self._voices())

    def set_voice(self, name: str) -> None:
        settings = self._settings()
        speaks = self._engines.get(ModelChoice.parse(settings.tts).provider)
        here = speaks is not None and speaks.voice_setting == "voice"
        self._change(replace(settings, voice=name) if here else replace(settings, cloud_voice=name))

    def end_conversation(self) -> None:
        """The microphone is closed at once; what is being spoken goes on."""
        self._send(SetHandsFree(False))

    async def open_url(self, url: str) -> None:
        await asyncio.to_thread(open_page, url)

    async def read_clipboard(self) -> str:
        return self._there().text()

    async def copy_text(self, text: str) -> None:
        self._there().set_text(text)

    def _there(self) -> Clipboard:
        if self._clipboard is None:
            raise VoiceError(ErrorCode.NOT_OFFERED, sentence("There is no clipboard here: it needs the window."))
        return self._clipboard
