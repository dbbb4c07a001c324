"""Whatever devices and sound files give to say is looked up, to its last word."""

import builtins
import errno
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.audio.test_stream_keeper import BOTH, DESK, World
from tests.pseudo_pieces import in_pieces as in_pieces
from tests.pseudo_pieces import not_looked_up
from voicegui.audio import portaudio
from voicegui.audio.pulseaudio import StreamRoute
from voicegui.audio.stream_keeper import Surroundings, nothing_there
from voicegui.core.audio import Audio
from voicegui.core.errors import VoiceError
from voicegui.core.ports import SoundTrouble
from voicegui.media.wav import check_target, read_wav, write_wav

pytestmark = pytest.mark.usefixtures("in_pieces")

NAMES = ("Desk microphone", "Headset", "desk", "headset")


@pytest.mark.parametrize("direction", ["input", "output"])
@pytest.mark.parametrize("problem", ["Device busy", "Device unavailable", "Invalid device"])
def test_a_device_that_does_not_open(direction: str, problem: str) -> None:
    message = portaudio._translated(direction, "7", problem).message
    assert "⟧7⟦" in message and not_looked_up(message) == ""


@pytest.mark.parametrize("device", ["microphone", "speaker"])
def test_no_device(device: str) -> None:
    assert not_looked_up(nothing_there(device).message) == ""


def test_no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    imported = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "sounddevice":
            raise OSError("PortAudio library not found")
        return imported(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(VoiceError) as caught:
        portaudio.library()
    assert not_looked_up(caught.value.message) == "" and caught.value.hint.startswith("apt install ")


@pytest.mark.parametrize("trouble", ["gone", "moved", "server", "failed", "stopped", "muted", "zeros"])
def test_what_becomes_of_a_microphone(trouble: str) -> None:
    world = World()
    world.run(1)
    match trouble:
        case "gone":
            world.around = Surroundings([], server=True)
        case "moved":
            world.keeper.wanted = "headset"
            world.run(1)
            world.around = Surroundings([DESK], server=True)
        case "server":
            world.around, world.died = Surroundings([], server=True, present=False), True
        case "failed":
            world.died = True
        case "muted":
            world.around = replace(BOTH, route=StreamRoute(1, "desk", False, is_muted=True))
    if trouble in ("muted", "zeros"):
        for _ in range(100_000):
            world.keeper.hear_block(zeros=True)
    world.run(9, flowing=trouble != "stopped")
    told = [each for each in world.told if isinstance(each, SoundTrouble)]
    assert told
    for each in told:
        assert not_looked_up(each.error.message, *NAMES) == not_looked_up(each.error.heading, *NAMES) == ""


def riff(*chunks: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", 4 + sum(map(len, chunks))) + b"WAVE" + b"".join(chunks)


def chunk(name: bytes, content: bytes, size: int | None = None) -> bytes:
    return name + struct.pack("<I", len(content) if size is None else size) + content


FORM = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 16_000, 32_000, 2, 16))
FILES = [
    b"", b"text that is no sound at all", b"RIFF", riff(), riff(FORM), riff(FORM, chunk(b"data", b"")),
    riff(chunk(b"data", bytes(64))), riff(FORM, chunk(b"data", bytes(64), 9000)), riff(chunk(b"fmt ", b"\1\0"), FORM),
    riff(chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 1, 2, 2, 16)), chunk(b"data", bytes(64))),
    riff(FORM, chunk(b"data", bytes(32_000 * 601))), b"fLaC" + bytes(60), b"OggS" + bytes(60), b"ID3" + bytes(60),
]  # fmt: skip


@pytest.mark.parametrize("content", FILES, ids=range(len(FILES)))
def test_what_is_wrong_with_a_sound_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    with pytest.raises(VoiceError) as caught:
        read_wav(path)
    assert str(path) in caught.value.message and not_looked_up(caught.value.message, path) == ""


def test_every_kind_of_it_names_the_file() -> None:
    source = Path(portaudio.__file__).parent.parent / "media" / "decoding.py"
    text = source.read_text(encoding="utf-8")
    assert text.count("NoSound(sentence(") == text.count('NoSound(sentence("{file} ') > 8


@pytest.mark.parametrize("name", ["missing.wav", ".", "missing/a.wav"])
def test_files_and_folders(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / name
    for attempt in (read_wav, check_target, lambda path: write_wav(path, Audio(b"", 16_000))):
        monkeypatch.setattr("os.access", lambda *_: False)
        with pytest.raises(VoiceError) as caught:
            attempt(path)
            check_target(path)
        path.unlink() if path.is_file() else None
        assert not_looked_up(caught.value.message, path, "Is a directory", "No such file or directory") == ""


def test_a_full_disk_and_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in (errno.ENOSPC, errno.EACCES):
        monkeypatch.setattr(Path, "open", lambda *_, number=number, **__: (_ for _ in ()).throw(OSError(number, "7")))
        for attempt in (read_wav, lambda path: write_wav(path, Audio(b"", 16_000))):
            with pytest.raises(VoiceError) as caught:
                attempt(tmp_path / "a.wav")
            assert not_looked_up(caught.value.message, tmp_path / "a.wav") == ""
