"""What the composition root hands to a conversation."""

from pathlib import Path
from typing import Any

import pytest

from tests.one_key import OneKey
from tests.openai_server.behaving import Models
from tests.openai_server.server import Answer, Request, serving
from voicegui.app.services import write_audio
from voicegui.core.audio import Audio
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.settings import Settings
from voicegui.media.wav import read_wav
from voicegui.providers.openai.service_engine import ServiceEngine
from voicegui.providers.openai.service_settings import configured


async def test_kept_sound_becomes_a_wav_file(tmp_path: Path) -> None:
    sound = Audio(b"\1\2" * 1600, 16_000)
    await write_audio(str(tmp_path / "kept.wav"), sound)
    assert read_wav(tmp_path / "kept.wav") == sound


async def test_a_folder_that_is_not_there_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(VoiceError) as caught:
        await write_audio(str(tmp_path / "none" / "kept.wav"), Audio(b"\1\2", 16_000))
    assert caught.value.code is ErrorCode.BAD_AUDIO_FILE


@pytest.mark.parametrize(
    ("chosen", "asked"), [("marin", "af_heart"), ("af_bella", "af_bella"), ("a voice of my own", "a voice of my own")]
)
async def test_a_voice_that_only_others_have_is_not_asked_for(chosen: str, asked: str) -> None:
    voices: list[str] = []

    def answer(request: Request) -> Answer:
        if request.path == "/v1/audio/speech":
            voices.append(request.json["voice"])
        return Models("", samples=1).answer(request)

    async with serving(answer) as server:
        settings = Settings(tts="speaches", tts_url=server.url, cloud_voice=chosen)
        engine = ServiceEngine(configured(settings, "speaches"), settings, OneKey(""), lambda noticed: None)
        tts = engine.tts("gpt-4o-mini-tts")
        await engine.start(lambda loading: None)
        for _ in range(2):
            assert [audio async for audio in tts.speak("Hello.")]
            engine.apply(settings)
        await engine.aclose()
    assert voices == [asked, asked]


@pytest.mark.parametrize(
    ("urls", "label"),
    [
        ({"llm_url": "http://box:1234/v1", "tts_url": "http://box:1234/v1"}, "box:1234"),
        ({"llm_url": "http://box:1234/v1", "tts_url": "http://other:80/v1"}, "Your server"),
    ],
)
def test_a_server_without_a_name_is_called_by_its_address(urls: dict[str, Any], label: str) -> None:
    assert str(configured(Settings(llm="custom", tts="custom", **urls), "custom").label) == label


def test_a_service_lists_its_models_where_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    speaches = configured(Settings(tts="speaches", tts_url="http://box:8000/v1"), "speaches")
    assert speaches.base_url == "http://box:8000/v1"
    mixed = configured(Settings(llm="openai", tts="openai", tts_url="http://box:8000/v1"), "openai")
    assert (mixed.llm_url, mixed.tts_url) == ("https://api.openai.com/v1", "http://box:8000/v1")
