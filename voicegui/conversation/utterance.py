"""What the user is saying: its sound, its early transcriptions, its words, when what happened, and the sound kept for a
retry."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from voicegui.core.audio import LISTENING_RATE_HZ, Audio
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import AudioNotSaved, AudioSaved, Event, Stage, Timings
from voicegui.core.ports import EndOfTurn, SpeechToText
from voicegui.core.wording import sentence, shown

from .background_tasks import as_voice_error
from .stage_calls import in_time


@dataclass(slots=True)
class TurnTimes:
    """Seconds; None where not reached."""

    speech_end: float
    """The last word reached the microphone, or the text was sent."""
    end_of_turn: float | None = None
    stt: float | None = None
    first_token: float | None = None
    first_sentence: float | None = None
    first_sound: float | None = None

    def timings(self) -> Timings:
        return Timings(
            *(
                self._since(at)
                for at in (self.end_of_turn, self.stt, self.first_token, self.first_sentence, self.first_sound)
            )
        )

    def _since(self, at: float | None) -> float | None:
        return None if at is None else round(max(0.0, at - self.speech_end) * 1000, 1)


# What the user is saying: its sound, its early transcriptions, its words.

log = logging.getLogger(__name__)

UNSURE = 0.05
"""End probability when nobody can tell: wait a little."""

OnWords = Callable[[int, str], None]
"""Gets (take, words)."""

OnJudged = Callable[[int, float], None]
"""Gets (take, probability that the turn ends with these words)."""


class Utterance:
    """Owned by the user's side (`UserSpeech`), which feeds it frames and closes it.

    A take is a transcription made early, in a pause. If the user does not go on, its text is the utterance's text and
    nothing has to be waited for.
    """

    def __init__(
        self,
        stt: SpeechToText,
        end_of_turn: EndOfTurn,
        on_partial: Callable[[str], None],
        clock: Callable[[], float],
        expected: Sequence[str] = (),
        *,
        timeout_s: float,
    ) -> None:
        self.audio = bytearray()
        """int16 at 16 kHz: kept until the turn is answered."""
        self.transcribed_at: float | None = None
        self._stt = stt
        self._hearing = stt.listen(on_partial, expected)
        self._end_of_turn = end_of_turn
        self._clock = clock
        self._timeout_s = timeout_s
        self._take: asyncio.Task[str] | None = None
        self._judging: asyncio.Task[None] | None = None

    def feed(self, samples: bytes) -> None:
        self.audio += samples
        self._hearing.feed(Audio(samples, LISTENING_RATE_HZ))

    def consider(self, take: int, on_words: OnWords, on_judged: OnJudged) -> None:
        """Transcribes what there is, then asks how finished it sounds. A failure is silent: `text()` meets it again."""
        self._drop_take()
        self._take = asyncio.create_task(self._transcribe(), name="early transcription")
        self._judging = asyncio.create_task(self._judge(take, self._take, on_words, on_judged), name="end of turn")

    def void(self) -> None:
        """The user went on: what was transcribed early is not all."""
        self._drop_take()
        self._take = None
        self.transcribed_at = None

    @property
    def known_text(self) -> str | None:
        """The early transcription, if it is there and the user has not gone on since."""
        take = self._take
        done = take is not None and take.done() and not take.cancelled() and take.exception() is None
        return take.result() if take is not None and done else None

    async def text(self) -> str:
        """All that was said; the early transcription if the user has not gone on since. Raises VoiceError."""
        if self._take is not None:
            try:
                return await asyncio.shield(self._take)
            except VoiceError as error:
                log.info("early transcription failed (%s), once more", error.code)
        return await self._transcribe()

    async def aclose(self) -> None:
        self._drop_take()
        await asyncio.gather(*filter(None, (self._judging, self._take)), return_exceptions=True)
        await self._hearing.aclose()

    def _drop_take(self) -> None:
        for task in (self._judging, self._take):
            if task is not None:
                task.cancel()

    async def _transcribe(self) -> str:
        text = await in_time(Stage.STT, self._hearing.text(), self._timeout_s, self._stt)
        self.transcribed_at = self._clock()
        return text

    async def _judge(
        self, take: int, transcription: "asyncio.Task[str]", on_words: OnWords, on_judged: OnJudged
    ) -> None:
        try:
            words = await asyncio.shield(transcription)
        except VoiceError:
            return
        on_words(take, words)
        on_judged(take, await self._end_probability(words) if words else 1.0)

    async def _end_probability(self, words: str) -> float:
        """However late it comes: how long a turn waits for it is counted in sound (`UNJUDGED_MS`), not here."""
        try:
            return await self._end_of_turn.probability(words)
        except VoiceError as error:
            log.info("the end of a turn was not judged: %r", error)
            return UNSURE


# The sound of the last turn that was not answered. In memory only, until it is answered or saved on demand.

WriteAudio = Callable[[str, Audio], Awaitable[None]]
"""Writes sound as a WAV file at a path. Raises VoiceError."""


async def no_writer(path: str, audio: Audio) -> None:
    """Where nothing can be written, it is said so."""
    raise VoiceError(ErrorCode.BAD_AUDIO_FILE, sentence("Sound cannot be saved from here. Use the window."))


class UnansweredSound:
    def __init__(self) -> None:
        self.samples = b""
        """int16 at 16 kHz."""

    def keep(self, utterance: Utterance | None) -> None:
        """Without an utterance what is kept is that of a turn tried again: it stays."""
        if utterance is not None:
            self.samples = bytes(utterance.audio)

    def forget(self) -> None:
        self.samples = b""

    async def save(self, path: str, write: WriteAudio, tell: Callable[[Event], None]) -> None:
        if not self.samples:
            nothing = shown("There is no sound to save: everything you said was answered, or it is not kept.")
            tell(AudioNotSaved(ErrorCode.NO_SPEECH, nothing))
            return
        try:
            await write(path, Audio(self.samples, LISTENING_RATE_HZ))
        except Exception as error:
            failure = as_voice_error(error)
            tell(AudioNotSaved(failure.code, failure.message))
        else:
            tell(AudioSaved(path))
