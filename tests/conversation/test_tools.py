"""Calls of tools in whole turns: rounds, fillers, approvals, interruptions, announcements."""

import asyncio
from typing import Any

from voicegui.core.approval import REFUSED
from voicegui.core.commands import Approve, CancelCall, Interrupt, Retry, SendText, SetHandsFree
from voicegui.core.events import (
    ApprovalAnswered,
    ApprovalAsked,
    ConversationOver,
    Interrupted,
    PlaybackStarted,
    ToolCalled,
    ToolFinished,
    TurnDone,
    TurnFailed,
    UserSaid,
)
from voicegui.core.settings import Settings
from voicegui.core.tools import Permission

from .conftest import Talk

OPEN = 'CALL:open{"url":"https://www.example.org/a?b=c"}'
ASKS: dict[str, Any] = {"permission": Permission.ASK, "changes": True, "question": "Shall I open {url}?"}


def roles(messages):
    return [(m.role, m.text or [call.name for call in m.calls]) for m in messages if m.role != "system"]


def test_a_call_its_outcome_and_the_answer(virtual):
    async def scenario():
        async with Talk([("weather?", "CALL:weather{}"), ("Sunny, 21.", "It is sunny.")]) as talk:
            talk.tools.add("weather", "Sunny, 21.")
            talk.conversation.send(SendText("weather?"))
            done = await talk.until(TurnDone)
            assert done.assistant == "It is sunny."
            assert talk.llm.offered == [["weather"], ["weather"]]
            called, finished = talk.of(ToolCalled)[0], talk.of(ToolFinished)[0]
            assert (called.label, finished.ok, finished.text) == ("Weather", True, "Sunny, 21.")
            assert called.call.id == finished.call_id

    virtual(scenario())


def test_the_next_prompt_holds_call_and_outcome_in_order(virtual):
    async def scenario():
        answers = [("weather?", "CALL:weather{}"), ("Sunny.", "It is sunny."), ("and then?", "I do not know.")]
        async with Talk(answers) as talk:
            talk.tools.add("weather", "Sunny.")
            talk.conversation.send(SendText("weather?"))
            await talk.until(TurnDone, user="weather?")
            talk.conversation.send(SendText("and then?"))
            await talk.until(TurnDone, user="and then?")
            assert roles(talk.llm.prompts[-1]) == [
                ("user", "weather?"),
                ("assistant", ["weather"]),
                ("tool", "Sunny."),
                ("assistant", "It is sunny."),
                ("user", "and then?"),
            ]

    virtual(scenario())


def test_parallel_calls_run_at_the_same_time_and_rounds_follow_each_other(virtual):
    async def scenario():
        answers = [("go", "First. CALL:a{} CALL:b{}"), ("B.", "CALL:a{}"), ("A again.", "Then this.")]
        async with Talk(answers) as talk:
            talk.tools.add("a", "A.", "A again.", seconds=1.0)
            talk.tools.add("b", "B.", seconds=1.0)
            began = talk.loop.time()
            talk.conversation.send(SendText("go"))
            done = await talk.until(TurnDone)
            assert done.assistant == "First. \n\nThen this."
            assert [call.name for call in talk.tools.ran] == ["a", "b", "a"]
            assert talk.loop.time() - began < 4.5

    virtual(scenario())


def test_a_model_that_never_stops_calling_has_to_answer_in_the_end(virtual):
    async def scenario():
        answers = [("go", "CALL:a{}"), ("A.", "CALL:a{}"), ("Last.", "Enough.")]
        async with Talk(answers) as talk:
            talk.tools.add("a", *["A."] * 5, "Last.")
            talk.conversation.send(SendText("go"))
            done = await talk.until(TurnDone)
            assert done.assistant == "Enough."
            assert talk.llm.offered[-1] == [] and len(talk.tools.ran) == 6

    virtual(scenario())


def test_calls_that_nobody_offered_any_more_are_not_made(virtual):
    async def scenario():
        async with Talk([("go", "CALL:a{}"), ("A.", "Well. CALL:a{} CALL:a{}")]) as talk:
            talk.tools.add("a", *["A."] * 11)
            talk.conversation.send(SendText("go"))
            done = await talk.until(TurnDone)
            assert done.assistant.endswith("Well.") and talk.llm.offered[-1] == []
            assert len(talk.llm.offered) == 7 and len(talk.tools.ran) == 1 + 2 * 5

    virtual(scenario())


