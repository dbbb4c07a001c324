"""The rules of a conversation: one pure function, one transition table.

`step(state, input)` returns the next state, what has to be done and what has to be told. It never fails: an input that
means nothing in a state leaves it as it is. Everything asynchronous carries the turn it belongs to and is dropped when
that turn is over.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

from .commands import Interrupt, PressTalk, Retry, SendText, SetHandsFree, SetMuted, Stop
from .effects import (
    CancelReply,
    CommitReply,
    CommitUser,
    DropHearing,
    Effect,
    FinishHearing,
    Listen,
    Mute,
    PausePlayback,
    ResumePlayback,
    StartHearing,
    StartReply,
)
from .events import Event, NothingHeard, Phase, SpeechEnded, SpeechStarted, TurnFailed, UserSaid
from .inputs import (
    Failed,
    Input,
    ReplyDone,
    ReplyStarted,
    SpeechBegan,
    SpeechConfirmed,
    SpeechWasNothing,
    TalkEnded,
    Transcribed,
    TurnEnded,
)


@dataclass(frozen=True, slots=True)
class State:
    phase: Phase = Phase.IDLE
    hands_free: bool = False
    """The microphone is open between turns: "rest" is listening, else idle."""
    talking: bool = False
    """A push-to-talk turn: its end is decided by the person, not by silence."""
    user_speaking: bool = False
    muted: bool = False
    turn: int = 0
    question: str = ""
    """The text being answered, once it is known."""
    unanswered: str = ""
    """Text of a turn the user went on from before it was answered: merged with what comes."""
    retry: str = ""
    """Text of the last turn that was given up or failed: what `Retry` answers."""

    @property
    def mic_open(self) -> bool:
        return self.hands_free or self.talking


class Step(NamedTuple):
    state: State
    effects: tuple[Effect, ...] = ()
    events: tuple[Event, ...] = ()


def step(state: State, happened: Input) -> Step:
    """The table. Pure and total."""
    match happened:
        case SetHandsFree(on):
            return _set_hands_free(state, on)
        case SetMuted(on):
            return Step(replace(state, muted=on), (Mute(on),))
        case PressTalk():
            return _press_talk(state)
        case SendText(text):
            return _answer_now(state, text.strip(), typed=True)
        case Retry():
            return _answer_now(state, state.retry, typed=False)
        case Stop():
            return _stop(state)
        case Interrupt():
            return _interrupt(state)
        case SpeechBegan() | SpeechConfirmed() | SpeechWasNothing() | TurnEnded() | TalkEnded():
            return _on_speech(state, happened)
        case Transcribed() | ReplyStarted() | ReplyDone() | Failed():
            return _on_result(state, happened) if happened.turn == state.turn else Step(state)


def join(first: str, second: str) -> str:
    """Two pieces of one utterance."""
    return f"{first} {second}".strip()


# ---------------------------------------------------------------- commands


def _set_hands_free(state: State, on: bool) -> Step:
    state = replace(state, hands_free=on)
    listen = Listen(state.mic_open)
    if on and state.phase is Phase.IDLE:
        return Step(replace(state, phase=Phase.LISTENING), (listen,))
    if not on and state.phase is Phase.LISTENING and not state.talking:
        return Step(_rest(state), (DropHearing(), listen))
    if not on and state.user_speaking and not state.talking:  # held for words that now never come
        return Step(replace(state, user_speaking=False), (DropHearing(), ResumePlayback(), listen))
    return Step(state, (listen,))


def _press_talk(state: State) -> Step:
    if state.talking and state.phase is Phase.LISTENING:
        return Step(state)
    left, effects = _leave(state)
    turn = left.turn + 1
    talking = replace(left, phase=Phase.LISTENING, talking=True, turn=turn)
    return Step(talking, (*effects, Listen(True), StartHearing(turn)))


def _answer_now(state: State, text: str, *, typed: bool) -> Step:
    if not text:
        return Step(state)
    left, effects = _leave(state)
    turn = left.turn + 1
    listen = (Listen(left.hands_free),) if state.talking else ()
    busy = replace(left, phase=Phase.PROCESSING, talking=False, turn=turn, question=text, retry="", unanswered="")
    return Step(busy, (*effects, *listen, StartReply(turn, text)), (UserSaid(turn, text, typed),))


def _interrupt(state: State) -> Step:
    if state.phase is Phase.IDLE or (state.phase is Phase.LISTENING and not state.user_speaking and not state.talking):
        return Step(state)
    left, effects = _leave(state)
    resting = _rest(replace(left, turn=left.turn + 1, talking=False))
    return Step(resting, (*effects, Listen(resting.mic_open)))


def _stop(state: State) -> Step:
    left, effects = _leave(state)
    return Step(State(muted=state.muted, turn=left.turn + 1, retry=left.retry), (*effects, Listen(False)))


def _leave(state: State) -> tuple[State, tuple[Effect, ...]]:
    """Ends whatever is going on; the user's text that was not answered is kept for `Retry`."""
    effects: tuple[Effect, ...] = ()
    if state.phase in (Phase.LISTENING, Phase.PROCESSING) or state.user_speaking:
        effects = (DropHearing(),)
    if state.phase in (Phase.PROCESSING, Phase.SPEAKING):
        effects += (CancelReply(state.turn, commit_heard=state.phase is Phase.SPEAKING),)
    kept = join(state.unanswered, state.question if state.phase is Phase.PROCESSING else "")
    left = replace(state, user_speaking=False, question="", unanswered="", retry=kept or state.retry)
    return left, effects


