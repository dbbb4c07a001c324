"""Several downloads with one progress."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.ports import LoadingProgress
from voicegui.providers.catalogue import Catalogue, Model
from voicegui.providers.catalogue.download import Overall, Patience

from .conftest import BYTES, MODEL, MakeCatalogue, Progress, weights
from .server import Answer, serving

MORE = BYTES[:120_000]
JUDGE = replace(MODEL, name="judge", label="Judge", weights=weights(MORE, "judge.gguf"))
ALL = len(BYTES) + len(MORE)


def both(folder: Path, hub: str, *models: Model) -> Catalogue:
    patience = Patience(connect=5.0, silence=10.0, retries=(0.0, 0.0))
    return Catalogue(models or (MODEL, JUDGE), (), folder, hub=hub, patience=patience, free_bytes=lambda _: 10**12)


async def test_one_progress_for_both(make: MakeCatalogue, folder: Path, progress: Progress) -> None:
    with serving(Answer(BYTES), Answer(MORE)) as server:
        paths = await both(folder, server.url).fetch_all((MODEL, JUDGE), progress)
    assert [path.read_bytes() for path in paths] == [BYTES, MORE]
    assert {loading.total for loading in progress.seen} == {ALL}
    done = [loading.done for loading in progress.seen]
    assert done[0] == 0 and done == sorted(done) and done[-1] == ALL
    whats = list(dict.fromkeys(loading.what for loading in progress.seen))
    assert whats == [
        "Downloading Tiny 1B (1 of 2)", "Checking Tiny 1B (1 of 2)",
        "Downloading Judge (2 of 2)", "Checking Judge (2 of 2)",
    ]  # fmt: skip


async def test_one_alone_is_not_counted(make: MakeCatalogue, folder: Path, progress: Progress) -> None:
    with serving(Answer(BYTES)) as server:
        await both(folder, server.url).fetch_all((MODEL,), progress)
    assert progress.seen[0] == LoadingProgress("Downloading Tiny 1B", 0, len(BYTES))


@pytest.mark.parametrize("second", [0, 40_000])
async def test_what_arrived_earlier_counts(make: MakeCatalogue, folder: Path, progress: Progress, second: int) -> None:
    folder.mkdir()
    (folder / "tiny.gguf.part").write_bytes(BYTES[:100_000])
    (folder / "judge.gguf.part").write_bytes(MORE[:second])
    rest = Answer(
        BYTES[100_000:], 206, content_range=f"bytes 100000-{len(BYTES) - 1}/{len(BYTES)}", expect_range="bytes=100000-"
    )
    last = Answer(
        MORE[second:], 206, content_range=f"bytes {second}-{len(MORE) - 1}/{len(MORE)}", expect_range=f"bytes={second}-"
    )
    with serving(rest, last if second else Answer(MORE)) as server:
        await both(folder, server.url).fetch_all((MODEL, JUDGE), progress)
    assert progress.seen[0].done == 100_000 + second
    done = [loading.done for loading in progress.seen]
    assert done == sorted(done) and done[-1] == ALL


async def test_how_much_it_is_can_be_said_even_if_nothing_comes(
    make: MakeCatalogue, folder: Path, progress: Progress
) -> None:
    with pytest.raises(VoiceError) as caught:
        await both(folder, "http://127.0.0.1:1").fetch_all((MODEL, JUDGE), progress)
    assert caught.value.code is ErrorCode.DOWNLOAD_FAILED
    assert progress.seen == [LoadingProgress("Downloading Tiny 1B (1 of 2)", 0, ALL)]


async def test_the_second_fails_and_the_first_stays(make: MakeCatalogue, folder: Path, progress: Progress) -> None:
    stuck = Answer(MORE[:1000], length=len(MORE), hold=threading.Event())
    patience = Patience(connect=5.0, silence=0.1, retries=())
    with serving(Answer(BYTES), stuck) as server, pytest.raises(VoiceError, match="Judge could not be downloaded"):
        catalogue = Catalogue(
            (MODEL, JUDGE), (), folder, hub=server.url, patience=patience, free_bytes=lambda _: 10**12
        )
        await catalogue.fetch_all((MODEL, JUDGE), progress)
    assert (folder / "tiny.gguf").read_bytes() == BYTES
    assert progress.seen[-1].total - progress.seen[-1].done == len(MORE) - 1000


@pytest.mark.parametrize(
    ("reports", "seen"),
    [
        ([(0, LoadingProgress("A", 5, 10))], LoadingProgress("A (1 of 2)", 5, 30)),
        (
            [(0, LoadingProgress("A", 10, 10)), (1, LoadingProgress("B", 3, 20, 7.0))],
            LoadingProgress("B (2 of 2)", 13, 30, 7.0),
        ),
        ([(0, LoadingProgress("A", 5, 12))], LoadingProgress("A (1 of 2)", 5, 32)),
        ([(1, LoadingProgress("Another one is here", 0, 20))], LoadingProgress("Another one is here (2 of 2)", 0, 30)),
        ([(0, LoadingProgress("A", 4))], LoadingProgress("A (1 of 2)", 4, 30)),
    ],
)  # fmt: skip
def test_the_sum(progress: Progress, reports: list[tuple[int, LoadingProgress]], seen: LoadingProgress) -> None:
    overall = Overall([10, 20], [0, 0], progress)
    for index, loading in reports:
        overall.of(index)(loading)
    assert progress.seen[-1] == seen
