"""What the models do beside a conversation: nothing of it is remembered, and nothing of it is said in it."""

import contextlib
from collections.abc import AsyncGenerator, Callable, Sequence

from voicegui.core.audio import Audio
from voicegui.core.events import Stage
from voicegui.core.ports import Message, ReplyPiece
from voicegui.core.tools import ToolInfo

from .parts import Now
from .stage_calls import flowing, in_time


class Aside:
    """With the models and settings that the conversation has when something begins. All may raise VoiceError."""

    def __init__(self, now: Now, said: Callable[[], Sequence[Message]]) -> None:
        self._now = now
        self.said = said
        """Instructions and what was said so far, as the language model gets it."""

    async def transcribe(self, audio: Audio) -> str:
        """One utterance at 16 kHz."""
        now = self._now()
        hearing = now.stt.listen(lambda words: None)
        try:
            hearing.feed(audio)
            return await in_time(Stage.STT, hearing.text(), now.settings.stt_timeout_s, now.stt)
        finally:
            await hearing.aclose()

    async def answer(
        self, messages: Sequence[Message], *, max_tokens: int, tools: Sequence[ToolInfo] = ()
    ) -> AsyncGenerator[ReplyPiece, None]:
        now = self._now()
        answer = now.llm.reply(messages, max_tokens=max_tokens, tools=tools)
        async with contextlib.aclosing(flowing(Stage.LLM, answer, now.settings.llm_timeout_s, now.llm)) as pieces:
            async for piece in pieces:
                yield piece

    async def speak(self, text: str) -> AsyncGenerator[Audio, None]:
        """One sentence."""
        now = self._now()
        speech = flowing(Stage.TTS, now.tts.speak(text), now.settings.tts_timeout_s, now.tts)
        async with contextlib.aclosing(speech) as pieces:
            async for audio in pieces:
                yield audio
