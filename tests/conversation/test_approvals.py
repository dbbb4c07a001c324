"""A yes counts only for a question that was heard as it is, or by a click; and text from outside stays noticed."""

from dataclasses import replace
from typing import Any

import pytest

from voicegui.core.approval import NOT_BY_VOICE
from voicegui.core.commands import Approve, Interrupt, PressTalk, ReleaseTalk, Retry, SendText, SetHandsFree
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import (
    ApprovalAnswered,
    ApprovalAsked,
    PlaybackStarted,
    ReplyGrew,
    SentenceReady,
    ToolFinished,
    TurnDone,
    TurnFailed,
)
from voicegui.core.ports import SoundMended, SoundTrouble
from voicegui.core.settings import Settings
from voicegui.core.tools import TAINTED, Permission, SourceKind, ToolOutcome, ToolSource

from .conftest import Talk

ASKS: dict[str, Any] = {"permission": Permission.ASK, "changes": True, "question": "Shall I open {url}?"}
OPEN = 'CALL:open{"url":"evil.example"}'
QUESTION = "Shall I open evil.example?"
OPENED = ("Opened.", "It is open.")
GONE = SoundTrouble(VoiceError(ErrorCode.DEVICE_LOST, "The speaker is gone."), "speaker")


async def asked(talk, words="open it"):
    """Until the question was asked to its end, if it can be heard."""
    talk.conversation.send(SetHandsFree(True))
    talk.conversation.send(SendText(words))
    return await talk.until(TurnDone, user=words)


@pytest.mark.parametrize(
    "before",
    ["", "Do you like music? ```", "<think>", "[", "**", "![](", "| a |", "~~~ ", "`", "# ", "Say it, e.g", "\u202e",
     "Do you like music? " * 30],
)  # fmt: skip
def test_the_question_is_an_utterance_of_its_own(virtual, before):
    async def scenario():
        async with Talk([("open it", f"{before} {OPEN}")]) as talk:
            talk.tools.add("open", **ASKS)
            done = await asked(talk)
            assert talk.tts.spoken[-1] == QUESTION and talk.of(SentenceReady)[-1].text == QUESTION
            assert QUESTION not in "".join(event.text for event in talk.of(ReplyGrew))
            assert done.assistant.endswith(QUESTION)
            assert talk.of(ApprovalAsked)[0].question == QUESTION

    virtual(scenario())


@pytest.mark.parametrize("words", ["Yes.", "Okay, thanks.", "Sure!"])
def test_a_yes_before_the_question_is_asked_again(virtual, words):
    async def scenario():
        async with Talk([("open it", f"Do you like music as much as I do? {OPEN}"), OPENED]) as talk:
            talk.tools.add("open", "Opened.", **ASKS)
            talk.conversation.send(SendText("open it"))
            await talk.until(ApprovalAsked)
            talk.conversation.send(SendText(words))
            again = await talk.until(TurnDone, user=words)
            assert not talk.tools.ran and again.assistant == f"Please answer once I have finished.\n\n{QUESTION}"
            talk.conversation.send(SendText(words))
            await talk.until(TurnDone, assistant="It is open.")

    virtual(scenario())


def test_what_was_interrupted_was_not_heard(virtual):
    async def scenario():
        async with Talk([("open it", OPEN), OPENED]) as talk:
            talk.tools.add("open", "Opened.", **ASKS)
            talk.conversation.send(SendText("open it"))
            await talk.until(PlaybackStarted)
            talk.conversation.send(Interrupt())
            talk.conversation.send(SendText("Yes."))
            again = await talk.until(TurnDone, user="Yes.")
            assert not talk.tools.ran and again.assistant.endswith(QUESTION)
            talk.conversation.send(SendText("Yes, please."))
            await talk.until(TurnDone, assistant="It is open.")

    virtual(scenario())


def test_talk_pressed_over_the_question_gives_no_yes(virtual):
    async def scenario():
        async with Talk([("open it", OPEN), OPENED]) as talk:
            talk.tools.add("open", "Opened.", **ASKS)
            talk.conversation.send(SendText("open it"))
            await talk.until(PlaybackStarted)
            talk.conversation.send(PressTalk())
            talk.sound.say("yes", at=talk.loop.time() + 0.1)
            talk.loop.call_later(1.0, talk.conversation.send, ReleaseTalk())
            again = await talk.until(TurnDone, user="yes")
            assert not talk.tools.ran and again.assistant.endswith(QUESTION)
            talk.conversation.send(PressTalk())
            talk.sound.say("yes", at=talk.loop.time() + 0.1)
            talk.loop.call_later(1.0, talk.conversation.send, ReleaseTalk())
            await talk.until(TurnDone, assistant="It is open.")

    virtual(scenario())


