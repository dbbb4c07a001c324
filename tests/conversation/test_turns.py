"""Whole turns on a virtual clock, with strict scripted parts."""

import asyncio
from dataclasses import replace

import pytest

from voicegui.core.backchannel import Passed
from voicegui.core.commands import Interrupt, PressTalk, ReleaseTalk, Retry, SendText, SetHandsFree, SetMuted
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import (
    Interrupted,
    NothingHeard,
    NotTaken,
    Phase,
    PlaybackStarted,
    ProblemAppeared,
    SentenceReady,
    SpeechStarted,
    StateChanged,
    TurnDone,
    TurnFailed,
    UserSaid,
)
from voicegui.core.ports import Message, SoundTrouble

from .conftest import Talk
from .fakes import ScriptedModel

HELLO = [("hello there", "Hi. How are you today?")]


def test_hands_free_turn_is_answered(virtual):
    async def scenario():
        async with Talk(HELLO) as talk:
            talk.conversation.send(SetHandsFree(True))
            talk.sound.say("hello there", at=1.0)
            done = await talk.until(TurnDone)
            assert (done.user, done.assistant) == ("hello there", "Hi. How are you today?")
            assert done.timings.voice_to_voice < 350
            assert talk.phases == ["listening", "processing", "speaking", "listening"]
            assert [event.text for event in talk.of(SentenceReady)] == ["Hi.", "How are you today?"]

    virtual(scenario())


def test_first_sentence_is_spoken_while_the_second_is_generated(virtual):
    async def scenario():
        async with Talk([("hello there", "Hi friend. " + "word " * 20 + "end.")], token=0.1) as talk:
            talk.conversation.send(SetHandsFree(True))
            talk.sound.say("hello there", at=1.0)
            await talk.until(PlaybackStarted)
            assert talk.tts.spoken == ["Hi friend."]
            await talk.until(TurnDone)

    virtual(scenario())


def test_an_unfinished_sentence_is_waited_for_and_its_early_reply_taken_back(virtual):
    async def scenario():
        async with Talk([("i would like a pizza", "Good choice.")]) as talk:
            talk.judge.unfinished = ["i would like"]
            talk.conversation.send(SetHandsFree(True))
            talk.sound.say("i would like", at=1.0)
            talk.sound.say("a pizza", at=2.1)
            done = await talk.until(TurnDone)
            assert done.user == "i would like a pizza"
            assert not talk.of(Interrupted)

    virtual(scenario())


@pytest.mark.parametrize("takes_s", [0.0, 0.3, 0.55, 0.65])
def test_a_slow_judge_is_believed_as_a_fast_one_is(virtual, takes_s):
    """The pause of 0.8 s is longer than that of somebody who may have finished, shorter than that of who has not."""

    async def scenario():
        async with Talk([("i would like a pizza", "Good choice.")]) as talk:
            talk.judge.unfinished, talk.judge.takes_s = ["i would like"], takes_s
            talk.conversation.send(SetHandsFree(True))
            talk.sound.say("i would like", at=1.0)
            talk.sound.say("a pizza", at=2.2)
            done = await talk.until(TurnDone)
            assert done.user == "i would like a pizza"
            assert not talk.of(Interrupted)

    virtual(scenario())


def test_going_on_after_a_wrong_end_merges_both_parts(virtual):
    async def scenario():
        answers = [("tell me", "What about?"), ("tell me about the sea near my house today", "It is blue.")]
        async with Talk(answers, first_token=2.0) as talk:
            talk.conversation.send(SetHandsFree(True))
            talk.sound.say("tell me", at=1.0)
            talk.sound.say("about the sea near my house today", at=2.3)
            done = await talk.until(TurnDone, user="tell me about the sea near my house today")
            assert done.assistant == "It is blue."
            assert talk.llm.prompts[-1][1:] == [Message("user", done.user)]

    virtual(scenario())


def test_a_cough_while_it_thinks_loses_nothing(virtual):
    async def scenario():
        async with Talk(HELLO, first_token=1.0) as talk:
            talk.conversation.send(SetHandsFree(True))
            talk.sound.say("hello there", at=1.0)
            talk.sound.say("~", at=2.3)
            done = await talk.until(TurnDone)
            assert done.assistant == "Hi. How are you today?"
            assert len(talk.of(SpeechStarted)) == 2 and not talk.of(Interrupted)
            assert talk.of(NotTaken) == [NotTaken(1, "", Passed.NO_WORDS)]

    virtual(scenario())


