"""The rules of a conversation: one pure function, one transition table.

`step(state, input)` returns the next state, what has to be done and what has to be told. It never fails: an input that
means nothing in a state leaves it as it is. Everything asynchronous carries the turn it belongs to and is dropped when
that turn is over.
"""

from dataclasses import replace

from .answering import answer_history, answer_now, answer_words, retry
from .commands import (
    Answer,
    EndTurn,
    Interrupt,
    NewConversation,
    PressTalk,
    Retry,
    SendText,
    SetHandsFree,
    SetMuted,
    Stop,
    TakeTurns,
)
from .effects import (
    BeginAnew,
    CancelReply,
    CommitReply,
    CommitUser,
    DropHearing,
    Effect,
    FinishHearing,
    ForgetSound,
    Listen,
    Mute,
    PausePlayback,
    ResumePlayback,
    SayLine,
    StartHearing,
    StopVoice,
)
from .events import Event, NotTaken, Phase, SpeechEnded, SpeechStarted, TurnFailed
from .inputs import (
    Announce,
    Input,
    ReplyDone,
    ReplyStarted,
    SettingsChanged,
    SpeechBegan,
    SpeechConfirmed,
    SpeechUndecided,
    SpeechWasNothing,
    StageFailed,
    TalkEnded,
    Transcribed,
    TurnEnded,
    TurnLimitReached,
    UserVoice,
)
from .state import (
    ConversationState,
    GivenUp,
    Step,
    after_goodbye,
    announce,
    changed,
    forget_turn,
    join,
    keep_or_forget,
    leave,
    not_answered,
    rest,
    rest_or_hear_on,
    say_goodbye,
    speaks_again,
)


def step(state: ConversationState, happened: Input) -> Step:
    """The table. Pure and total."""
    taken = _step(state, happened)
    went_on = taken.state.turn != state.turn or taken.state.at_rest
    return after_goodbye(taken) if state.ending and went_on else taken


def _step(state: ConversationState, happened: Input) -> Step:
    match happened:
        case SetHandsFree(on):
            return _set_hands_free(state, on)
        case SetMuted(on):
            return Step(replace(state, muted=on), (Mute(on),))
        case PressTalk():
            return _press_talk(state)
        case SendText(text, aloud):
            return answer_now(state, text.strip(), typed=not aloud)
        case Retry():
            return retry(state)
        case Answer(aloud):
            return answer_history(state, aloud=aloud)
        case EndTurn():
            return _on_speech(state, TurnEnded())
        case TakeTurns():
            return _take_turns(state, happened)
        case Stop():
            return _stop(state)
        case Interrupt():
            return _interrupt(state)
        case NewConversation():
            return _begin_anew(state)
        case SettingsChanged():
            return changed(state, happened)
        case Announce(line):
            return announce(state, line.strip())
        case TurnLimitReached(goodbye):
            return say_goodbye(state, goodbye)
        case SpeechBegan() | SpeechUndecided() | SpeechConfirmed() | SpeechWasNothing() | TurnEnded() | TalkEnded():
            return _on_speech(state, happened)
        case Transcribed() | ReplyStarted() | ReplyDone() | StageFailed():
            return _on_result(state, happened) if happened.turn == state.turn else Step(state)


# ---------------------------------------------------------------- commands


def _set_hands_free(state: ConversationState, on: bool) -> Step:
    state = replace(state, hands_free=on)
    listen = Listen(state.mic_open)
    if on and state.phase is Phase.IDLE and state.turn == 0 and state.opening_line:
        opening = replace(state, phase=Phase.PROCESSING, turn=1, answering=True)
        return Step(opening, (listen, SayLine(1, state.opening_line)))
    if on and state.phase is Phase.IDLE:
        return Step(replace(state, phase=Phase.LISTENING), (listen,))
    if not on and state.phase is Phase.LISTENING and not state.talking:
        return Step(rest(state), (DropHearing(), listen))
    if not on and state.being_heard and not state.talking:  # held for words that now never come
        resume = _resumed(state) if state.user_speaking else ()
        quiet = replace(state, user_speaking=False, undecided=False, heard_out=False)
        return Step(quiet, (DropHearing(), *resume, listen))
    return Step(state, (listen,))


