"""From frames to what the user does: collects the sound of utterances and notices when they begin and end."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

from voicegui.core import inputs
from voicegui.core.audio import FRAME_MS, LISTENING_RATE_HZ, ms_to_samples
from voicegui.core.backchannel import EXPECTED
from voicegui.core.ports import Frame
from voicegui.core.turn_taking import (
    HYSTERESIS,
    MAYBE_FINISHED,
    PREROLL_MS,
    TALK_TAIL_MS,
    Confirmed,
    Dismissed,
    Onset,
    SpeechPaused,
    SpeechResumed,
    TurnOver,
    TurnSignal,
    TurnTaker,
    TurnTaking,
    Undecided,
)

from .utterance import Utterance

_AT_RELEASE = -1
"""The take made when push-to-talk is released, before its tail is over."""

_TALK_TAIL_LIMIT_S = 1.0
"""A microphone that has stopped cannot hold a turn open: the tail ends without it."""


class UserSpeech:
    """A *candidate* is sound over a reply that may mean nothing; the *utterance* belongs to a turn.

    Whoever makes utterances closes them: `close_utterance` gets each that is of no use any more. `on_words` gets what
    the turn's utterance is believed to say in full, and "" when that turns out wrong or unlikely.
    """

    def __init__(
        self,
        settings: TurnTaking,
        *,
        new_utterance: Callable[[Sequence[str]], Utterance],
        close_utterance: Callable[[Utterance], object],
        on_words: Callable[[str], None],
        post: Callable[[inputs.Input], None],
    ) -> None:
        self.taker = TurnTaker(settings)
        self.utterance: Utterance | None = None
        self.speech_ended_at: float | None = None
        """Monotonic seconds at which the last word ended; None if none was noticed."""
        self._candidate: Utterance | None = None
        self._collecting: Utterance | None = None
        self._new_utterance = new_utterance
        self._close_utterance = close_utterance
        self._on_words = on_words
        self._post = post
        self._recent: deque[Frame] = deque(maxlen=int(PREROLL_MS / FRAME_MS) + 8)
        self._expected: Sequence[str] = ()
        self._used_until = 0
        """Sound before this sample belongs to an earlier utterance."""
        self._tail_end: int | None = None
        self._tail_limit: asyncio.TimerHandle | None = None

    # ------------------------------------------------------------ frames

    def hear(self, frame: Frame, *, over_reply: bool, talking: bool) -> None:
        self._recent.append(frame)
        self._expected = EXPECTED if over_reply else ()
        if self._collecting is not None:
            self._collecting.feed(frame.samples)
        heard = self.taker.hear(frame.speech_probability, frame.end, over_reply=over_reply, own_voice=frame.own_voice)
        for noticed in heard:
            self._on_noticed(noticed, talking=talking)
        if self._tail_end is not None:
            self._follow_tail(frame, self._tail_end)

    def _on_noticed(self, noticed: TurnSignal, *, talking: bool) -> None:
        match noticed:
            case Onset(at):
                self._begin(at)
            case SpeechPaused(take, until):
                self._note_end(until)
                if self._collecting is not None and not talking:
                    self._collecting.consider(take, self._understood, self._judged)
            case SpeechResumed():
                if self._collecting is not None:
                    self._collecting.void()
                self._on_words("")
                if self._candidate is not None:
                    self._post(inputs.SpeechBegan())  # if the reply went on meanwhile, it is quiet again
            case Undecided():
                self._post(inputs.SpeechUndecided())
            case Confirmed():
                self._post(inputs.SpeechConfirmed())
            case Dismissed(words, why):
                self._drop_candidate()
                self._post(inputs.SpeechWasNothing(words, why))
            case TurnOver(until):
                self._note_end(until)
                self._post(inputs.TurnEnded())

    def _begin(self, onset: int) -> None:
        if self._collecting is None:
            self._candidate = self._collecting = self._open_utterance(onset, self._expected)
        self._post(inputs.SpeechBegan())

    def _understood(self, take: int, words: str) -> None:
        if self._candidate is None:
            self._on_words(words)
        for noticed in self.taker.understand(take, words):
            self._on_noticed(noticed, talking=False)

    def _judged(self, take: int, probability: float) -> None:
        if take != _AT_RELEASE and probability < MAYBE_FINISHED:
            self._on_words("")
        for noticed in self.taker.judge(take, probability):
            self._on_noticed(noticed, talking=False)

    def _note_end(self, until: int) -> None:
        newest = self._recent[-1]
        self.speech_ended_at = newest.captured_at - (newest.end - until) / LISTENING_RATE_HZ

    # ------------------------------------------------------------ utterances

    def start_utterance(self, *, continued: bool) -> None:
        """The candidate, or what is heard from now on with its pre-roll, becomes the turn's utterance."""
        before, candidate = self.utterance, self._candidate
        now = self._recent[-1].end if self._recent else 0
        current = candidate or self._open_utterance(now)
        if continued and before is not None:
            joined = self._new_utterance(())
            joined.feed(bytes(before.audio + current.audio))
            self._close_utterance(current)
            current = joined
        if before is not None:
            self._close_utterance(before)
        self.utterance = self._collecting = current
        self._candidate, self.speech_ended_at = None, None

    def finish_utterance(self) -> Utterance | None:
        """No more sound goes into it."""
        self._stop_collecting()
        self.taker.reset()
        return self.utterance

    def drop(self) -> None:
        """Forgets what is being said."""
        self._drop_candidate()
        if self.utterance is not None:
            self._close_utterance(self.utterance)
        self.utterance = None
        self._stop_collecting()
        self.taker.reset()

    def release(self) -> None:
        """The utterance is answered: its sound is not needed any more."""
        if self.utterance is not None and self.utterance is not self._collecting:
            self._close_utterance(self.utterance)
            self.utterance = None

    def _drop_candidate(self) -> None:
        if self._candidate is not None:
            self._close_utterance(self._candidate)
            self._candidate = None
            self._stop_collecting()

    def forget_recent(self) -> None:
        """The microphone was closed: its sound is no pre-roll for later."""
        self._recent.clear()

    def lose_microphone(self, *, talking: bool) -> None:
        """What was said until now counts; nothing waits for more."""
        if talking:
            self._finish_talk()
        elif self._candidate is not None:
            self._drop_candidate()
            self._post(inputs.SpeechWasNothing())
        elif self.taker.in_speech:
            self._post(inputs.TurnEnded())
        self.taker.reset()

    def _open_utterance(self, onset: int, expected: Sequence[str] = ()) -> Utterance:
        utterance = self._new_utterance(expected)
        start = max(onset - ms_to_samples(PREROLL_MS), self._used_until)
        preroll = b"".join(frame.samples for frame in self._recent if frame.end > start)
        if preroll:
            utterance.feed(preroll)
        return utterance

    def _stop_collecting(self) -> None:
        self._collecting = None
        self._end_tail()
        if self._recent:
            self._used_until = self._recent[-1].end

    # ------------------------------------------------------------ push-to-talk

    def end_talk(self) -> None:
        """The button was released: a tail still counts, transcription starts at once."""
        if self._tail_end is not None:
            return
        now = self._recent[-1].end if self._recent else 0
        self._tail_end = now + ms_to_samples(TALK_TAIL_MS)
        self._tail_limit = asyncio.get_running_loop().call_later(_TALK_TAIL_LIMIT_S, self._finish_talk)
        if self.utterance is not None:
            self.utterance.consider(_AT_RELEASE, self._understood, self._judged)

    def _follow_tail(self, frame: Frame, tail_end: int) -> None:
        if frame.speech_probability >= self.taker.settings.threshold - HYSTERESIS and self.utterance is not None:
            self.utterance.void()
            self._on_words("")
        if frame.end >= tail_end:
            self._finish_talk()

    def _finish_talk(self) -> None:
        self._end_tail()
        self._post(inputs.TalkEnded())

    def _end_tail(self) -> None:
        self._tail_end = None
        if self._tail_limit is not None:
            self._tail_limit.cancel()
            self._tail_limit = None
