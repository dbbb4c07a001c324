"""Stages that answer with the reason why what was chosen is not loaded: nobody else is asked in its place."""

from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import replace
from typing import Any

from voicegui.conversation.parts import ConversationParts
from voicegui.core.audio import Audio
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.ports import Message, ReplyPiece
from voicegui.core.tools import ToolInfo

_NOT_YET = VoiceError(
    ErrorCode.ENGINE_FAILED, "What you have chosen is not loaded yet.", advice="Try again in a moment.", retryable=True
)


def not_loaded(parts: ConversationParts, error: VoiceError | None = None) -> ConversationParts:
    """`parts` with stages that raise `error`, by default that it takes a moment. The judge of ends of turns is of this
    machine and stays."""
    stage = _NotLoaded(error or _NOT_YET)
    return replace(parts, stt=stage, llm=stage, tts=stage)


class _NotLoaded:
    """Fills `SpeechToText`, `LanguageModel` and `TextToSpeech`."""

    def __init__(self, error: VoiceError) -> None:
        self._error = error

    def listen(self, on_partial: Callable[[str], None], expected: Sequence[str] = ()) -> "_NothingHeard":
        return _NothingHeard(self._error)

    async def reply(
        self, messages: Sequence[Message], *, max_tokens: int, tools: Sequence[ToolInfo] = ()
    ) -> AsyncGenerator[ReplyPiece, None]:
        for piece in self._nothing():
            yield piece

    async def prepare(self, messages: Sequence[Message]) -> None:
        pass

    async def speak(self, text: str) -> AsyncGenerator[Audio, None]:
        for piece in self._nothing():
            yield piece

    def voices(self) -> Sequence[str]:
        return ()

    def _nothing(self) -> Sequence[Any]:
        raise self._error


class _NothingHeard:
    """A hearing that keeps no sound."""

    def __init__(self, error: VoiceError) -> None:
        self._error = error

    def feed(self, audio: Audio) -> None:
        pass

    async def text(self) -> str:
        raise self._error

    async def aclose(self) -> None:
        pass
