"""The answer to a typed question: read aloud or only shown, stopped, and what counts of it; and a new conversation."""

import asyncio
from dataclasses import replace

import pytest

from voicegui.core.commands import Approve, Interrupt, NewConversation, Retry, SendText, SetHandsFree
from voicegui.core.events import (
    ApprovalAnswered,
    ApprovalAsked,
    Interrupted,
    Phase,
    PlaybackStarted,
    ReplyGrew,
    StartedAfresh,
    StateChanged,
    ToolFinished,
    TurnDone,
    TurnFailed,
)
from voicegui.core.ports import Message
from voicegui.core.settings import Settings
from voicegui.core.tools import Permission, ToolCall

from .conftest import Talk

LONG = "One two three. Four five six. Seven eight nine."
QUIET = Settings(read_aloud=False)


def told(talk: Talk) -> list[str]:
    """What the model was told last."""
    return [message.text for message in talk.llm.prompts[-1]][1:]


@pytest.mark.parametrize("token", [0.0, 0.2])
def test_its_voice_is_stopped_and_the_whole_text_stays(virtual, token):
    """Also when the text is still coming."""

    async def scenario():
        async with Talk([("hello there", LONG), ("and", "Yes.")], token=token) as talk:
            talk.conversation.send(SendText("hello there"))
            await talk.until(PlaybackStarted)
            await asyncio.sleep(0.2)
            talk.conversation.send(Interrupt())
            assert talk.sound.flushes
            [done] = talk.of(TurnDone) or [await talk.until(TurnDone)]
            assert done.assistant == LONG and not talk.of(Interrupted)
            assert talk.sound.heard() == 0, "it was heard on"
            talk.conversation.send(SendText("and"))
            await talk.until(TurnDone, user="and")
            assert told(talk) == ["hello there", LONG, "and"]

    virtual(scenario())


def test_stopping_it_twice_keeps_what_is_shown(virtual):
    async def scenario():
        async with Talk([("hello there", LONG), ("and", "Yes.")], token=0.5) as talk:
            talk.conversation.send(SendText("hello there"))
            await talk.until(PlaybackStarted)
            talk.conversation.send(Interrupt())
            await talk.until(ReplyGrew)
            talk.conversation.send(Interrupt())
            done = talk.of(TurnDone)[-1]
            shown = "".join(event.text for event in talk.of(ReplyGrew))
            assert done.assistant == shown.strip() and 0 < len(shown) < len(LONG)
            assert not talk.of(Interrupted) and talk.conversation.state.phase is Phase.IDLE
            talk.conversation.send(SendText("and"))
            await talk.until(TurnDone, user="and")
            assert told(talk) == ["hello there", shown.strip(), "and"]

    virtual(scenario())


@pytest.mark.parametrize("answer", ["One.", LONG, "```\ncode\n```", "- a\n- b", "One two"])
def test_it_is_only_shown_where_the_setting_says_so(virtual, answer):
    async def scenario():
        async with Talk([("hello there", answer)], QUIET) as talk:
            talk.conversation.send(SendText("hello there"))
            done = await talk.until(TurnDone)
            assert done.assistant == answer and talk.tts.spoken == [] and not talk.of(PlaybackStarted)
            assert any(state.silent and state.phase is Phase.SPEAKING for state in talk.of(StateChanged))

    virtual(scenario())


def test_a_spoken_question_is_answered_aloud_all_the_same(virtual):
    async def scenario():
        async with Talk([("hello there", "One two.")], QUIET) as talk:
            talk.conversation.send(SendText("hello there"))  # the same words, typed before
            await talk.until(TurnDone)
            talk.conversation.send(SetHandsFree(True))
            talk.sound.say("hello there", at=talk.loop.time() + 0.2)
            await talk.until(PlaybackStarted)
            await talk.until(TurnDone)
            assert talk.tts.spoken == ["One two."]

    virtual(scenario())


def test_a_spoken_one_is_cut_where_it_was_heard(virtual):
    async def scenario():
        async with Talk([("hello there", LONG)]) as talk:
            talk.conversation.send(SendText("hello there", aloud=True))
            await talk.until(PlaybackStarted)
            await asyncio.sleep(0.4)
            talk.conversation.send(Interrupt())
            assert talk.of(Interrupted)[0].unheard and talk.of(TurnDone)[0].assistant != LONG

    virtual(scenario())


