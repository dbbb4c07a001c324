"""Nobody who may write to a shared folder of models can vouch for a file."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from voicegui.providers.catalogue import verification
from voicegui.providers.catalogue.entries import Weights
from voicegui.providers.catalogue.verification import Stamps, is_verified

GOOD = b"good weights" * 1000
EVIL = b"evil weights" * 1000


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "shared" / "model.gguf"
    path.parent.mkdir()
    path.write_bytes(GOOD)
    return path


@pytest.fixture
def stamps(tmp_path: Path) -> Stamps:
    return Stamps(tmp_path / "profile" / "verified")


@pytest.fixture
def weights() -> Weights:
    from tests.catalogue.conftest import MODEL

    return replace(MODEL.weights, size=len(GOOD), sha256=hashlib.sha256(GOOD).hexdigest())


def _forged_beside(path: Path, weights: Weights) -> None:
    path.write_bytes(EVIL)
    status = path.stat()
    path.with_name(path.name + ".verified").write_text(f"{weights.sha256} {status.st_size} {status.st_mtime_ns}\n")


def _same_times(path: Path, weights: Weights) -> None:
    status = path.stat()
    path.write_bytes(EVIL)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def _replaced(path: Path, weights: Weights) -> None:
    status = path.stat()
    other = path.with_name("other")
    other.write_bytes(EVIL)
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    os.replace(other, path)


def _link(path: Path, weights: Weights) -> None:
    other = path.with_name("other")
    other.write_bytes(EVIL)
    path.unlink()
    path.symlink_to(other)


def _in_place(path: Path, weights: Weights) -> None:
    status = path.stat()
    with path.open("r+b") as file:
        file.write(EVIL[:5])
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


FORGERIES = [_forged_beside, _same_times, _replaced, _link, _in_place]


@pytest.mark.parametrize("forge", FORGERIES, ids=[each.__name__ for each in FORGERIES])
@pytest.mark.parametrize("known", [False, True])
def test_it_is_noticed(
    model: Path, stamps: Stamps, weights: Weights, forge: Callable[[Path, Weights], None], known: bool, tmp_path: Path
) -> None:
    if known:
        assert is_verified(model, weights, stamps)
    forge(model, weights)
    for each in (stamps, Stamps(tmp_path / "profile" / "verified"), Stamps()):
        assert not is_verified(model, weights, each)


def test_it_is_read_once(model: Path, weights: Weights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []
    real = verification.sha256
    monkeypatch.setattr(verification, "sha256", lambda path: (read.append(path), real(path))[1])
    folder = tmp_path / "profile" / "verified"
    for _ in range(3):
        assert is_verified(model, weights, Stamps(folder))
    assert len(read) == 1
    memory = Stamps()
    for _ in range(3):
        assert is_verified(model, weights, memory)
    assert len(read) == 2
    assert is_verified(model, weights, memory, anew=True) and len(read) == 3
    assert sorted(each.name for each in model.parent.iterdir()) == ["model.gguf"]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"x" * 10_000])
def test_a_stamp_that_is_none(model: Path, stamps: Stamps, weights: Weights, tmp_path: Path, content: bytes) -> None:
    assert is_verified(model, weights, stamps)
    [file] = (tmp_path / "profile" / "verified").iterdir()
    file.write_bytes(content)
    assert is_verified(model, weights, Stamps(tmp_path / "profile" / "verified"))
