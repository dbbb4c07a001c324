"""Clients that decide for themselves what a turn is, and run tools."""

import json

import pytest

from .realtime_server import RunningServer, broken, silence, tone

pytestmark = pytest.mark.usefixtures("loud_is_speech")

MANUAL = {"input": {"transcription": {"model": "whisper-1"}, "turn_detection": None}}
HELLO = ("hello there", "Hi friend.")
WEATHER = {
    "type": "function",
    "name": "get_weather",
    "description": "Tells the weather.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
}


async def commit(talk, hertz=300):
    await talk.append(tone(hertz))
    await talk.send("input_audio_buffer.commit")
    return (await talk.until("input_audio_buffer.committed"))["item_id"]


def transcript(done):
    return done["response"]["output"][0]["content"][0]["transcript"].strip()


def text_item(text, **more):
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}], **more}


async def test_a_committed_turn_is_answered_on_demand():
    async with RunningServer([HELLO]).running() as server, server.talk() as talk:
        await talk.configure(audio=MANUAL)
        item_id = await commit(talk)
        await talk.send("response.create")
        done = await talk.until("response.done")
        assert transcript(done) == "Hi friend."
        said = talk.of("conversation.item.input_audio_transcription.completed")
        assert [(each["item_id"], each["transcript"]) for each in said] == [(item_id, "hello there")]
        assert not talk.of("input_audio_buffer.speech_started")


async def test_nothing_is_answered_unasked():
    async with RunningServer([]).running() as server, server.talk() as talk:
        await talk.configure(audio=MANUAL)
        await commit(talk)
        await talk.until("conversation.item.input_audio_transcription.completed")
        await talk.append(silence(2))
        await talk.send("input_audio_buffer.clear")
        await talk.until("input_audio_buffer.cleared")
        assert not talk.of("response.created")
        assert server.llm.prompts == []


async def test_too_little_cannot_be_committed():
    async with RunningServer([]).running() as server, server.talk() as talk:
        await talk.configure(audio=MANUAL)
        for sound in (b"", silence(0.05)):
            await talk.append(sound)
            await talk.send("input_audio_buffer.commit", event_id="e1")
            error = (await talk.until("error"))["error"]
            assert (error["code"], error["event_id"]) == ("input_audio_buffer_commit_empty", "e1")
            await talk.send("input_audio_buffer.clear")
            await talk.until("input_audio_buffer.cleared")


async def test_sound_that_cannot_be_understood_fails_and_is_not_answered():
    async with RunningServer([HELLO]).running() as server, server.talk() as talk:
        await talk.configure(audio=MANUAL)
        server.stt.failures = [broken()]
        item_id = await commit(talk)
        await talk.send("response.create")
        failed = await talk.until("conversation.item.input_audio_transcription.failed")
        assert failed["item_id"] == item_id
        assert failed["error"]["message"] == "It broke."
        assert "param" not in failed["error"]
        done = await talk.until("response.done")
        assert done["response"]["status"] == "failed"
        assert done["response"]["status_details"]["error"]["message"] == "It broke."


async def test_text_is_answered():
    async with RunningServer([("hi", "Hello.")]).running() as server, server.talk() as talk:
        await talk.send("conversation.item.create", item=text_item("hi"))
        added = await talk.until("conversation.item.added")
        assert added["item"]["content"] == [{"type": "input_text", "text": "hi"}]
        await talk.until("conversation.item.done")
        await talk.send("response.create")
        assert transcript(await talk.until("response.done")) == "Hello."


async def test_a_second_response_is_refused_while_one_is_made():
    async with RunningServer([("hi", "Hello. STALL")]).running() as server, server.talk() as talk:
        await talk.send("conversation.item.create", item=text_item("hi"))
        await talk.send("response.create")
        await talk.until("response.output_audio.delta")
        await talk.send("response.create", event_id="second")
        error = (await talk.until("error"))["error"]
        assert (error["code"], error["event_id"]) == ("conversation_already_has_active_response", "second")
        await talk.send("response.cancel")
        assert (await talk.until("response.done"))["response"]["status"] == "cancelled"


