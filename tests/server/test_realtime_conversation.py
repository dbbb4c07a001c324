"""Spoken conversations over /v1/realtime with OpenAI's own client; every event is checked against its types."""

import pytest

from .realtime_server import RATE, RunningServer

pytestmark = pytest.mark.usefixtures("loud_is_speech")

TRANSCRIBED = {"input": {"transcription": {"model": "gpt-4o-mini-transcribe"}}}
HELLO = ("hello there", "Hi friend. How are you today?")
LONG = ("what is the weather", "One two three four five. Six seven eight nine ten. And many more words after that.")


async def test_a_session_begins_with_all_that_is_in_force():
    async with RunningServer([]).running() as server, server.talk() as talk:
        session = (await talk.until("session.created"))["session"]
        assert session["type"] == "realtime"
        assert session["object"] == "realtime.session"
        assert session["id"].startswith("sess_")
        assert session["model"] == "gpt-realtime"
        assert session["output_modalities"] == ["audio"]
        assert session["instructions"] == "Be brief."
        assert session["audio"]["input"]["format"] == {"type": "audio/pcm", "rate": 24000}
        assert session["audio"]["input"]["turn_detection"]["type"] == "server_vad"
        assert session["audio"]["output"]["format"] == {"type": "audio/pcm", "rate": 24000}


async def test_an_update_is_merged_and_told_in_full():
    async with RunningServer([]).running() as server, server.talk() as talk:
        await talk.until("session.created")
        told = await talk.configure(
            instructions="Rhyme.",
            tracing="auto",
            something="unknown",
            audio={"input": {"turn_detection": {"type": "semantic_vad", "eagerness": "low"}}},
        )
        assert told["instructions"] == "Rhyme."
        assert "something" not in told
        echoed = {"create_response": True, "interrupt_response": True}
        assert told["audio"]["input"]["turn_detection"] == {"type": "semantic_vad", "eagerness": "low", **echoed}
        told = await talk.configure(audio={"input": {"turn_detection": {"interrupt_response": False}}})
        assert told["audio"]["input"]["turn_detection"]["type"] == "semantic_vad"
        assert told["audio"]["input"]["turn_detection"]["interrupt_response"] is False
        assert told["audio"]["output"]["voice"] == "local"
        assert (await talk.configure(audio={"input": {"turn_detection": None}}))["audio"]["input"][
            "turn_detection"
        ] is None


@pytest.mark.parametrize("detection", ["server_vad", "semantic_vad"])
async def test_what_is_said_is_answered_aloud(detection):
    async with RunningServer([HELLO]).running() as server, server.talk() as talk:
        await talk.configure(audio={"input": {**TRANSCRIBED["input"], "turn_detection": {"type": detection}}})
        await talk.say(300)
        talk.keep_microphone_open()
        done = await talk.until("response.done")
        kinds = [event["type"] for event in talk.events if not event["type"].endswith(".delta")]
        assert kinds == [
            "session.created",
            "session.updated",
            "input_audio_buffer.speech_started",
            "input_audio_buffer.speech_stopped",
            "input_audio_buffer.committed",
            "conversation.item.added",
            "conversation.item.done",
            "conversation.item.input_audio_transcription.completed",
            "response.created",
            "response.output_item.added",
            "conversation.item.added",
            "response.content_part.added",
            "response.output_audio.done",
            "response.output_audio_transcript.done",
            "response.content_part.done",
            "response.output_item.done",
            "conversation.item.done",
            "response.done",
        ]
        started = talk.of("input_audio_buffer.speech_started")[0]
        stopped = talk.of("input_audio_buffer.speech_stopped")[0]
        user = started["item_id"]
        assert started["audio_start_ms"] < 200 < 600 <= stopped["audio_end_ms"]
        named = [event.get("item_id") or event.get("item", {}).get("id") for event in talk.events]
        assert named.count(user) == 7
        item = talk.of("conversation.item.added")[0]["item"]
        assert item["content"] == [{"type": "input_audio", "transcript": None}]
        completed = talk.of("conversation.item.input_audio_transcription.completed")[0]
        assert completed["transcript"] == "hello there"
        assert completed["usage"]["type"] == "duration"
        response = done["response"]
        assert response["status"] == "completed"
        assert response["usage"]["input_tokens"] > 0
        answer = response["output"][0]
        assert answer["content"] == [{"type": "output_audio", "transcript": "Hi friend. How are you today? "}]
        deltas = talk.of("response.output_audio_transcript.delta")
        assert "".join(each["delta"] for each in deltas) == "Hi friend. How are you today? "
        assert len(talk.heard_sound(answer["id"])) / 2 / RATE == pytest.approx(1.8, abs=0.05)


async def test_without_transcription_no_transcript_is_told():
    async with RunningServer([HELLO]).running() as server, server.talk() as talk:
        await talk.say(300)
        talk.keep_microphone_open()
        await talk.until("response.done")
        assert not [event for event in talk.events if "input_audio_transcription" in event["type"]]


async def test_the_answer_may_be_only_written():
    async with RunningServer([HELLO]).running() as server, server.talk() as talk:
        await talk.configure(output_modalities=["text"])
        await talk.say(300)
        talk.keep_microphone_open()
        done = await talk.until("response.done")
        assert done["response"]["status"] == "completed"
        assert done["response"]["output"][0]["content"] == [
            {"type": "output_text", "text": "Hi friend. How are you today? "}
        ]
        assert not talk.of("response.output_audio.delta")
        assert talk.of("response.content_part.added")[0]["part"] == {"type": "text", "text": ""}


async def test_an_answer_that_was_cut_says_so():
    answers = [("hello there", "One two three. Four five CUT")]
    async with RunningServer(answers).running() as server, server.talk() as talk:
        await talk.say(300)
        talk.keep_microphone_open()
        response = (await talk.until("response.done"))["response"]
        assert response["status"] == "incomplete"
        assert response["status_details"] == {"type": "incomplete", "reason": "max_output_tokens"}
        assert response["output"][0]["content"][0]["transcript"].strip() == "One two three."


async def test_no_speech_is_answered_by_nothing():
    async with RunningServer([]).running() as server, server.talk() as talk:
        await talk.configure(audio=TRANSCRIBED)
        await talk.say(1700)
        talk.keep_microphone_open()
        completed = await talk.until("conversation.item.input_audio_transcription.completed")
        assert completed["transcript"] == ""
        assert not talk.of("response.created")
