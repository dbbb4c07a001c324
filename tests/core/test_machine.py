"""The table, by its properties: thousands of random conversations hold what it promises."""

from hypothesis import given, settings
from hypothesis import strategies as st

from voicegui.core.commands import Interrupt, PressTalk, Retry, SendText, SetHandsFree, SetMuted, Stop
from voicegui.core.effects import (
    CancelReply,
    CommitReply,
    CommitUser,
    FinishHearing,
    Listen,
    PausePlayback,
    ResumePlayback,
    StartHearing,
    StartReply,
)
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import NothingHeard, Phase, TurnFailed, UserSaid
from voicegui.core.inputs import (
    Failed,
    ReplyDone,
    ReplyStarted,
    SpeechBegan,
    SpeechConfirmed,
    SpeechWasNothing,
    TalkEnded,
    Transcribed,
    TurnEnded,
)
from voicegui.core.machine import State, step

ERROR = VoiceError(ErrorCode.ENGINE_FAILED, "It died.", retryable=True)

anything = st.one_of(
    st.builds(SetHandsFree, st.booleans()),
    st.builds(SetMuted, st.booleans()),
    st.sampled_from(
        [PressTalk(), TalkEnded(), Interrupt(), Retry(), Stop(), SpeechBegan(), SpeechConfirmed(), SpeechWasNothing()]
    ),
    st.just(TurnEnded()),
    st.builds(SendText, st.sampled_from(["", " ", "hello"])),
)
late = st.integers(-2, 0)
results = st.one_of(
    st.tuples(st.just("transcribed"), late),
    st.tuples(st.just("started"), late),
    st.tuples(st.just("done"), late),
    st.tuples(st.just("failed"), late),
)


def as_input(choice, state):
    if not isinstance(choice, tuple):
        return choice
    kind, age = choice
    turn = state.turn + age
    return {
        "transcribed": Transcribed(turn, "words"),
        "started": ReplyStarted(turn),
        "done": ReplyDone(turn),
        "failed": Failed(turn, ERROR),
    }[kind]


@settings(max_examples=500, deadline=None)
@given(st.lists(st.one_of(anything, results), max_size=200))
def test_random_conversations_keep_the_promises(choices):
    state, live, committed, mic, paused = State(), None, set(), False, False
    for choice in choices:
        happened = as_input(choice, state)
        before = state
        state, effects, _events = step(state, happened)
        assert state.turn >= before.turn
        for effect in effects:
            match effect:
                case StartReply(turn):
                    assert live is None, "two replies at once"
                    live, paused = turn, False
                case CancelReply(turn):
                    assert turn == before.turn
                    live, paused = None, False
                case CommitReply(turn):
                    assert live == turn and turn not in committed, "committed twice or never begun"
                    committed.add(turn)
                    live, paused = None, False
                case CommitUser(turn):
                    assert live == turn
                case Listen(on):
                    mic = on
                case PausePlayback():
                    paused = True
                case ResumePlayback():
                    paused = False
        if isinstance(happened, Transcribed | ReplyStarted | ReplyDone | Failed) and happened.turn != before.turn:
            assert state == before and not effects, "a result of a turn that is over did something"
        if state.phase is Phase.IDLE:
            assert not mic and live is None and not state.user_speaking
        if state.phase is Phase.LISTENING:
            assert mic and live is None
        if state.phase is Phase.SPEAKING:
            assert live == state.turn
        if paused:
            assert state.user_speaking, "silent although nobody speaks"
        assert mic == state.mic_open


def run(*inputs, state=None):
    state = state or State()
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
    assert StartHearing(2, continued=True) in effects


def test_nothing_more_said_answers_what_was_unanswered():
    state, effects, _ = run(*HEARD, SpeechBegan(), SpeechConfirmed(), TurnEnded(), Transcribed(2, ""))
    assert effects == (StartReply(2, "hello"),)


def test_no_words_rest_quietly():
    state, effects, events = run(SetHandsFree(True), SpeechBegan(), TurnEnded(), Transcribed(1, ""))
    assert (state.phase, effects, events) == (Phase.LISTENING, (), (NothingHeard(1),))


def test_user_talking_when_the_reply_ends_is_the_next_turn():
    state, effects, _ = run(*HEARD, ReplyStarted(1), SpeechBegan(), ReplyDone(1))
    assert state.phase is Phase.LISTENING and state.user_speaking and StartHearing(2) in effects


def test_failure_keeps_the_question():
    state, _, events = run(*HEARD, Failed(1, ERROR))
    assert (state.phase, state.retry) == (Phase.LISTENING, "hello")
    assert events == (TurnFailed(1, ErrorCode.ENGINE_FAILED, "It died.", True),)


def test_fatal_failure_closes_the_microphone():
    state, effects, _ = run(*HEARD, Failed(1, ERROR, fatal=True))
    assert state.phase is Phase.IDLE and Listen(False) in effects


def test_push_to_talk_ignores_silence():
    state, _, _ = run(PressTalk(), SpeechBegan(), TurnEnded())
    assert state.phase is Phase.LISTENING
    state, effects, _ = run(TalkEnded(), state=state)
    assert (state.phase, effects) == (Phase.PROCESSING, (FinishHearing(1), Listen(False)))
