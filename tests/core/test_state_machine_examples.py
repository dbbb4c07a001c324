"""The table, by examples: one conversation for each rule."""

import pytest

from voicegui.core.backchannel import Passed
from voicegui.core.commands import Interrupt, NewConversation, PressTalk, Retry, SendText, SetHandsFree, Stop
from voicegui.core.effects import (
    BeginAnew,
    CancelReply,
    CommitReply,
    CommitUser,
    DropHearing,
    FinishHearing,
    ForgetSound,
    HearAgain,
    KeepSound,
    Listen,
    PausePlayback,
    ResumePlayback,
    SayLine,
    StartHearing,
    StartReply,
    StopVoice,
)
from voicegui.core.errors import ErrorCode
from voicegui.core.events import NotAnswered, NothingHeard, NotTaken, Phase, SpeechStarted, TurnFailed, UserSaid
from voicegui.core.inputs import (
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
)
from voicegui.core.state import ConversationState, GivenUp
from voicegui.core.state_machine import step

from .test_state_machine import ERROR


def run(*inputs, state=None):
    state = state or ConversationState()
    for happened in inputs:
        state, effects, events = step(state, happened)
    return state, effects, events


HEARD = (SetHandsFree(True), SpeechBegan(), TurnEnded(), Transcribed(1, "hello"))


def test_a_turn_goes_round():
    state, effects, events = run(*HEARD)
    assert (state.phase, effects, events) == (Phase.PROCESSING, (StartReply(1, "hello"),), (UserSaid(1, "hello"),))
    state, effects, _ = run(ReplyStarted(1), state=state)
    assert (state.phase, effects) == (Phase.SPEAKING, (CommitUser(1, "hello"),))
    state, effects, _ = run(ReplyDone(1), state=state)
    assert (state.phase, effects) == (Phase.LISTENING, (CommitReply(1),))


def test_going_on_while_it_thinks_merges():
    state, _, _ = run(*HEARD, SpeechBegan(), SpeechConfirmed(), TurnEnded(), Transcribed(2, "world"))
    assert state.question == "hello world"


def test_going_on_before_the_transcript_keeps_the_sound():
    _, effects, _ = run(SetHandsFree(True), SpeechBegan(), TurnEnded(), SpeechBegan(), SpeechConfirmed())
    assert effects == (StartHearing(2, continued=True), CancelReply(1, commit_heard=False))


def test_nothing_more_said_answers_what_was_unanswered():
    state, effects, _ = run(*HEARD, SpeechBegan(), SpeechConfirmed(), TurnEnded(), Transcribed(2, ""))
    assert effects == (StartReply(2, "hello"),)


def test_no_words_rest_quietly():
    state, effects, events = run(SetHandsFree(True), SpeechBegan(), TurnEnded(), Transcribed(1, ""))
    assert (state.phase, effects, events) == (Phase.LISTENING, (), (NothingHeard(1),))


def test_user_talking_when_the_reply_ends_is_the_next_turn():
    state, effects, _ = run(*HEARD, ReplyStarted(1), SpeechBegan(), ReplyDone(1))
    assert state.phase is Phase.LISTENING and state.user_speaking and StartHearing(2) in effects


OVER_A_REPLY = (*HEARD, ReplyStarted(1), SpeechBegan())


def test_a_reply_goes_on_while_nobody_knows_what_the_sound_over_it_was():
    state, effects, _ = run(*OVER_A_REPLY, SpeechUndecided())
    assert effects == (ResumePlayback(),) and not state.user_speaking
    assert run(SpeechWasNothing(), state=state)[1] == (), "it was going on already"


def test_words_that_come_late_still_interrupt():
    state, effects, events = run(*OVER_A_REPLY, SpeechUndecided(), SpeechConfirmed())
    assert effects == (StartHearing(2), CancelReply(1, commit_heard=True)) and events == (SpeechStarted(2),)
    assert state.phase is Phase.LISTENING and state.user_speaking


def test_speech_that_goes_on_while_undecided_quiets_the_reply_again():
    _, effects, events = run(*OVER_A_REPLY, SpeechUndecided(), SpeechBegan())
    assert effects == (PausePlayback(),) and events == (SpeechStarted(1),)


def test_speech_that_is_undecided_when_the_reply_ends_is_the_next_turn():
    state, effects, events = run(*OVER_A_REPLY, SpeechUndecided(), ReplyDone(1))
    assert StartHearing(2) in effects and events == (SpeechStarted(2),)
    assert run(TurnEnded(), state=state)[1] == (FinishHearing(2),)
    assert run(SpeechWasNothing(), state=state)[1] == (DropHearing(),)


def test_what_is_said_while_nothing_is_transcribed_is_the_next_turn():
    state, effects, events = run(SetHandsFree(True), SpeechBegan(), TurnEnded(), SpeechBegan(), Transcribed(1, ""))
    assert effects == (StartHearing(2),) and events == (NothingHeard(1),) and state.user_speaking


