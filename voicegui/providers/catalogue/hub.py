"""Downloads a file from its publisher, goes on where it stopped."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

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


class HubError(Exception):
    """The file did not come; the text ends the sentence "… could not be downloaded: "."""


class _Lost(Exception):
    """The connection; going on may help."""


async def download(url: str, part: Path, size: int, arrived: Callable[[int], None], patience: Patience) -> None:
    """Fills `part` up to `size` bytes. Raises HubError, OSError, VoiceError(BAD_SETTINGS); what has arrived stays in
    `part` for the next time."""
    import httpx2

    from voicegui.web.clients import async_client

    timeout = httpx2.Timeout(patience.silence, connect=patience.connect)
    tries = 0
    begun = False
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
            raise HubError("the server offers a file of another size")
        with part.open(mode) as file:
            async for block in response.aiter_raw():
                if have + len(block) > size:
                    raise HubError("the server sends more than the published file")
                file.write(block)
                have += len(block)
                arrived(have)
    finally:
        await response.aclose()
    if have < size:
        raise _Lost("the connection was closed too early")


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
            raise HubError("the server redirects to an unencrypted address")
        request = client.build_request("GET", target, headers=headers)  # nothing but these headers goes elsewhere
    raise HubError("the server redirects in a circle")


def _refusal(response: "httpx2.Response", part: Path) -> str:
    if response.status_code in (206, 416):  # what is here does not fit what is there
        part.unlink(missing_ok=True)
        return "the file on the server has changed"
    if response.status_code in (404, 410):
        return "the server does not have it any more"
    if response.status_code in (401, 403):
        return "the server refuses it"
    return f"the server answers with error {response.status_code}"


def _why(error: Exception) -> str:
    import httpx2

    if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout):
        return "the server cannot be reached; check the network"
    if isinstance(error, httpx2.TimeoutException):
        return "the server stopped sending"
    return "the connection was lost"


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