def test_a_backchannel_pauses_and_the_reply_goes_on(virtual):
    async def scenario():
        async with Talk([("hello there", "one two three four five six seven eight nine ten.")]) as talk:
            talk.conversation.send(SetHandsFree(True))
            talk.sound.say("hello there", at=1.0)
            await talk.until(PlaybackStarted)
            now = talk.loop.time()
            talk.sound.say("mm-hm", at=now + 1.0)
            done = await talk.until(TurnDone)
            assert done.assistant == "one two three four five six seven eight nine ten."
            assert 3.0 < talk.loop.time() - now < 4.2
            assert not talk.of(Interrupted)
            assert talk.of(NotTaken) == [NotTaken(1, "mm-hm", Passed.AGREEMENT)]

    virtual(scenario())


TEN = "one two three four five six seven eight nine ten."


@pytest.mark.parametrize("words", ["mm-hm", "~", "mm-hm - - - - mm-hm", "~ - - - - ~ - - - - ~"])
@pytest.mark.parametrize("takes_s", [0.1, 0.4, 0.9, 1.8, 2.6, 30.0])
def test_a_reply_goes_on_soon_after_a_cough_however_slow_the_recogniser_is(virtual, words, takes_s):
    async def scenario():
        async with Talk([("hello there", TEN)]) as talk:
            talk.conversation.send(SetHandsFree(True))
            talk.sound.say("hello there", at=1.0)
            await talk.until(PlaybackStarted)
            talk.stt.delay_s = takes_s
            now = talk.loop.time()
            talk.sound.say(words, at=now + 1.0)
            done = await talk.until(TurnDone)
            assert done.assistant == TEN and not talk.of(Interrupted)
            coughs = len(words.replace("-", " ").split()) if "~" in words else words.count("mm-hm")
            assert 3.0 < talk.loop.time() - now < 3.2 + coughs * (0.112 + 0.224 + 0.3 + 0.064)

    virtual(scenario())


@pytest.mark.parametrize("takes_s", [0.1, 0.4, 0.9])
def test_words_over_a_reply_interrupt_however_slow_the_recogniser_is(virtual, takes_s):
    async def scenario():
        async with Talk([("hello there", TEN), ("stop please", "Fine.")]) as talk:
            talk.conversation.send(SetHandsFree(True))
            talk.sound.say("hello there", at=1.0)
            await talk.until(PlaybackStarted)
            talk.stt.delay_s = takes_s
            talk.sound.say("stop please", at=talk.loop.time() + 1.0)
            cut = await talk.until(Interrupted)
            assert cut.heard.startswith("one two three four") and "eight" not in cut.heard
            assert (await talk.until(TurnDone, user="stop please")).assistant == "Fine."

    virtual(scenario())


def test_words_that_are_understood_after_the_reply_has_ended_are_the_next_turn(virtual):
    async def scenario():
        async with Talk([("hello there", "one two three four five."), ("stop please", "Fine.")]) as talk:
            talk.conversation.send(SetHandsFree(True))
            talk.sound.say("hello there", at=1.0)
            await talk.until(PlaybackStarted)
            talk.stt.delay_s = 1.5
            talk.sound.say("stop please", at=talk.loop.time() + 0.6)
            assert (await talk.until(TurnDone, user="hello there")).assistant == "one two three four five."
            assert (await talk.until(TurnDone, user="stop please")).assistant == "Fine."

    virtual(scenario())


def test_its_own_voice_that_leaked_is_no_barge_in_and_the_reply_goes_on(virtual):
    async def scenario():
        async with Talk([("hello there", "one two three four five six seven eight nine ten.")]) as talk:
            talk.conversation.send(SetHandsFree(True))
            talk.sound.say("hello there", at=1.0)
            await talk.until(PlaybackStarted)
            talk.sound.say("stop =", at=talk.loop.time() + 1.0)
            done = await talk.until(TurnDone)
            assert not talk.of(NotTaken)  # nobody has said anything
            assert done.assistant == "one two three four five six seven eight nine ten."
            assert len(talk.of(SpeechStarted)) == 2 and not talk.of(Interrupted)

    virtual(scenario())


