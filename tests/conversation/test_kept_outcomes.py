"""What was done stays done and keeps its place: retries, interruptions, another engine, the room that tools take."""

import asyncio
from dataclasses import replace

import pytest

from tests.openai_server.templates import TEMPLATES
from voicegui.conversation.fallback import Fallback
from voicegui.core.commands import Interrupt, Retry, SendText, SetHandsFree
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import ApprovalAsked, PlaybackStarted, ToolCalled, ToolFinished, TurnDone, TurnFailed
from voicegui.core.history import History, prompt_tokens, tool_tokens
from voicegui.core.ports import Message
from voicegui.core.settings import Settings
from voicegui.core.tools import ToolCall
from voicegui.providers.openai.chat.messages import sent

from .conftest import Talk
from .fakes import ScriptedModel
from .test_tools import ASKS, OPEN, roles

ERROR = VoiceError(ErrorCode.SERVER_FAILED, "It has trouble.", retryable=True)


def taken(prompt) -> None:
    """Every prompt has the order that strict templates want, and what led to a call stands before it."""
    messages = sent(prompt)
    assert TEMPLATES["Mistral"](messages) == ""
    for before, message in zip(prompt, prompt[1:], strict=False):
        if message.calls:
            assert before.role in ("user", "tool", "assistant"), "a call without what led to it"
    if prompt[0].role == "system" and len(prompt) > 1:
        assert not prompt[1].calls, "a call without its question"


# ---------------------------------------------------------------- a retry


@pytest.mark.parametrize("declared", [{}, {"changes": True}, {"finishes": True}, {"outside": True}])
def test_a_retry_tells_what_was_done_and_does_not_do_it_again(virtual, declared):
    async def scenario():
        async with Talk([("go", "CALL:save{}"), ("Saved.", "BREAK")]) as talk:
            talk.tools.add("save", "Saved.", **declared)
            talk.conversation.send(SendText("go"))
            await talk.until(TurnFailed)
            talk.llm.answers[1] = ("Saved.", "It is saved.")
            talk.conversation.send(Retry())
            done = await talk.until(TurnDone, assistant="It is saved.")
            assert done.user == "go" and len(talk.tools.ran) == 1
            assert roles(talk.llm.prompts[-1]) == [("user", "go"), ("assistant", ["save"]), ("tool", "Saved.")]
            talk.llm.answers.append(("and?", "Nothing more."))
            talk.conversation.send(SendText("and?"))
            await talk.until(TurnDone, user="and?")
            assert roles(talk.llm.prompts[-1]) == [
                ("user", "go"),
                ("assistant", ["save"]),
                ("tool", "Saved."),
                ("assistant", "It is saved."),
                ("user", "and?"),
            ]
            for prompt in talk.llm.prompts:
                taken(prompt)

    virtual(scenario())


def test_several_retries_and_rounds(virtual):
    async def scenario():
        async with Talk([("go", "CALL:a{}"), ("A.", "BREAK"), ("B.", "BREAK")]) as talk:
            talk.tools.add("a", "A.")
            talk.tools.add("b", "B.")
            talk.conversation.send(SendText("go"))
            await talk.until(TurnFailed)
            for answer in ("BREAK", "CALL:b{}"):
                talk.llm.answers[1] = ("A.", answer)
                talk.conversation.send(Retry())
                await talk.until(TurnFailed)
            talk.llm.answers[2] = ("B.", "All done.")
            talk.conversation.send(Retry())
            await talk.until(TurnDone, assistant="All done.")
            assert [call.name for call in talk.tools.ran] == ["a", "b"]
            assert [role for role, _ in roles(talk.llm.prompts[-1])] == [
                "user",
                "assistant",
                "tool",
                "assistant",
                "tool",
            ]
            for prompt in talk.llm.prompts:
                taken(prompt)

    virtual(scenario())


def test_a_voice_that_fails_does_not_undo_what_was_done(virtual):
    async def scenario():
        async with Talk([("go", "CALL:save{}"), ("Saved.", "It is saved.")]) as talk:
            talk.tools.add("save", "Saved.")
            talk.tts.failures.append(ERROR)
            talk.conversation.send(SendText("go", aloud=True))
            await talk.until(TurnFailed)
            talk.conversation.send(Retry())
            await talk.until(TurnDone, assistant="It is saved.")
            assert len(talk.tools.ran) == 1

    virtual(scenario())


