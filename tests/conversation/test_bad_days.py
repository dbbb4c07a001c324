"""Failures, time-outs, limits: nothing said is lost, nothing heard is said again."""

import asyncio
from dataclasses import replace

import pytest

from voicegui.core.commands import Interrupt, Retry, SaveAudio, SendText, SetHandsFree
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import (
    AudioNotSaved,
    AudioSaved,
    Interrupted,
    Phase,
    PlaybackStarted,
    ReplyShortened,
    StateChanged,
    TurnDone,
    TurnFailed,
    UserSaid,
)
from voicegui.core.history import GO_ON
from voicegui.core.ports import Message
from voicegui.core.settings import Settings

from .conftest import Talk
from .fakes import words_to_bytes

HELLO = [("hello there", "Hi. How are you today?")]
ERROR = VoiceError(ErrorCode.ENGINE_FAILED, "It died.", retryable=True)
QUICK = replace(Settings(), stt_timeout_s=3.0, llm_timeout_s=5.0, tts_timeout_s=4.0)


async def not_understood(talk: Talk, words: str) -> TurnFailed:
    """The user says `words`, early transcription and its repetition fail."""
    talk.stt.failures += [ERROR, ERROR]
    talk.conversation.send(SetHandsFree(True))
    talk.sound.say(words, at=talk.loop.time() + 1)
    failed: TurnFailed = await talk.until(TurnFailed)
    return failed


def test_words_that_were_not_understood_are_transcribed_again_from_their_sound(virtual):
    async def scenario():
        async with Talk(HELLO) as talk:
            failed = await not_understood(talk, "hello there")
            assert failed.retryable and failed.audio_kept
            talk.conversation.send(Retry())
            done = await talk.until(TurnDone, assistant="Hi. How are you today?")
            assert done.user == "hello there"
            assert done.timings.voice_to_voice < 350, "it counts from the retry"

    virtual(scenario())


def test_the_sound_of_a_failed_turn_can_be_saved(virtual):
    async def scenario():
        async with Talk(HELLO) as talk:
            await not_understood(talk, "hello there")
            talk.conversation.send(SaveAudio("hello.wav"))
            assert (await talk.until(AudioSaved)).path == "hello.wav"
            saved = talk.written["hello.wav"]
            assert saved.rate_hz == 16_000
            assert words_to_bytes("hello") in saved.samples and words_to_bytes("there") in saved.samples
            talk.conversation.send(SaveAudio("full/hello.wav"))
            assert (await talk.until(AudioNotSaved)).code is ErrorCode.DISK_FULL

    virtual(scenario())


def test_the_sound_is_kept_through_retries_until_it_is_answered(virtual):
    async def scenario():
        async with Talk(HELLO) as talk:
            await not_understood(talk, "hello there")
            talk.stt.failures.append(ERROR)
            talk.conversation.send(Retry())
            assert (await talk.until(TurnFailed)).audio_kept
            talk.llm.failures.append(ERROR)
            talk.conversation.send(Retry())  # now the words are known, and the model fails
            assert (await talk.until(TurnFailed)).audio_kept
            talk.conversation.send(SaveAudio("hello.wav"))
            await talk.until(AudioSaved)
            talk.conversation.send(Retry())
            await talk.until(TurnDone, assistant="Hi. How are you today?")
            talk.conversation.send(SaveAudio("later.wav"))
            assert (await talk.until(AudioNotSaved)).code is ErrorCode.NO_SPEECH

    virtual(scenario())


def test_sound_is_not_kept_when_the_person_does_not_want_it(virtual):
    async def scenario():
        async with Talk([], replace(Settings(), keep_unanswered_audio=False)) as talk:
            failed = await not_understood(talk, "hello there")
            assert not failed.retryable and not failed.audio_kept
            talk.conversation.send(SaveAudio("hello.wav"))
            await talk.until(AudioNotSaved)
            assert not talk.written

    virtual(scenario())


def test_kept_sound_goes_when_the_setting_changes(virtual):
    async def scenario():
        async with Talk(HELLO) as talk:
            await not_understood(talk, "hello there")
            talk.conversation.change(replace(talk.settings, keep_unanswered_audio=False))
            talk.conversation.send(SaveAudio("hello.wav"))
            await talk.until(AudioNotSaved)

    virtual(scenario())


