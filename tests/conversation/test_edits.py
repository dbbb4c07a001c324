"""Programs change what a conversation remembers, and answers end with calls that somebody else runs."""

import pytest

from voicegui.core.audio import PLAYBACK_RATE_HZ
from voicegui.core.commands import Answer, Interrupt, SetHandsFree, TakeTurns
from voicegui.core.events import PlaybackStarted, ToolCalled, ToolFinished, TurnDone
from voicegui.core.history import History
from voicegui.core.ports import Message
from voicegui.core.tools import HANDED_OVER, ToolCall

from .conftest import Talk


def user(text, name=""):
    return Message("user", text, name=name)


def told(talk):
    return [(message.role, message.text) for message in talk.llm.prompts[-1][1:]]


def test_what_was_added_is_answered_on_demand(virtual):
    async def scenario():
        async with Talk([("hi", "Hello.")]) as talk:
            talk.conversation.edits.add(user("hi"))
            talk.conversation.send(Answer())
            done = await talk.until(TurnDone)
            assert (done.user, done.assistant) == ("", "Hello.")
            assert talk.tts.spoken == ["Hello."]

    virtual(scenario())


def test_an_answer_may_be_only_shown(virtual):
    async def scenario():
        async with Talk([("hi", "Hello.")]) as talk:
            talk.conversation.edits.add(user("hi"))
            talk.conversation.send(Answer(aloud=False))
            assert (await talk.until(TurnDone)).assistant == "Hello."
            assert talk.tts.spoken == []

    virtual(scenario())


def test_what_is_changed_during_an_answer_comes_after_it(virtual):
    async def scenario():
        async with Talk([("hi", "Hello."), ("and", "Yes.")]) as talk:
            talk.conversation.edits.add(user("hi", "a"))
            talk.conversation.send(Answer())
            await talk.until(PlaybackStarted)
            talk.conversation.edits.add(user("and", "b"))
            talk.conversation.edits.remove("a")
            await talk.until(TurnDone)
            talk.conversation.send(Answer())
            await talk.until(TurnDone)
            assert told(talk) == [("assistant", "Hello."), ("user", "and")]

    virtual(scenario())


@pytest.mark.parametrize(("seconds", "heard"), [(0.0, ""), (0.31, "One two"), (10.0, "One two three four.")])
def test_whoever_listens_knows_better_what_was_heard(virtual, seconds, heard):
    async def scenario():
        async with Talk([("hi", "One two three four."), ("and", "Yes.")]) as talk:
            talk.conversation.edits.add(user("hi"))
            talk.conversation.send(Answer())
            await talk.until(PlaybackStarted)
            talk.conversation.send(Interrupt())
            assert talk.conversation.edits.heard(1, round(seconds * PLAYBACK_RATE_HZ)) == heard
            assert talk.conversation.edits.heard(7, 0) is None
            talk.conversation.edits.add(user("and"))
            talk.conversation.send(Answer())
            await talk.until(TurnDone)
            said = [("assistant", heard)] if heard else []
            assert told(talk) == [("user", "hi"), *said, ("user", "and")]

    virtual(scenario())


def test_an_answer_ends_with_a_call_that_is_handed_over(virtual):
    async def scenario():
        async with Talk([("hello there", "CALL:ring{}"), ("It rang.", "Done.")]) as talk:
            talk.tools.add("ring", HANDED_OVER.text)

            async def hand_over(call):
                talk.tools._outcomes["ring"].clear()
                return HANDED_OVER

            talk.tools.call = hand_over
            talk.conversation.send(SetHandsFree(True))
            talk.sound.say("hello there", at=1.0)
            done = await talk.until(TurnDone)
            assert (done.user, done.assistant) == ("hello there", "")
            assert len(talk.of(ToolCalled)) == 1
            assert talk.of(ToolFinished) == []
            talk.conversation.edits.resolve("call-1", "It rang.")
            talk.conversation.send(Answer())
            assert (await talk.until(TurnDone)).assistant == "Done."
            assert told(talk) == [("user", "hello there"), ("assistant", ""), ("tool", "It rang.")]

    virtual(scenario())


def test_what_is_only_remembered_costs_no_model(virtual):
    async def scenario():
        async with Talk([]) as talk:
            talk.conversation.send(TakeTurns(answers=False))
            talk.conversation.send(SetHandsFree(True))
            talk.sound.say("hello there", at=1.0)
            assert (await talk.until(TurnDone)).user == "hello there"
            assert talk.llm.prompts == talk.llm.prepared == []
            assert [message.text for message in talk.conversation.aside.said()[1:]] == ["hello there"]

    virtual(scenario())


def test_what_is_said_over_a_reply_that_goes_on_is_the_next_turn(virtual):
    async def scenario():
        answers = [("hello there", " ".join(["word"] * 40)), ("stop and tell me more mm-hm", "Next.")]
        async with Talk(answers) as talk:
            talk.conversation.send(TakeTurns(interruptible=False))
            talk.conversation.send(SetHandsFree(True))
            talk.sound.say("hello there", at=1.0)
            await talk.until(PlaybackStarted)
            talk.sound.say("stop and tell me more", at=talk.loop.time() + 0.5)
            talk.sound.say("mm-hm", at=talk.loop.time() + 6.0)
            first = await talk.until(TurnDone)
            assert first.assistant == " ".join(["word"] * 40)
            second = await talk.until(TurnDone)
            assert (second.user, second.assistant) == ("stop and tell me more mm-hm", "Next.")
            assert talk.sound.paused is False

    virtual(scenario())


CALL = ToolCall("c", "ring", "{}")
SAID = History((user("a", "A"), Message("assistant", "", (CALL,)), Message("tool", "x", call_id="c"), user("b", "B")))


@pytest.mark.parametrize(
    ("after", "place"), [(None, 4), ("", 0), ("A", 1), ("c", 3), ("B", 4), ("nobody", 4)]
)  # fmt: skip
def test_places_in_the_history(after, place):
    assert SAID.added(user("new"), after).messages[place].text == "new"


@pytest.mark.parametrize(
    ("name", "left"), [("A", "xb"), ("B", "ax"), ("c", "ab"), ("", "axb"), ("nobody", "axb")]
)  # fmt: skip
def test_leaving_the_history(name, left):
    assert "".join(message.text for message in SAID.without(name).messages) == left


def test_what_left_the_prompt_stays_out_of_it():
    trimmed = History(SAID.messages, start=3)
    assert trimmed.added(user("new"), "").prompt("")[1:] == [user("b")]
    assert trimmed.without("A").prompt("")[1:] == [user("b")]
    assert trimmed.without("c").prompt("")[1:] == [user("b")]
    assert trimmed.reworded("B", "c").prompt("")[1:] == [user("c")]
