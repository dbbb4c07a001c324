"""What is answered, and how: the part of the table in `state_machine` that begins replies."""

from dataclasses import replace

from .effects import CommitUser, DropHearing, Effect, HearAgain, Listen, StartReply
from .events import NothingHeard, Phase, Timings, TurnDone, UserSaid
from .state import ConversationState, Step, leave, not_answered, rest, rest_or_hear_on


def answer_now(state: ConversationState, text: str, *, typed: bool) -> Step:
    if not text:
        return Step(state)
    left, effects = leave(state)
    turn = left.turn + 1
    listen = (Listen(left.hands_free),) if state.talking else ()
    busy = replace(left, phase=Phase.PROCESSING, talking=False, turn=turn, question=text, answering=True)
    busy = replace(busy, typed=typed, silent=typed and not state.reads_aloud)
    events = (*not_answered(state), UserSaid(turn, text, typed=True))
    return Step(busy, (*effects, *listen, reply_to(busy)), events)


def answer_history(state: ConversationState, *, aloud: bool) -> Step:
    """What was said so far has no answer yet, and somebody asks for one."""
    left, effects = leave(state)
    turn = left.turn + 1
    listen = (Listen(left.hands_free),) if state.talking else ()
    busy = replace(left, phase=Phase.PROCESSING, talking=False, turn=turn, answering=True)
    busy = replace(busy, typed=not aloud, silent=not aloud)
    return Step(busy, (*effects, *listen, reply_to(busy)), not_answered(state))


def reply_to(state: ConversationState) -> StartReply:
    return StartReply(state.turn, state.question, state.goes_on, not state.silent, state.typed)


def retry(state: ConversationState) -> Step:
    """Only at rest or over words that are just being said: what is being answered needs no retry."""
    again = state.given_up
    if not again or state.phase in (Phase.PROCESSING, Phase.SPEAKING):
        return Step(state)
    effects: tuple[Effect, ...] = (DropHearing(), Listen(state.hands_free)) if state.talking else (DropHearing(),)
    turn = state.turn + 1
    busy = replace(rest(state), phase=Phase.PROCESSING, turn=turn, spoken=again.sound)
    if not again.transcribed:
        return Step(replace(busy, unanswered=again.text), (*effects, HearAgain(turn)))
    busy = replace(busy, question=again.text, answering=True, goes_on=again.partly)
    busy = replace(busy, typed=again.typed, silent=again.typed and not state.reads_aloud)
    said = () if again.partly else (UserSaid(turn, again.text, again.typed),)
    return Step(busy, (*effects, reply_to(busy)), said)


def answer_words(state: ConversationState, question: str) -> Step:
    if not question:
        return rest_or_hear_on(state, events=(NothingHeard(state.turn),))
    if not state.answers:
        events = (UserSaid(state.turn, question), TurnDone(state.turn, question, "", Timings()))
        return rest_or_hear_on(state, (CommitUser(state.turn, question),), events)
    asked = replace(state, question=question, answering=True, unanswered="")
    asked = replace(asked, typed=not state.aloud, silent=not state.aloud)
    return Step(asked, (reply_to(asked),), (UserSaid(state.turn, question),))