def _press_talk(state: ConversationState) -> Step:
    if state.talking and state.phase is Phase.LISTENING:
        return Step(state)
    left, effects = leave(state)
    turn = left.turn + 1
    talking = replace(left, phase=Phase.LISTENING, talking=True, turn=turn)
    return Step(talking, (*effects, Listen(True), StartHearing(turn)), not_answered(state))


def _interrupt(state: ConversationState) -> Step:
    if state.phase is Phase.IDLE or (state.phase is Phase.LISTENING and not state.user_speaking and not state.talking):
        return Step(state)
    if state.phase is Phase.SPEAKING and state.typed and not (state.silent or state.user_speaking):
        return Step(replace(state, silent=True), (StopVoice(state.turn),))
    left, effects = leave(state)
    resting = rest(replace(left, turn=left.turn + 1, talking=False))
    return Step(resting, (*effects, Listen(resting.mic_open)), not_answered(state))


def _begin_anew(state: ConversationState) -> Step:
    """What was not answered is given up for good; the microphone stays as it is, unless it was open to talk only."""
    left, effects = leave(state)
    forget = (ForgetSound(),) if left.given_up.sound else ()
    resting = rest(replace(left, turn=left.turn + 1, given_up=GivenUp()))
    effects += (*forget, Listen(resting.mic_open), BeginAnew())
    if not (resting.hands_free and resting.opening_line):
        return Step(resting, effects, not_answered(state))
    opening = replace(resting, phase=Phase.PROCESSING, answering=True)
    return Step(opening, (*effects, SayLine(opening.turn, opening.opening_line)), not_answered(state))


def _stop(state: ConversationState) -> Step:
    left, effects = leave(state)
    stopped = replace(rest(replace(left, hands_free=False)), turn=left.turn + 1)
    return Step(stopped, (*effects, Listen(False)), not_answered(state))


def _take_turns(state: ConversationState, how: TakeTurns) -> Step:
    """A reply that was paused goes on when it may not be interrupted any more."""
    changed = replace(state, answers=how.answers, interruptible=how.interruptible, aloud=how.aloud)
    over_reply = state.phase in (Phase.PROCESSING, Phase.SPEAKING) and state.user_speaking
    goes_on = over_reply and state.interruptible and not how.interruptible
    return Step(changed, (ResumePlayback(),) if goes_on else ())


# ---------------------------------------------------------------- the user's voice


def _on_speech(state: ConversationState, happened: UserVoice | TalkEnded) -> Step:
    match state.phase, happened:
        case Phase.LISTENING, SpeechBegan() if state.talking:
            return Step(replace(state, user_speaking=True), (), (SpeechStarted(state.turn),))
        case Phase.LISTENING, SpeechBegan() if not state.user_speaking:
            return _hear_new_turn(state)
        case Phase.LISTENING, TurnEnded() if state.user_speaking and not state.talking:
            return _finish_hearing(state)
        case Phase.LISTENING, TalkEnded() if state.talking:
            finished = _finish_hearing(replace(state, talking=False))
            return finished._replace(effects=(*finished.effects, Listen(state.hands_free)))
        case Phase.LISTENING, SpeechWasNothing() if not state.talking:
            return Step(replace(state, user_speaking=False), (DropHearing(),), (SpeechEnded(state.turn),))
        case ((Phase.PROCESSING | Phase.SPEAKING), SpeechBegan()) if state.mic_open and not state.user_speaking:
            speaking = replace(state, user_speaking=True, undecided=False)
            pause = (PausePlayback(),) if state.interruptible else ()
            return Step(speaking, pause, (SpeechStarted(state.turn),))
        case ((Phase.PROCESSING | Phase.SPEAKING), SpeechUndecided()) if state.user_speaking:
            quiet = replace(state, user_speaking=False, undecided=True)
            return Step(quiet, _resumed(state), (SpeechEnded(state.turn),))
        case ((Phase.PROCESSING | Phase.SPEAKING), TurnEnded()) if state.being_heard and not state.interruptible:
            ended = (SpeechEnded(state.turn),) if state.user_speaking else ()
            return Step(replace(state, user_speaking=False, undecided=False, heard_out=True), (), ended)
        case ((Phase.PROCESSING | Phase.SPEAKING), SpeechWasNothing(words, why)) if state.being_heard:
            return _go_on(state, () if why is None else (NotTaken(state.turn, words, why),))
        case ((Phase.PROCESSING | Phase.SPEAKING), SpeechConfirmed()) if state.being_heard:
            return _barge_in(state) if state.interruptible else Step(state)
    return Step(state)


