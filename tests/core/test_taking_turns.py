"""Conversations of programs: turns that are only remembered, answers on demand, replies that nothing interrupts."""

from voicegui.core.commands import Answer, EndTurn, SetHandsFree, TakeTurns
from voicegui.core.effects import (
    CancelReply,
    CommitUser,
    FinishHearing,
    PausePlayback,
    ResumePlayback,
    StartHearing,
    StartReply,
)
from voicegui.core.events import Phase, SpeechEnded, SpeechStarted, Timings, TurnDone, UserSaid
from voicegui.core.inputs import (
    ReplyDone,
    ReplyStarted,
    SpeechBegan,
    SpeechConfirmed,
    SpeechUndecided,
    SpeechWasNothing,
    Transcribed,
    TurnEnded,
)
from voicegui.core.state import ConversationState, Step
from voicegui.core.state_machine import step


def walk(*inputs, state=None):
    """The state after all of them, and effects and events of the last."""
    last = Step(state or ConversationState())
    for happened in inputs:
        last = step(last.state, happened)
    return last


SAID = (SpeechBegan(), TurnEnded(), Transcribed(1, "hello"))
SPEAKING = (SetHandsFree(True), *SAID, ReplyStarted(1))


def test_what_is_not_to_be_answered_is_remembered():
    state, effects, events = walk(TakeTurns(answers=False), SetHandsFree(True), *SAID)
    assert state.phase is Phase.LISTENING
    assert effects == (CommitUser(1, "hello"),)
    assert events == (UserSaid(1, "hello"), TurnDone(1, "hello", "", Timings()))


def test_an_answer_on_demand_answers_what_was_said():
    state, effects, _ = walk(TakeTurns(answers=False), SetHandsFree(True), *SAID, Answer())
    assert (state.phase, state.turn, state.answering) == (Phase.PROCESSING, 2, True)
    assert effects[-1] == StartReply(2, "")


def test_an_answer_on_demand_ends_the_one_before():
    state, effects, _ = walk(*SPEAKING, Answer())
    assert effects == (CancelReply(1, commit_heard=True), StartReply(2, ""))
    assert state.turn == 2


def test_an_answer_may_be_only_shown():
    _, effects, _ = walk(Answer(aloud=False))
    assert effects == (StartReply(1, "", aloud=False, typed=True),)
    _, effects, _ = walk(TakeTurns(aloud=False), SetHandsFree(True), *SAID)
    assert effects == (StartReply(1, "hello", aloud=False, typed=True),)


def test_a_turn_may_be_ended_without_silence():
    _, effects, _ = walk(SetHandsFree(True), SpeechBegan(), EndTurn())
    assert effects == (FinishHearing(1),)
    for quiet in ((), (SetHandsFree(True),), SPEAKING):
        before = walk(*quiet)[0]
        assert step(before, EndTurn()) == (before, (), ())


def test_nothing_interrupts_a_reply_that_may_not_be_interrupted():
    one_way = (*SPEAKING, TakeTurns(interruptible=False))
    for said in (
        (SpeechBegan(),),
        (SpeechBegan(), SpeechConfirmed()),
        (SpeechBegan(), SpeechUndecided()),
        (SpeechBegan(), SpeechUndecided(), SpeechConfirmed()),
        (SpeechBegan(), SpeechWasNothing()),
        (SpeechBegan(), SpeechConfirmed(), TurnEnded()),
        (SpeechBegan(), SpeechConfirmed(), TurnEnded(), SpeechBegan()),
        (SpeechBegan(), SpeechConfirmed(), TurnEnded(), SpeechBegan(), SpeechWasNothing()),
    ):
        for until in range(1, len(said) + 1):
            state, effects, _ = walk(*one_way, *said[:until])
            assert state.phase is Phase.SPEAKING
            assert state.turn == 1
            assert not any(isinstance(each, PausePlayback | CancelReply) for each in effects)


def test_what_was_said_over_it_is_the_next_turn():
    over = (*SPEAKING, TakeTurns(interruptible=False), SpeechBegan(), SpeechConfirmed(), TurnEnded())
    state, effects, events = walk(*over, ReplyDone(1))
    assert (state.phase, state.turn, state.answering) == (Phase.PROCESSING, 2, False)
    assert effects[-2:] == (StartHearing(2), FinishHearing(2))
    assert events == (SpeechStarted(2), SpeechEnded(2))
    assert walk(*over, ReplyDone(1), Transcribed(2, "and then?"))[1] == (StartReply(2, "and then?"),)


def test_an_mm_hm_after_it_takes_nothing_back():
    over = (*SPEAKING, TakeTurns(interruptible=False), SpeechBegan(), SpeechConfirmed(), TurnEnded())
    state, effects, _ = walk(*over, SpeechBegan(), SpeechWasNothing(), ReplyDone(1))
    assert (state.phase, state.turn, state.answering) == (Phase.PROCESSING, 2, False)
    assert effects[-1] == FinishHearing(2)


def test_who_still_talks_when_it_ends_is_heard_on():
    state, effects, _ = walk(*SPEAKING, TakeTurns(interruptible=False), SpeechBegan(), SpeechConfirmed(), ReplyDone(1))
    assert (state.phase, state.user_speaking) == (Phase.LISTENING, True)
    assert StartHearing(2) in effects


def test_a_paused_reply_goes_on_when_it_may_not_be_interrupted_any_more():
    _, effects, _ = walk(*SPEAKING, SpeechBegan(), TakeTurns(interruptible=False))
    assert effects == (ResumePlayback(),)