def test_going_on_while_slow_words_are_transcribed_loses_none(virtual):
    async def scenario():
        more = "about the sea near my house and the weather there in summer and in winter"
        async with Talk([(f"tell me {more}", "It is blue.")], stt=4.0) as talk:
            talk.conversation.send(SetHandsFree(True))
            talk.sound.say("tell me", at=1.0)
            await talk.until(StateChanged, phase=Phase.PROCESSING)
            talk.sound.say(more, at=talk.loop.time() + 0.2)
            assert (await talk.until(TurnDone, assistant="It is blue.")).user == f"tell me {more}"

    virtual(scenario())


@pytest.mark.parametrize(
    ("delay", "answer", "sentence", "after_s"),
    [
        ({"stt": 9.0}, "Hi.", "Speech recognition took longer than 3 seconds.", 6.0),
        ({"first_token": 9.0}, "Hi.", "The language model did not begin to answer within 5 seconds.", 5.0),
        ({"tts": 9.0}, "Hi.", "The voice took longer than 4 seconds to begin.", 4.0),
        ({}, "STALL", "The language model did not begin to answer within 5 seconds.", 5.0),
        ({}, "Hi, STALL", "The language model stopped in the middle of its answer.", 5.0),
    ],
)
def test_each_stage_has_its_own_time(virtual, delay, answer, sentence, after_s):
    async def scenario():
        async with Talk([("hello there", answer)], QUICK, **delay) as talk:
            talk.conversation.send(SetHandsFree(True))
            talk.sound.say("hello there", at=1.0)
            failed = await talk.until(TurnFailed)
            assert failed.code is ErrorCode.TIMED_OUT and failed.message.startswith(sentence)
            assert failed.retryable and failed.audio_kept
            assert after_s <= talk.loop.time() - 1.2 <= after_s + 1

    virtual(scenario())


def test_what_was_ready_is_heard_before_the_failure_is_told(virtual):
    async def scenario():
        async with Talk([("hello there", "One two three. Four BREAK")]) as talk:
            talk.conversation.send(SendText("hello there", aloud=True))
            await talk.until(TurnFailed, message="It broke.")
            cut = talk.of(Interrupted)[0]
            assert (cut.heard, cut.unheard) == ("One two three.", " Four ")
            assert talk.of(TurnDone)[0].assistant == "One two three."

    virtual(scenario())


def test_a_voice_that_fails_lets_what_is_playing_end(virtual):
    async def scenario():
        async with Talk([("hello there", "One two three. Four five.")]) as talk:
            talk.conversation.send(SendText("hello there", aloud=True))
            await talk.until(PlaybackStarted)
            assert talk.tts.spoken == ["One two three.", "Four five."]
        async with Talk([("hello there", "One two three. Four five.")], token=0.1) as talk:
            talk.conversation.send(SendText("hello there", aloud=True))
            await talk.until(PlaybackStarted)
            talk.tts.failures.append(ERROR)
            assert (await talk.until(TurnFailed)).message == "It died."
            assert talk.of(TurnDone)[0].assistant == "One two three."

    virtual(scenario())


def test_retry_goes_on_where_the_answer_broke_off(virtual):
    async def scenario():
        answers = [("hello there", "One two three. Four BREAK"), (GO_ON, "Four five six."), ("thanks", "Fine.")]
        async with Talk(answers) as talk:
            talk.conversation.send(SendText("hello there", aloud=True))
            assert (await talk.until(TurnFailed)).retryable
            talk.conversation.send(Retry())
            done = await talk.until(TurnDone, assistant="Four five six.")
            assert done.user == "hello there"
            assert [event.text for event in talk.of(UserSaid)] == ["hello there"], "it was asked once"
            assert talk.tts.spoken == ["One two three.", "Four five six."]
            assert [message.text for message in talk.llm.prompts[-1]] == [
                "Be brief.", "hello there", "One two three. …", GO_ON,
            ]  # fmt: skip
            talk.conversation.send(SendText("thanks"))
            await talk.until(TurnDone, user="thanks")
            assert talk.llm.prompts[-1][1:-1] == [
                Message("user", "hello there"), Message("assistant", "One two three. Four five six."),
            ]  # fmt: skip

    virtual(scenario())


def test_an_answer_that_goes_on_may_break_off_again(virtual):
    async def scenario():
        answers = [("hello there", "One two. Three BREAK"), (GO_ON, "Three four. Five BREAK")]
        async with Talk(answers) as talk:
            talk.conversation.send(SendText("hello there", aloud=True))
            await talk.until(TurnFailed)
            talk.llm.failures.append(ERROR)
            talk.conversation.send(Retry())  # fails before it has begun: nothing changes
            await talk.until(TurnFailed, message="It died.")
            talk.conversation.send(Retry())
            await talk.until(TurnFailed, message="It broke.")
            talk.llm.answers[1] = (GO_ON, "Five six.")
            talk.conversation.send(Retry())
            await talk.until(TurnDone, assistant="Five six.")
            assert talk.llm.prompts[-1][-2] == Message("assistant", "One two. Three four. …")

    virtual(scenario())