def test_barge_in_keeps_only_what_was_heard(virtual):
    async def scenario():
        answers = [("hello there", "one two three four five six seven eight nine ten."), ("stop please", "Fine.")]
        async with Talk(answers) as talk:
            talk.conversation.send(SetHandsFree(True))
            talk.sound.say("hello there", at=1.0)
            await talk.until(PlaybackStarted)
            talk.sound.say("stop please", at=talk.loop.time() + 1.0)
            cut = await talk.until(Interrupted)
            assert cut.heard == "one two three four"
            assert cut.heard + cut.unheard == "one two three four five six seven eight nine ten. "
            done = await talk.until(TurnDone, user="stop please")
            assert done.assistant == "Fine."
            assert [message.text for message in talk.llm.prompts[-1]] == [
                "Be brief.", "hello there", "one two three four", "stop please",
            ]  # fmt: skip

    virtual(scenario())


def test_playback_is_silent_within_a_frame_of_speech(virtual):
    async def scenario():
        async with Talk([("hello there", "one two three four five six seven."), ("wait", "Yes?")]) as talk:
            talk.conversation.send(SetHandsFree(True))
            talk.sound.say("hello there", at=1.0)
            await talk.until(PlaybackStarted)
            spoken_at = talk.loop.time() + 1.0
            talk.sound.say("wait", at=spoken_at)
            await talk.until(StateChanged, phase=Phase.SPEAKING, user_speaking=True)
            assert talk.sound.paused and talk.loop.time() - spoken_at < 0.07
            await talk.until(TurnDone, user="wait")

    virtual(scenario())


def test_interrupt_command_flushes_and_commits_what_was_heard(virtual):
    async def scenario():
        async with Talk([("hello there", "one two three four five six.")]) as talk:
            talk.conversation.send(SendText("hello there", aloud=True))
            await talk.until(PlaybackStarted)
            await asyncio.sleep(0.7)
            talk.conversation.send(Interrupt())
            assert talk.sound.flushes
            assert talk.of(Interrupted)[0].heard == "one two three"
            assert talk.conversation.state.phase is Phase.IDLE

    virtual(scenario())


def test_interrupt_while_thinking_keeps_the_question_for_retry(virtual):
    async def scenario():
        async with Talk(HELLO, first_token=5.0) as talk:
            talk.conversation.send(SendText("hello there"))
            await asyncio.sleep(1)
            talk.conversation.send(Interrupt())
            assert talk.conversation.state.given_up.text == "hello there"
            talk.llm.first_token_s = 0
            talk.conversation.send(Retry())
            assert (await talk.until(TurnDone)).assistant == "Hi. How are you today?"

    virtual(scenario())


def test_push_to_talk_keeps_pauses_and_the_tail(virtual):
    async def scenario():
        async with Talk([("one two three", "Four.")]) as talk:
            talk.conversation.send(PressTalk())
            assert talk.sound.listening
            talk.sound.say("one two", at=0.5)
            talk.sound.say("three", at=4.0)
            await asyncio.sleep(3.9)
            talk.conversation.send(ReleaseTalk())  # the last word comes after the release
            done = await talk.until(TurnDone)
            assert (done.user, done.assistant) == ("one two three", "Four.")
            assert not talk.sound.listening

    virtual(scenario())


def test_push_to_talk_ends_although_the_microphone_died(virtual):
    async def scenario():
        async with Talk([("one", "Two.")]) as talk:
            talk.conversation.send(PressTalk())
            talk.sound.say("one", at=0.5)
            await asyncio.sleep(1.0)
            talk.sound.listening = False
            talk.conversation.send(ReleaseTalk())
            assert (await talk.until(TurnDone)).user == "one"

    virtual(scenario())


def test_no_words_is_told_quietly_and_sends_nothing(virtual):
    async def scenario():
        async with Talk([]) as talk:
            talk.conversation.send(SetHandsFree(True))
            talk.sound.say("~", at=1.0)
            await talk.until(NothingHeard)
            assert talk.conversation.state.phase is Phase.LISTENING
            assert not talk.llm.prompts

    virtual(scenario())


def test_mute_keeps_the_reply_playing(virtual):
    async def scenario():
        async with Talk(HELLO) as talk:
            talk.conversation.send(SetHandsFree(True))
            talk.conversation.send(SendText("hello there"))
            await talk.until(PlaybackStarted)
            talk.conversation.send(SetMuted(True))
            talk.sound.say("stop stop", at=talk.loop.time() + 0.2)
            assert (await talk.until(TurnDone)).assistant == "Hi. How are you today?"

    virtual(scenario())


