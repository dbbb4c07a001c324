"""Conversations over `/voice`, as programs hold them."""

import struct

import pytest

from tests.conversation.fakes import ScriptedTools, words_to_bytes
from voicegui.app.serve import remote_settings
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.settings import Settings
from voicegui.core.tools import Permission
from voicegui.server.limits import ServerLimits

from .running import KEY, Stages, running

TALK = "?mode=push_to_talk"
QUESTION = words_to_bytes("how are you")
ANSWERS = [("how are you", "I am well."), ("tell me more", "There is a lot to tell about that, indeed.")]


async def test_a_question_is_answered_aloud_and_told() -> None:
    async with running(Stages(ANSWERS)) as server, server.talk(TALK) as client:
        session = await client.until("session")
        assert session["mode"] == "push_to_talk" and session["output"] == {"format": "pcm16", "rate": 24_000}
        await client.socket.send(QUESTION)
        await client.send("commit")
        assert (await client.until("transcript"))["text"] == "how are you"
        done = await client.until("turn")
        assert (done["user"], done["assistant"]) == ("how are you", "I am well.")
        assert len(client.sound) / 2 / 24_000 == pytest.approx(0.9, abs=0.02)
        assert client.kinds().index("audio") < client.kinds().index("audio_end") < client.kinds().index("turn")
        assert {"reply", "sentence", "state", "playback_started"} <= set(client.kinds())


async def test_text_is_answered_aloud_unless_it_is_not_wanted() -> None:
    stages = Stages(ANSWERS, settings=remote_settings(Settings()))
    async with running(stages) as server, server.talk(TALK) as client:
        await client.send("text", text="how are you")
        assert (await client.until("turn"))["assistant"] == "I am well."
        assert client.sound
        client.sound.clear()
        await client.send("text", text="how are you", aloud=False)
        assert (await client.until("turn"))["assistant"] == "I am well."
        assert not client.sound


async def test_history_holds_only_what_the_client_says_it_has_played() -> None:
    async with running(Stages(ANSWERS)) as server, server.talk(TALK + "&ahead_ms=5000") as client:
        await client.send("text", text="tell me more")
        await client.until("playback_started")
        await client.send("played", played_ms=1000)
        await client.send("interrupt")
        cut = await client.until("interrupted")
        assert cut["heard"].split() == ["There", "is", "a", "lot"]  # a word that has begun counts
        assert "audio_drop" in client.kinds()
        await client.send("text", text="how are you")
        await client.until("turn", assistant="I am well.")
        [model] = server.stages.models
        assert [message.text for message in model.prompts[-1] if message.role == "assistant"][0].startswith(
            "There is a"
        )
        assert "indeed" not in model.prompts[-1][2].text


async def test_each_utterance_is_a_file_and_so_is_its_answer() -> None:
    wav = b"RIFF" + bytes(40) + QUESTION
    async with running(Stages(ANSWERS)) as server, server.talk("?mode=utterance&format=wav") as client:
        for _ in range(2):
            client.files.clear()
            await client.socket.send(wav)
            done = await client.until("turn")
            assert done["assistant"] == "I am well."
            [answer] = client.files
            assert answer[:4] == b"RIFF" and struct.unpack("<I", answer[24:28]) == (24_000,)
            assert len(answer[44:]) / 48_000 == pytest.approx(0.9, abs=0.02)


async def test_telephones_get_what_they_send() -> None:
    async with running(Stages(ANSWERS)) as server, server.talk(TALK + "&format=mulaw") as client:
        session = await client.until("session")
        assert session["input"] == session["output"] == {"format": "mulaw", "rate": 8000}
        await client.send("text", text="how are you")
        await client.until("turn")
        assert len(client.sound) / 8000 == pytest.approx(0.9, abs=0.02)


async def test_the_first_message_may_say_how_the_conversation_goes() -> None:
    async with running(Stages(ANSWERS)) as server, server.talk() as client:
        await client.send("configure", mode="push_to_talk", rate=8000, output_rate=16_000, persona="practice",
                          echo_cancellation=False, ahead_ms=100, max_turns=7)  # fmt: skip
        session = await client.until("session")
        assert session["input"]["rate"] == 8000 and session["persona"] == "practice"
        [request] = server.stages.requests
        assert (request.input_hz, request.output_hz, request.ahead_s) == (8000, 16_000, 0.1)
        assert (request.cancels_echo, request.persona, request.max_turns) == (False, "practice", 7)
        await client.send("configure", mode="hands_free")
        assert (await client.until("error"))["code"] == "too_late"


