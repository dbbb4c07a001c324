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
    SpeechPaused,
    SpeechResumed,
    TurnSignal,
    TurnTaker,
)

from .background_tasks import Spawn
from .parts import TurnContext
from .utterance import TurnTimes, Utterance

_AT_RELEASE = -1
"""The take made when push-to-talk is released, before its tail is over."""

_TALK_TAIL_LIMIT_S = 1.0
"""A microphone that has stopped cannot hold a turn open: the tail ends without it."""


class UserSpeech:
    """Owner of the utterances. A *candidate* is sound over a reply that may mean nothing; the *utterance* belongs to a
    turn.

    What a frame brings is returned; what comes later goes to `post`: words that were waited for, the end of
    push-to-talk. `on_words` gets what the turn's utterance is believed to say in full, and "" when that turns out wrong
    or unlikely; `on_partial` what was said so far.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        post: Callable[[inputs.Input], None],
        spawn: Spawn,
        on_words: Callable[[str], None],
        on_partial: Callable[[str], None],
    ) -> None:
        self.utterance: Utterance | None = None
        self._speech_ended_at: float | None = None
        """Monotonic seconds at which the last word ended; None if none was noticed."""
        self._taker = TurnTaker()
        self._candidate: Utterance | None = None
        self._kept = False
        """The candidate has ended and is the next turn, whatever follows it over the same reply."""
        self._collecting: Utterance | None = None
        self._clock = clock
        self._post = post
        self._spawn = spawn
        self._on_words = on_words
        self._on_partial = on_partial
        self._recent: deque[Frame] = deque(maxlen=int(PREROLL_MS / FRAME_MS) + 8)
        self._used_until = 0
        """Sound before this sample belongs to an earlier utterance."""
        self._tail_end: int | None = None
        self._tail_limit: asyncio.TimerHandle | None = None

    # ------------------------------------------------------------ frames

    def hear(
        self, frame: Frame, context: TurnContext, *, over_reply: bool, talking: bool
    ) -> Sequence[inputs.UserVoice | inputs.TalkEnded]:
        self._recent.append(frame)
        if self._collecting is not None:
            self._collecting.feed(frame.samples)
        noticed = self._taker.hear(
            frame.speech_probability, frame.end, context.turn_taking, over_reply=over_reply, own_voice=frame.own_voice
        )
        if not noticed and self._tail_end is None:
            return ()
        happened: list[inputs.UserVoice | inputs.TalkEnded] = []
        for signal in noticed:
            if isinstance(signal, inputs.SpeechBegan) and self._collecting is None:
                self._candidate = self._open(context, signal.at, EXPECTED if over_reply else ())
                self._collecting = self._candidate
            happened += self._heed(signal, talking=talking)
        if self._tail_end is not None:
            happened += self._follow_tail(frame, self._tail_end, context.turn_taking.threshold - HYSTERESIS)
        return happened

    def _heed(self, signal: TurnSignal, *, talking: bool = False) -> Sequence[inputs.UserVoice]:
        """What the conversation has to know of it, after what there is to do here."""
        match signal:
            case SpeechPaused(take, until):
                self._note_end(until)
                if self._collecting is not None and not talking:
                    self._collecting.consider(take, self._understood, self._judged)
                return ()
            case SpeechResumed():
                if self._collecting is not None:
                    self._collecting.void()
                self._on_words("")
                # If the reply went on meanwhile, it is quiet again.
                return () if self._candidate is None else (inputs.SpeechBegan(self._recent[-1].end),)
            case inputs.SpeechConfirmed():
                self._speech_ended_at = None
            case inputs.SpeechWasNothing():
                if not self._kept:
                    self._drop_candidate()
            case inputs.TurnEnded(until):
                self._note_end(until)
                self._kept = self._candidate is not None
            case inputs.SpeechBegan() | inputs.SpeechUndecided():
                pass
        return (signal,)

    def _understood(self, take: int, words: str) -> None:
        if self._candidate is None:
            self._on_words(words)
        self._heed_late(self._taker.understand(take, words))

    def _judged(self, take: int, probability: float) -> None:
        if take != _AT_RELEASE and probability < MAYBE_FINISHED:
            self._on_words("")
        self._heed_late(self._taker.judge(take, probability))

    def _heed_late(self, noticed: Sequence[TurnSignal]) -> None:
        for happened in [each for signal in noticed for each in self._heed(signal)]:
            self._post(happened)

    def _note_end(self, until: int) -> None:
        newest = self._recent[-1]
        self._speech_ended_at = newest.captured_at - (newest.end - until) / LISTENING_RATE_HZ

    # ------------------------------------------------------------ utterances

    def start_utterance(self, context: TurnContext, *, continued: bool) -> None:
        """The candidate, or what is heard from now on with its pre-roll, becomes the turn's utterance."""
        before, candidate = self.utterance, self._candidate
        now = self._recent[-1].end if self._recent else 0
        current = candidate or self._open(context, now)
        if continued and before is not None:
            joined = self._make(context)
            joined.feed(bytes(before.audio + current.audio))
            self._spawn(current.aclose())
            current = joined
        if before is not None:
            self._spawn(before.aclose())
        self.utterance = self._collecting = current
        self._candidate, self._kept = None, False

    def finish_utterance(self, turn: int) -> TurnTimes:
        """No more sound goes into it: `Transcribed` follows. Returns when that was."""
        self._stop_collecting()
        self._taker.reset()
        now, utterance = self._clock(), self.utterance
        times = TurnTimes(self._speech_ended_at or now, end_of_turn=now)
        known = utterance.known_text if utterance else ""
        if known is not None:  # transcribed early, and the user did not go on
            times.stt = utterance.transcribed_at if utterance else None
            self._post(inputs.Transcribed(turn, known))
        elif utterance is not None:
            self._spawn(self._transcribe(utterance, turn, times))
        return times

    async def _transcribe(self, utterance: Utterance, turn: int, times: TurnTimes) -> None:
        text = await utterance.text()
        times.stt = utterance.transcribed_at
        self._post(inputs.Transcribed(turn, text))

    def hear_again(self, context: TurnContext, samples: bytes) -> None:
        """Sound that was kept becomes the turn's utterance."""
        self.utterance, self._speech_ended_at = self._make(context), None
        self.utterance.feed(samples)

    def drop(self) -> None:
        """Forgets what is being said."""
        self._drop_candidate()
        if self.utterance is not None:
            self._spawn(self.utterance.aclose())
        self.utterance = None
        self._stop_collecting()
        self._taker.reset()

    def release(self) -> None:
        """The utterance is answered: its sound is not needed any more."""
        if self.utterance is not None and self.utterance is not self._collecting:
            self._spawn(self.utterance.aclose())
            self.utterance = None

    def _drop_candidate(self) -> None:
        if self._candidate is not None:
            self._spawn(self._candidate.aclose())
            self._candidate, self._kept = None, False
            self._stop_collecting()

    def forget_recent(self) -> None:
        """The microphone was closed: its sound is no pre-roll for later."""
        self._recent.clear()

    def lose_microphone(self, *, talking: bool) -> Sequence[inputs.UserVoice | inputs.TalkEnded]:
        """What was said until now counts; nothing waits for more."""
        happened: Sequence[inputs.UserVoice | inputs.TalkEnded] = ()
        if talking:
            happened = self._finish_talk()
        elif self._candidate is not None:
            self._drop_candidate()
            happened = (inputs.SpeechWasNothing(),)
        elif self._taker.in_speech:
            happened = (inputs.TurnEnded(),)
        self._taker.reset()
        return happened

    def _make(self, context: TurnContext, expected: Sequence[str] = ()) -> Utterance:
        timeout_s = context.settings.stt_timeout_s
        return Utterance(context.stt, context.end_of_turn, self._on_partial, self._clock, expected, timeout_s=timeout_s)

    def _open(self, context: TurnContext, onset: int, expected: Sequence[str] = ()) -> Utterance:
        utterance, self._speech_ended_at = self._make(context, expected), None
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
        self._tail_limit = asyncio.get_running_loop().call_later(_TALK_TAIL_LIMIT_S, self._finish_talk_late)
        if self.utterance is not None:
            self.utterance.consider(_AT_RELEASE, self._understood, self._judged)

    def _follow_tail(self, frame: Frame, tail_end: int, silence: float) -> Sequence[inputs.TalkEnded]:
        """`silence`: probability of speech below which a frame is silent."""
        if frame.speech_probability >= silence and self.utterance is not None:
            self.utterance.void()
            self._on_words("")
        return self._finish_talk() if frame.end >= tail_end else ()

    def _finish_talk(self) -> Sequence[inputs.TalkEnded]:
        self._end_tail()
        return (inputs.TalkEnded(),)

    def _finish_talk_late(self) -> None:
        for happened in self._finish_talk():
            self._post(happened)

    def _end_tail(self) -> None:
        self._tail_end = None
        if self._tail_limit is not None:
            self._tail_limit.cancel()
            self._tail_limit = None
