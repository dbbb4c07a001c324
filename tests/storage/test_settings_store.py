"""The settings file while a program runs: edited by hand, by another program, and for one run only."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from voicegui.app.composition import load_program
from voicegui.core.settings import Settings
from voicegui.storage import settings_file
from voicegui.storage.profile import write_atomically
from voicegui.storage.settings_file import SettingsStore


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def begun(file: Path, **kept: object) -> tuple[SettingsStore, Settings]:
    """A program that runs with what is in the file."""
    first = replace(Settings(), **kept)  # type: ignore[arg-type]
    settings_file.save_settings(file, first)
    return SettingsStore(file, first, first), first


def edited(file: Path, before: str, after: str) -> None:
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), "utf-8")


EDITS: dict[str, tuple[Callable[[Path], object], dict[str, object]]] = {
    "a comment became a value": (lambda file: edited(file, "#patience = 1.0", "patience = 2.0"), {"patience": 2.0}),
    "a value was changed": (lambda file: edited(file, "speed = 1.5", "speed = 0.8"), {"speed": 0.8}),
    "a value was taken away": (lambda file: edited(file, "speed = 1.5\n", ""), {"speed": 1.0}),
    "a value was made a comment": (lambda file: edited(file, "speed = 1.5", "#speed = 1.5"), {"speed": 1.0}),
    "another theme": (lambda file: edited(file, "#theme = ", 'theme = "dark"\n#theme = '), {"theme": "dark"}),
    "in another section": (
        lambda file: edited(file, "[appearance]", "[appearance]\nkeep_history = false"),
        {"keep_history": False},
    ),
    "all of it was written anew": (
        lambda file: file.write_text('version = 3\n[voice]\nvoice = "bella"\n'),
        {"voice": "bella", "speed": 1.0},
    ),
    "by Windows, with a mark": (
        lambda file: file.write_bytes(b'\xef\xbb\xbfversion = 3\r\n[voice]\r\nvoice = "bella"\r\nspeed = 1.5\r\n'),
        {"voice": "bella", "speed": 1.5},
    ),
    "several lines of text": (
        lambda file: edited(file, "[conversation]", '[conversation]\nprompt = """\nBe\nbrief."""'),
        {"prompt": "Be\nbrief."},
    ),
    "nothing": (lambda file: None, {"speed": 1.5}),
}


@pytest.mark.parametrize(("edit", "holds"), EDITS.values(), ids=EDITS.keys())
def test_what_was_edited_by_hand_stays_when_a_setting_is_moved(
    file: Path, edit: Callable[[Path], None], holds: dict[str, object]
) -> None:
    store, used = begun(file, speed=1.5)
    edit(file)
    assert not store.write(replace(used, volume=40))
    found, problems = settings_file.load_settings(file)
    assert problems == [] and found.volume == 40
    assert {name: getattr(found, name) for name in holds} == holds


def test_what_was_moved_last_holds(file: Path) -> None:
    store, used = begun(file)
    edited(file, "#volume = 100", "volume = 10")
    used = replace(used, volume=40)
    store.write(used)
    store.write(replace(used, volume=100))  # back to the default: chosen nevertheless
    assert settings_file.load_settings(file)[0].volume == 100


def test_two_programs_keep_each_others_changes(file: Path) -> None:
    one, used = begun(file)
    other = SettingsStore(file, used, used)
    one.write(mine := replace(used, volume=40))
    other.write(replace(used, patience=2.0))
    one.write(replace(mine, theme="dark"))
    found = settings_file.load_settings(file)[0]
    assert (found.volume, found.patience, found.theme) == (40, 2.0, "dark")


def test_unknown_names_stay(file: Path) -> None:
    store, used = begun(file)
    file.write_text('version = 3\nnext = 1\n[voice]\npitch = 2\n[newer]\nhue = "red"\n')
    store.write(replace(used, volume=40))
    text = file.read_text("utf-8")
    assert "next = 1" in text and "pitch = 2" in text and 'hue = "red"' in text and "volume = 40" in text


@pytest.mark.parametrize(
    ("broken", "speed"),
    [
        ("[voice]\nspeed = 1,5\n", 1.5),  # as it was before
        ("[voice]\nspeed = 0.9\nvoice = bella\n", 0.9),
        ("[voice\nspeed = 0.9\n", 0.9),
        ("[voice]\nspeed = 99\n", 1.5),
        ("\0\0\0\xff", 1.5),
    ],
)
def test_a_broken_edit_is_told_and_put_aside_and_nothing_is_lost(file: Path, broken: str, speed: float) -> None:
    store, used = begun(file, speed=1.5, prompt="Be brief.")
    file.write_text(broken, "latin-1")
    assert store.write(replace(used, volume=40))
    found, problems = settings_file.load_settings(file)
    assert problems == []
    assert (found.volume, found.speed, found.prompt) == (40, speed, "Be brief.")
    assert file.with_name("settings.toml.unreadable").read_text("latin-1") == broken


def test_a_file_that_is_gone_is_written_as_it_was(file: Path) -> None:
    store, used = begun(file, speed=1.5)
    file.unlink()
    store.write(replace(used, volume=40))
    found = settings_file.load_settings(file)[0]
    assert (found.volume, found.speed) == (40, 1.5)


def test_what_could_not_be_written_is_written_later(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, used = begun(file)

    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(settings_file, "write_atomically", full)
        with pytest.raises(OSError, match="No space"):
            store.write(used := replace(used, volume=40))
    store.write(replace(used, theme="dark"))
    found = settings_file.load_settings(file)[0]
    assert (found.volume, found.theme) == (40, "dark")


def test_nothing_is_written_if_nothing_was_changed(file: Path) -> None:
    store, used = begun(file)
    before = file.stat().st_mtime_ns, file.read_bytes()
    store.write(used)
    assert (file.stat().st_mtime_ns, file.read_bytes()) == before


BOX = "http://box:1234/v1"


@pytest.mark.parametrize(
    "given",
    [
        {"llm": "openai"}, {"stt": "openai"}, {"tts": "openai:tts-1"}, {"llm_url": BOX}, {"stt_url": BOX},
        {"tts_url": BOX}, {"llm": "local:qwen2.5-0.5b"}, {"llm": "ollama:llama4", "llm_url": BOX},
        {"stt": "openai", "llm": "openai", "tts": "openai"}, {"llm": "groq", "tts_url": BOX},
    ],
)  # fmt: skip
@pytest.mark.parametrize("kept", [{}, {"llm": "custom:a", "llm_url": "http://mine:1/v1", "speed": 1.5}])
def test_what_holds_for_one_run_is_never_kept(tmp_path: Path, given: dict[str, str], kept: dict[str, object]) -> None:
    if kept:
        settings_file.save_settings(tmp_path / "settings.toml", Settings(**kept))  # type: ignore[arg-type]
    program = load_program(tmp_path, given)
    assert program.kept is not None
    store = SettingsStore(program.profile.settings_file, program.settings, program.kept)
    used = program.settings
    for change in ({"theme": "dark"}, {"volume": 40}, {"theme": "light"}):
        used = replace(used, **change)
        store.write(used)
    changed = {"theme": "light", "volume": 40}
    assert load_program(tmp_path).settings == replace(Settings(**kept), **changed)  # type: ignore[arg-type]


def test_nor_when_the_file_is_broken(tmp_path: Path) -> None:
    program = load_program(tmp_path, {"llm": "openai"})
    assert program.kept is not None
    store = SettingsStore(program.profile.settings_file, program.settings, program.kept)
    program.profile.settings_file.write_text("[voice\n= 3\n")
    store.write(replace(program.settings, theme="dark"))
    assert load_program(tmp_path).settings == replace(Settings(), theme="dark")


def test_what_is_chosen_in_the_window_is_kept_all_the_same(tmp_path: Path) -> None:
    program = load_program(tmp_path, {"llm": "openai"})
    assert program.kept is not None
    store = SettingsStore(program.profile.settings_file, program.settings, program.kept)
    store.write(replace(program.settings, llm="groq"))
    assert load_program(tmp_path).settings.llm == "groq"


def test_two_programs_that_write_at_the_same_time_both_keep_what_they_changed(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each reads the file before the other one has written it, unless one waits for the other."""
    first, settings = begun(file)
    second, _ = begun(file)
    second_begins, write = threading.Event(), write_atomically
    other = threading.Thread(target=lambda: (second_begins.set(), second.write(replace(settings, volume=40))))

    def written(path: Path, content: bytes) -> None:
        if not second_begins.is_set():
            other.start()
            second_begins.wait()
            assert _stays_alive(other), "it did not wait"
        write(path, content)

    monkeypatch.setattr(settings_file, "write_atomically", written)
    first.write(replace(settings, speed=1.4))
    other.join()
    found = settings_file.load_settings(file)[0]
    assert (found.speed, found.volume) == (1.4, 40)


def _stays_alive(thread: threading.Thread) -> bool:
    thread.join(0.05)
    return thread.is_alive()


def test_a_folder_without_locks_is_written_all_the_same(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise NotImplementedError

    monkeypatch.setattr(FileLock, "acquire", fails)
    store, settings = begun(file)
    store.write(replace(settings, speed=1.4))
    assert settings_file.load_settings(file)[0].speed == 1.4