def _rest(state: State) -> State:
    phase = Phase.LISTENING if state.hands_free else Phase.IDLE
    return replace(state, phase=phase, talking=False, user_speaking=False, question="", unanswered="")


# ---------------------------------------------------------------- the user's voice


def _on_speech(
    state: State, happened: SpeechBegan | SpeechConfirmed | SpeechWasNothing | TurnEnded | TalkEnded
) -> Step:
    match state.phase, happened:
        case Phase.LISTENING, SpeechBegan() if state.talking:
            return Step(replace(state, user_speaking=True), (), (SpeechStarted(state.turn),))
        case Phase.LISTENING, SpeechBegan():
            return _hear_new_turn(state)
        case Phase.LISTENING, TurnEnded() if state.user_speaking and not state.talking:
            return _finish_hearing(state)
        case Phase.LISTENING, TalkEnded() if state.talking:
            finished = _finish_hearing(replace(state, talking=False))
            return finished._replace(effects=(*finished.effects, Listen(state.hands_free)))
        case Phase.LISTENING, SpeechWasNothing() if not state.talking:
            return Step(replace(state, user_speaking=False), (DropHearing(),), (SpeechEnded(state.turn),))
        case ((Phase.PROCESSING | Phase.SPEAKING), SpeechBegan()) if state.mic_open:
            return Step(replace(state, user_speaking=True), (PausePlayback(),), (SpeechStarted(state.turn),))
        case ((Phase.PROCESSING | Phase.SPEAKING), SpeechWasNothing()) if state.user_speaking:
            quiet = replace(state, user_speaking=False)
            return Step(quiet, (ResumePlayback(),), (SpeechEnded(state.turn),))
        case ((Phase.PROCESSING | Phase.SPEAKING), SpeechConfirmed()) if state.user_speaking:
            return _barge_in(state)
    return Step(state)


def _hear_new_turn(state: State) -> Step:
    turn = state.turn + 1
    hearing = replace(state, phase=Phase.LISTENING, user_speaking=True, turn=turn)
    return Step(hearing, (StartHearing(turn),), (SpeechStarted(turn),))


def _finish_hearing(state: State) -> Step:
    busy = replace(state, phase=Phase.PROCESSING, user_speaking=False)
    ended = (SpeechEnded(state.turn),) if state.user_speaking else ()
    return Step(busy, (FinishHearing(state.turn),), ended)


def _barge_in(state: State) -> Step:
    speaking = state.phase is Phase.SPEAKING
    turn = state.turn + 1
    unanswered = "" if speaking else join(state.unanswered, state.question)
    # Not transcribed yet: the words are still sound, and the sound is kept.
    continued = not speaking and not state.question
    listening = replace(
        state, phase=Phase.LISTENING, user_speaking=True, turn=turn, question="", unanswered=unanswered, talking=False
    )
    return Step(listening, (CancelReply(state.turn, commit_heard=speaking), StartHearing(turn, continued)))


# ---------------------------------------------------------------- results


def _on_result(state: State, happened: Transcribed | ReplyStarted | ReplyDone | Failed) -> Step:
    match state.phase, happened:
        case Phase.PROCESSING, Transcribed(turn, text) if not state.question:
            return _start_reply(state, join(state.unanswered, text))
        case Phase.PROCESSING, ReplyStarted(turn) if state.question:
            speaking = replace(state, phase=Phase.SPEAKING, unanswered="")
            return Step(speaking, (CommitUser(turn, state.question),))
        case Phase.PROCESSING, ReplyDone(turn) if state.question:
            effects: tuple[Effect, ...] = (CommitUser(turn, state.question), CommitReply(turn))
            return _after_reply(state, effects)
        case Phase.SPEAKING, ReplyDone(turn):
            return _after_reply(state, (CommitReply(turn),))
        case ((Phase.LISTENING | Phase.PROCESSING | Phase.SPEAKING), Failed()):
            return _fail(state, happened)
    return Step(state)


def _start_reply(state: State, question: str) -> Step:
    if not question:
        return Step(_rest(state), (), (NothingHeard(state.turn),))
    asked = replace(state, question=question, unanswered="", retry="")
    return Step(asked, (StartReply(state.turn, question),), (UserSaid(state.turn, question),))


def _after_reply(state: State, effects: tuple[Effect, ...]) -> Step:
    resting = _rest(state)
    if not (state.user_speaking and state.hands_free):
        return Step(resting, effects)
    turn = state.turn + 1  # the user is talking already: that is the next turn
    return Step(replace(resting, user_speaking=True, turn=turn), (*effects, StartHearing(turn)))


def _fail(state: State, failure: Failed) -> Step:
    left, effects = _leave(state)
    resting = _rest(replace(left, turn=left.turn + 1, hands_free=left.hands_free and not failure.fatal))
    error = failure.error
    told = TurnFailed(state.turn, error.code, error.message, error.retryable and bool(resting.retry))
    return Step(resting, (*effects, Listen(resting.mic_open)), (told,))