def test_talking_over_a_typed_one_keeps_the_text_that_is_shown(virtual):
    async def scenario():
        async with Talk([("hello there", LONG), ("now something else please", "Yes.")]) as talk:
            talk.conversation.send(SetHandsFree(True))
            talk.conversation.send(SendText("hello there"))
            await talk.until(PlaybackStarted)
            talk.sound.say("now something else please", at=talk.loop.time() + 0.2)
            await talk.until(TurnDone, user="now something else please")
            assert not talk.of(Interrupted) and told(talk) == ["hello there", LONG, "now something else please"]

    virtual(scenario())


def test_one_that_breaks_off_goes_on_from_what_is_shown(virtual):
    from voicegui.core.history import GO_ON

    async def scenario():
        async with Talk([("hello there", "One two. Three BREAK"), (GO_ON, "four.")], QUIET) as talk:
            talk.conversation.send(SendText("hello there"))
            assert (await talk.until(TurnFailed)).retryable
            assert talk.of(TurnDone)[0].assistant == "One two. Three"
            talk.conversation.send(Retry())
            done = await talk.until(TurnDone, assistant="four.")
            assert done.user == "hello there" and talk.tts.spoken == []

    virtual(scenario())


def test_a_question_about_a_call_that_was_not_heard_is_no_question_to_a_typed_yes(virtual):
    """Only shown, or with its voice stopped: a click counts, a word does not."""

    async def scenario():
        answers = [("open it", 'CALL:open{"url":"a.example"}'), ("Opened.", "It is open.")]
        async with Talk(answers, QUIET) as talk:
            talk.tools.add("open", "Opened.", permission=Permission.ASK, question="Shall I open {url}?")
            talk.conversation.send(SendText("open it"))
            await talk.until(TurnDone, user="open it")
            talk.conversation.send(SendText("yes"))
            await talk.until(TurnDone, user="yes")
            assert not talk.tools.ran
            talk.conversation.send(Approve(talk.of(ApprovalAsked)[-1].call.id, True))
            done = await talk.until(TurnDone, user="Yes.")
            assert len(talk.tools.ran) == 1 and done.assistant == "It is open." and talk.tts.spoken == []

    virtual(scenario())


def test_a_click_on_what_was_asked_by_voice_is_answered_aloud(virtual):
    async def scenario():
        answers = [("open it", 'CALL:open{"url":"a.example"}'), ("Opened.", "It is open.")]
        async with Talk(answers, QUIET) as talk:
            talk.tools.add("open", "Opened.", permission=Permission.ASK, question="Shall I open {url}?")
            talk.conversation.send(SetHandsFree(True))
            talk.sound.say("open it", at=talk.loop.time() + 0.2)
            asked = await talk.until(ApprovalAsked)
            await talk.until(TurnDone)
            talk.conversation.send(Approve(asked.call.id, True))
            await talk.until(TurnDone, user="Yes.")
            assert talk.tts.spoken[-1] == "It is open."

    virtual(scenario())


# ---------------------------------------------------------------- a new conversation


@pytest.mark.parametrize("when", ["at rest", "thinking", "speaking", "listening"])
def test_a_new_conversation_remembers_nothing(virtual, when):
    async def scenario():
        answers = [("hello there", LONG), ("busy now", LONG), ("and", "Yes.")]
        async with Talk(answers, first_token=0.5) as talk:
            talk.conversation.send(SetHandsFree(True))
            talk.conversation.send(SendText("hello there"))
            await talk.until(TurnDone)
            if when == "listening":
                talk.sound.say("busy now and so on", at=talk.loop.time() + 0.1)
                await talk.until(StateChanged, user_speaking=True)
            elif when != "at rest":
                talk.conversation.send(SendText("busy now"))
                if when == "speaking":
                    await talk.until(PlaybackStarted)
            talk.conversation.send(NewConversation())
            assert talk.of(StartedAfresh)[-1].asked and talk.conversation.state.at_rest
            talk.sound._script.clear()
            await asyncio.sleep(3)
            talk.conversation.send(SendText("and"))
            await talk.until(TurnDone, user="and")
            assert told(talk) == ["and"]

    virtual(scenario())