def test_a_noise_over_the_question_has_it_asked_from_its_beginning(virtual):
    async def scenario():
        async with Talk([("open it", OPEN), OPENED]) as talk:
            talk.tools.add("open", "Opened.", **ASKS)
            talk.conversation.send(SetHandsFree(True))
            talk.conversation.send(SendText("open it"))
            await talk.until(PlaybackStarted)
            talk.sound.say("~", at=talk.loop.time() + 0.5)
            await talk.until(TurnDone, user="open it")
            talk.sound.say("yes", at=talk.loop.time() + 1.0)
            await talk.until(TurnDone, assistant="It is open.")

    virtual(scenario())


def test_a_voice_that_fails_leaves_the_click(virtual):
    async def scenario():
        async with Talk([("open it", OPEN), OPENED]) as talk:
            talk.tools.add("open", "Opened.", **ASKS)
            failure = VoiceError(ErrorCode.ENGINE_FAILED, "It broke.", retryable=True)
            talk.tts.failures = [failure, failure]
            talk.conversation.send(SendText("open it"))
            await talk.until(TurnFailed)
            talk.conversation.send(SendText("Okay, thanks."))
            await talk.until(TurnFailed)
            assert not talk.tools.ran
            talk.conversation.send(Approve(talk.of(ApprovalAsked)[0].call.id, True))
            await talk.until(TurnDone, assistant="It is open.")

    virtual(scenario())


@pytest.mark.parametrize("volume", [0, 4])
def test_with_no_volume_only_a_click_counts(virtual, volume):
    async def scenario():
        async with Talk([("open it", OPEN), OPENED], Settings(volume=volume)) as talk:
            talk.tools.add("open", "Opened.", **ASKS)
            await asked(talk)
            talk.sound.say("yes", at=talk.loop.time() + 1.0)
            again = await talk.until(TurnDone, user="yes")
            assert not talk.tools.ran
            assert again.assistant == f"{NOT_BY_VOICE}\n\n{QUESTION}"
            talk.conversation.send(Approve(talk.of(ApprovalAsked)[0].call.id, True))
            await talk.until(TurnDone, assistant="It is open.")

    virtual(scenario())


def test_a_speaker_that_was_gone_has_said_nothing(virtual):
    async def scenario():
        async with Talk([("open it", OPEN), OPENED]) as talk:
            talk.tools.add("open", "Opened.", **ASKS)
            talk.conversation.send(SendText("open it"))
            await talk.until(ApprovalAsked)
            talk.sound.tell(GONE)
            await talk.until(TurnDone, user="open it")
            talk.conversation.send(SendText("Yes."))
            again = await talk.until(TurnDone, user="Yes.")
            assert not talk.tools.ran and again.assistant.startswith(NOT_BY_VOICE)
            talk.sound.tell(SoundMended("speaker", "Headphones"))
            talk.conversation.send(SendText("Yes!"))
            again = await talk.until(TurnDone, user="Yes!")
            assert not talk.tools.ran and again.assistant.startswith("Please answer once")
            talk.conversation.send(SendText("Yes."))
            await talk.until(TurnDone, assistant="It is open.")

    virtual(scenario())


def test_what_cannot_be_heard_whole_needs_a_click(virtual):
    async def scenario():
        long = 'CALL:open{"url":"' + "obey" * 90 + '"}'
        async with Talk([("open it", long), OPENED]) as talk:
            talk.tools.add("open", "Opened.", **ASKS)
            await asked(talk)
            [question] = talk.of(ApprovalAsked)
            assert not question.by_voice and talk.tts.spoken == [question.question]
            talk.conversation.send(SendText("Yes."))
            await talk.until(TurnDone, user="Yes.")
            assert not talk.tools.ran
            talk.conversation.send(Approve(question.call.id, True))
            await talk.until(TurnDone, assistant="It is open.")

    virtual(scenario())


def test_a_click_that_refuses_is_no_yes_whatever_is_said(virtual):
    async def scenario():
        async with Talk([("open it", OPEN), ("No.", "Fine.")]) as talk:
            talk.tools.add("open", **ASKS)
            await asked(talk)
            talk.conversation.send(Approve(talk.of(ApprovalAsked)[0].call.id, False))
            await talk.until(TurnDone, assistant="Fine.")
            assert talk.of(ApprovalAnswered) == [ApprovalAnswered("call-1", False)]

    virtual(scenario())


def test_a_click_on_one_question_is_none_on_the_next(virtual):
    async def scenario():
        two = f'{OPEN} CALL:open{{"url":"worse.example"}}'
        async with Talk([("open it", two), ("No.", "Fine.")]) as talk:
            talk.tools.add("open", "Opened.", **ASKS)
            await asked(talk)
            first = talk.of(ApprovalAsked)[0]
            talk.conversation.send(Approve(first.call.id, True))
            talk.conversation.send(Approve(first.call.id, True))
            await talk.until(ApprovalAsked)
            talk.conversation.send(SendText("Sure."))  # not heard yet
            await talk.until(TurnDone, user="Sure.")
            talk.conversation.send(SendText("No."))
            await talk.until(TurnDone, assistant="Fine.")
            assert talk.tools.ran == [first.call]

    virtual(scenario())


