"""`voicegui say`: what the voice gets, what is saved, and what goes wrong."""

import subprocess
import sys
import wave
from pathlib import Path

import pytest

from voicegui.core.text.sentences import spoken_sentences


def say(*arguments: object, profile: Path, text: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "voicegui", "--profile", str(profile), "say", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, timeout=120, input=text)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Good morning.", ["Good morning."]),
        ("It is **late**. See [it](https://x.org).\n\n- one\n- two", ["It is late.", "See it.", "one", "two"]),
        ("```\ncode\n```", []),
        ("", []),
        (" \n", []),
        ("Go to https://good.com@evil.com/ now.", ["Go to the unusual address evil dot com now."]),
        ("It rained all day, and we stayed. So", ["It rained all day,", "and we stayed.", "So"]),
    ],
)
def test_the_pieces_are_those_of_a_reply(text: str, pieces: list[str]) -> None:
    assert list(spoken_sentences(text)) == pieces


def test_printing_needs_no_voice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICEGUI_MODELS", str(tmp_path / "empty"))
    done = say("--print", "Hello there. **Bye** \x1b[2J", profile=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().splitlines() == ["Hello there.", "Bye ⟨U+001B⟩[2J"]


@pytest.mark.parametrize("arguments", [(), ("-",)])
def test_standard_input(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = say("--print", *arguments, profile=tmp_path, text="\ufeffGrüße. Bye.".encode())
    assert done.stdout.decode().splitlines() == ["Grüße.", "Bye."]


@pytest.mark.parametrize(
    ("text", "said"),
    [(b"\xff\xfea", "UTF-8"), (b"a" * 1_000_001, "too long"), (b"", "nothing"), (b"```x```", "nothing")],
)
def test_what_cannot_be_said_is_a_sentence(text: bytes, said: str, tmp_path: Path) -> None:
    done = say("--print", profile=tmp_path, text=text)
    assert (done.returncode, done.stdout) == (2, b"")
    assert said in done.stderr.decode() and len(done.stderr.splitlines()) == 1


@pytest.mark.slow
def test_a_text_becomes_a_file(tmp_path: Path) -> None:
    done = say("Good morning. How are you?", "--save", tmp_path / "a.wav", "--print", profile=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode().splitlines() == ["Good morning.", "How are you?"]
    with wave.open(str(tmp_path / "a.wav")) as file:
        assert file.getframerate() == 48_000 and 0.8 < file.getnframes() / file.getframerate() < 10


@pytest.mark.slow
def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    done = say("Hello.", "--save", tmp_path / "none" / "a.wav", profile=tmp_path)
    assert done.returncode == 2 and b"Traceback" not in done.stderr and len(done.stderr.splitlines()) == 1


@pytest.mark.slow
def test_a_voice_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('version = 2\n[voice]\nvoice = "nobody"\n')
    done = say("Hello.", "--save", tmp_path / "a.wav", profile=tmp_path)
    assert done.returncode == 4 and b"no voice" in done.stderr


@pytest.mark.slow
def test_without_a_speaker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/nobody")
    monkeypatch.setenv("HOME", str(tmp_path))
    done = say("Hello.", profile=tmp_path)
    assert done.returncode == 4 and len(done.stderr.splitlines()) == 1 and b"speaker" in done.stderr
    assert b"--save" in done.stderr and b"replies" not in done.stderr