def test_an_unknown_tool_is_told_to_the_model(virtual):
    async def scenario():
        answers = [("go", "CALL:magic{}"), ("There is no tool named “magic”.", "I cannot do that.")]
        async with Talk(answers) as talk:
            talk.tools.add("a")
            talk.conversation.send(SendText("go"))
            done = await talk.until(TurnDone)
            assert done.assistant == "I cannot do that."
            assert not talk.of(ToolFinished)[0].ok

    virtual(scenario())


def test_a_filler_only_when_a_call_really_takes_long_and_once(virtual):
    async def scenario():
        answers = [("go", "CALL:slow{}"), ("one", "CALL:slow{}"), ("two", "Done."), ("quick", "CALL:fast{}")]
        async with Talk([*answers, ("f", "Quick.")]) as talk:
            talk.tools.add("slow", "one", "two", seconds=3.0)
            talk.tools.add("fast", "f", seconds=1.4)
            talk.conversation.send(SendText("go"))
            done = await talk.until(TurnDone, user="go")
            assert done.assistant == "One moment.\n\nDone."
            talk.conversation.send(SendText("quick"))
            done = await talk.until(TurnDone, user="quick")
            assert done.assistant == "Quick."

    virtual(scenario())


# ---------------------------------------------------------------- before the turn has ended


def test_no_tool_runs_before_the_turn_has_ended(virtual):
    async def scenario():
        answers = [("open it", "CALL:a{}"), ("open it no wait", "Fine, I wait.")]
        async with Talk(answers, Settings(silence_ms=400)) as talk:
            talk.tools.add("a")
            talk.conversation.send(SetHandsFree(True))
            talk.sound.say("open it - no wait", at=1.0)
            done = await talk.until(TurnDone)
            assert done.user == "open it no wait" and not talk.tools.ran
            assert len(talk.llm.prompts) == 2, "the reply was begun early and taken back"

    virtual(scenario())


# ---------------------------------------------------------------- approvals


def test_yes_by_voice_runs_exactly_the_stored_call(virtual):
    async def scenario():
        answers = [("open example", OPEN), ("Opened.", "It is open.")]
        async with Talk(answers) as talk:
            talk.tools.add("open", "Opened.", **ASKS)
            talk.conversation.send(SetHandsFree(True))
            talk.conversation.send(SendText("open example"))
            asked = await talk.until(ApprovalAsked)
            assert asked.question == "Shall I open example.org?"
            done = await talk.until(TurnDone)
            assert done.assistant == "Shall I open example.org?" and not talk.tools.ran
            talk.sound.say("yes please", at=talk.loop.time() + 1.0)
            done = await talk.until(TurnDone, user="yes please")
            assert done.assistant == "It is open."
            assert talk.tools.ran == [asked.call]
            assert talk.of(ApprovalAnswered) == [ApprovalAnswered(asked.call.id, True)]
            assert roles(talk.llm.prompts[-1]) == [
                ("user", "open example"),
                ("assistant", "Shall I open example.org?"),
                ("user", "yes please"),
                ("assistant", ["open"]),
                ("tool", "Opened."),
            ]

    virtual(scenario())


def test_yes_by_click_while_the_question_is_being_spoken(virtual):
    async def scenario():
        async with Talk([("open example", OPEN), ("Opened.", "It is open.")]) as talk:
            talk.tools.add("open", "Opened.", **ASKS)
            talk.conversation.send(SendText("open example"))
            asked = await talk.until(ApprovalAsked)
            await talk.until(PlaybackStarted)
            talk.conversation.send(Approve("another call", True))
            assert not talk.of(ApprovalAnswered)
            talk.conversation.send(Approve(asked.call.id, True))
            done = await talk.until(TurnDone, user="Yes.")
            assert done.assistant == "It is open." and talk.tools.ran == [asked.call]

    virtual(scenario())


def test_no_and_other_words_refuse_and_the_model_is_told(virtual):
    async def scenario():
        for words in ("No.", "yes but only if it is safe", "what is the time?"):
            async with Talk([("open example", OPEN), (words, "All right.")]) as talk:
                talk.tools.add("open", **ASKS)
                talk.conversation.send(SendText("open example"))
                await talk.until(TurnDone, user="open example")
                talk.conversation.send(SendText(words))
                await talk.until(TurnDone, user=words)
                assert [answer.allowed for answer in talk.of(ApprovalAnswered)] == [False]
                assert ("tool", REFUSED.text) in roles(talk.llm.prompts[-1])
                assert not talk.tools.ran

    virtual(scenario())