def test_what_failed_is_tried_again(virtual):
    async def scenario():
        async with Talk([("go", "CALL:save{}"), ("Disk full.", "BREAK"), ("Saved.", "It is saved.")]) as talk:
            talk.tools.add("save", "Disk full.", "Saved.", failures=["Disk full."])
            talk.conversation.send(SendText("go"))
            await talk.until(TurnFailed)
            talk.conversation.send(Retry())
            await talk.until(TurnDone, assistant="It is saved.")
            assert len(talk.tools.ran) == 2
            for prompt in talk.llm.prompts:
                taken(prompt)

    virtual(scenario())


def test_an_outcome_that_may_be_old_is_asked_for_again(virtual):
    async def scenario():
        async with Talk([("time?", "CALL:clock{}"), ("Noon.", "BREAK"), ("One.", "It is one.")]) as talk:
            talk.tools.add("clock", "Noon.", "One.")
            talk.conversation.send(SendText("time?"))
            await talk.until(TurnFailed)
            await asyncio.sleep(3600)
            talk.conversation.send(Retry())
            await talk.until(TurnDone, assistant="It is one.")
            assert len(talk.tools.ran) == 2

    virtual(scenario())


def test_another_question_is_asked_as_itself(virtual):
    async def scenario():
        async with Talk([("go", "CALL:save{}"), ("Saved.", "BREAK"), ("stop", "All right.")]) as talk:
            talk.tools.add("save", "Saved.")
            talk.conversation.send(SendText("go"))
            await talk.until(TurnFailed)
            talk.conversation.send(SendText("stop"))
            await talk.until(TurnDone, user="stop")
            assert roles(talk.llm.prompts[-1]) == [
                ("user", "go"),
                ("assistant", ["save"]),
                ("tool", "Saved."),
                ("user", "stop"),
            ]
            taken(talk.llm.prompts[-1])

    virtual(scenario())


def test_a_call_that_was_not_allowed_can_be_asked_for_again(virtual):
    async def scenario():
        async with Talk([("open it", OPEN)]) as talk:
            talk.tools.add("open", **ASKS)
            for _ in range(2):
                talk.conversation.send(SendText("open it"))
                await talk.until(ApprovalAsked)
                await talk.until(TurnDone)
                talk.events.clear()
            assert [role for role, _ in roles(talk.llm.prompts[-1])][-1] == "user"
            for prompt in talk.llm.prompts:
                taken(prompt)

    virtual(scenario())


# ---------------------------------------------------------------- an interruption


@pytest.mark.parametrize("finishes", [False, True])
def test_a_cut_call_keeps_its_question(virtual, finishes):
    async def scenario():
        async with Talk([("go", "CALL:slow{}"), ("and you?", "I am fine.")]) as talk:
            talk.tools.add("slow", "Done.", seconds=1.0, finishes=finishes)
            talk.conversation.send(SendText("go"))
            await talk.until(ToolCalled)
            await asyncio.sleep(0.2)
            talk.conversation.send(Interrupt())
            await asyncio.sleep(3)
            talk.conversation.send(SendText("and you?"))
            await talk.until(TurnDone, user="and you?")
            told = roles(talk.llm.prompts[-1])
            assert [role for role, _ in told] == ["user", "assistant", "tool", "user"]
            assert told[0] == ("user", "go") and told[-1] == ("user", "and you?")
            taken(talk.llm.prompts[-1])

    virtual(scenario())


def test_a_call_that_is_cut_while_the_agent_already_speaks_has_its_question_once(virtual):
    async def scenario():
        async with Talk([("go", "First. CALL:slow{}"), ("and you?", "I am fine.")]) as talk:
            talk.tools.add("slow", "Done.", seconds=30.0)
            talk.conversation.send(SendText("go"))
            await talk.until(PlaybackStarted)
            await asyncio.sleep(2)
            talk.conversation.send(Interrupt())
            talk.conversation.send(SendText("and you?"))
            await talk.until(TurnDone, user="and you?")
            told = roles(talk.llm.prompts[-1])
            assert told.count(("user", "go")) == 1 and told[0] == ("user", "go")
            taken(talk.llm.prompts[-1])

    virtual(scenario())


