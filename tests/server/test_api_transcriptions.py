"""Recordings become text: every format, streamed or not."""

import asyncio
import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import openai
import pytest
import soundfile

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.server.limits import ServerLimits

from .api_server import ApiStages, Ears, answering, recording, refused, serving, tone

HELLO = ("hello.wav", recording(1.0))


async def test_the_client_gets_the_text_and_the_length() -> None:
    async with serving(ApiStages(Ears("Hello there.", "Again."))) as server, server.client() as client:
        heard = await client.audio.transcriptions.create(model="whisper-1", file=HELLO, prompt="Hi", temperature=0.2)
        again = await server.sync(lambda one: one.audio.transcriptions.create(model="gpt-4o-transcribe", file=HELLO))
    assert (heard.text, again.text) == ("Hello there.", "Again.")
    assert heard.usage and heard.usage.type == "duration" and heard.usage.seconds == 1.0
    assert server.stages.ears.open == 0 and server.stages.ended == 2


@pytest.mark.parametrize(("kind", "subtype"), [("WAV", "PCM_16"), ("WAV", "FLOAT"), ("MP3", "MPEG_LAYER_III"),
                                               ("FLAC", "PCM_16"), ("OGG", "VORBIS"), ("OGG", "OPUS")])  # fmt: skip
@pytest.mark.parametrize(("rate_hz", "channels"), [(48_000, 2), (16_000, 1), (24_000, 1)])
async def test_usual_kinds_of_files_are_heard(kind: str, subtype: str, rate_hz: int, channels: int) -> None:
    sound = np.frombuffer(tone(2.0, rate_hz).samples, "<i2")
    file = io.BytesIO()
    soundfile.write(file, np.stack([sound] * channels, axis=1), rate_hz, subtype, format=kind)
    async with answering(ApiStages(Ears("Yes."))) as server:
        assert (await server.upload(file.getvalue())).json()["text"] == "Yes."
    assert 1.8 < server.stages.ears.heard_s[0] < 2.3


async def test_segments_have_the_times_at_which_somebody_speaks() -> None:
    ears = Ears("One two.", "Three.")
    async with serving(ApiStages(ears)) as server, server.client() as client:
        heard = await client.audio.transcriptions.create(
            model="whisper-1", file=recording(0, 0.48, 1.28, 0.96, 0.64, 0.64), response_format="verbose_json",
            timestamp_granularities=["segment"],
        )  # fmt: skip
    assert heard.segments is not None
    assert [(each.start, each.end, each.text) for each in heard.segments] == [
        (0.48, 1.76, "One two."), (2.72, 3.36, "Three."),
    ]  # fmt: skip
    assert (heard.text, heard.language, heard.duration) == ("One two. Three.", "en", 4.0)
    assert [each.no_speech_prob for each in heard.segments] == [0.1, 0.1]
    assert ears.heard_s == [1.536, 0.896]  # each with 0.13 s before and after it


async def test_subtitles() -> None:
    sound = recording(1.28, 0.64, 0.64)
    async with serving(ApiStages(Ears("One.", "A <b> & c --> d", "One.", "A <b> & c --> d"))) as server:
        srt = await server.upload(sound, response_format="srt")
        vtt = await server.upload(sound, response_format="vtt")
    assert srt.text == (
        "1\n00:00:00,000 --> 00:00:01,280\nOne.\n\n2\n00:00:01,920 --> 00:00:02,560\nA <b> & c -> d\n\n"
    )
    assert vtt.text == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.280\nOne.\n\n"
        "00:00:01.920 --> 00:00:02.560\nA &lt;b&gt; &amp; c --&gt; d\n\n"
    )
    assert {srt.headers["content-type"], vtt.headers["content-type"]} == {"text/plain; charset=utf-8"}


async def test_text_is_plain() -> None:
    async with serving(ApiStages(Ears("Grüße."))) as server, server.client() as client:
        text: Any = await client.audio.transcriptions.create(model="whisper-1", file=HELLO, response_format="text")
    assert text == "Grüße.\n"


async def test_a_short_recording_is_heard_as_a_whole_from_the_first_word_to_the_last() -> None:
    ears = Ears("All of it.")
    async with serving(ApiStages(ears)) as server:
        assert (await server.upload(recording(0, 5.12, 1.28, 0.96, 0.64, 4.0))).json()["text"] == "All of it."
    assert ears.heard_s == [round(1.28 + 0.96 + 0.64 + 2 * 0.128, 3)]


async def test_a_long_recording_is_heard_in_pieces_between_which_others_come_to_their_turn() -> None:
    ears = Ears("One.", "Two.", "Three.", "Four.")
    async with serving(ApiStages(ears)) as server:
        assert (await server.upload(recording(20, 1, 20, 1, 50))).json()["text"] == "One. Two. Three. Four."
    assert max(ears.heard_s) <= 30


@pytest.mark.parametrize("format", ["json", "text", "srt", "vtt", "verbose_json"])
async def test_where_nobody_speaks_nothing_is_heard(format: str) -> None:
    async with answering() as server:
        answer = await server.upload(recording(0, 3.0), response_format=format)
    assert answer.status_code == 200
    text = answer.json()["text"] if "json" in format else answer.text.removeprefix("WEBVTT").strip()
    assert text == ""