def test_failure_keeps_the_question():
    state, _, events = run(*HEARD, StageFailed(1, ERROR))
    assert (state.phase, state.given_up) == (Phase.LISTENING, GivenUp("hello", sound=True))
    assert events == (TurnFailed(1, ErrorCode.ENGINE_FAILED, "It died.", True, audio_kept=True),)


def test_fatal_failure_closes_the_microphone():
    state, effects, _ = run(*HEARD, StageFailed(1, ERROR, fatal=True))
    assert state.phase is Phase.IDLE and Listen(False) in effects


def test_push_to_talk_ignores_silence():
    state, _, _ = run(PressTalk(), SpeechBegan(), TurnEnded())
    assert state.phase is Phase.LISTENING
    state, effects, _ = run(TalkEnded(), state=state)
    assert (state.phase, effects) == (Phase.PROCESSING, (FinishHearing(1), Listen(False)))


NOT_UNDERSTOOD = (SetHandsFree(True), SpeechBegan(), TurnEnded(), StageFailed(1, ERROR))


def test_words_that_were_not_understood_are_heard_again():
    state, effects, events = run(*NOT_UNDERSTOOD)
    assert effects[:2] == (KeepSound(), DropHearing()), "it would be dropped before it is kept"
    assert events == (TurnFailed(1, ErrorCode.ENGINE_FAILED, "It died.", True, audio_kept=True),)
    state, effects, events = run(Retry(), state=state)
    assert (state.phase, state.turn, events) == (Phase.PROCESSING, 3, ())
    assert HearAgain(3) in effects
    state, effects, events = run(Transcribed(3, "hello"), state=state)
    assert (effects, events) == ((StartReply(3, "hello"),), (UserSaid(3, "hello"),))
    state, effects, _ = run(ReplyStarted(3), ReplyDone(3), state=state)
    assert ForgetSound() in effects and not state.given_up


def test_words_that_fail_again_stay_to_be_tried_again():
    state, _, events = run(*NOT_UNDERSTOOD, Retry(), StageFailed(3, ERROR))
    assert state.given_up == GivenUp(sound=True, transcribed=False)
    assert events[0].retryable and events[0].audio_kept


def test_what_was_said_before_is_not_lost_with_words_that_were_not_understood():
    state, _, _ = run(*HEARD, SpeechBegan(), SpeechConfirmed(), TurnEnded(), StageFailed(2, ERROR), Retry())
    state, effects, _ = run(Transcribed(state.turn, "world"), state=state)
    assert effects == (StartReply(state.turn, "hello world"),)


def test_without_kept_sound_only_known_words_can_be_tried_again():
    state, effects, events = run(SettingsChanged(False, ""), *NOT_UNDERSTOOD)
    assert KeepSound() not in effects and not events[0].retryable and not events[0].audio_kept
    assert run(Retry(), state=state) == (state, (), ())
    state, _, events = run(SettingsChanged(False, ""), *HEARD, StageFailed(1, ERROR))
    assert events[0].retryable and not events[0].audio_kept


def test_kept_sound_is_forgotten_when_the_setting_says_so():
    state, effects, _ = run(*NOT_UNDERSTOOD, SettingsChanged(False, ""))
    assert effects == (ForgetSound(),) and not state.given_up


def test_an_answer_that_broke_off_goes_on_and_the_question_is_asked_once():
    state, effects, events = run(*HEARD, ReplyStarted(1), StageFailed(1, ERROR))
    assert CancelReply(1, commit_heard=True, failed=True) in effects and events[0].retryable
    state, effects, events = run(Retry(), state=state)
    assert effects[-1] == StartReply(3, "hello", goes_on=True) and not events
    state, effects, _ = run(ReplyStarted(3), state=state)
    assert (state.phase, effects) == (Phase.SPEAKING, ())
    state, effects, _ = run(StageFailed(3, ERROR), state=state)
    assert state.given_up == GivenUp("hello", sound=True, partly=True)


def test_an_answered_question_is_not_tried_again():
    state, _, _ = run(*HEARD, StageFailed(1, ERROR), SendText("bye"), ReplyStarted(3), ReplyDone(3))
    assert not state.given_up and run(Retry(), state=state) == (state, (), ())


def test_the_opening_line_is_said_once_and_asks_nothing():
    state, effects, events = run(SetHandsFree(True), state=ConversationState(opening_line="Welcome."))
    assert (effects, events) == ((Listen(True), SayLine(1, "Welcome.")), ())
    state, effects, _ = run(ReplyStarted(1), state=state)
    assert (state.phase, effects) == (Phase.SPEAKING, ())
    state, effects, _ = run(ReplyDone(1), state=state)
    assert (state.phase, effects) == (Phase.LISTENING, (CommitReply(1),))
    state, effects, _ = run(SetHandsFree(False), SetHandsFree(True), state=state)
    assert (state.phase, effects) == (Phase.LISTENING, (Listen(True),))


