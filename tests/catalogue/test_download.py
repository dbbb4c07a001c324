"""Downloads from a publisher, on good and bad days."""

import asyncio
import errno
import os
import threading
from pathlib import Path

import pytest

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.providers.catalogue import verification
from voicegui.providers.catalogue.download import HubError

from .conftest import BYTES, MODEL, PATH, MakeCatalogue, Progress
from .server import Answer, serving

SIZE = len(BYTES)


async def test_a_download_arrives_verified(make: MakeCatalogue, folder: Path, progress: Progress) -> None:
    with serving(Answer(BYTES)) as server:
        catalogue = make(server.url)
        assert catalogue.installed(MODEL) is None
        path = await catalogue.fetch(MODEL, progress)
    assert server.paths == [PATH]
    assert path == folder / "tiny.gguf" and path.read_bytes() == BYTES
    assert catalogue.installed(MODEL) == catalogue.verify(MODEL) == path
    assert not (folder / "tiny.gguf.part").exists()
    assert {loading.what for loading in progress.seen} == {"Downloading Tiny 1B", "Checking Tiny 1B"}
    assert max(loading.done for loading in progress.seen) == SIZE
    assert await make().fetch(MODEL, progress) == path  # asks nobody


async def test_it_goes_on_where_it_stopped(make: MakeCatalogue, folder: Path, progress: Progress) -> None:
    folder.mkdir()
    (folder / "tiny.gguf.part").write_bytes(BYTES[:1000])
    rest = Answer(BYTES[1000:], 206, content_range=f"bytes 1000-{SIZE - 1}/{SIZE}", expect_range="bytes=1000-")
    with serving(rest) as server:
        path = await make(server.url).fetch(MODEL, progress)
    assert path.read_bytes() == BYTES


async def test_a_proxy_nobody_can_use(make: MakeCatalogue, monkeypatch: pytest.MonkeyPatch, progress: Progress) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks://127.0.0.1:1080")
    with pytest.raises(VoiceError, match="begins with socks://") as caught:
        await make("https://hub.invalid").fetch(MODEL, progress)
    assert caught.value.code is ErrorCode.BAD_SETTINGS


async def test_a_server_without_ranges_sends_all_again(make: MakeCatalogue, folder: Path, progress: Progress) -> None:
    folder.mkdir()
    (folder / "tiny.gguf.part").write_bytes(BYTES[:1000])
    with serving(Answer(BYTES, expect_range="bytes=1000-")) as server:
        path = await make(server.url).fetch(MODEL, progress)
    assert path.read_bytes() == BYTES


async def test_a_lost_connection_is_taken_up_again(make: MakeCatalogue, progress: Progress) -> None:
    answers = (
        Answer(BYTES[:5000], length=SIZE),
        Answer(
            BYTES[5000:9000],
            206,
            length=SIZE - 5000,
            content_range=f"bytes 5000-{SIZE - 1}/{SIZE}",
            expect_range="bytes=5000-",
        ),
        Answer(BYTES[9000:], 206, content_range=f"bytes 9000-{SIZE - 1}/{SIZE}", expect_range="bytes=9000-"),
    )
    with serving(*answers) as server:
        path = await make(server.url).fetch(MODEL, progress)
    assert path.read_bytes() == BYTES


async def test_a_network_that_stays_away_keeps_what_came(make: MakeCatalogue, folder: Path, progress: Progress) -> None:
    nothing = Answer(
        b"",
        206,
        length=SIZE - 5000,
        content_range=f"bytes 5000-{SIZE - 1}/{SIZE}",
        expect_range="bytes=5000-",
    )
    answers = Answer(BYTES[:5000], length=SIZE), nothing, nothing
    with serving(*answers) as server, pytest.raises(VoiceError, match="is kept.$") as caught:
        await make(server.url).fetch(MODEL, progress)
    assert caught.value.code is ErrorCode.DOWNLOAD_FAILED and caught.value.retryable
    assert (folder / "tiny.gguf.part").read_bytes() == BYTES[:5000]


async def test_a_server_that_falls_silent_is_given_up(make: MakeCatalogue, folder: Path, progress: Progress) -> None:
    stuck = Answer(b"", length=SIZE, hold=threading.Event())
    with serving(stuck) as server, pytest.raises(VoiceError, match="stopped sending") as caught:
        await make(server.url, silence=0.1).fetch(MODEL, progress)
    assert caught.value.code is ErrorCode.DOWNLOAD_FAILED


async def test_wrong_bytes_are_deleted(make: MakeCatalogue, folder: Path, progress: Progress) -> None:
    with serving(Answer(BYTES[:-1] + b"x")) as server, pytest.raises(VoiceError, match="checksum") as caught:
        await make(server.url).fetch(MODEL, progress)
    assert caught.value.code is ErrorCode.MODEL_DAMAGED
    assert os.listdir(folder) == ["tiny.lock"]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Answer(b"gone", 404), "does not have it"),
        (Answer(b"no", 403), "refuses"),
        (Answer(b"sorry", 503), "error 503"),
        (Answer(BYTES + b"more"), "another size"),
        (Answer(b"<html>", 200), "another size"),
        (Answer(b"", 416), "has changed"),
        (Answer(b"", 302, location="ftp://elsewhere/file"), "unencrypted"),
    ],
)
async def test_a_refusal_is_said(make: MakeCatalogue, progress: Progress, answer: Answer, why: str) -> None:
    with serving(answer) as server, pytest.raises(VoiceError, match=why) as caught:
        await make(server.url).fetch(MODEL, progress)
    assert caught.value.code is ErrorCode.DOWNLOAD_FAILED
    assert caught.value.hint == "voicegui models get tiny"


