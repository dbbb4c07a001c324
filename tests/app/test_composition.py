"""What every command starts from: settings, and what holds for one run."""

from pathlib import Path
from typing import Any

import pytest

from voicegui.app.composition import load_program
from voicegui.core.settings import Settings
from voicegui.storage import settings_file as settings_file

BOX, OTHER = "http://box:1234/v1", "http://other:1234/v1"


@pytest.mark.parametrize(
    ("kept", "given", "llm", "url"),
    [
        ({}, {"llm_url": BOX}, "custom", BOX),
        ({}, {"llm": "ollama:llama4", "llm_url": BOX}, "ollama:llama4", BOX),
        ({"llm": "ollama:llama4"}, {"llm_url": BOX}, "ollama:llama4", BOX),
        ({"llm": "custom:a", "llm_url": BOX}, {"llm_url": OTHER}, "custom:a", OTHER),
        ({"llm": "custom:a", "llm_url": BOX}, {"llm": "custom:b"}, "custom:b", BOX),
        ({"llm": "custom:a", "llm_url": BOX}, {"llm": "openai"}, "openai", ""),
        ({"llm": "custom:a", "llm_url": BOX}, {"tts": "openai"}, "custom:a", BOX),
    ],
)
def test_an_address_stays_with_its_service(
    tmp_path: Path, kept: dict[str, Any], given: dict[str, Any], llm: str, url: str
) -> None:
    settings_file.save_settings(tmp_path / "settings.toml", Settings(**kept))
    program = load_program(tmp_path, given)
    assert program.problems == ()
    assert (program.settings.llm, program.settings.llm_url) == (llm, url)
    assert load_program(tmp_path).settings == Settings(**kept), "for this run only"