def test_the_opening_line_can_be_interrupted_and_is_not_merged_with_what_comes():
    state, effects, _ = run(
        SetHandsFree(True), SpeechBegan(), SpeechConfirmed(), TurnEnded(), Transcribed(2, "hi"),
        state=ConversationState(opening_line="Welcome."),
    )  # fmt: skip
    assert effects == (StartReply(2, "hi"),)


def test_no_opening_line_after_something_was_said():
    state, effects, _ = run(
        SendText("hi"), Stop(), SetHandsFree(True), state=ConversationState(opening_line="Welcome.")
    )
    assert (state.phase, effects) == (Phase.LISTENING, (Listen(True),))


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("why", [None, *Passed])
def test_what_was_heard_over_a_reply_and_not_taken_is_told(phase, why):
    state = ConversationState(phase=phase, user_speaking=True, hands_free=True, turn=7)
    events = step(state, SpeechWasNothing("mm-hm", why)).events
    told = [event for event in events if isinstance(event, NotTaken)]
    over = phase in (Phase.PROCESSING, Phase.SPEAKING)
    assert told == ([NotTaken(7, "mm-hm", why)] if over and why else [])


TYPED = (SendText("hello"), ReplyStarted(1))


def test_stopping_the_answer_to_a_typed_question_stops_its_voice_first():
    state, effects, events = run(*TYPED, Interrupt())
    assert (state.phase, state.turn, effects, events) == (Phase.SPEAKING, 1, (StopVoice(1),), ())
    again, effects, events = run(Interrupt(), state=state)
    assert again.phase is Phase.IDLE and CancelReply(1, commit_heard=True) in effects
    assert not again.given_up and not events
    done, effects, _ = run(ReplyDone(1), state=state)
    assert (done.phase, effects) == (Phase.IDLE, (CommitReply(1),))


def test_stopping_the_answer_to_a_spoken_question_stops_it():
    for heard in (HEARD, (SetHandsFree(True), SendText("hello", aloud=True))):
        state, effects, _ = run(*heard, ReplyStarted(1), Interrupt())
        assert state.phase is Phase.LISTENING and CancelReply(1, commit_heard=True) in effects


def test_what_is_typed_is_only_shown_where_the_setting_says_so():
    quiet = SettingsChanged(True, "", reads_aloud=False)
    for asked, expected in (
        (SendText("hello"), StartReply(1, "hello", aloud=False, typed=True)),
        (SendText("hello", aloud=True), StartReply(1, "hello")),
    ):
        _, effects, _ = run(quiet, asked)
        assert effects[-1] == expected
    _, effects, _ = run(quiet, *HEARD)
    assert effects == (StartReply(1, "hello"),)


def test_one_that_failed_is_tried_again_as_it_was_asked():
    quiet = SettingsChanged(True, "", reads_aloud=False)
    _, effects, events = run(quiet, SendText("hello"), StageFailed(1, ERROR), Retry())
    assert effects[-1] == StartReply(3, "hello", aloud=False, typed=True)
    assert events == (UserSaid(3, "hello", typed=True),)
    _, effects, _ = run(quiet, *HEARD, StageFailed(1, ERROR), Retry())
    assert effects[-1] == StartReply(3, "hello")


def test_what_is_left_without_an_answer_is_told():
    for leaves in (Interrupt(), PressTalk(), SendText("other"), Stop(), NewConversation()):
        _, _, events = run(*HEARD, leaves)
        assert events[0] == NotAnswered(1)
    for goes_on in ((SpeechBegan(), SpeechConfirmed()), (ReplyStarted(1), Interrupt()), (StageFailed(1, ERROR),)):
        _, _, events = run(*HEARD, *goes_on)
        assert not any(isinstance(event, NotAnswered) for event in events)


def test_a_new_conversation_gives_up_what_was_kept_and_keeps_listening():
    state, effects, _ = run(*NOT_UNDERSTOOD, NewConversation())
    assert (state.phase, state.given_up) == (Phase.LISTENING, GivenUp())
    assert ForgetSound() in effects and effects[-1] == BeginAnew()
    assert run(Retry(), state=state) == (state, (), ())


def test_a_new_conversation_ends_talking_and_says_its_first_words():
    state, effects, _ = run(PressTalk(), NewConversation())
    assert state.phase is Phase.IDLE and effects[-2:] == (Listen(False), BeginAnew())
    state, effects, _ = run(*HEARD, NewConversation(), state=ConversationState(opening_line=""))
    assert CancelReply(1, commit_heard=False) in effects
    state, effects, _ = run(
        SetHandsFree(True),
        ReplyStarted(1),
        ReplyDone(1),
        NewConversation(),
        state=ConversationState(opening_line="Welcome."),
    )
    assert effects[-2:] == (BeginAnew(), SayLine(2, "Welcome."))