async def test_redirects_are_followed(make: MakeCatalogue, progress: Progress) -> None:
    with serving(Answer(b"", 302, location="/elsewhere?signature=1"), Answer(BYTES)) as server:
        path = await make(server.url).fetch(MODEL, progress)
    assert server.paths == [PATH, "/elsewhere?signature=1"]
    assert path.read_bytes() == BYTES


async def test_redirects_in_a_circle_end(make: MakeCatalogue, progress: Progress) -> None:
    with serving(*[Answer(b"", 302, location=PATH)] * 5) as server, pytest.raises(VoiceError, match="in a circle"):
        await make(server.url).fetch(MODEL, progress)


async def test_https_is_never_left() -> None:
    import httpx2

    from voicegui.providers.catalogue.download import _follow

    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(302, headers={"Location": "http://elsewhere/file"})

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as client:
        with pytest.raises(HubError, match="unencrypted"):
            await _follow(client, "https://hub/file", 0)


async def test_an_unreachable_server_is_said_at_once(make: MakeCatalogue, progress: Progress) -> None:
    with pytest.raises(VoiceError, match="cannot be reached") as caught:
        await make().fetch(MODEL, progress)
    assert caught.value.code is ErrorCode.DOWNLOAD_FAILED


async def test_a_full_disk_is_said_before_the_download(make: MakeCatalogue, progress: Progress) -> None:
    with serving() as server, pytest.raises(VoiceError, match="needs 50 MB and only 1 MB are free") as caught:
        await make(server.url, free=1_000_000).fetch(MODEL, progress)
    assert caught.value.code is ErrorCode.DISK_FULL


async def test_a_disk_that_fills_up_is_said(
    make: MakeCatalogue, progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> bool:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(verification, "accept", full)
    with serving(Answer(BYTES)) as server, pytest.raises(VoiceError, match="filled up") as caught:
        await make(server.url).fetch(MODEL, progress)
    assert caught.value.code is ErrorCode.DISK_FULL


async def test_a_folder_that_cannot_be_made_is_said(make: MakeCatalogue, folder: Path, progress: Progress) -> None:
    folder.write_text("a file")
    with pytest.raises(VoiceError, match="cannot be written") as caught:
        await make().fetch(MODEL, progress)
    assert caught.value.code is ErrorCode.DOWNLOAD_FAILED


async def test_cancelling_stops_at_once_and_keeps_what_came(
    make: MakeCatalogue, folder: Path, progress: Progress
) -> None:
    stuck = Answer(BYTES[:200_000], length=SIZE, hold=threading.Event())
    arrived = asyncio.Event()
    with serving(stuck) as server:
        catalogue = make(server.url, silence=100.0)
        task = asyncio.create_task(catalogue.fetch(MODEL, lambda _: arrived.set()))
        await arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 10)
    part = (folder / "tiny.gguf.part").read_bytes()
    assert part and BYTES.startswith(part)
    with serving(
        Answer(
            BYTES[len(part) :],
            206,
            content_range=f"bytes {len(part)}-{SIZE - 1}/{SIZE}",
            expect_range=f"bytes={len(part)}-",
        )
    ) as server:
        assert (await make(server.url).fetch(MODEL, progress)).read_bytes() == BYTES


async def test_two_at_once_download_once(make: MakeCatalogue, progress: Progress) -> None:
    with serving(Answer(BYTES)) as server:
        first, second = make(server.url), make(server.url)
        paths = await asyncio.gather(first.fetch(MODEL, progress), second.fetch(MODEL, progress))
    assert paths[0] == paths[1] and paths[0].read_bytes() == BYTES


async def test_a_damaged_file_is_named_and_replaced(make: MakeCatalogue, folder: Path, progress: Progress) -> None:
    with serving(Answer(BYTES), Answer(BYTES)) as server:
        catalogue = make(server.url)
        path = await catalogue.fetch(MODEL, progress)
        path.write_bytes(BYTES[:-5])
        with pytest.raises(VoiceError, match="damaged.*downloaded again.$") as caught:
            catalogue.installed(MODEL)
        assert caught.value.code is ErrorCode.MODEL_DAMAGED
        assert await catalogue.fetch(MODEL, progress) == path
    assert catalogue.installed(MODEL) == path


async def test_a_file_is_read_once(make: MakeCatalogue, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[Path] = []
    real = verification.sha256

    def counting(path: Path) -> str:
        hashed.append(path)
        return real(path)

    monkeypatch.setattr(verification, "sha256", counting)
    folder.mkdir()
    path = folder / "tiny.gguf"
    path.write_bytes(BYTES)
    catalogue = make()
    assert [catalogue.installed(MODEL) for _ in range(3)] == [path] * 3
    assert len(hashed) == 1
    assert catalogue.verify(MODEL) == path
    assert len(hashed) == 2
    path.write_bytes(BYTES[:-1] + b"x")  # same size, another time
    with pytest.raises(VoiceError, match="damaged"):
        catalogue.installed(MODEL)
    assert len(hashed) == 3
