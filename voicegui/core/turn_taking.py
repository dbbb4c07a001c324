"""When does somebody speak, and when have they finished? Pure; time is counted in samples of audio, not by a clock.

Silence alone cuts people off, waiting always is slow. So a short silence only starts the question "does what was said
sound finished?" (`SpeechPaused`); the answer (`judge`) sets how much silence ends the turn. Over a reply the words
alone (`understand`) decide whether the sound was meant for us at all.
"""

from dataclasses import dataclass
from typing import Literal, Self

from .audio import FRAME_MS, FRAME_SAMPLES, samples_to_ms
from .backchannel import Meaning, Passed, meaning, passed
from .inputs import SpeechBegan, SpeechConfirmed, SpeechUndecided, SpeechWasNothing, TurnEnded, UserVoice
from .settings import Settings

PREROLL_MS = 800
"""Sound before the first detected speech that belongs to it: first words are never lost."""

TALK_TAIL_MS = 400
"""People release the button while the last word is still in the air (350-500 ms)."""

PAUSE_MS, PAUSE_OVER_REPLY_MS = FRAME_MS, 2 * FRAME_MS
"""Silence after which transcription starts early. Over a reply its words decide at once, so there the silence must be
longer than that in the middle of a word ("sto-p")."""

CONFIRM_MS = 1400
"""Speech over a reply that lasts this long is meant, whatever the words; the longest "oh, really?" is shorter."""

UNJUDGED_MS = 1500
"""Silence after which a turn ends although nobody could say whether it sounds finished."""

UNDECIDED_MS = 7 * FRAME_MS
"""Silence after which a reply goes on although the words of the sound over it are not known yet: a cough on a slow
machine breaks no reply off. Words that come later still count."""

NOT_UNDERSTOOD_MS = 3000
"""Silence after which a sound over a reply counts as nothing although nobody could say what it was: on a slow machine
or network words come late, and "stop" is to be heard there, too."""

UNCLEAR_TWICE_MS = 4000
"""An unclear short sound over a reply is let pass once; a second one within this time is meant ("stop" ... "stop!")."""

FINISHED = 0.1
MAYBE_FINISHED = 0.05
"""Probabilities that a turn ends here which make three bands: answer at once, wait a little, wait longer."""

HYSTERESIS = 0.15
"""Speech ends below threshold - 0.15 (as in Silero's own example)."""


@dataclass(frozen=True, slots=True)
class TurnTaking:
    """What of the settings decides about turns; `core.settings` says what each means, and the defaults.

    Thresholds are probabilities, `speaking_threshold` is that over a reply; the rest is in ms. `patience` scales the
    waits for unfinished sentences.
    """

    threshold: float
    min_speech_ms: float
    silence_ms: float
    patience: float
    speaking_threshold: float

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(
            settings.threshold,
            settings.min_speech_ms,
            settings.silence_ms,
            settings.patience,
            settings.speaking_threshold,
        )

    def wait_ms(self, probability: float) -> float:
        """Silence that ends a turn which sounds finished with this probability."""
        if probability >= FINISHED:
            return self.silence_ms
        if probability >= MAYBE_FINISHED:
            return self.silence_ms + 250 * self.patience
        return self.silence_ms + 800 * self.patience


# ---------------------------------------------------------------- what is noticed, besides `inputs.UserVoice`


@dataclass(frozen=True, slots=True)
class SpeechPaused:
    """Worth asking what was said so far. `take` names the question; the last word ended at sample `until`."""

    take: int
    until: int


@dataclass(frozen=True, slots=True)
class SpeechResumed:
    """The user went on: the running take is void."""


TurnSignal = UserVoice | SpeechPaused | SpeechResumed


@dataclass(slots=True)
class _Speech:
    """One stretch of speech, pauses included."""

    onset: int
    until: int
    over_reply: bool
    take: int = 0
    paused: bool = False
    undecided: bool = False
    """`SpeechUndecided` was noticed in this pause."""
    silent: int = 0
    """Samples of the pauses within it."""
    voiced_run: int = 0
    """Loud frames in a row within a pause."""
    words: str | None = None
    probability: float | None = None

    @property
    def voiced_ms(self) -> float:
        return samples_to_ms(self.until - self.onset - self.silent)