def test_silence_is_no(virtual):
    async def scenario():
        async with Talk([("open example", OPEN), ("Yes.", "Yes what?")]) as talk:
            talk.tools.add("open", **ASKS)
            talk.conversation.send(SendText("open example"))
            await talk.until(TurnDone)
            answer = await talk.until(ApprovalAnswered)
            assert not answer.allowed
            talk.conversation.send(SendText("Yes."))
            await talk.until(TurnDone, user="Yes.")
            assert not talk.tools.ran

    virtual(scenario())


def test_what_is_heard_while_the_agent_speaks_approves_nothing(virtual):
    async def scenario():
        long = 'CALL:open{"url":"' + "-".join(["long"] * 6) + '"}'
        async with Talk([("open it", long), ("Opened.", "It is open.")]) as talk:
            talk.tools.add("open", "Opened.", permission=Permission.ASK, question="Shall I open {url} now or later or?")
            talk.conversation.send(SetHandsFree(True))
            talk.conversation.send(SendText("open it", aloud=True))
            await talk.until(PlaybackStarted)
            talk.sound.say("yes please do it now", at=talk.loop.time() + 0.2)
            await talk.until(Interrupted)
            again = await talk.until(TurnDone, user="yes please do it now")
            assert not talk.tools.ran and again.assistant.startswith("Please answer once I have finished.")
            talk.sound.say("yes", at=talk.loop.time() + 1.0)
            done = await talk.until(TurnDone, user="yes")
            assert done.assistant == "It is open." and len(talk.tools.ran) == 1

    virtual(scenario())


def test_after_text_from_outside_what_changes_something_asks_even_if_always_allowed(virtual):
    async def scenario():
        answers = [("read", "CALL:read{}"), ("evil page", "CALL:set{}"), ("again", "CALL:set{}"), ("No.", "Fine.")]
        async with Talk(answers) as talk:
            talk.tools.add("read", "evil page", outside=True)
            talk.tools.add("set", changes=True)
            talk.conversation.send(SendText("read"))
            await talk.until(ApprovalAsked)
            await talk.until(TurnDone, user="read")
            talk.conversation.send(SendText("No."))
            await talk.until(TurnDone, user="No.")
            talk.conversation.send(SendText("again"))
            await talk.until(TurnDone, user="again")
            assert [call.name for call in talk.tools.ran] == ["read"] and len(talk.of(ApprovalAsked)) == 2

    virtual(scenario())


def test_two_calls_of_one_round_are_asked_for_one_after_the_other(virtual):
    async def scenario():
        answers = [("both", f'{OPEN} CALL:see{{}} CALL:open{{"url":"b"}}'), ("Opened b.", "All done.")]
        async with Talk(answers) as talk:
            talk.tools.add("open", "Opened a.", "Opened b.", **ASKS)
            talk.tools.add("see", "Seen.")
            talk.conversation.send(SendText("both"))
            await talk.until(TurnDone, user="both")
            assert [call.name for call in talk.tools.ran] == ["see"]
            talk.conversation.send(SendText("Yes."))
            second = await talk.until(TurnDone, assistant="Shall I open b?")
            assert second.user == "Yes."
            talk.conversation.send(SendText("Okay, go ahead."))
            done = await talk.until(TurnDone, user="Okay, go ahead.")
            assert done.assistant == "All done." and len(talk.tools.ran) == 3
            assert [m.role for m in talk.llm.prompts[-1][-4:]] == ["assistant", "tool", "tool", "tool"]

    virtual(scenario())


# ---------------------------------------------------------------- interruptions and failures


def test_interrupting_cancels_a_call_that_only_reads(virtual):
    async def scenario():
        async with Talk([("go", "CALL:slow{}"), ("and now?", "Nothing.")]) as talk:
            talk.tools.add("slow", "late", seconds=60.0)
            talk.conversation.send(SendText("go"))
            await talk.until(ToolCalled)
            talk.conversation.send(Interrupt())
            finished = await talk.until(ToolFinished)
            assert finished.cancelled and not finished.ok and talk.tools.cancelled == ["slow"]
            talk.conversation.send(SendText("and now?"))
            await talk.until(TurnDone, user="and now?")
            assert "cancelled" in talk.llm.prompts[-1][-2].text or "interrupted" in talk.llm.prompts[-1][-2].text

    virtual(scenario())