def test_first_words_and_a_reminder_between_two_questions(virtual):
    async def scenario():
        settings = replace(Settings(), opening_line="Welcome!")
        async with Talk([("hi", "Hello."), ("thanks", "You are welcome.")], settings) as talk:
            talk.conversation.send(SetHandsFree(True))
            await talk.until(TurnDone, assistant="Welcome!")
            talk.conversation.send(SendText("hi"))
            await talk.until(TurnDone, user="hi")
            await talk.conversation.announce("Time for tea.")
            talk.conversation.send(SendText("thanks"))
            await talk.until(TurnDone, user="thanks")
            for prompt in talk.llm.prompts:
                messages = sent(prompt)
                assert TEMPLATES["Mistral"](messages) == "" and TEMPLATES["Gemma 3"](messages) == ""
            told = " ".join(message["content"] for message in sent(talk.llm.prompts[-1]))
            assert "Welcome!" in told and "Time for tea." in told

    virtual(scenario())


# ---------------------------------------------------------------- another engine


def test_the_second_choice_gets_the_outcomes_of_the_first(virtual):
    async def scenario():
        second = ScriptedModel([("Saved.", "It is saved.")])
        async with Talk([("go", "CALL:save{}"), ("Saved.", "BREAK")]) as talk:
            fall_back = Fallback(talk.settings, lambda told: None)
            talk.conversation.subscribe(fall_back.receive)
            parts = replace(talk.parts, llm=fall_back.llm(talk.llm, second))
            talk.conversation.change(talk.settings, parts)
            talk.tools.add("save", "Saved.")
            talk.conversation.send(SendText("go"))
            await talk.until(TurnDone, assistant="It is saved.")
            assert len(talk.tools.ran) == 1 and len(talk.of(ToolFinished)) == 1
            assert roles(second.prompts[-1]) == [("user", "go"), ("assistant", ["save"]), ("tool", "Saved.")]

    virtual(scenario())


# ---------------------------------------------------------------- the room that tools take


@pytest.mark.parametrize("tools", [0, 5, 19, 40])
def test_a_long_talk_and_its_tools_stay_within_the_memory(virtual, tools):
    settings = replace(Settings(), context_tokens=3000)
    question, answer = "tell me" + " more" * 30, "Here it is. " + "word " * 60 + "end."

    async def scenario():
        async with Talk([(question, answer)], settings) as talk:
            for number in range(tools):
                talk.tools.add(f"tool_{number}", description="It does this and that for you. " * 6)
            offered = tool_tokens(talk.tools.offered())
            for _ in range(40):
                talk.conversation.send(SendText(question))
                await talk.until(TurnDone)
                talk.events.clear()
            sizes = [prompt_tokens(prompt) + offered for prompt in talk.llm.prompts if len(prompt) > 2]
            least = settings.context_tokens * 0.25 + prompt_tokens(talk.llm.prompts[0]) + offered
            assert max(sizes) + settings.max_tokens <= max(settings.context_tokens + 300, least + settings.max_tokens)

    virtual(scenario())


def test_a_model_that_chooses_tools_apart_keeps_all_its_memory(virtual):
    async def scenario():
        async with Talk([("hi", "Hello. " + "word " * 100)], replace(Settings(), context_tokens=1000)) as talk:
            for number in range(20):
                talk.tools.add(f"tool_{number}", description="It does this and that for you. " * 6)
            talk.llm.chooses_apart = True
            for _ in range(20):
                talk.conversation.send(SendText("hi"))
                await talk.until(TurnDone)
                talk.events.clear()
            assert max(map(prompt_tokens, talk.llm.prompts)) > 600

    virtual(scenario())


def test_calls_are_put_behind_the_question_that_led_to_them():
    call = ToolCall("a", "save", "{}")
    acts = (Message("assistant", "", (call,)), Message("tool", "Saved.", call_id="a"))
    asked = Message("user", "go")
    assert History().acted(acts, "go").messages == (asked, *acts)
    assert History().asked("go").acted(acts, "go").messages == (asked, *acts)
    assert History().asked("go").acted((), "go").messages == (asked,)
    assert History().acted((), "go").messages == ()
    assert History().asked("so").acted(acts, "go").messages == (Message("user", "so"), asked, *acts)
