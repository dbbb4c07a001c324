"""Whose voice a sample has: exactly the one that was asked for, whatever is chosen."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

import pytest

from tests.one_key import OneKey
from tests.openai_server.behaving import Models
from tests.openai_server.server import Answer, Request, as_json, serving
from voicegui.app.composition import LoadedProgram, load_program
from voicegui.app.voice_preview import SENTENCE, speaker
from voicegui.core.audio import Audio
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.settings import Settings
from voicegui.providers.engine_entry import EngineEntry, EngineRequest, Provided


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HIBARI_HOME", str(tmp_path / "voices"))


def program(tmp_path: Path, *own: EngineEntry) -> LoadedProgram:
    return load_program(tmp_path, providers=own)


async def heard(
    program: LoadedProgram, service: str, voice: str, settings: Settings | None = None, keys: OneKey | None = None
) -> Sequence[Audio]:
    who = speaker(program, settings or Settings(), keys or OneKey(), None, service, voice)
    async with who as tts:
        return [audio async for audio in tts.speak(SENTENCE)]


class Speech(Models):
    """Notes who was asked to speak."""

    def __init__(self) -> None:
        super().__init__("", samples=1)
        self.asked: list[tuple[str, str]] = []

    def answer(self, request: Request) -> Answer:
        if request.path == "/v1/audio/speech":
            self.asked.append((request.json["model"], request.json["voice"]))
        return super().answer(request)


@pytest.mark.parametrize(
    ("settings", "model"),
    [
        (Settings(), "gpt-4o-mini-tts"),
        (Settings(tts="openai:tts-1", cloud_voice="marin"), "tts-1"),
        (Settings(tts="groq", cloud_voice="Fritz", tts_url="http://127.0.0.1:9/v1"), "gpt-4o-mini-tts"),
    ],
)
async def test_a_voice_of_a_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings, model: str
) -> None:
    speech = Speech()
    async with serving(speech.answer) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        for voice in ("cedar", "af_heart", "a voice of my own"):
            assert await heard(program(tmp_path), "openai", voice, settings)
    assert speech.asked == [(model, "cedar"), (model, "af_heart"), (model, "a voice of my own")]


async def test_a_voice_of_ones_own_server(tmp_path: Path) -> None:
    speech = Speech()
    async with serving(speech.answer) as server:
        settings = Settings(tts="custom:kokoro", tts_url=server.url)
        assert await heard(program(tmp_path), "custom", "af_sky", settings, OneKey(""))
    assert speech.asked == [("kokoro", "af_sky")]
    with pytest.raises(VoiceError, match="needs its address"):
        await heard(program(tmp_path), "custom", "af_sky")


async def test_without_a_key_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="OpenAI needs a key and there is none") as caught:
        await heard(program(tmp_path), "openai", "cedar", keys=OneKey(""))
    assert caught.value.code is ErrorCode.NO_KEY


async def test_a_wrong_key_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(request: Request) -> Answer:
        return as_json({"error": {"message": "sk-test is wrong", "code": "invalid_api_key"}}, status=401)

    async with serving(refuse) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        with pytest.raises(VoiceError, match="does not accept the key") as caught:
            await heard(program(tmp_path), "openai", "cedar")
    assert caught.value.code is ErrorCode.WRONG_KEY


async def test_a_voice_that_came_with_the_program(tmp_path: Path) -> None:
    closed = asyncio.Event()

    class Owner:
        async def start(self, progress: object) -> None: ...

        async def aclose(self) -> None:
            closed.set()

    class Own:
        def __init__(self, voice: str) -> None:
            self._voice = voice

        async def speak(self, text: str) -> AsyncGenerator[Audio, None]:
            yield Audio(self._voice.encode(), 24_000)

        def voices(self) -> Sequence[str]:
            return [self._voice]

    async def speaks(request: EngineRequest) -> Provided:
        return Provided(Owner(), tts=Own(request.voice))

    async def does_not(request: EngineRequest) -> Provided:
        return Provided(Owner())

    own = program(tmp_path, EngineEntry("own", "Own", speaks))
    assert await heard(own, "own", "mine") == [Audio(b"mine", 24_000)]
    assert closed.is_set()
    closed.clear()
    deaf = program(tmp_path, EngineEntry("deaf", "Deaf", does_not))
    with pytest.raises(VoiceError, match="does not speak"):
        await heard(deaf, "deaf", "mine")
    assert closed.is_set()
    with pytest.raises(VoiceError, match="no service “gone”"):
        await heard(own, "gone", "mine")


@pytest.mark.slow
async def test_a_voice_of_this_machine_while_nothing_runs_here(tmp_path: Path) -> None:
    sounds = await heard(program(tmp_path), "local", "heart", Settings(tts="openai"))
    assert sum(audio.seconds for audio in sounds) > 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("voice", "said"),
    [
        ("emma", "The voice “emma” is not on this machine: its 8 MB are not downloaded."),
        ("nobody", "There is no voice “nobody” for this machine."),
    ],
)
async def test_a_voice_that_is_not_here(tmp_path: Path, voice: str, said: str) -> None:
    with pytest.raises(VoiceError, match=said) as caught:
        await heard(program(tmp_path), "local", voice)
    assert caught.value.code is ErrorCode.MODEL_MISSING