def _go_on(state: ConversationState, not_taken: tuple[Event, ...]) -> Step:
    """What was said over the reply was nothing; if that took long to find out, the reply goes on already."""
    quiet = replace(state, user_speaking=False, undecided=False)
    if not state.user_speaking:
        return Step(quiet, (), not_taken)
    return Step(quiet, _resumed(state), (SpeechEnded(state.turn), *not_taken))


def _resumed(state: ConversationState) -> tuple[Effect, ...]:
    """A reply that may not be interrupted was not paused."""
    return (ResumePlayback(),) if state.interruptible else ()


def _hear_new_turn(state: ConversationState) -> Step:
    turn = state.turn + 1
    hearing = replace(state, phase=Phase.LISTENING, user_speaking=True, turn=turn)
    return Step(hearing, (StartHearing(turn),), (SpeechStarted(turn),))


def _finish_hearing(state: ConversationState) -> Step:
    busy = replace(state, phase=Phase.PROCESSING, user_speaking=False, spoken=True)
    ended = (SpeechEnded(state.turn),) if state.user_speaking else ()
    return Step(busy, (FinishHearing(state.turn),), ended)


def _barge_in(state: ConversationState) -> Step:
    speaking = state.phase is Phase.SPEAKING
    turn = state.turn + 1
    unanswered = "" if speaking or state.goes_on else join(state.unanswered, state.question)
    # Not transcribed yet: the words are still sound, and the sound is kept.
    continued = not state.answering
    given_up = GivenUp() if speaking and state.question else state.given_up
    left = forget_turn(replace(state, talking=False, given_up=given_up))
    heard = replace(left, user_speaking=True, undecided=False, heard_out=False)
    listening = replace(heard, phase=Phase.LISTENING, turn=turn, unanswered=unanswered)
    # The new hearing first: it takes over the sound that the end of the old turn would let go.
    effects = (StartHearing(turn, continued), CancelReply(state.turn, commit_heard=speaking))
    return Step(listening, (*keep_or_forget(state.given_up, given_up), *effects), speaks_again(state, turn))


# ---------------------------------------------------------------- results


def _on_result(state: ConversationState, happened: Transcribed | ReplyStarted | ReplyDone | StageFailed) -> Step:
    match state.phase, happened:
        case Phase.PROCESSING, Transcribed(_, text) if not state.answering:
            return answer_words(state, join(state.unanswered, text))
        case Phase.PROCESSING, ReplyStarted() if state.answering:
            return Step(replace(state, phase=Phase.SPEAKING), _commit_user(state))
        case Phase.PROCESSING, ReplyDone(turn) if state.answering:
            return _after_reply(state, (*_commit_user(state), CommitReply(turn)))
        case Phase.SPEAKING, ReplyDone(turn):
            return _after_reply(state, (CommitReply(turn),))
        case ((Phase.LISTENING | Phase.PROCESSING | Phase.SPEAKING), StageFailed()):
            return _fail(state, happened)
    return Step(state)


def _commit_user(state: ConversationState) -> tuple[Effect, ...]:
    """Nobody asked for the opening line; the question of a reply that goes on was committed with its beginning."""
    return (CommitUser(state.turn, state.question),) if state.question and not state.goes_on else ()


def _after_reply(state: ConversationState, effects: tuple[Effect, ...]) -> Step:
    given_up = GivenUp() if state.question else state.given_up  # a line that nobody asked for answers nothing
    effects += keep_or_forget(state.given_up, given_up)
    return rest_or_hear_on(replace(state, given_up=given_up), effects)


def _fail(state: ConversationState, failure: StageFailed) -> Step:
    left, effects = leave(state, failed=True)
    resting = rest(replace(left, turn=left.turn + 1, hands_free=left.hands_free and not failure.fatal))
    error, given_up = failure.error, resting.given_up
    told = TurnFailed(state.turn, error.code, error.message, error.retryable and bool(given_up), given_up.sound)
    return Step(resting, (*effects, Listen(resting.mic_open)), (told,))