def test_a_call_that_finishes_keeps_its_outcome_after_an_interruption(virtual):
    async def scenario():
        async with Talk([("go", "CALL:save{}"), ("and?", "It is saved.")]) as talk:
            talk.tools.add("save", "Saved.", seconds=5.0, changes=True, finishes=True)
            talk.conversation.send(SendText("go"))
            await talk.until(ToolCalled)
            talk.conversation.send(Interrupt())
            finished = await talk.until(ToolFinished)
            assert finished.ok and not talk.tools.cancelled
            talk.conversation.send(SendText("and?"))
            await talk.until(TurnDone, user="and?")
            assert ("tool", "Saved.") in roles(talk.llm.prompts[-1])

    virtual(scenario())


def test_what_was_done_is_not_done_again_by_a_retry(virtual):
    async def scenario():
        async with Talk([("go", "CALL:save{}"), ("Saved.", "BREAK")]) as talk:
            talk.tools.add("save", "Saved.", changes=True)
            talk.conversation.send(SendText("go"))
            await talk.until(TurnFailed)
            talk.llm.answers[1] = ("Saved.", "It is saved.")
            talk.conversation.send(Retry())
            done = await talk.until(TurnDone, assistant="It is saved.")
            assert done.user == "go" and len(talk.tools.ran) == 1

    virtual(scenario())


def test_a_running_call_is_cancelled_alone_and_the_answer_goes_on(virtual):
    async def scenario():
        async with Talk([("go", "CALL:slow{}")]) as talk:
            talk.tools.add("slow", "late", seconds=60.0, finishes=True)
            talk.llm.answers.append(("The user cancelled this before it was done.", "Never mind then."))
            talk.conversation.send(SendText("go"))
            called = await talk.until(ToolCalled)
            talk.conversation.send(CancelCall(called.call.id))
            done = await talk.until(TurnDone)
            assert done.assistant == "Never mind then."

    virtual(scenario())


def test_a_new_conversation_is_not_tainted_any_more(virtual):
    async def scenario():
        answers = [("read", "CALL:read{}"), ("page", "Read."), ("set", "CALL:set{}"), ("Set.", "Done.")]
        async with Talk(answers, Settings(max_turns=1)) as talk:
            talk.tools.add("read", "page", outside=True)
            talk.tools.add("set", "Set.", changes=True)
            talk.conversation.send(SendText("read"))
            await talk.until(ConversationOver)
            talk.conversation.send(SendText("set"))
            done = await talk.until(TurnDone, user="set")
            assert done.assistant == "Done." and not talk.of(ApprovalAsked)

    virtual(scenario())


def test_what_is_announced_into_a_new_conversation_taints_that_one(virtual):
    async def scenario():
        answers = [("hello", "Hello there, how are you?"), ("set", "CALL:set{}")]
        async with Talk(answers, Settings(max_turns=2)) as talk:
            talk.tools.add("set", changes=True)
            talk.conversation.send(SendText("hello"))
            await talk.until(TurnDone, user="hello")
            talk.conversation.send(SendText("hello"))
            await talk.until(PlaybackStarted)
            said = asyncio.create_task(talk.conversation.announce("It is time to obey.", outside=True))
            await talk.until(ConversationOver)
            await said
            talk.conversation.send(SendText("set"))
            await talk.until(TurnDone, user="set")
            assert len(talk.of(ApprovalAsked)) == 1

    virtual(scenario())


# ---------------------------------------------------------------- announcements


def test_an_announcement_waits_until_nobody_talks(virtual):
    async def scenario():
        async with Talk([("hello there", "Hi.")]) as talk:
            talk.conversation.send(SetHandsFree(True))
            talk.sound.say("hello there", at=1.0)
            await talk.until(UserSaid)
            said = asyncio.create_task(talk.conversation.announce("It is time to stretch."))
            await talk.until(TurnDone, user="hello there")
            await said
            done = talk.of(TurnDone)[-1]
            assert (
                done.assistant == "It is time to stretch."
                and done.user == ""
                and talk.tts.spoken == ["Hi.", "It is time to stretch."]
            )

    virtual(scenario())


def test_announcements_come_one_after_the_other_and_with_the_microphone_closed(virtual):
    async def scenario():
        async with Talk([]) as talk:
            await asyncio.gather(talk.conversation.announce("One."), talk.conversation.announce("Two."))
            assert talk.of(TurnDone)[-1].assistant == "Two."
            assert talk.tts.spoken == ["One.", "Two."] and not talk.sound.listening

    virtual(scenario())
