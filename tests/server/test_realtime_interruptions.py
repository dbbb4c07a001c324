"""Who interrupts a reply over /v1/realtime, what is cut, and what counts as heard."""

import pytest

from .realtime_server import RunningServer, broken

pytestmark = pytest.mark.usefixtures("loud_is_speech")

TRANSCRIBED = {"input": {"transcription": {"model": "whisper-1"}}}
WORDS = "One two three four five six seven eight nine ten eleven twelve."
"""3.6 s of speech, in one sentence."""
ANSWERS = [("what is the weather", WORDS), ("stop please", "All right."), ("hello there", "Hi.")]


def assistant_texts(server):
    prompt = server.llm.prompts[-1]
    return [message.text for message in prompt if message.role == "assistant"]


async def begin_long_reply(talk):
    await talk.say(500)
    talk.keep_microphone_open()
    done = await talk.until("response.done")
    return done["response"]["output"][0]["id"]


async def test_an_interruption_is_told_and_cuts_the_history_where_the_client_says():
    async with RunningServer(ANSWERS).running() as server, server.talk() as talk:
        await talk.configure(audio=TRANSCRIBED)
        item_id = await begin_long_reply(talk)
        await talk.say(800)
        started = await talk.until("input_audio_buffer.speech_started")
        await talk.send("conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=1000)
        truncated = await talk.until("conversation.item.truncated", item_id=item_id)
        assert (truncated["content_index"], truncated["audio_end_ms"]) == (0, 1000)
        await talk.send("conversation.item.retrieve", item_id=item_id)
        item = (await talk.until("conversation.item.retrieved"))["item"]
        assert item["content"] == [{"type": "output_audio", "transcript": "One two three four"}]
        committed = await talk.until("input_audio_buffer.committed")
        assert committed["item_id"] == started["item_id"]
        done = await talk.until("response.done")
        assert done["response"]["output"][0]["content"][0]["transcript"].strip() == "All right."


async def test_the_next_answer_knows_what_was_truncated():
    answers = [*ANSWERS, ("mm-hm", "Yes.")]
    async with RunningServer(answers).running() as server, server.talk() as talk:
        item_id = await begin_long_reply(talk)
        await talk.send("conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=600)
        await talk.until("conversation.item.truncated")
        await talk.say(300)
        await talk.until("response.done")
        assert assistant_texts(server) == ["One two three"]


async def test_truncated_to_nothing_is_not_said():
    async with RunningServer(ANSWERS).running() as server, server.talk() as talk:
        item_id = await begin_long_reply(talk)
        await talk.send("conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=0)
        await talk.until("conversation.item.truncated")
        await talk.say(300)
        await talk.until("response.done")
        assert assistant_texts(server) == []


async def test_agreement_does_not_kill_a_reply():
    async with RunningServer(ANSWERS).running() as server, server.talk() as talk:
        await talk.configure(audio=TRANSCRIBED)
        await begin_long_reply(talk)
        await talk.say(1200, 0.3)
        await talk.say(1700, 0.3)
        conversation = server.conversations[0]
        ended = []
        conversation.subscribe(lambda event: ended.append(type(event).__name__))
        await talk.send("session.update", session={"type": "realtime"})
        await talk.until("session.updated")
        assert len(talk.of("input_audio_buffer.speech_started")) == 1
        assert "Interrupted" not in ended
        assert talk.of("response.done")[0]["response"]["status"] == "completed"


async def test_a_reply_that_is_being_made_ends_as_cancelled_by_the_turn():
    answers = [("what is the weather", f"{WORDS} STALL"), *ANSWERS[1:]]
    async with RunningServer(answers).running() as server, server.talk() as talk:
        await talk.say(500)
        talk.keep_microphone_open()
        await talk.until("response.output_audio.delta")
        await talk.say(800)
        done = await talk.until("response.done")
        assert done["response"]["status"] == "cancelled"
        assert done["response"]["status_details"] == {"type": "cancelled", "reason": "turn_detected"}
        kinds = [event["type"] for event in talk.events]
        started = [at for at, kind in enumerate(kinds) if kind == "input_audio_buffer.speech_started"]
        assert started[1] < kinds.index("response.done"), "the client is to be quiet first"
        assert done["response"]["output"][0]["status"] == "incomplete"
        again = await talk.until("response.done")
        assert again["response"]["status"] == "completed"


async def test_the_client_cancels():
    answers = [("what is the weather", f"{WORDS} STALL"), *ANSWERS[1:]]
    async with RunningServer(answers).running() as server, server.talk() as talk:
        await talk.say(500)
        talk.keep_microphone_open()
        await talk.until("response.output_audio.delta")
        await talk.send("response.cancel")
        done = await talk.until("response.done")
        assert done["response"]["status_details"] == {"type": "cancelled", "reason": "client_cancelled"}
        await talk.send("response.cancel", event_id="mine")
        error = (await talk.until("error"))["error"]
        assert (error["code"], error["event_id"]) == ("response_cancel_not_active", "mine")
        await talk.say(300)
        assert (await talk.until("response.done"))["response"]["status"] == "completed"


async def test_before_anything_was_heard_what_the_user_adds_is_joined():
    answers = [("what is the weather", "STALL"), ("what is the weather stop please", "I stop.")]
    async with RunningServer(answers).running() as server, server.talk() as talk:
        await talk.configure(audio=TRANSCRIBED)
        await talk.say(500)
        talk.keep_microphone_open()
        await talk.until("response.created")
        await talk.say(800)
        assert (await talk.until("response.done"))["response"]["status"] == "cancelled"
        assert (await talk.until("response.done"))["response"]["status"] == "completed"
        said = talk.of("conversation.item.input_audio_transcription.completed")
        assert [each["transcript"] for each in said] == ["what is the weather", "stop please"]
        assert len({each["item_id"] for each in said}) == 2


async def test_a_reply_that_may_not_be_interrupted_is_heard_out():
    async with (
        RunningServer([("what is the weather", "One two three."), *ANSWERS[1:]]).running() as server,
        server.talk() as talk,
    ):
        detection = {"type": "server_vad", "interrupt_response": False}
        told = await talk.configure(audio={"input": {**TRANSCRIBED["input"], "turn_detection": detection}})
        assert told["audio"]["input"]["turn_detection"]["interrupt_response"] is False
        await begin_long_reply(talk)
        await talk.say(800)
        done = await talk.until("response.done")
        assert done["response"]["output"][0]["content"][0]["transcript"].strip() == "All right."
        assert assistant_texts(server) == ["One two three."]


async def test_what_is_not_to_be_answered_waits_for_response_create():
    async with RunningServer(ANSWERS).running() as server, server.talk() as talk:
        detection = {"type": "server_vad", "create_response": False}
        await talk.configure(audio={"input": {**TRANSCRIBED["input"], "turn_detection": detection}})
        await talk.say(300)
        talk.keep_microphone_open()
        await talk.until("conversation.item.input_audio_transcription.completed")
        assert not talk.of("response.created")
        await talk.send("response.create")
        done = await talk.until("response.done")
        assert done["response"]["output"][0]["content"][0]["transcript"].strip() == "Hi."


@pytest.mark.parametrize("transcribes", [True, False])
async def test_words_that_are_not_understood_are_told(transcribes):
    async with RunningServer(ANSWERS).running() as server, server.talk() as talk:
        if transcribes:
            await talk.configure(audio=TRANSCRIBED)
        server.stt.failures = [broken() for _ in range(6)]
        await talk.say(300)
        talk.keep_microphone_open()
        kind = "conversation.item.input_audio_transcription.failed" if transcribes else "error"
        assert (await talk.until(kind))["error"]["message"] == "It broke."
        server.stt.failures = []
        await talk.say(300)
        assert (await talk.until("response.done"))["response"]["status"] == "completed"


async def test_a_response_that_was_to_answer_them_fails():
    async with RunningServer(ANSWERS).running() as server, server.talk() as talk:
        detection = {"type": "server_vad", "create_response": False}
        await talk.configure(audio={"input": {**TRANSCRIBED["input"], "turn_detection": detection}})
        server.stt.failures = [broken() for _ in range(6)]
        await talk.say(300)
        await talk.until("input_audio_buffer.speech_started")
        await talk.send("response.create")
        await talk.until("response.created")
        talk.keep_microphone_open()
        assert (await talk.until("response.done"))["response"]["status"] == "failed"


async def test_response_create_waits_for_words_that_are_not_known_yet():
    async with RunningServer(ANSWERS).running() as server, server.talk() as talk:
        await talk.configure(audio={"input": {"turn_detection": {"type": "server_vad", "create_response": False}}})
        await talk.say(300)
        await talk.until("input_audio_buffer.speech_started")
        await talk.send("response.create")
        await talk.until("response.created")
        talk.keep_microphone_open()
        done = await talk.until("response.done")
        assert done["response"]["output"][0]["content"][0]["transcript"].strip() == "Hi."