def test_after_a_broken_answer_one_may_just_ask_something_else(virtual):
    async def scenario():
        answers = [("hello there", "One two three. Four BREAK"), ("never mind", "Good.")]
        async with Talk(answers) as talk:
            talk.conversation.send(SendText("hello there"))
            await talk.until(TurnFailed)
            talk.conversation.send(SendText("never mind"))
            await talk.until(TurnDone, user="never mind")
            prompts = len(talk.llm.prompts)
            talk.conversation.send(Retry())
            await asyncio.sleep(1)
            assert len(talk.llm.prompts) == prompts, "there is nothing left to retry"

    virtual(scenario())


def test_an_answer_cut_by_the_limit_ends_with_a_whole_sentence(virtual):
    async def scenario():
        answers = [("hello there", "It rained all day. The sun came CUT"), ("and then", "Then it was night.")]
        async with Talk(answers) as talk:
            talk.conversation.send(SendText("hello there"))
            done = await talk.until(TurnDone)
            assert done.assistant == "It rained all day." == talk.of(ReplyShortened)[0].text
            assert talk.tts.spoken == ["It rained all day."]
            talk.conversation.send(SendText("and then"))
            await talk.until(TurnDone, user="and then")
            assert Message("assistant", "It rained all day.") in talk.llm.prompts[-1]

    virtual(scenario())


def test_an_answer_cut_within_its_only_sentence_is_kept(virtual):
    async def scenario():
        async with Talk([("hello there", "The sun came out CUT")]) as talk:
            talk.conversation.send(SendText("hello there"))
            assert (await talk.until(TurnDone)).assistant == "The sun came out"
            assert not talk.of(ReplyShortened)

    virtual(scenario())


def test_interrupting_while_it_transcribes_keeps_the_sound(virtual):
    async def scenario():
        async with Talk(HELLO, stt=2.0) as talk:
            talk.conversation.send(SetHandsFree(True))
            talk.sound.say("hello there", at=1.0)
            await asyncio.sleep(2.9)
            talk.conversation.send(Interrupt())
            assert not talk.of(UserSaid)
            talk.conversation.send(Retry())
            assert (await talk.until(TurnDone, assistant="Hi. How are you today?")).user == "hello there"

    virtual(scenario())


def test_the_opening_line_is_heard_and_remembered(virtual):
    async def scenario():
        settings = replace(Settings(), opening_line="Welcome. How can I help?")
        async with Talk(HELLO, settings) as talk:
            talk.conversation.send(SetHandsFree(True))
            done = await talk.until(TurnDone)
            assert (done.user, done.assistant) == ("", "Welcome. How can I help?")
            assert done.timings.voice_to_voice is None and not talk.llm.prompts
            talk.sound.say("hello there", at=talk.loop.time() + 0.5)
            await talk.until(TurnDone, user="hello there")
            assert talk.llm.prompts[-1][1] == Message("assistant", "Welcome. How can I help?")

    virtual(scenario())


def test_the_opening_line_can_be_interrupted(virtual):
    async def scenario():
        settings = replace(Settings(), opening_line="one two three four five six seven eight.")
        async with Talk([("stop please", "Fine.")], settings) as talk:
            talk.conversation.send(SetHandsFree(True))
            await talk.until(PlaybackStarted)
            talk.sound.say("stop please", at=talk.loop.time() + 1.0)
            assert (await talk.until(Interrupted)).heard == "one two three four"
            await talk.until(TurnDone, user="stop please")
            assert talk.llm.prompts[-1][1] == Message("assistant", "one two three four")

    virtual(scenario())


@pytest.mark.parametrize("answer", ["", " ", " \n\n "])
def test_an_answer_without_a_word_is_a_failure_that_can_be_retried(virtual, answer):
    async def scenario():
        async with Talk([("hello there", answer)]) as talk:
            talk.conversation.send(SendText("hello there"))
            failed = await talk.until(TurnFailed)
            assert (failed.code, failed.retryable) == (ErrorCode.BAD_ANSWER, True)
            talk.llm.answers = [("hello there", "Hi.")]
            talk.conversation.send(Retry())
            assert (await talk.until(TurnDone, assistant="Hi.")).user == "hello there"

    virtual(scenario())
