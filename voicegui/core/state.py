"""What a conversation is at one moment, and how a turn is left. For the table in `state_machine`."""

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from .effects import (
    BeginAnew,
    CancelReply,
    CommitReply,
    CommitUser,
    DropHearing,
    Effect,
    FinishHearing,
    ForgetSound,
    KeepSound,
    Listen,
    SayLine,
    StartHearing,
)
from .events import Event, NotAnswered, Phase, SpeechEnded, SpeechStarted, StateChanged
from .inputs import SettingsChanged


@dataclass(frozen=True, slots=True)
class GivenUp:
    """The last turn that was given up or failed: what `Retry` answers. False when there is nothing to answer."""

    text: str = ""
    """Its words, as far as they are known."""
    sound: bool = False
    """Its sound is kept in memory."""
    transcribed: bool = True
    """False: the kept sound holds words that `text` lacks."""
    partly: bool = False
    """Part of the answer was heard before the reply broke off: the next one goes on from there."""
    typed: bool = False

    def __bool__(self) -> bool:
        return bool(self.text) or not self.transcribed


@dataclass(frozen=True, slots=True)
class ConversationState:
    phase: Phase = Phase.IDLE
    hands_free: bool = False
    """The microphone is open between turns: "rest" is listening, else idle."""
    talking: bool = False
    """A push-to-talk turn: its end is decided by the user, not by silence."""
    user_speaking: bool = False
    undecided: bool = False
    """The reply goes on after a sound over it whose words are not known yet."""
    heard_out: bool = False
    """What was said over a reply that goes on has ended: it is the next turn."""
    muted: bool = False
    turn: int = 0
    answering: bool = False
    """A reply was begun. While processing, False means that the words are still being transcribed."""
    question: str = ""
    """The text being answered; "" while it is not known, and for the opening line."""
    spoken: bool = False
    """The question was spoken, so there is sound of it."""
    typed: bool = False
    """The question was typed: what is shown of its answer counts, whether it was heard or not."""
    silent: bool = False
    """The reply is only shown: typed questions are not read aloud, or its voice was stopped."""
    goes_on: bool = False
    """The reply goes on where an earlier one broke off; the question is in the history already."""
    ending: bool = False
    """The goodbye is being said: whatever comes next belongs to another conversation."""
    unanswered: str = ""
    """Text of a turn the user went on from before it was answered: merged with what comes."""
    given_up: GivenUp = field(default_factory=GivenUp)
    keeps_sound: bool = True
    """Setting: the sound of a turn is kept until it is answered."""
    reads_aloud: bool = True
    """Setting: the answers to typed questions are spoken, too."""
    answers: bool = True
    """What is said is answered; else it is only remembered."""
    interruptible: bool = True
    """What is said over a reply may end it."""
    aloud: bool = True
    """What is said is answered aloud."""
    opening_line: str = ""
    """Setting: said when hands-free begins a conversation."""

    @property
    def mic_open(self) -> bool:
        return self.hands_free or self.talking

    @property
    def being_heard(self) -> bool:
        """There is sound of the user that may be speech."""
        return self.user_speaking or self.undecided or self.heard_out

    @property
    def at_rest(self) -> bool:
        """Nobody talks and nothing is being answered."""
        resting = self.phase is Phase.IDLE or self.phase is Phase.LISTENING
        return resting and not self.user_speaking and not self.talking

    @property
    def shown(self) -> StateChanged:
        """What is told of it."""
        how = (self.user_speaking, self.hands_free, self.talking, self.muted, self.typed, self.silent)
        return StateChanged(self.phase, *how)


class Step(NamedTuple):
    state: ConversationState
    effects: tuple[Effect, ...] = ()
    events: tuple[Event, ...] = ()


def join(first: str, second: str) -> str:
    """Two pieces of one utterance."""
    return f"{first} {second}".strip()


# ---------------------------------------------------------------- how a turn is left
# What is given up, what is kept for a retry, what rest is.