async def test_sound_at_once_is_a_hands_free_conversation() -> None:
    async with running() as server, server.talk() as client:
        await client.socket.send(bytes(640))
        assert (await client.until("session"))["mode"] == "hands_free"
        await client.until("state", state="listening")


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("?mode=shout", "mode"),
        ("?rate=7999", "rate"),
        ("?rate=1e9", "rate"),
        ("?rate=" + "9" * 400, "rate"),
        ("?format=mp3", "format"),
        ("?persona=butler", "persona"),
        ("?language=xx", "language"),
        ("?volume=11", "volume"),
        ("?echo_cancellation=perhaps", "echo_cancellation"),
        ("?ahead_ms=0", "ahead_ms"),
        ("?max_turns=-1", "max_turns"),
        ("?mode=", "mode"),
    ],
)
async def test_what_cannot_be_chosen_is_said_before_the_end(query: str, reason: str) -> None:
    async with running() as server, server.talk(query) as client:
        error = await client.until("error")
        assert error["code"] in ("bad_option", "unknown_option") and reason in error["message"]
        assert await client.closed() == (1008, "an option cannot be used")


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("", None),
        ("not json", "bad_json"),
        ('{"type": "text"', "bad_json"),
        ('{"type": "text", "text": "Hi \\ud800"}', "bad_json"),
        ('{"type": "\\udfff"}', "bad_json"),
        ("[" * 30_000, "bad_json"),
        ('{"type": NaN}', "bad_json"),
        ("[]", "bad_message"),
        ("null", "bad_message"),
        ('{"text": "no type"}', "bad_message"),
        ('{"type": 7}', "bad_message"),
        ('{"type": "dance"}', "unknown_type"),
        ('{"type": "text"}', "bad_message"),
        ('{"type": "text", "text": "   "}', "bad_message"),
        ('{"type": "text", "text": ["a"]}', "bad_message"),
        ('{"type": "played", "played_ms": "much"}', "bad_message"),
        ('{"type": "played", "played_ms": -1}', "bad_message"),
        ('{"type": "played", "played_ms": 1e300}', "bad_message"),
        ('{"type": "played", "played_ms": true}', "bad_message"),
        ('{"type": "mute", "on": "yes"}', "bad_message"),
        ('{"type": "approve", "call_id": "x"}', "bad_message"),
        (b"\0", "bad_audio"),
        (b"\0" * 641, "bad_audio"),
    ],
)
async def test_what_means_nothing_is_answered_and_the_conversation_goes_on(sent: str | bytes, code: str | None) -> None:
    async with running(Stages(ANSWERS)) as server, server.talk(TALK) as client:
        await client.socket.send(sent)
        if code is not None:
            assert (await client.until("error"))["code"] == code
        await client.send("text", text="how are you")
        await client.until("turn", assistant="I am well.")


async def test_what_asks_for_nothing_there_changes_nothing() -> None:
    async with running(Stages(ANSWERS)) as server, server.talk(TALK) as client:
        await client.send("approve", call_id="none", allow=True)
        for kind in ("commit", "interrupt", "retry", "start", "commit", "new_conversation"):
            await client.send(kind)
        await client.send("cancel_call", call_id="none")
        await client.send("text", text="how are you", unknown={"a": 1})
        await client.until("turn", assistant="I am well.")


async def test_a_file_that_is_none_is_said_and_the_next_is_answered() -> None:
    async with running(Stages(ANSWERS)) as server, server.talk("?mode=utterance&format=wav") as client:
        await client.socket.send(b"MThd" + bytes(200))
        assert (await client.until("error"))["code"] == "bad_audio_file"
        await client.socket.send(b"RIFF" + bytes(40) + QUESTION)
        await client.until("turn", assistant="I am well.")


@pytest.mark.parametrize(
    ("limits", "messages", "code"),
    [
        (ServerLimits(message_bytes=1000), [bytes(2000)], 1009),
        (ServerLimits(text_bytes=100), ['{"type": "text", "text": "' + "a" * 200 + '"}'], 1009),
        (ServerLimits(messages_per_second=1, burst_s=5), ['{"type": "interrupt"}'] * 20, 1008),
        (ServerLimits(burst_audio_s=1), [bytes(32_000)] * 3, 1008),
    ],
    ids=["long message", "long text", "flood", "faster than time"],
)
async def test_too_much_ends_the_connection_and_no_other(
    limits: ServerLimits, messages: list[str | bytes], code: int
) -> None:
    async with running(Stages(ANSWERS), limits) as server, server.talk(TALK) as other, server.talk(TALK) as client:
        await other.until("session")
        await client.until("session")
        for message in messages:
            await client.socket.send(message)
        assert (await client.closed())[0] == code
        if limits.text_bytes > 100:
            await other.send("text", text="how are you")
            await other.until("turn", assistant="I am well.")


