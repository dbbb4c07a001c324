import os
from dataclasses import replace
from pathlib import Path

import pytest

from voicegui.core.settings import Settings
from voicegui.storage import settings


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    file = tmp_path / "profile" / "settings.toml"
    changed = replace(Settings(), threshold=0.7, hands_free=False, prompt='Say "hi"\nin two lines. Ünïcode ☺')
    settings.save(file, changed)
    assert settings.load(file) == (changed, [])
    assert os.listdir(file.parent) == ["settings.toml"]


def test_no_file_means_defaults(tmp_path: Path) -> None:
    assert settings.load(tmp_path / "settings.toml") == (Settings(), [])


def test_invalid_values_are_named_and_the_rest_is_used(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('voice = 3\nthreshold = 7\nsilence_ms = 300.5\nhands_free = 1\npatience = 2\nllm = "local:x"\n')
    loaded, problems = settings.load(file)
    assert loaded == replace(Settings(), patience=2.0, llm="local:x")
    assert len(problems) == 4
    assert "voice" in problems[0] and "text in quotes" in problems[0]
    assert "from 0.1 to 0.95" in problems[1]


def test_not_a_number_is_out_of_range(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("threshold = nan\n")
    loaded, problems = settings.load(file)
    assert loaded == Settings() and len(problems) == 1


def test_unknown_keys_warn_and_survive_saving(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('from_the_future = "x"\n\n[table]\ny = 1\n')
    loaded, problems = settings.load(file)
    assert (loaded, problems) == (Settings(), [])
    assert "from_the_future" in caplog.text
    settings.save(file, replace(loaded, voice="other"))
    assert 'from_the_future = "x"' in file.read_text() and "[table]" in file.read_text()
    assert settings.load(file)[0].voice == "other"


@pytest.mark.parametrize("content", [b"voice = ", b"\xff\xfe", b"[voice"])
def test_an_unreadable_file_gives_defaults_and_is_set_aside(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "settings.toml"
    file.write_bytes(content)
    loaded, problems = settings.load(file)
    assert loaded == Settings() and len(problems) == 1
    settings.save(file, loaded)
    assert (tmp_path / "settings.toml.unreadable").read_bytes() == content
    assert settings.load(file) == (Settings(), [])


def test_a_failed_save_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "settings.toml"
    settings.save(file, Settings())
    before = file.read_bytes()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        settings.save(file, replace(Settings(), voice="other"))
    assert file.read_bytes() == before
    assert os.listdir(tmp_path) == ["settings.toml"]
