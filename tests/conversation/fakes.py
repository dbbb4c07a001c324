"""Strict scripted parts: a call nobody expected fails, and so does a step nobody took."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from voicegui.core.audio import FRAME_SAMPLES, LISTENING_RATE_HZ, PLAYBACK_RATE_HZ, Audio
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.history import NOTE_TAKER, SUMMARIZER
from voicegui.core.ports import FirstSound, Frame, LimitReached, Message, PlaybackDone, ReplyPiece, SoundEvent
from voicegui.core.tools import Permission, ToolCall, ToolInfo, ToolOutcome, unknown_tool

FRAME_S = FRAME_SAMPLES / LISTENING_RATE_HZ
WORD_S = 0.3
"""The scripted voice says every word in 300 ms."""


def words_to_bytes(words: str) -> bytes:
    """Sound that the scripted recogniser understands: one frame carries one word, padded with zeros."""
    return b"".join(word.encode().ljust(FRAME_SAMPLES * 2, b"\0") for word in words.split())


class ScriptedSound:
    """A microphone that says what the script says and a speaker that plays on the same clock: the loop's."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.listening = False
        self.muted = False
        self.closed = False
        self.paused = False
        self.flushes: list[int] = []
        self._receive: Callable[[SoundEvent], None] = lambda event: None
        self._script: list[tuple[float, str]] = []
        self._position = 0
        self._queued = 0
        self._played = 0
        self._finished = False
        self._began = False
        self._frames: asyncio.Task[None] | None = None

    async def open(self, receive: Callable[[SoundEvent], None]) -> None:
        self._receive = receive
        self._frames = self.loop.create_task(self._run())

    async def aclose(self) -> None:
        assert not self.closed
        self.closed = True
        assert self._frames is not None
        self._frames.cancel()

    def listen(self, on: bool) -> None:
        self.listening = on

    def mute(self, on: bool) -> None:
        self.muted = on

    def say(self, words: str, *, at: float) -> None:
        """A frame for each word from loop time `at` on, 4 frames a word; "-" is a frame of silence, "~" a noise, "="
        silence after what turns out to have been the reply's own voice."""
        for index, word in enumerate(words.split()):
            self._script.append((at + index * FRAME_S * 4, word))

    def tell(self, event: SoundEvent) -> None:
        self._receive(event)

    async def _run(self) -> None:
        start = self.loop.time()
        count = 0
        current, until = "", 0.0
        while True:
            count += 1
            await asyncio.sleep(start + count * FRAME_S - self.loop.time())
            now = self.loop.time()
            self._advance(FRAME_S)
            sent = b"\0" * (FRAME_SAMPLES * 2)
            if self._script and self._script[0][0] <= now:
                _, current = self._script.pop(0)
                until = now + FRAME_S * 3.5
                sent = words_to_bytes(current)
            probability = 0.9 if now < until and current not in ("-", "=") else 0.0
            if self.listening:
                self._position += FRAME_SAMPLES
                if self.muted:
                    sent, probability = b"\0" * len(sent), 0.0
                self._receive(Frame(sent, probability, self._position, now, own_voice=current == "="))

    def _advance(self, seconds: float) -> None:
        if self.paused or not self._queued:
            return
        self._played = min(self._queued, self._played + round(seconds * PLAYBACK_RATE_HZ))
        if not self._began:
            self._began = True
            self._receive(FirstSound(self.loop.time()))
        if self._finished and self._played == self._queued:
            self._finished = False
            self._receive(PlaybackDone())

    def play(self, audio: Audio) -> None:
        assert not self._finished, "play after finish"
        self._queued += audio.playback_samples

    def finish(self) -> None:
        self._finished = True

    def pause(self) -> None:
        self.paused = True

    def resume(self, at: int) -> None:
        assert 0 <= at <= self._played
        self.paused, self._played = False, at

    def flush(self) -> int:
        played = self._played
        self.flushes.append(played)
        self._queued = self._played = 0
        self._began = self._finished = self.paused = False
        return played

    def heard(self) -> int:
        return self._played


class ScriptedEars:
    """SpeechToText that reads the words out of the frames."""

    def __init__(self, delay_s: float = 0.0) -> None:
        self.delay_s = delay_s
        self.failures: list[VoiceError] = []
        self.open = 0

    def listen(self, on_partial: Callable[[str], None], expected: Sequence[str] = ()) -> "ScriptedHearing":
        self.open += 1
        return ScriptedHearing(self)


class ScriptedHearing:
    def __init__(self, ears: ScriptedEars) -> None:
        self._ears = ears
        self._audio = b""
        self._closed = False

    def feed(self, audio: Audio) -> None:
        assert not self._closed and audio.rate_hz == LISTENING_RATE_HZ
        self._audio += audio.samples

    async def text(self) -> str:
        assert not self._closed
        audio = self._audio
        await asyncio.sleep(self._ears.delay_s)
        if self._ears.failures:
            raise self._ears.failures.pop(0)
        frames = (audio[at : at + FRAME_SAMPLES * 2] for at in range(0, len(audio), FRAME_SAMPLES * 2))
        words = (frame.rstrip(b"\0").decode() for frame in frames)
        return " ".join(word for word in words if word and word not in "~-")

    async def aclose(self) -> None:
        assert not self._closed
        self._closed = True
        self._ears.open -= 1