async def test_a_transcript_is_streamed_segment_by_segment() -> None:
    async with serving(ApiStages(Ears("One two.", "Three."))) as server, server.client() as client:
        stream = await client.audio.transcriptions.create(
            model="gpt-4o-mini-transcribe", file=recording(1, 1, 1), stream=True
        )
        told = [event async for event in stream]
    assert [event.type for event in told] == ["transcript.text.delta"] * 2 + ["transcript.text.done"]
    deltas = [event.delta for event in told if event.type == "transcript.text.delta"]
    done = [event.text for event in told if event.type == "transcript.text.done"]
    assert (deltas, done) == (["One two.", " Three."], ["One two. Three."])


async def test_a_stream_that_fails_in_its_middle_says_so() -> None:
    late = VoiceError(ErrorCode.ENGINE_FAILED, "It broke.", retryable=True)
    async with serving(ApiStages(Ears("One.", late))) as server, server.client() as client:
        stream = await client.audio.transcriptions.create(model="whisper-1", file=recording(1, 1, 1), stream=True)
        with pytest.raises(openai.APIError, match=r"It broke\."):
            _ = [event async for event in stream]


FLAWS: list[tuple[Mapping[str, Any], str]] = [
    ({"model": ""}, "model"),
    ({"response_format": "diarized_json"}, "response_format"),
    ({"response_format": "JSON"}, "response_format"),
    ({"response_format": "srt", "stream": "true"}, "response_format"),
    ({"stream": "maybe"}, "stream"),
    ({"timestamp_granularities[]": ["word"], "response_format": "verbose_json"}, "timestamp_granularities"),
    ({"include[]": "logprobs"}, "include"),
    ({"known_speaker_names[]": "Ann"}, "known_speaker_names"),
    ({"language": "de"}, "language"),
    ({"language": "Klingon!"}, "language"),
    ({"languages[]": ["fr", "es"]}, "language"),
    ({"beam_size": "5"}, "beam_size"),
]


@pytest.mark.parametrize(("fields", "param"), FLAWS)
async def test_a_form_that_asks_for_what_is_not_here_is_refused(fields: Mapping[str, Any], param: str) -> None:
    async with answering() as server:
        refused(await server.upload(HELLO[1], **fields), 400, param)


@pytest.mark.parametrize(
    "fields",
    [
        {"language": "en"}, {"language": "en-US"}, {"language": ""}, {"languages[]": ["de", "en"]}, {"stream": "false"},
        {"temperature": "0"}, {"prompt": "Ünï"}, {"chunking_strategy": "auto"}, {"keywords[]": ["a", "b"]},
        {"chunking_strategy[type]": "server_vad"}, {"timestamp_granularities[]": "segment"},
    ],
)  # fmt: skip
async def test_hints_are_taken(fields: Mapping[str, Any]) -> None:
    async with answering(ApiStages(Ears("Yes."))) as server:
        assert (await server.upload(HELLO[1], **fields)).json()["text"] == "Yes."


async def test_a_client_that_goes_away_is_not_heard_any_further() -> None:
    ears = Ears()
    ears.stalls = True
    async with serving(ApiStages(ears)) as server:
        uploading = asyncio.create_task(server.upload(HELLO[1]))
        await asyncio.wait_for(ears.asked.wait(), 20)
        uploading.cancel()
        await asyncio.wait_for(ears.closed.wait(), 20)
        await asyncio.gather(uploading, return_exceptions=True)
    assert ears.open == 0


async def test_one_more_than_there_is_room_for_is_told_at_once() -> None:
    ears = Ears()
    ears.stalls = True
    async with serving(ApiStages(ears), ServerLimits(stage_requests=1)) as server:
        first = asyncio.create_task(server.upload(HELLO[1]))
        await asyncio.wait_for(ears.asked.wait(), 20)
        answer = await server.upload(HELLO[1])
        refused(answer, 429, code="rate_limit_exceeded")
        assert answer.headers["retry-after"] == "2"
        first.cancel()
        await asyncio.wait_for(ears.closed.wait(), 20)
        ears.stalls, ears.texts = False, ["Free again."]
        assert (await server.upload(HELLO[1])).json()["text"] == "Free again."
        await asyncio.gather(first, return_exceptions=True)


@pytest.mark.parametrize(
    ("code", "retryable", "status"),
    [
        (ErrorCode.ENGINE_FAILED, True, 503), (ErrorCode.ENGINE_FAILED, False, 503), (ErrorCode.OFFLINE, True, 503),
        (ErrorCode.RATE_LIMITED, True, 429), (ErrorCode.TIMED_OUT, True, 504), (ErrorCode.WRONG_KEY, False, 502),
        (ErrorCode.NO_KEY, False, 502), (ErrorCode.TOO_LARGE, False, 413), (ErrorCode.BAD_ANSWER, True, 502),
        (ErrorCode.MODEL_MISSING, False, 503), (ErrorCode.SERVER_FAILED, True, 503),
    ],
)  # fmt: skip
async def test_a_stage_that_fails_is_told_with_a_fitting_status(code: ErrorCode, retryable: bool, status: int) -> None:
    ears = Ears(VoiceError(code, "It broke.", retryable=retryable))
    async with answering(ApiStages(ears)) as server:
        answer = await server.upload(HELLO[1])
    assert refused(answer, status) == "It broke."
    assert ("retry-after" in answer.headers) == (retryable and status in (429, 503))


async def test_the_client_comes_again_by_itself_while_the_engine_starts_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voicegui.server.api.errors.RESTART_S", 1)  # the client waits so long
    ears = Ears(VoiceError(ErrorCode.ENGINE_FAILED, "It broke.", retryable=True), "Back.")
    async with serving(ApiStages(ears)) as server:
        server.retries = 1
        heard = await server.sync(lambda client: client.audio.transcriptions.create(model="whisper-1", file=HELLO))
    assert heard.text == "Back."