async def test_one_response_may_have_instructions_tools_and_a_form_of_its_own():
    answers = [("hi", "Hello."), ("again", "Once more.")]
    async with RunningServer(answers).running() as server, server.talk() as talk:
        await talk.send("conversation.item.create", item=text_item("hi"))
        asked = {
            "instructions": "Rhyme.",
            "output_modalities": ["text"],
            "tools": [WEATHER],
            "metadata": {"mine": "yes"},
            "max_output_tokens": 50,
        }
        await talk.send("response.create", response=asked)
        done = (await talk.until("response.done"))["response"]
        assert done["output"][0]["content"] == [{"type": "output_text", "text": "Hello. "}]
        assert (done["metadata"], done["max_output_tokens"]) == ({"mine": "yes"}, 50)
        assert server.llm.prompts[-1][0].text.startswith("Rhyme.")
        assert server.llm.offered[-1] == ["get_weather"]
        await talk.send("conversation.item.create", item=text_item("again"))
        await talk.send("response.create")
        assert transcript(await talk.until("response.done")) == "Once more."
        assert server.llm.prompts[-1][0].text == "Be brief."
        assert server.llm.offered[-1] == []


async def test_a_failing_model_is_told():
    async with RunningServer([("hi", "BREAK")]).running() as server, server.talk() as talk:
        await talk.send("conversation.item.create", item=text_item("hi"))
        await talk.send("response.create")
        done = (await talk.until("response.done"))["response"]
        assert done["status"] == "failed"
        assert done["status_details"]["error"]["message"] == "It broke."
        assert done["usage"]["input_tokens"] == 0


CALL = 'CALL:get_weather{"city":"Bonn"}'


@pytest.mark.parametrize("answer", [CALL, f"One moment. {CALL}"])
async def test_a_tool_is_run_by_the_client(answer):
    async with (
        RunningServer([("what is the weather", answer), ("Rain.", "It rains.")]).running() as server,
        server.talk() as talk,
    ):
        await talk.configure(tools=[WEATHER])
        await talk.say(500)
        talk.keep_microphone_open()
        call = await talk.until("response.function_call_arguments.done")
        assert (call["name"], json.loads(call["arguments"])) == ("get_weather", {"city": "Bonn"})
        item = (await talk.until("response.output_item.done"))["item"]
        assert (item["type"], item["status"], item["call_id"]) == ("function_call", "completed", call["call_id"])
        done = (await talk.until("response.done"))["response"]
        assert done["status"] == "completed"
        assert done["output"][-1]["type"] == "function_call"
        outcome = {"type": "function_call_output", "call_id": call["call_id"], "output": "Rain."}
        await talk.send("conversation.item.create", item=outcome)
        await talk.until("conversation.item.added")
        await talk.send("response.create")
        assert transcript(await talk.until("response.done")) == "It rains."
        words = ["assistant"] if "One" in answer else []
        assert [message.role for message in server.llm.prompts[-1]] == ["system", "user", *words, "assistant", "tool"]


async def test_the_user_may_interrupt_while_a_tool_runs():
    answers = [("what is the weather", "CALL:get_weather{}"), ("hello there", "Hi."), ("stop please", "Fine.")]
    async with RunningServer(answers).running() as server, server.talk() as talk:
        await talk.configure(tools=[WEATHER])
        await talk.say(500)
        talk.keep_microphone_open()
        call = await talk.until("response.function_call_arguments.done")
        await talk.until("response.done")
        await talk.say(300)
        assert transcript(await talk.until("response.done")) == "Hi."
        outcome = {"type": "function_call_output", "call_id": call["call_id"], "output": "Rain."}
        await talk.send("conversation.item.create", item=outcome)
        await talk.until("conversation.item.done")
        await talk.say(800)
        await talk.until("response.done")
        assert [message.text for message in server.llm.prompts[-1] if message.role == "tool"] == ["Rain."]


async def test_a_call_of_nobodys_tool_is_no_clients_business():
    answers = [("hi", "CALL:dance{}"), ("There is no tool named “dance”.", "I cannot.")]
    async with RunningServer(answers).running() as server, server.talk() as talk:
        await talk.configure(tools=[WEATHER])
        await talk.send("conversation.item.create", item=text_item("hi"))
        await talk.send("response.create")
        assert transcript(await talk.until("response.done")) == "I cannot."
        assert not talk.of("response.function_call_arguments.done")


async def test_an_outcome_of_no_call_is_refused():
    async with RunningServer([]).running() as server, server.talk() as talk:
        outcome = {"type": "function_call_output", "call_id": "nobody", "output": "x"}
        await talk.send("conversation.item.create", item=outcome, event_id="e")
        assert (await talk.until("error"))["error"]["code"] == "invalid_tool_call_id"