@dataclass
class ScriptedModel:
    """LanguageModel that answers from a list of (question, answer); a question that is not in it fails the test.

    In an answer the word CUT stands for the limit of tokens, STALL for a wait without end, BREAK for a failure, and
    CALL:name{arguments} makes a call (no spaces in its arguments). After calls, the question is the last outcome.
    """

    answers: list[tuple[str, str]]
    first_token_s: float = 0.0
    token_s: float = 0.0
    prompts: list[Sequence[Message]] = field(default_factory=list)
    failures: list[VoiceError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """Notes it will take of long talks; being asked for more fails the test."""
    prepared: list[Sequence[Message]] = field(default_factory=list)
    cancelled: int = 0
    offered: list[list[str]] = field(default_factory=list)
    calls: int = 0
    chooses_apart: bool = field(init=False)
    """Missing until a test sets it: `ChoosesApart` looks whether it is there."""

    async def prepare(self, messages: Sequence[Message]) -> None:
        self.prepared.append(messages)

    async def reply(
        self, messages: Sequence[Message], *, max_tokens: int, tools: Sequence[ToolInfo] = ()
    ) -> AsyncGenerator[ReplyPiece, None]:
        self.prompts.append(messages)
        self.offered.append([tool.name for tool in tools])
        answer = self._answer(messages)
        try:
            await asyncio.sleep(self.first_token_s)
            if self.failures:
                raise self.failures.pop(0)
            for word in answer.split(" "):
                if word == "STALL":
                    await asyncio.get_running_loop().create_future()
                if word == "BREAK":
                    raise VoiceError(ErrorCode.ENGINE_FAILED, "It broke.", retryable=True)
                if word.startswith("CALL:"):
                    name, _, arguments = word.removeprefix("CALL:").partition("{")
                    self.calls += 1
                    yield ToolCall(f"call-{self.calls}", name, "{" + arguments)
                else:
                    yield LimitReached() if word == "CUT" else word + " "
                await asyncio.sleep(self.token_s)
        except (asyncio.CancelledError, GeneratorExit):
            self.cancelled += 1
            raise

    def _answer(self, messages: Sequence[Message]) -> str:
        if messages[0].text in (NOTE_TAKER, SUMMARIZER):
            assert self.notes, "nobody expected notes to be taken"
            return self.notes.pop(0)
        question = messages[-1].text
        answer = next((text for asked, text in self.answers if asked == question), None)
        assert answer is not None, f"nobody expected the question {question!r}"
        return answer


class ScriptedVoice:
    def __init__(self, delay_s: float = 0.0) -> None:
        self.delay_s = delay_s
        self.spoken: list[str] = []
        self.failures: list[VoiceError] = []

    async def speak(self, text: str) -> AsyncGenerator[Audio, None]:
        await asyncio.sleep(self.delay_s)
        if self.failures:
            raise self.failures.pop(0)
        self.spoken.append(text)
        yield Audio(b"\1\0" * round(len(text.split()) * WORD_S * 24_000), 24_000)

    def voices(self) -> Sequence[str]:
        return ["scripted"]


@dataclass
class ScriptedJudge:
    """EndOfTurn: finished unless the words are listed as unfinished."""

    unfinished: Sequence[str] = ()
    takes_s: float = 0.0

    async def probability(self, words: str) -> float:
        await asyncio.sleep(self.takes_s)
        return 0.001 if words in self.unfinished else 0.9


class ScriptedTools:
    """Tools with scripted outcomes: each takes so many seconds. A call whose outcome was not scripted fails the test;
    so does one that was never made (`unused`)."""

    def __init__(self) -> None:
        self.ran: list[ToolCall] = []
        self.cancelled: list[str] = []
        self._infos: dict[str, ToolInfo] = {}
        self._outcomes: dict[str, list[tuple[ToolOutcome, float]]] = {}

    def add(
        self, name: str, *outcomes: str, seconds: float = 0.0, failures: Sequence[str] = (), **declared: Any
    ) -> None:
        """`failures`: which of the outcomes tell that it failed."""
        declared.setdefault("permission", Permission.ALWAYS)
        declared.setdefault("description", f"Does {name}.")
        self._infos[name] = ToolInfo(name, label=name.title(), **declared)
        self._outcomes[name] = [(ToolOutcome(text, ok=text not in failures), seconds) for text in outcomes]

    @property
    def unused(self) -> list[str]:
        return [name for name, outcomes in self._outcomes.items() if outcomes]

    def offered(self) -> Sequence[ToolInfo]:
        return [info for info in self._infos.values() if info.permission is not Permission.NEVER]

    async def call(self, call: ToolCall) -> ToolOutcome:
        self.ran.append(call)
        if call.name not in self._infos:
            return unknown_tool(call.name)
        assert self._outcomes[call.name], f"nobody expected another call of {call.name}"
        outcome, seconds = self._outcomes[call.name].pop(0)
        try:
            await asyncio.sleep(seconds)
        except asyncio.CancelledError:
            self.cancelled.append(call.name)
            raise
        return outcome