def test_a_failing_model_leaves_the_question_for_retry(virtual):
    async def scenario():
        async with Talk(HELLO) as talk:
            talk.llm.failures.append(VoiceError(ErrorCode.ENGINE_FAILED, "It died.", retryable=True))
            talk.conversation.send(SendText("hello there"))
            failed = await talk.until(TurnFailed)
            assert failed.retryable and failed.message == "It died."
            talk.conversation.send(Retry())
            assert (await talk.until(TurnDone, assistant="Hi. How are you today?")).user == "hello there"

    virtual(scenario())


def test_failing_recognition_is_tried_once_more_then_told(virtual):
    async def scenario():
        async with Talk(HELLO) as talk:
            talk.conversation.send(SetHandsFree(True))
            error = VoiceError(ErrorCode.ENGINE_FAILED, "It died.", retryable=True)
            talk.stt.failures.append(error)
            talk.sound.say("hello there", at=1.0)
            assert (await talk.until(TurnDone)).user == "hello there"
            talk.stt.failures += [error, error]
            talk.sound.say("hello there", at=talk.loop.time() + 1)
            await talk.until(TurnFailed)
            assert talk.conversation.state.phase is Phase.LISTENING

    virtual(scenario())


def test_a_lost_microphone_over_a_reply_lets_it_go_on(virtual):
    async def scenario():
        async with Talk([("hello there", "one two three four five six seven.")]) as talk:
            talk.conversation.send(SetHandsFree(True))
            talk.sound.say("hello there", at=1.0)
            await talk.until(PlaybackStarted)
            talk.sound.say("wait wait wait", at=talk.loop.time() + 0.5)
            await talk.until(StateChanged, user_speaking=True)
            talk.sound.listening = False
            talk.sound.tell(SoundTrouble(VoiceError(ErrorCode.DEVICE_LOST, "Gone."), "microphone", "Other"))
            assert talk.of(ProblemAppeared)[-1].alternative == "Other"
            assert (await talk.until(TurnDone)).assistant == "one two three four five six seven."

    virtual(scenario())


def test_typing_while_it_speaks_cuts_the_reply(virtual):
    async def scenario():
        async with Talk([*HELLO, ("bye", "Bye.")]) as talk:
            talk.conversation.send(SendText("hello there"))
            await talk.until(PlaybackStarted)
            talk.conversation.send(SendText("bye"))
            assert (await talk.until(TurnDone, user="bye")).assistant == "Bye."
            assert [event.text for event in talk.of(UserSaid)] == ["hello there", "bye"]

    virtual(scenario())


def test_a_reply_without_anything_to_say_is_only_shown(virtual):
    async def scenario():
        async with Talk([("code", "```\nx = 1\n```")]) as talk:
            talk.conversation.send(SendText("code"))
            done = await talk.until(TurnDone)
            assert done.assistant == "```\nx = 1\n```" and not talk.tts.spoken

    virtual(scenario())


def test_commands_sent_while_others_are_handled_keep_their_order(virtual):
    """A talk that is pressed and released by somebody who hears of an event ends as any other."""

    async def scenario():
        async with Talk([("hi", "Hello.")]) as talk:
            pressed = False

            def press_and_release(event):
                nonlocal pressed
                if isinstance(event, TurnDone) and not pressed:
                    pressed = True
                    talk.conversation.send(PressTalk())
                    talk.conversation.send(ReleaseTalk())

            talk.conversation.subscribe(press_and_release)
            talk.conversation.send(SendText("hi"))
            await talk.until(NothingHeard)
            assert talk.conversation.state.phase is Phase.IDLE

    virtual(scenario())


def test_what_has_begun_ends_as_it_was_and_what_begins_after_a_change_is_made_with_it(virtual):
    async def scenario():
        second = ScriptedModel([("hi", "Changed while the user talked.")])
        async with Talk([("hi", "Hello there.")], first_token=1.0) as talk:
            talk.conversation.send(SendText("hi"))
            await asyncio.sleep(0.5)
            talk.conversation.change(talk.settings, replace(talk.parts, llm=ScriptedModel([])))
            await talk.until(TurnDone, assistant="Hello there.")
            talk.conversation.send(SetHandsFree(True))
            talk.sound.say("hi", at=talk.loop.time() + 0.5)
            await talk.until(SpeechStarted)
            talk.conversation.change(talk.settings, replace(talk.parts, llm=second))
            await talk.until(TurnDone, assistant="Changed while the user talked.")

    virtual(scenario())