async def test_a_client_that_takes_nothing_is_given_up() -> None:
    stages = Stages([("on", " ".join(["word"] * 400))])
    limits = ServerLimits(send_s=0.2, unsent_messages=50)
    query = TALK + "&ahead_ms=10000&output_rate=48000"
    async with running(stages, limits) as server, server.talk(query) as client:
        await client.until("session")
        client.socket.transport.pause_reading()
        for _ in range(30):
            await client.send("text", text="on")
        await server.sessions.emptied()
        client.socket.transport.resume_reading()
    assert stages.opened[0].state.turn


async def test_it_ends_when_nobody_says_anything_and_when_nothing_begins() -> None:
    limits = ServerLimits(idle_s=0.2, first_message_s=0.2)
    async with running(limits=limits) as server:
        async with server.talk(TALK) as client:
            assert await client.closed() == (1000, "nobody has talked for long")
        async with server.talk() as client:
            assert await client.closed() == (1008, "nothing was sent")
    async with running(limits=ServerLimits(session_s=0.2)) as server, server.talk(TALK) as client:
        assert await client.closed() == (1000, "the session was too long")


async def test_after_the_most_turns_there_is_a_goodbye_a_summary_and_the_end() -> None:
    async with running(Stages(ANSWERS)) as server, server.talk(TALK + "&max_turns=2") as client:
        for _ in range(2):
            await client.send("text", text="how are you")
            await client.until("turn", assistant="I am well.")
        assert (await client.until("conversation_ended"))["turns"] == 2
        assert (await client.until("summary"))["text"] == "They talked."
        assert (await client.closed())[0] == 1000
        assert any("Goodbye" in told.get("text", "") for told in client.told)


async def test_a_summary_is_made_on_request() -> None:
    async with running(Stages(ANSWERS)) as server, server.talk(TALK) as client:
        await client.send("text", text="how are you")
        await client.until("turn")
        await client.send("summarize")
        assert (await client.until("summary"))["text"] == "They talked."


async def test_a_conversation_that_cannot_begin_says_why() -> None:
    stages = Stages(refuses=VoiceError(ErrorCode.ENGINE_FAILED, "The engine is gone."))
    async with running(stages) as server, server.talk(TALK) as client:
        assert (await client.until("error"))["message"] == "The engine is gone."
        assert (await client.closed())[0] == 1011


async def test_the_end_of_the_server_lets_a_reply_end_and_tells_to_come_again() -> None:
    async with running(Stages(ANSWERS)) as server, server.talk(TALK) as client, server.talk(TALK) as quiet:
        await quiet.until("session")
        await client.send("text", text="how are you")
        await client.until("playback_started")
        server.stop.set()
        assert await quiet.closed() == (1012, "the server ends")
        await client.until("turn", assistant="I am well.")
        assert await client.closed() == (1012, "the server ends")


async def test_a_client_that_says_goodbye_or_just_goes_leaves_nothing() -> None:
    async with running(Stages(ANSWERS)) as server:
        async with server.talk(TALK) as client:
            await client.send("text", text="tell me more")
            await client.until("playback_started")
            await client.send("interrupt")
            await client.send("end")
            assert (await client.until("summary"))["text"] == "They talked."
            assert (await client.closed())[0] == 1000
        async with server.talk(TALK) as client:
            await client.send("text", text="tell me more")
            await client.until("playback_started")
            client.socket.transport.abort()
        await server.sessions.emptied()


async def test_a_call_that_asks_is_asked_of_the_client() -> None:
    def tools() -> ScriptedTools:
        made = ScriptedTools()
        made.add("open_door", "It is open.", permission=Permission.ASK, changes=True)
        return made

    answers = [("open the door", "CALL:open_door{} Now?"), ("It is open.", "It is open now.")]
    async with running(Stages(answers, tools=tools)) as server, server.talk(TALK) as client:
        await client.send("text", text="open the door")
        asked = await client.until("approval_asked")
        assert asked["name"] == "open_door"
        await client.send("approve", call_id=asked["call_id"], allow=True)
        assert (await client.until("tool_finished"))["ok"] is True
        await client.until("turn", assistant="It is open now.")


async def test_two_conversations_do_not_meet() -> None:
    stages = Stages([*ANSWERS, ("my word is tulip", "I know.")])
    async with running(stages) as server, server.talk(TALK) as one, server.talk(TALK) as two:
        await one.send("text", text="my word is tulip")
        await two.send("text", text="how are you")
        await one.until("turn", assistant="I know.")
        await two.until("turn", assistant="I am well.")
        assert not any("tulip" in str(told) for told in two.told)
        await two.send("text", text="tell me more")
        await two.until("playback_started")
        [prompt] = [model.prompts[-1] for model in stages.models if model.prompts[-1][-1].text == "tell me more"]
        assert not any("tulip" in message.text for message in prompt)


def test_the_key_of_the_tests_is_one() -> None:
    assert len(KEY) >= 22
