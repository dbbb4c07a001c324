"""Long talks: a budget for what is told, notes taken while nobody talks, a goodbye after the most turns."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from voicegui.conversation.memory import GOODBYE
from voicegui.core.commands import Interrupt, NewConversation, PressTalk, Retry, SendText, SetHandsFree, Summarize
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import (
    ConversationOver,
    Noticed,
    Phase,
    PlaybackStarted,
    StartedAfresh,
    Summarized,
    TurnDone,
    TurnFailed,
)
from voicegui.core.history import GO_ON, NOTE_TAKER, prompt_tokens
from voicegui.core.ports import Message
from voicegui.core.settings import Settings

from .conftest import Talk

QUESTION = "tell me" + " more" * 30
ANSWER = "Here it is. " + "word " * 30 + "end."
SMALL = replace(Settings(), context_tokens=520, max_tokens=16)
"""Room for some five turns of about 90 tokens."""
ERROR = VoiceError(ErrorCode.ENGINE_FAILED, "It died.", retryable=True)


async def ask(talk: Talk, question: str = QUESTION) -> TurnDone:
    talk.conversation.send(SendText(question))
    done: TurnDone = await talk.until(TurnDone)
    assert done.assistant
    return done


def answers(talk: Talk) -> list[Sequence[Message]]:
    """Prompts of replies: without those for notes."""
    return [prompt for prompt in talk.llm.prompts if prompt[0].text != NOTE_TAKER]


def test_notes_are_taken_at_rest_and_told_as_data(virtual):
    async def scenario():
        async with Talk([(QUESTION, ANSWER)], SMALL) as talk:
            for _ in range(5):
                await ask(talk)
            assert len(talk.llm.prompts) == 5, "notes were begun although the talk was lively"
            talk.llm.notes.append("They talked a lot.")
            await asyncio.sleep(5)
            assert QUESTION in talk.llm.prompts[-1][1].text, "the notes were not asked for with what was said"
            assert "They talked a lot." in talk.llm.prepared[-1][0].text, "the new beginning was not read ahead"
            before = len(answers(talk)[-1])
            await ask(talk)
            prompt = answers(talk)[-1]
            assert prompt[0].text.startswith("Be brief.") and "<notes>\nThey talked a lot.\n</notes>" in prompt[0].text
            assert len(prompt) < before and prompt[1].role == "user"

    virtual(scenario())


def test_a_turn_comes_before_notes(virtual):
    async def scenario():
        async with Talk([(QUESTION, ANSWER), ("hi", "Hello.")], SMALL, first_token=3.0) as talk:
            for _ in range(5):
                await ask(talk)
            talk.llm.notes.append("These are thrown away.")
            await asyncio.sleep(3)
            assert talk.llm.prompts[-1][0].text == NOTE_TAKER
            talk.conversation.send(SetHandsFree(True))
            talk.sound.say("hi", at=talk.loop.time() + 0.5)
            await talk.until(TurnDone, user="hi")
            assert talk.llm.cancelled == 1
            assert talk.llm.prompts[-1][0].text == "Be brief."
            talk.llm.notes.append("They greeted.")
            await asyncio.sleep(10)
            assert "They greeted." in talk.llm.prepared[-1][0].text

    virtual(scenario())


def test_without_notes_the_oldest_turns_leave(virtual):
    async def scenario():
        async with Talk([(QUESTION, ANSWER)], SMALL) as talk:
            for _ in range(30):
                await ask(talk)
            sizes = [prompt_tokens(prompt) for prompt in talk.llm.prompts]
            assert max(sizes) <= SMALL.context_tokens - SMALL.max_tokens + prompt_tokens(talk.llm.prompts[0])
            changes = sum(
                later[: len(earlier)] != earlier
                for earlier, later in zip(talk.llm.prompts, talk.llm.prompts[1:], strict=False)
            )
            assert 0 < changes <= 10, "prompts do not begin alike"

    virtual(scenario())


def test_failing_notes_harm_nobody_and_are_tried_again_after_the_next_turn(virtual):
    async def scenario():
        async with Talk([(QUESTION, ANSWER), ("hi", "Hello.")], SMALL) as talk:
            for _ in range(5):
                await ask(talk)
            talk.llm.notes.append("Never told.")
            talk.llm.failures.append(ERROR)
            await asyncio.sleep(60)
            assert not talk.of(TurnFailed) and not talk.llm.prepared
            talk.llm.notes.append("They talked.")
            await ask(talk, "hi")
            await asyncio.sleep(5)
            assert "They talked." in talk.llm.prepared[-1][0].text

    virtual(scenario())


def test_a_conversation_ends_with_a_goodbye_after_the_most_turns(virtual):
    async def scenario():
        async with Talk([("hi", "Hello.")], replace(Settings(), max_turns=3)) as talk:
            talk.conversation.send(SetHandsFree(True))
            for _ in range(3):
                await ask(talk, "hi")
            over = await talk.until(ConversationOver)
            assert over.turns == 3 and " ".join(talk.tts.spoken).endswith(GOODBYE) and not talk.of(StartedAfresh)
            assert not talk.sound.listening and talk.conversation.state.phase is Phase.IDLE
            await ask(talk, "hi")
            assert [len(prompt) for prompt in talk.llm.prompts] == [2, 4, 6, 2]
            kinds = [type(event) for event in talk.events if isinstance(event, TurnDone | ConversationOver)]
            assert kinds == [TurnDone, TurnDone, TurnDone, TurnDone, ConversationOver, TurnDone]

    virtual(scenario())


@pytest.mark.parametrize("command", [Interrupt(), PressTalk(), SendText("hi"), NewConversation()], ids=repr)
def test_who_does_not_wait_for_the_goodbye_begins_another_conversation(virtual, command):
    async def scenario():
        async with Talk([("hi", "Hello.")], replace(Settings(), max_turns=1)) as talk:
            await ask(talk, "hi")
            await talk.until(PlaybackStarted)
            assert talk.conversation.state.ending
            talk.conversation.send(command)
            assert len(talk.of(ConversationOver)) == 1 and not talk.conversation.state.ending
            talk.conversation.send(Interrupt())
            await ask(talk, "hi")
            assert [len(prompt) for prompt in talk.llm.prompts if prompt[-1].text == "hi"][-1] == 2
            assert all(message.text != GOODBYE for message in talk.llm.prompts[-1])

    virtual(scenario())


def test_a_talk_is_summed_up_when_somebody_asks_and_after_its_end(virtual):
    async def scenario():
        async with Talk([("hi", "Hello.")], replace(Settings(), max_turns=2)) as talk:
            talk.conversation.send(Summarize())
            assert (await talk.until(Summarized)).text == ""
            talk.llm.notes = ["They met.", "They met twice."]
            await ask(talk, "hi")
            for _ in range(3):
                talk.conversation.send(Summarize())
            assert (await talk.until(Summarized)).text == "They met."
            assert len(talk.of(Summarized)) == 2  # one for all who ask meanwhile
            await ask(talk, "hi")
            await talk.until(ConversationOver)
            talk.conversation.send(Summarize())
            assert (await talk.until(Summarized)).text == "They met twice."
            assert "User: hi" in talk.llm.prompts[-1][1].text

    virtual(scenario())


def test_a_summary_that_fails_costs_no_turn(virtual):
    async def scenario():
        async with Talk([("hi", "Hello.")]) as talk:
            await ask(talk, "hi")
            talk.llm.failures, talk.llm.notes = [ERROR], ["never told"]
            talk.conversation.send(Summarize())
            assert (await talk.until(Summarized)).text == ""
            assert talk.of(Noticed) and not talk.of(TurnFailed)
            await ask(talk, "hi")

    virtual(scenario())


def test_who_goes_on_talking_is_answered_before_the_goodbye(virtual):
    async def scenario():
        answers = [("hi", "Hello there you " + "and so on " * 5 + "now."), ("tell me more now", "More.")]
        async with Talk(answers, replace(Settings(), max_turns=1)) as talk:
            talk.conversation.send(SetHandsFree(True))
            talk.conversation.send(SendText("hi", aloud=True))
            await talk.until(PlaybackStarted)
            talk.sound.say("tell me more now", at=talk.loop.time() + 0.8)
            await talk.until(TurnDone, assistant="More.")
            await talk.until(ConversationOver)
            assert " ".join(talk.tts.spoken).count(GOODBYE) == 1

    virtual(scenario())


def test_an_answer_that_broke_off_goes_on_before_the_fresh_start(virtual):
    async def scenario():
        settings = replace(Settings(), max_turns=1)
        async with Talk([("hi", "One two. Three BREAK"), (GO_ON, "Three four.")], settings) as talk:
            talk.conversation.send(SendText("hi"))
            await talk.until(TurnFailed)
            assert not talk.conversation.state.ending
            talk.conversation.send(Retry())
            await talk.until(TurnDone, assistant="Three four.")
            await talk.until(ConversationOver)

    virtual(scenario())