def leave(state: ConversationState, *, failed: bool = False) -> tuple[ConversationState, tuple[Effect, ...]]:
    """Ends whatever is going on; what was not answered is kept for `Retry`."""
    given_up = _what_to_retry(state, failed=failed)
    effects = keep_or_forget(state.given_up, given_up)
    if state.phase in (Phase.LISTENING, Phase.PROCESSING) or state.being_heard:
        effects += (DropHearing(),)
    if state.phase in (Phase.PROCESSING, Phase.SPEAKING):
        effects += (CancelReply(state.turn, commit_heard=state.phase is Phase.SPEAKING, failed=failed),)
    left = replace(state, user_speaking=False, undecided=False, heard_out=False, given_up=given_up)
    return forget_turn(left), effects


def not_answered(state: ConversationState) -> tuple[Event, ...]:
    """Told when the turn is left and its words, which stand there, have no answer."""
    left = state.phase is Phase.PROCESSING and bool(state.question)
    return (NotAnswered(state.turn, state.goes_on),) if left else ()


def forget_turn(state: ConversationState) -> ConversationState:
    return replace(
        state, question="", answering=False, spoken=False, typed=False, silent=False, goes_on=False, unanswered=""
    )


def rest(state: ConversationState) -> ConversationState:
    phase = Phase.LISTENING if state.hands_free else Phase.IDLE
    quiet = replace(state, phase=phase, talking=False, user_speaking=False, undecided=False, heard_out=False)
    return forget_turn(quiet)


def _what_to_retry(state: ConversationState, *, failed: bool) -> GivenUp:
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


def changed(state: ConversationState, to: SettingsChanged) -> Step:
    """Settings that the table goes by."""
    now = replace(state, keeps_sound=to.keeps_sound, opening_line=to.opening_line, reads_aloud=to.reads_aloud)
    if to.keeps_sound or not state.given_up.sound:
        return Step(now)
    return Step(replace(now, given_up=replace(state.given_up, sound=False, transcribed=True)), (ForgetSound(),))


def announce(state: ConversationState, line: str) -> Step:
    """Says what nobody asked for, if nobody talks."""
    if not (line and state.at_rest):
        return Step(state)
    turn = state.turn + 1
    return Step(replace(state, phase=Phase.PROCESSING, turn=turn, answering=True), (SayLine(turn, line),))


def say_goodbye(state: ConversationState, line: str) -> Step:
    """The last words of a conversation. Who talks on is heard once more, and then it is said."""
    if not (line and state.at_rest):
        return Step(state)
    said = announce(replace(state, hands_free=False, ending=True), line)
    return said._replace(effects=(Listen(False), *said.effects))


_OF_BEFORE = (CancelReply, CommitReply, CommitUser, DropHearing, KeepSound, ForgetSound)
"""What is done for the conversation that ends, before the next one begins."""


def after_goodbye(last: Step) -> Step:
    """The goodbye was heard, or somebody did not wait for it: `last` is the first step of another conversation."""
    forget = (ForgetSound(),) if last.state.given_up.sound else ()
    before = tuple(effect for effect in last.effects if isinstance(effect, _OF_BEFORE))
    after = tuple(effect for effect in last.effects if not isinstance(effect, _OF_BEFORE))
    ended = replace(last.state, ending=False, given_up=GivenUp())
    return Step(ended, (*before, *forget, BeginAnew(over=True), *after), last.events)


def rest_or_hear_on(state: ConversationState, effects: tuple[Effect, ...] = (), events: tuple[Event, ...] = ()) -> Step:
    """A turn is over; if the user is talking already, that is the next one."""
    resting = rest(state)
    if not (state.being_heard and state.hands_free):
        return Step(resting, effects, events)
    turn = state.turn + 1
    if state.heard_out and not state.user_speaking:
        busy = replace(resting, phase=Phase.PROCESSING, spoken=True, turn=turn)
        told = (*events, SpeechStarted(turn), SpeechEnded(turn))
        return Step(busy, (*effects, StartHearing(turn), FinishHearing(turn)), told)
    hearing = replace(resting, user_speaking=True, turn=turn)
    return Step(hearing, (*effects, StartHearing(turn)), (*events, *speaks_again(state, turn)))


def speaks_again(before: ConversationState, turn: int) -> tuple[Event, ...]:
    """What was told to have ended, while it was undecided, is speech after all."""
    return (SpeechStarted(turn),) if before.undecided else ()
