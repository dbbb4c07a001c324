"""The table, by its properties: thousands of random conversations hold what it promises."""

from hypothesis import given, settings
from hypothesis import strategies as st

from voicegui.core.backchannel import Passed
from voicegui.core.commands import (
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
from voicegui.core.effects import (
    BeginAnew,
    CancelReply,
    CommitReply,
    CommitUser,
    ForgetSound,
    HearAgain,
    KeepSound,
    Listen,
    PausePlayback,
    ResumePlayback,
    SayLine,
    StartReply,
    StopVoice,
)
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import NotAnswered, Phase
from voicegui.core.inputs import (
    Announce,
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
from voicegui.core.state import ConversationState
from voicegui.core.state_machine import step

ERROR = VoiceError(ErrorCode.ENGINE_FAILED, "It died.", retryable=True)

anything = st.one_of(
    st.builds(SetHandsFree, st.booleans()),
    st.builds(SetMuted, st.booleans()),
    st.sampled_from([PressTalk(), TalkEnded(), Interrupt(), Retry(), Stop(), SpeechBegan(), SpeechUndecided()]),
    st.sampled_from([SpeechConfirmed(), SpeechWasNothing()]),
    st.just(TurnEnded()),
    st.just(SpeechWasNothing("mm-hm", Passed.AGREEMENT)),
    st.just(NewConversation()),
    st.builds(SendText, st.sampled_from(["", " ", "hello"]), st.booleans()),
    st.builds(SettingsChanged, st.booleans(), st.sampled_from(["", "Welcome."]), st.booleans()),
    st.just(Announce("It is time.")),
    st.builds(TakeTurns, st.booleans(), st.booleans(), st.booleans()),
    st.builds(Answer, st.booleans()),
    st.just(EndTurn()),
)
late = st.integers(-2, 0)
results = st.one_of(
    st.tuples(st.just("transcribed"), late),
    st.tuples(st.just("nothing"), late),
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
        "nothing": Transcribed(turn, ""),
        "started": ReplyStarted(turn),
        "done": ReplyDone(turn),
        "failed": StageFailed(turn, ERROR),
    }[kind]


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(["", "Welcome."]), st.lists(st.one_of(anything, results), max_size=200))
def test_random_conversations_keep_the_promises(opening_line, choices):
    state, live, committed, mic, paused = ConversationState(opening_line=opening_line), None, set(), False, False
    kept, openings, voiced, begun = False, 0, set(), 1
    for choice in choices:
        happened = as_input(choice, state)
        before = state
        state, effects, events = step(state, happened)
        begun += isinstance(happened, NewConversation)
        assert state.turn >= before.turn
        for effect in effects:
            match effect:
                case StartReply(turn) | SayLine(turn):
                    assert live is None, "two replies at once"
                    live, paused = turn, False
                    openings += isinstance(effect, SayLine) and not isinstance(happened, Announce)
                    if isinstance(effect, StartReply):
                        assert effect.aloud or effect.typed, "a spoken question is answered aloud"
                        assert effect.aloud is not state.silent and effect.typed is state.typed
                    if isinstance(effect, SayLine) or effect.aloud:
                        voiced.add(turn)
                case StopVoice(turn):
                    assert live == turn and turn in voiced and state.typed and state.silent
                    voiced.discard(turn)
                case BeginAnew():
                    assert live is None and isinstance(happened, NewConversation)
                    assert not state.given_up and not state.unanswered and not state.question
                case HearAgain(turn):
                    assert kept and live is None and turn == state.turn, "there is no sound to hear again"
                case KeepSound():
                    assert state.keeps_sound
                    kept = True
                case ForgetSound():
                    kept = False
                case CancelReply(turn):
                    assert turn == before.turn
                    live, paused = None, False
                case CommitReply(turn):
                    assert live == turn and turn not in committed, "committed twice or never begun"
                    committed.add(turn)
                    live, paused = None, False
                case CommitUser(turn, text):
                    assert text, "a question that nobody asked"
                    assert live == turn or (live is None and not before.answers and turn == before.turn)
                case Listen(on):
                    mic = on
                case PausePlayback():
                    assert before.interruptible
                    paused = True
                case ResumePlayback():
                    paused = False
        for event in events:
            if isinstance(event, NotAnswered):
                assert event.turn == before.turn and before.question and before.phase is Phase.PROCESSING
        if isinstance(happened, NewConversation):
            assert state.hands_free == before.hands_free and state.turn > before.turn
            assert any(isinstance(effect, BeginAnew) for effect in effects)
        if isinstance(happened, Announce):
            assert before.at_rest or state == before, "it cut in"
            assert state.given_up == before.given_up
        if isinstance(happened, Transcribed | ReplyStarted | ReplyDone | StageFailed) and happened.turn != before.turn:
            assert state == before and not effects, "a result of a turn that is over did something"
        if state.phase is Phase.IDLE:
            assert not mic and live is None and not state.user_speaking
        if state.phase is Phase.LISTENING:
            assert mic and live is None
        if state.phase is Phase.SPEAKING:
            assert live == state.turn
        if paused:
            assert state.user_speaking, "silent although nobody speaks"
        if state.heard_out:
            assert state.mic_open and live is not None or not state.answering
            assert state.phase in (Phase.PROCESSING, Phase.SPEAKING)
        if state.undecided:
            assert state.mic_open and not paused and state.phase in (Phase.PROCESSING, Phase.SPEAKING)
        assert mic == state.mic_open
        assert kept == state.given_up.sound, "the kept sound is not that of the turn to retry"
        assert state.given_up.transcribed or kept, "nothing left to transcribe again"
        if not state.keeps_sound:
            assert not kept
        if state.answering:
            assert live == state.turn
        assert not (state.typed or state.silent) or state.answering
        assert openings <= begun and (not openings or opening_line or SettingsChanged in map(type, choices))
