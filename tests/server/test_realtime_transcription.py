"""Sessions that only transcribe, and sound of telephones."""

import base64
from typing import Any

import numpy as np
import pytest

from voicegui.server.g711 import decode_g711, encode_g711

from .realtime_server import RunningServer, broken, silence, tone

pytestmark = pytest.mark.usefixtures("loud_is_speech")

COMPLETED = "conversation.item.input_audio_transcription.completed"


@pytest.mark.parametrize("by_address", [True, False])
async def test_what_is_said_is_written_down_and_never_answered(by_address):
    async with RunningServer([]).running() as server:
        query: dict[str, Any] = {"extra_query": {"intent": "transcription"}} if by_address else {}
        async with server.talk(**query) as talk:
            session = (await talk.until("session.created"))["session"]
            if not by_address:
                session = await talk.configure(type="transcription")
            assert session["type"] == "transcription"
            assert "instructions" not in session
            await talk.say(300)
            talk.keep_microphone_open()
            completed = await talk.until(COMPLETED)
            assert completed["transcript"] == "hello there"
            deltas = talk.of("conversation.item.input_audio_transcription.delta")
            assert "".join(each["delta"] for each in deltas) == "hello there"
            assert completed["item_id"] == talk.of("input_audio_buffer.speech_started")[0]["item_id"]
            await talk.say(500)
            assert (await talk.until(COMPLETED))["transcript"] == "what is the weather"
            assert server.llm.prompts == server.llm.prepared == []
            await talk.configure(type="transcription")
            assert server.conversations[0].aside.said()[1:] == []
            await talk.send("response.create", event_id="no")
            assert (await talk.until("error"))["error"]["event_id"] == "no"


async def test_where_the_client_commits():
    async with RunningServer([]).running() as server, server.talk() as talk:
        await talk.configure(type="transcription", audio={"input": {"turn_detection": None}})
        for hertz, words in ((300, "hello there"), (500, "what is the weather")):
            await talk.append(tone(hertz))
            await talk.send("input_audio_buffer.commit")
            item_id = (await talk.until("input_audio_buffer.committed"))["item_id"]
            assert (await talk.until(COMPLETED, item_id=item_id))["transcript"] == words


async def test_a_failure_is_told_and_the_session_goes_on():
    async with RunningServer([]).running() as server, server.talk() as talk:
        await talk.configure(type="transcription")
        server.stt.failures = [broken() for _ in range(6)]
        await talk.say(300)
        talk.keep_microphone_open()
        failed = await talk.until("conversation.item.input_audio_transcription.failed")
        assert failed["item_id"] == talk.of("input_audio_buffer.committed")[0]["item_id"]
        server.stt.failures = []
        await talk.say(500)
        assert (await talk.until(COMPLETED))["transcript"] == "what is the weather"


async def test_a_turn_is_committed_before_its_silence():
    async with RunningServer([]).running() as server, server.talk() as talk:
        await talk.configure(type="transcription")
        await talk.say(300)
        await talk.until("input_audio_buffer.speech_started")
        await talk.send("input_audio_buffer.commit")
        assert (await talk.until(COMPLETED))["transcript"] == "hello there"


async def test_a_turn_may_be_cleared_away():
    async with RunningServer([]).running() as server, server.talk() as talk:
        await talk.configure(type="transcription")
        await talk.say(300)
        await talk.until("input_audio_buffer.speech_started")
        await talk.send("input_audio_buffer.clear")
        await talk.until("input_audio_buffer.cleared")
        await talk.append(silence(1.0))
        await talk.say(500)
        talk.keep_microphone_open()
        assert (await talk.until(COMPLETED))["transcript"] == "what is the weather"
        assert len(talk.of("input_audio_buffer.committed")) == 1


@pytest.mark.parametrize(("kind", "law"), [("audio/pcmu", "mulaw"), ("audio/pcma", "alaw")])
async def test_telephones_are_heard_and_answered(kind, law):
    async with RunningServer([("hello there", "Hi friend.")]).running() as server, server.talk() as talk:
        form = {"format": {"type": kind}}
        told = await talk.configure(audio={"input": {**form, "transcription": {"model": "x"}}, "output": form})
        assert told["audio"]["output"]["format"]["type"] == kind

        async def say(pcm):
            sound = encode_g711(np.frombuffer(pcm, np.int16), law)
            await talk.send("input_audio_buffer.append", audio=base64.b64encode(sound).decode())

        await say(tone(300, rate=8000))
        for _ in range(40):
            await say(silence(0.1, 8000))
        assert (await talk.until(COMPLETED))["transcript"] == "hello there"
        done = await talk.until("response.done")
        item_id = done["response"]["output"][0]["id"]
        sound = decode_g711(talk.heard_sound(item_id), law)
        assert len(sound) == pytest.approx(0.6 * 8000, rel=0.05)
        assert np.abs(sound.astype(int)).max() == pytest.approx(8000, rel=0.2)
        await talk.send("conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=600)
        await talk.until("conversation.item.truncated")