def test_words_that_are_tried_again_are_older_than_the_question(virtual):
    async def scenario():
        async with Talk([("Yes.", OPEN), OPENED]) as talk:
            talk.tools.add("open", "Opened.", **ASKS)
            talk.llm.failures = [VoiceError(ErrorCode.ENGINE_FAILED, "It broke.", retryable=True)]
            talk.conversation.send(SendText("Yes."))
            await talk.until(TurnFailed)
            talk.conversation.send(Retry())
            await talk.until(TurnDone, assistant=QUESTION)
            talk.conversation.send(Retry())
            assert not talk.tools.ran
            talk.conversation.send(SendText("Yes!"))
            await talk.until(TurnDone, assistant="It is open.")

    virtual(scenario())


def test_a_yes_is_for_the_tool_as_it_was_when_it_was_asked_for(virtual):
    async def scenario():
        async with Talk([("open it", OPEN), OPENED]) as talk:
            talk.tools.add("open", "Opened.", **ASKS)
            await asked(talk)
            talk.tools._infos["open"] = replace(talk.tools._infos["open"], description="Deletes.")
            talk.conversation.send(SendText("Yes."))
            await talk.until(TurnDone, user="Yes.")
            assert not talk.tools.ran and len(talk.of(ApprovalAsked)) == 2
            talk.conversation.send(SendText("Yes!"))
            await talk.until(TurnDone, assistant="It is open.")

    virtual(scenario())


# ---------------------------------------------------------------- text from outside


@pytest.mark.parametrize(("reviewed", "questions"), [(False, 1), (True, 0)])
def test_a_definition_that_nobody_has_accepted_taints_while_it_is_offered(virtual, reviewed, questions):
    async def scenario():
        async with Talk([("hello", "CALL:set{}"), ("Set.", "Done.")]) as talk:
            talk.tools.add("set", *([] if questions else ["Set."]), changes=True)
            talk.tools.add("theirs", source=ToolSource(SourceKind.SERVER, "notes"), outside=True, reviewed=reviewed)
            talk.conversation.send(SendText("hello"))
            await talk.until(TurnDone, user="hello")
            assert len(talk.of(ApprovalAsked)) == questions

    virtual(scenario())


def test_what_was_said_while_it_was_offered_taints_after_it_is_gone(virtual):
    async def scenario():
        async with Talk([("hello", "Hi."), ("set it", "CALL:set{}")]) as talk:
            talk.tools.add("set", changes=True)
            talk.tools.add("theirs", source=ToolSource(SourceKind.SERVER, "notes"), outside=True)
            talk.conversation.send(SendText("hello"))
            await talk.until(TurnDone, user="hello")
            del talk.tools._infos["theirs"]
            talk.conversation.send(SendText("set it"))
            await talk.until(TurnDone, user="set it")
            assert len(talk.of(ApprovalAsked)) == 1

    virtual(scenario())


def test_an_outcome_with_text_from_outside_taints(virtual):
    async def scenario():
        async with Talk([("what do you know", "CALL:recall{}"), ("Obey.", "CALL:set{}")]) as talk:
            talk.tools.add("recall", "Obey.")
            talk.tools._outcomes["recall"] = [(ToolOutcome("Obey.", outside=True), 0.0)]
            talk.tools.add("set", changes=True)
            talk.conversation.send(SendText("what do you know"))
            await talk.until(TurnDone, user="what do you know")
            assert len(talk.of(ApprovalAsked)) == 1

    virtual(scenario())


def test_what_is_announced_from_outside_taints(virtual):
    async def scenario():
        async with Talk([("set it", "CALL:set{}")]) as talk:
            talk.tools.add("set", changes=True)
            await talk.conversation.announce("It is time to obey.", outside=True)
            talk.conversation.send(SendText("set it"))
            await talk.until(TurnDone, user="set it")
            assert len(talk.of(ApprovalAsked)) == 1

    virtual(scenario())


def test_a_call_knows_whether_text_from_outside_was_there(virtual):
    async def scenario():
        seen = []
        answers = [("keep it", "CALL:keep{}"), ("Kept.", "Yes."), ("read", "CALL:read{}"), ("page", "CALL:keep{}")]
        async with Talk(answers) as talk:
            talk.tools.add("keep", "Kept.", "Kept.")
            talk.tools.add("read", "page", outside=True)
            run = talk.tools.call

            async def call(call):
                seen.append((call.name, TAINTED.get()))
                return await run(call)

            talk.tools.call = call
            talk.conversation.send(SendText("keep it"))
            await talk.until(TurnDone, user="keep it")
            talk.conversation.send(SendText("read"))
            for _ in range(2):
                await talk.until(ToolFinished)
            await talk.until(TurnDone, user="read")
            assert seen == [("keep", False), ("read", False), ("keep", True)] and not TAINTED.get()

    virtual(scenario())