def test_a_call_that_waits_is_refused_and_forgotten(virtual):
    async def scenario():
        async with Talk([("open it", 'CALL:open{"url":"a.example"}'), ("yes", "What?")]) as talk:
            talk.tools.add("open", permission=Permission.ASK, question="Shall I open {url}?")
            talk.conversation.send(SendText("open it"))
            asked = await talk.until(ApprovalAsked)
            await talk.until(TurnDone)
            talk.conversation.send(NewConversation())
            assert talk.of(ApprovalAnswered) == [ApprovalAnswered(asked.call.id, False)]
            talk.conversation.send(SendText("yes"))
            await talk.until(TurnDone, user="yes")
            assert told(talk) == ["yes"] and not talk.tools.ran

    virtual(scenario())


def test_text_from_outside_that_comes_late_does_not_taint_the_new_one(virtual):
    async def scenario():
        async with Talk([("read", "CALL:read{}"), ("and", "Yes.")]) as talk:
            talk.tools.add("read", "Evil.", seconds=2.0, outside=True, finishes=True)
            talk.conversation.send(SendText("read"))
            await asyncio.sleep(0.5)
            talk.conversation.send(NewConversation())
            await talk.until(ToolFinished)
            assert not talk.conversation.tainted
            talk.conversation.send(SendText("and"))
            await talk.until(TurnDone, user="and")
            assert told(talk) == ["and"]

    virtual(scenario())


def test_an_announcement_that_was_cut_comes_again_in_the_new_one(virtual):
    async def scenario():
        async with Talk([]) as talk:
            saying = asyncio.ensure_future(talk.conversation.announce("It is time to drink."))
            await talk.until(PlaybackStarted)
            talk.conversation.send(NewConversation())
            with pytest.raises(Exception, match="before it was heard"):
                await saying
            await talk.conversation.announce("It is time to drink.")
            assert talk.of(TurnDone)[-1].assistant == "It is time to drink."

    virtual(scenario())


def test_the_first_words_are_said_again(virtual):
    async def scenario():
        async with Talk([], Settings(opening_line="Welcome.")) as talk:
            talk.conversation.send(SetHandsFree(True))
            await talk.until(TurnDone, assistant="Welcome.")
            talk.conversation.send(NewConversation())
            await talk.until(TurnDone, assistant="Welcome.")

    virtual(scenario())


# ---------------------------------------------------------------- one that goes on

PAST = (Message("user", "My name is Ana."), Message("assistant", "Hello Ana."))
CALL = ToolCall("kept-2", "read", "{}")
USED = (Message("assistant", "", (CALL,)), Message("tool", "It was done.", call_id=CALL.id))


def test_what_was_said_before_is_told_to_the_model(virtual):
    async def scenario():
        async with Talk([("who am I", "Ana.")]) as talk:
            talk.conversation.restore((*PAST, *USED), tainted=False)
            talk.conversation.send(SendText("who am I"))
            await talk.until(TurnDone)
            assert told(talk) == ["My name is Ana.", "Hello Ana.", "", "It was done.", "who am I"]
            assert not talk.conversation.tainted

    virtual(scenario())


def test_text_from_outside_in_it_asks_before_anything_changes(virtual):
    async def scenario():
        async with Talk([("set it", "CALL:set{}")]) as talk:
            talk.tools.add("set", permission=Permission.ALWAYS, changes=True, question="Shall I set it?")
            talk.conversation.restore(PAST, tainted=True)
            talk.conversation.send(SendText("set it"))
            await talk.until(ApprovalAsked)
            assert not talk.tools.ran

    virtual(scenario())


def test_a_long_one_is_told_within_the_budget(virtual):
    async def scenario():
        turn = (Message("user", "word " * 40), Message("assistant", "so " * 60))
        many = turn * 200
        async with Talk([("who am I", "Ana.")], replace(Settings(), context_tokens=1000)) as talk:
            talk.conversation.restore((*many, *PAST), tainted=False)
            talk.conversation.send(SendText("who am I"))
            await talk.until(TurnDone)
            words = told(talk)
            assert words[-3:] == ["My name is Ana.", "Hello Ana.", "who am I"] and sum(map(len, words)) < 4 * 1000

    virtual(scenario())


def test_it_comes_before_what_was_said_meanwhile(virtual):
    async def scenario():
        async with Talk([("who am I", "Ana.")]) as talk:
            await talk.conversation.announce("It is time to drink.")
            talk.conversation.restore(PAST, tainted=False)
            talk.conversation.send(SendText("who am I"))
            await talk.until(TurnDone, user="who am I")
            assert told(talk)[:3] == ["My name is Ana.", "Hello Ana.", "It is time to drink."]

    virtual(scenario())