class TurnTaker:
    """Feed it every frame, in order; it answers with what it noticed. It goes by the settings of the last frame."""

    def __init__(self) -> None:
        self._settings = TurnTaking.of(Settings())
        self._speech: _Speech | None = None
        self._run = 0
        self._takes = 0
        self._now = 0
        self._unclear_at: int | None = None

    @property
    def in_speech(self) -> bool:
        return self._speech is not None

    def reset(self) -> None:
        """Forgets the current speech: the conversation went elsewhere."""
        self._speech, self._run = None, 0

    def hear(
        self, probability: float, end: int, settings: TurnTaking, *, over_reply: bool, own_voice: bool = False
    ) -> list[TurnSignal]:
        """`end`: position after the frame, in samples. `over_reply`: a reply is being made or spoken. `own_voice`: what
        was taken for speech until now was that reply."""
        self._now, self._settings = end, settings
        if own_voice and self._speech is not None and self._speech.over_reply:
            self.reset()
            return [SpeechWasNothing()]
        if self._speech is None:
            return self._wait_for_onset(probability, end, over_reply)
        noticed = self._follow(self._speech, probability, end)
        return noticed + self._decide()

    def understand(self, take: int, words: str) -> list[TurnSignal]:
        """The words of `SpeechPaused(take)`; void if the user went on meanwhile."""
        if self._speech is None or not self._speech.paused or self._speech.take != take:
            return []
        self._speech.words = words
        return self._decide()

    def judge(self, take: int, probability: float) -> list[TurnSignal]:
        """How likely the turn of `SpeechPaused(take)` ends with its words; void if the user went on meanwhile."""
        if self._speech is None or not self._speech.paused or self._speech.take != take:
            return []
        self._speech.probability = probability
        return self._decide()

    def _wait_for_onset(self, probability: float, end: int, over_reply: bool) -> list[TurnSignal]:
        threshold = self._settings.speaking_threshold if over_reply else self._settings.threshold
        self._run = self._run + 1 if probability >= threshold else 0
        if self._run * FRAME_MS < (FRAME_MS if over_reply else self._settings.min_speech_ms):
            return []
        onset = end - self._run * FRAME_SAMPLES
        self._speech, self._run = _Speech(onset, end, over_reply), 0
        return [SpeechBegan(onset)]

    def _follow(self, speech: _Speech, probability: float, end: int) -> list[TurnSignal]:
        noticed: list[TurnSignal] = []
        threshold = self._settings.speaking_threshold if speech.over_reply else self._settings.threshold
        if not speech.paused:
            if probability >= threshold - HYSTERESIS:
                speech.until = end
            elif samples_to_ms(end - speech.until) >= (PAUSE_OVER_REPLY_MS if speech.over_reply else PAUSE_MS):
                self._takes += 1
                speech.paused, speech.take, speech.undecided = True, self._takes, False
                speech.words = speech.probability = None
                noticed.append(SpeechPaused(speech.take, speech.until))
        else:
            speech.voiced_run = speech.voiced_run + 1 if probability >= threshold else 0
            if speech.voiced_run >= 2:  # one loud frame is a breath or a click
                speech.silent += end - 2 * FRAME_SAMPLES - speech.until
                speech.paused, speech.voiced_run, speech.until = False, 0, end
                noticed.append(SpeechResumed())
        return noticed

    def _decide(self) -> list[TurnSignal]:
        speech = self._speech
        if speech is None:
            return []
        noticed: list[TurnSignal] = []
        if speech.over_reply:
            verdict = self._is_meant(speech)
            if verdict is None:
                return self._leave_undecided(speech)
            if isinstance(verdict, Passed):
                self.reset()
                return [SpeechWasNothing(speech.words or "", verdict)]
            speech.over_reply = False
            noticed.append(SpeechConfirmed())
        if speech.paused and samples_to_ms(self._now - speech.until) >= self._wait_ms(speech):
            self.reset()
            noticed.append(TurnEnded(speech.until))
        return noticed

    def _leave_undecided(self, speech: _Speech) -> list[TurnSignal]:
        if speech.undecided or not speech.paused or samples_to_ms(self._now - speech.until) < UNDECIDED_MS:
            return []
        speech.undecided = True
        return [SpeechUndecided()]

    def _is_meant(self, speech: _Speech) -> Literal[True] | Passed | None:
        """True, or why it is not; None: cannot be said yet."""
        if speech.voiced_ms >= CONFIRM_MS:
            return True
        if speech.words is None:
            late = samples_to_ms(self._now - speech.until) >= NOT_UNDERSTOOD_MS
            return Passed.NOT_UNDERSTOOD if late else None
        meant = meaning(speech.words, speech.voiced_ms)
        if meant is Meaning.UNCLEAR:
            before, self._unclear_at = self._unclear_at, speech.onset
            if before is not None and samples_to_ms(speech.onset - before) <= UNCLEAR_TWICE_MS:
                return True
        return True if meant is Meaning.STOP else passed(speech.words, meant)

    def _wait_ms(self, speech: _Speech) -> float:
        return UNJUDGED_MS if speech.probability is None else self._settings.wait_ms(speech.probability)
