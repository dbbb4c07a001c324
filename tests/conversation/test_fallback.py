"""A stage that fails before it has given anything is taken over by its second choice, and it is said once."""

from dataclasses import replace

import pytest

from voicegui.conversation.fallback import Fallback
from voicegui.core.commands import SendText, SetHandsFree
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import FellBack, Stage, TurnDone, TurnFailed
from voicegui.core.ports import Message
from voicegui.core.settings import Settings

from .conftest import Talk
from .fakes import ScriptedEars, ScriptedModel, ScriptedVoice

OFFLINE = VoiceError(ErrorCode.TIMED_OUT, "The service cannot be reached.", advice="Try again.", retryable=True)
WRONG_KEY = VoiceError(ErrorCode.BAD_SETTINGS, "The key is wrong. Enter another.")
HI = [("hi", "Hello. How are you?")]


class TwoChoices(Talk):
    """A conversation whose parts are first choices; `second_…` stand behind them."""

    def __init__(self, answers: list[tuple[str, str]], settings: Settings | None = None, **delays: float) -> None:
        super().__init__(answers, settings, **delays)
        self.second_stt, self.second_llm, self.second_tts = ScriptedEars(), ScriptedModel(answers), ScriptedVoice()
        self.told: list[FellBack] = []
        self.both = both = Fallback(self.settings, self.told.append)
        self.conversation.subscribe(both.receive)
        parts = replace(
            self.parts,
            stt=both.stt(self.stt, self.second_stt),
            llm=both.llm(self.llm, self.second_llm),
            tts=both.tts(self.tts, self.second_tts),
        )
        self.conversation.change(self.settings, parts)

    async def __aexit__(self, *error: object) -> None:
        await super().__aexit__(*error)
        assert self.second_stt.open == 0, "a second hearing was not closed"

    async def ask(self) -> str:
        self.conversation.send(SendText("hi"))
        done: TurnDone = await self.until(TurnDone)
        return done.assistant

    async def say(self) -> TurnDone:
        self.conversation.send(SetHandsFree(True))
        self.sound.say("hi", at=self.loop.time() + 1)
        done: TurnDone = await self.until(TurnDone)
        return done


def test_while_the_first_works_the_second_is_left_alone(virtual):
    async def scenario():
        async with TwoChoices(HI) as talk:
            await talk.say()
            assert not talk.told and not talk.second_llm.prompts and not talk.second_tts.spoken

    virtual(scenario())


def test_the_second_model_answers_the_same_turn(virtual):
    async def scenario():
        async with TwoChoices(HI) as talk:
            talk.llm.failures.append(OFFLINE)
            assert await talk.ask() == "Hello. How are you?"
            assert talk.second_llm.prompts == talk.llm.prompts
            assert talk.told == [
                FellBack(Stage.LLM, "The service cannot be reached. Until it works again, this machine answers.")
            ]
            await talk.ask()
            assert len(talk.llm.prompts) == 2 and len(talk.second_llm.prompts) == 1, "the first was not tried again"

    virtual(scenario())


def test_an_outage_is_told_once(virtual):
    async def scenario():
        async with TwoChoices(HI) as talk:
            talk.llm.failures += [OFFLINE, OFFLINE]
            await talk.ask()
            await talk.ask()
            assert len(talk.told) == 1
            await talk.ask()  # it works again
            talk.llm.failures.append(OFFLINE)
            await talk.ask()
            assert len(talk.told) == 2

    virtual(scenario())


def test_the_second_voice_keeps_the_turn_and_the_first_gets_the_next(virtual):
    async def scenario():
        async with TwoChoices(HI) as talk:
            talk.tts.failures.append(OFFLINE)
            await talk.ask()
            assert talk.second_tts.spoken == ["Hello.", "How are you?"] and not talk.tts.spoken
            await talk.ask()
            assert talk.tts.spoken == ["Hello.", "How are you?"] and [told.stage for told in talk.told] == [Stage.TTS]

    virtual(scenario())


def test_the_second_recogniser_hears_all_that_was_said(virtual):
    async def scenario():
        async with TwoChoices(HI) as talk:
            talk.stt.failures.append(OFFLINE)
            assert (await talk.say()).user == "hi"
            assert [told.stage for told in talk.told] == [Stage.STT]
            assert (await talk.say()).user == "hi" and len(talk.told) == 1

    virtual(scenario())


@pytest.mark.parametrize(
    ("slow", "stage"), [("stt", Stage.STT), ("first_token", Stage.LLM), ("tts", Stage.TTS)]
)  # fmt: skip
def test_a_first_choice_that_stalls_leaves_time_for_the_second(virtual, slow, stage):
    async def scenario():
        async with TwoChoices(HI, None, **{slow: 60.0}) as talk:
            assert (await talk.say()).assistant == "Hello. How are you?"
            assert {told.stage for told in talk.told} == {stage} and not talk.of(TurnFailed)
            assert talk.loop.time() < 15

    virtual(scenario())


def test_what_waiting_does_not_mend_is_told_as_it_is(virtual):
    async def scenario():
        async with TwoChoices(HI) as talk:
            talk.llm.failures.append(WRONG_KEY)
            talk.conversation.send(SendText("hi"))
            assert (await talk.until(TurnFailed)).message == "The key is wrong. Enter another."
            assert not talk.told and not talk.second_llm.prompts

    virtual(scenario())


def test_a_reply_that_has_begun_is_not_begun_again(virtual):
    async def scenario():
        async with TwoChoices([("hi", "One two. Three BREAK")]) as talk:
            talk.conversation.send(SendText("hi"))
            await talk.until(TurnFailed, message="It broke.")
            assert talk.tts.spoken == ["One two."] and not talk.second_llm.prompts and not talk.told

    virtual(scenario())


def test_when_both_fail_the_turn_does(virtual):
    async def scenario():
        async with TwoChoices(HI) as talk:
            talk.llm.failures.append(OFFLINE)
            talk.second_llm.failures.append(VoiceError(ErrorCode.ENGINE_FAILED, "It died.", retryable=True))
            talk.conversation.send(SendText("hi"))
            assert (await talk.until(TurnFailed)).message == "It died."

    virtual(scenario())


def test_what_is_asked_outside_of_a_conversation_ends_its_turn_itself(virtual):
    async def scenario():
        async with TwoChoices(HI) as talk:
            llm = talk.conversation._now().llm
            talk.llm.failures = [OFFLINE]
            for _ in range(2):
                assert [piece async for piece in llm.reply([Message("user", "hi")], max_tokens=9)]
                talk.both.turn_ended()
            assert len(talk.second_llm.prompts) == 1 and len(talk.llm.prompts) == 2

    virtual(scenario())
