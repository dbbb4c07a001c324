"""How a turn is left: what is given up, what is kept for a retry, what rest is."""

from dataclasses import replace

from .effects import CancelReply, DropHearing, Effect, ForgetSound, KeepSound, StartHearing
from .events import Event, NotAnswered, Phase, SpeechStarted
from .state import GivenUp, State, Step


def leave(state: State, *, failed: bool = False) -> tuple[State, tuple[Effect, ...]]:
    """Ends whatever is going on; what was not answered is kept for `Retry`."""
    given_up = _what_to_retry(state, failed=failed)
    effects = keep_or_forget(state.given_up, given_up)
    if state.phase in (Phase.LISTENING, Phase.PROCESSING) or state.being_heard:
        effects += (DropHearing(),)
    if state.phase in (Phase.PROCESSING, Phase.SPEAKING):
        effects += (CancelReply(state.turn, commit_heard=state.phase is Phase.SPEAKING, failed=failed),)
    left = replace(state, user_speaking=False, undecided=False, given_up=given_up)
    return forget_turn(left), effects


def not_answered(state: State) -> tuple[Event, ...]:
    """Told when the turn is left and its words, which stand there, have no answer."""
    left = state.phase is Phase.PROCESSING and bool(state.question)
    return (NotAnswered(state.turn, state.goes_on),) if left else ()


def forget_turn(state: State) -> State:
    return replace(
        state, question="", answering=False, spoken=False, typed=False, silent=False, goes_on=False, unanswered=""
    )


def rest(state: State) -> State:
    phase = Phase.LISTENING if state.hands_free else Phase.IDLE
    return forget_turn(replace(state, phase=phase, talking=False, user_speaking=False, undecided=False))


def _what_to_retry(state: State, *, failed: bool) -> GivenUp:
    """What there is to retry when the turn ends now."""
    sound = state.keeps_sound and state.spoken
    given_up = state.given_up
    match state.phase:
        case Phase.LISTENING if failed and (state.user_speaking or state.talking):
            given_up = GivenUp(state.unanswered, state.keeps_sound, transcribed=not state.keeps_sound)
        case Phase.LISTENING:
            given_up = GivenUp(state.unanswered)
        case Phase.PROCESSING if not state.answering:
            given_up = GivenUp(state.unanswered, sound, transcribed=not sound)
        case Phase.PROCESSING:
            given_up = GivenUp(state.question, sound, partly=state.goes_on, typed=state.typed)
        case Phase.SPEAKING if failed:
            given_up = GivenUp(state.question, sound, partly=True, typed=state.typed)
        case Phase.SPEAKING if state.question:  # what was heard is the answer
            return GivenUp()
    return given_up or state.given_up


def keep_or_forget(before: GivenUp, after: GivenUp) -> tuple[Effect, ...]:
    if after.sound and after is not before:
        return (KeepSound(),)
    return (ForgetSound(),) if before.sound and not after.sound else ()


def rest_or_hear_on(state: State, effects: tuple[Effect, ...] = (), events: tuple[Event, ...] = ()) -> Step:
    """A turn is over; if the user is talking already, that is the next one."""
    resting = rest(state)
    if not (state.being_heard and state.hands_free):
        return Step(resting, effects, events)
    turn = state.turn + 1
    hearing = replace(resting, user_speaking=True, turn=turn)
    return Step(hearing, (*effects, StartHearing(turn)), (*events, *speaks_again(state, turn)))


def speaks_again(before: State, turn: int) -> tuple[Event, ...]:
    """What was told to have ended, while it was undecided, is speech after all."""
    return (SpeechStarted(turn),) if before.undecided else ()
