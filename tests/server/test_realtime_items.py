"""Items of a conversation over /v1/realtime: created, seen, forgotten, and what the model gets of them."""

import base64

import pytest

from .realtime_server import RunningServer, tone

pytestmark = pytest.mark.usefixtures("loud_is_speech")


def text_item(role, text, **more):
    kind = "output_text" if role == "assistant" else "input_text"
    return {"type": "message", "role": role, "content": [{"type": kind, "text": text}], **more}


async def create(talk, item, **fields):
    await talk.send("conversation.item.create", item=item, **fields)
    added = await talk.until("conversation.item.added")
    assert (await talk.until("conversation.item.done"))["item"]["id"] == added["item"]["id"]
    return added


async def answered(talk):
    await talk.send("response.create", response={"output_modalities": ["text"]})
    return (await talk.until("response.done"))["response"]


def told(server):
    return [(message.role, message.text) for message in server.llm.prompts[-1][1:]]


async def test_they_stand_where_the_client_puts_them():
    async with RunningServer([("four", "Five.")]).running() as server, server.talk() as talk:
        first = await create(talk, text_item("user", "one", id="item_one"))
        assert "previous_item_id" not in first
        last = await create(talk, text_item("user", "four"))
        assert last["previous_item_id"] == "item_one"
        between = await create(talk, text_item("assistant", "two", id="two"), previous_item_id="item_one")
        assert between["previous_item_id"] == "item_one"
        await create(talk, text_item("system", "three"), previous_item_id="two")
        top = await create(talk, text_item("system", "zero"), previous_item_id="root")
        assert "previous_item_id" not in top
        await answered(talk)
        assert told(server) == [
            ("system", "zero"), ("user", "one"), ("assistant", "two"), ("system", "three"), ("user", "four"),
        ]  # fmt: skip


async def test_what_was_deleted_is_forgotten():
    async with RunningServer([("and now?", "Now."), ("again", "Yes.")]).running() as server, server.talk() as talk:
        await create(talk, text_item("user", "a secret", id="secret"))
        await create(talk, text_item("user", "and now?"))
        await talk.send("conversation.item.delete", item_id="secret")
        await talk.until("conversation.item.deleted", item_id="secret")
        response = await answered(talk)
        assert told(server) == [("user", "and now?")]
        await talk.send("conversation.item.delete", item_id=response["output"][0]["id"])
        await talk.until("conversation.item.deleted")
        await create(talk, text_item("user", "again"))
        await answered(talk)
        assert told(server) == [("user", "and now?"), ("user", "again")]
        await talk.send("conversation.item.retrieve", item_id="secret", event_id="r")
        error = (await talk.until("error"))["error"]
        assert (error["code"], error["event_id"]) == ("item_not_found", "r")


async def test_what_was_said_and_answered_aloud_may_be_deleted_too():
    answers = [("hello there", "Hi."), ("what is the weather", "Rain.")]
    async with RunningServer(answers).running() as server, server.talk() as talk:
        await talk.say(300)
        talk.keep_microphone_open()
        user = (await talk.until("input_audio_buffer.committed"))["item_id"]
        await talk.until("response.output_audio.delta")
        await talk.send("conversation.item.delete", item_id=user)
        await talk.until("conversation.item.deleted", item_id=user)
        await talk.say(500, 1.6)
        await talk.until("response.output_audio_transcript.delta", delta="Rain. ")
        assert ("user", "hello there") not in told(server)


async def test_items_that_the_server_made_are_retrieved():
    async with RunningServer([("hello there", "Hi.")]).running() as server, server.talk() as talk:
        await talk.say(300)
        talk.keep_microphone_open()
        done = await talk.until("response.done")
        user = talk.of("input_audio_buffer.committed")[0]["item_id"]
        await talk.send("conversation.item.retrieve", item_id=user)
        item = (await talk.until("conversation.item.retrieved"))["item"]
        assert item["content"] == [{"type": "input_audio", "transcript": "hello there"}]
        answer = done["response"]["output"][0]
        await talk.send("conversation.item.retrieve", item_id=answer["id"])
        assert (await talk.until("conversation.item.retrieved"))["item"] == answer


