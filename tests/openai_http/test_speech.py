"""Speech."""

import asyncio

import pytest

from tests.openai_server.script import scripted, speech
from tests.openai_server.server import Answer, Fault, Request, as_json
from voicegui.core.audio import Audio
from voicegui.core.errors import ErrorCode, VoiceError

from .conftest import compatible_at, refusal, talking, tone


def pcm(*pieces: bytes | Fault | asyncio.Event, kind: str = "audio/pcm") -> Answer:
    return Answer(pieces, kind=kind)


def joined(sounds: list[Audio] | tuple[Audio, ...]) -> bytes:
    return b"".join(sound.samples for sound in sounds)


LOUD = b"\x00\x20" * 2400


async def test_asks_for_pcm_in_the_chosen_voice() -> None:
    def expect(request: Request) -> None:
        assert request.json == {
            "model": "gpt-4o-mini-tts",
            "voice": "cedar",
            "input": "Paris.",
            "response_format": "pcm",
            "instructions": "calmly",
            "speed": 1.25,
        }

    async with scripted(speech(pcm(LOUD), expect)) as server, talking(server) as talk:
        tts = talk.engine.tts(voice="cedar", instructions="calmly", speed=1.25)
        assert [audio async for audio in tts.speak("Paris.")] == [Audio(LOUD, 24_000)]


async def test_the_usual_voice_without_more() -> None:
    def expect(request: Request) -> None:
        assert request.json["voice"] == "marin"
        assert not {"instructions", "speed"} & set(request.json)

    async with scripted(speech(pcm(LOUD), expect)) as server, talking(server) as talk:
        await talk.speak()


async def test_the_first_bytes_are_heard_at_once() -> None:
    rest = asyncio.Event()
    async with scripted(speech(pcm(LOUD, rest, LOUD))) as server, talking(server) as talk:
        speaking = talk.engine.tts().speak("Paris.")
        assert await anext(speaking) == Audio(LOUD, 24_000)
        rest.set()
        assert joined([audio async for audio in speaking]) == LOUD


async def test_odd_bytes_stay_samples() -> None:
    async with scripted(speech(pcm(LOUD[:3], LOUD[3:1001], LOUD[1001:], b"\x01"))) as server, talking(server) as talk:
        assert joined(tuple(await talk.speak())) == LOUD


async def test_twenty_megabytes_are_spoken() -> None:
    sound = tone(20_000_000 / 48_000, 24_000).samples
    async with scripted(speech(pcm(sound))) as server, talking(server) as talk:
        # the first sample of a tone is silent, and kept
        assert joined(tuple(await talk.speak())) == sound


async def test_another_rate_is_believed() -> None:
    async with scripted(speech(pcm(LOUD, kind="audio/L16; rate=16000"))) as server, talking(server) as talk:
        assert await talk.speak() == [Audio(LOUD, 16_000)]


@pytest.mark.parametrize("text", ["", " ", "...", "\0\x01", "😀"])
async def test_what_has_no_words_costs_no_request(text: str) -> None:
    async with scripted() as server, talking(server) as talk:
        assert await talk.speak(text) == []


async def test_what_a_server_refuses_is_left_out_and_said() -> None:
    steps = (
        speech(as_json(refusal("invalid", "response_format must be one of [wav]"), 400)),
        speech(as_json(refusal("unsupported_value", param="instructions"), 400), lambda r: r.json["response_format"]),
        speech(pcm(LOUD), lambda r: (r.json["response_format"] == "wav") == ("instructions" not in r.json)),
    )
    async with scripted(*steps) as server, talking(server) as talk:
        tts = talk.engine.tts(instructions="calmly")
        assert joined([audio async for audio in tts.speak("Paris.")]) == LOUD
        assert [told.split(" ", 1)[0] for told in talk.told] == ["OpenAI", "OpenAI"]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (as_json({"audio": "none"}), "JSON instead of PCM"),
        (pcm(), "no sound"),
    ],
)
async def test_what_is_no_sound_is_a_bad_answer(answer: Answer, sentence: str) -> None:
    async with scripted(speech(answer)) as server, talking(server) as talk:
        with pytest.raises(VoiceError, match=sentence) as caught:
            await talk.speak()
        assert caught.value.code is ErrorCode.BAD_ANSWER


async def test_what_was_heard_is_not_spoken_again() -> None:
    async with scripted(speech(pcm(LOUD, Fault.RESET))) as server, talking(server) as talk:
        speaking = talk.engine.tts().speak("Paris.")
        assert (await anext(speaking)).samples == LOUD
        with pytest.raises(VoiceError, match="broke off"):
            await anext(speaking)
        assert talk.waits.seconds == []


async def test_closing_closes_the_request() -> None:
    answer = pcm(LOUD, Fault.STALL)
    async with scripted(speech(answer)) as server, talking(server) as talk:
        speaking = talk.engine.tts().speak("Paris.")
        await anext(speaking)
        await speaking.aclose()
        async with asyncio.timeout(5):
            await answer.given_up.wait()


async def test_voices_are_those_of_the_service_and_ones_own() -> None:
    async with scripted() as server, talking(server) as talk:
        assert talk.engine.tts().voices()[0] == "marin"
        assert talk.engine.tts(voice="voice_1234").voices()[:2] == ("voice_1234", "marin")
    async with scripted() as server, talking(compatible_at(server.url)) as talk:
        assert talk.engine.tts(voice="af_heart").voices() == ("af_heart",)