async def test_sound_in_an_item_is_understood():
    async with RunningServer([("hello there", "Hi.")]).running() as server, server.talk() as talk:
        await talk.configure(audio={"input": {"transcription": {"model": "whisper-1"}}})
        sound = base64.b64encode(tone(300)).decode()
        await create(talk, {"type": "message", "role": "user", "content": [{"type": "input_audio", "audio": sound}]})
        assert (await answered(talk))["status"] == "completed"
        completed = talk.of("conversation.item.input_audio_transcription.completed")
        assert [each["transcript"] for each in completed] == ["hello there"]


async def test_a_conversation_of_before_is_given_back_with_its_calls():
    async with RunningServer([("and tomorrow?", "Sun.")]).running() as server, server.talk() as talk:
        await create(talk, text_item("user", "what is the weather"))
        await create(talk, {"type": "function_call", "call_id": "c1", "name": "get_weather", "arguments": "{}"})
        await create(talk, {"type": "function_call_output", "call_id": "c1", "output": "Rain."})
        await create(talk, text_item("assistant", "It rains."))
        await create(talk, text_item("user", "and tomorrow?"))
        await answered(talk)
        assert told(server) == [
            ("user", "what is the weather"), ("assistant", ""), ("tool", "Rain."), ("assistant", "It rains."),
            ("user", "and tomorrow?"),
        ]  # fmt: skip


async def test_an_answer_beside_the_conversation_is_not_remembered():
    answers = [("sum it up", "Short."), ("next", "Go on.")]
    async with RunningServer(answers).running() as server, server.talk() as talk:
        await create(talk, text_item("user", "long story", id="story"))
        asked = {
            "conversation": "none",
            "output_modalities": ["text"],
            "instructions": "Sum up.",
            "metadata": {"topic": "sum"},
            "input": [{"type": "item_reference", "id": "story"}, text_item("user", "sum it up")],
        }
        await talk.send("response.create", response=asked)
        done = (await talk.until("response.done"))["response"]
        assert done["status"] == "completed"
        assert done["metadata"] == {"topic": "sum"}
        assert "conversation_id" not in done
        assert done["output"][0]["content"][0]["text"].strip() == "Short."
        assert server.llm.prompts[-1][0].text == "Sum up."
        assert told(server) == [("user", "long story"), ("user", "sum it up")]
        assert len(talk.of("conversation.item.added")) == 1
        await create(talk, text_item("user", "next"))
        await answered(talk)
        assert told(server) == [("user", "long story"), ("user", "next")]


async def test_it_is_spoken_and_cancelled_apart_from_the_conversation():
    answers = [("say it", "Hi friend."), ("long", "One two. STALL")]
    async with RunningServer(answers).running() as server, server.talk() as talk:
        asked = {"conversation": "none", "input": [text_item("user", "say it")]}
        await talk.send("response.create", response=asked)
        done = (await talk.until("response.done"))["response"]
        assert len(talk.heard_sound(done["output"][0]["id"])) == pytest.approx(2 * 24_000 * 0.6, rel=0.05)
        await talk.send("response.create", response=asked | {"input": [text_item("user", "long")]})
        response_id = (await talk.until("response.created"))["response"]["id"]
        await talk.until("response.output_audio_transcript.delta")
        await talk.send("response.cancel", response_id=response_id)
        assert (await talk.until("response.done"))["response"]["status"] == "cancelled"


async def test_without_input_it_answers_what_was_said():
    async with RunningServer([("tell me", "Told.")]).running() as server, server.talk() as talk:
        await create(talk, text_item("user", "tell me"))
        await talk.send("response.create", response={"conversation": "none", "output_modalities": ["text"]})
        done = (await talk.until("response.done"))["response"]
        assert done["output"][0]["content"][0]["text"].strip() == "Told."
