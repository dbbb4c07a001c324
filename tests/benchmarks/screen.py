"""A virtual desktop whose pixels can be read and whose mouse and keys can be used from outside the program."""

import mmap
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from .world import until

WIDTH, HEIGHT = 1280, 800

MEMORY = "/dev/shm" if os.path.isdir("/dev/shm") else None
"""The pixels are in a file. On a disk the server, and the window with it, would now and then wait for its writing."""


@dataclass(frozen=True)
class Rect:
    x: int
    y: int
    width: int
    height: int

    @property
    def centre(self) -> tuple[int, int]:
        return self.x + self.width // 2, self.y + self.height // 2


class Screen:
    """Xvfb and a window manager. `environment` is what programs on it need."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="bench-screen-", dir=MEMORY))
        self._environment = dict(environment)
        self._children: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _start(self) -> None:
        reader, writer = os.pipe()
        command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{WIDTH}x{HEIGHT}x24"]
        command += ["-nolisten", "tcp", "-noreset"]
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        server = subprocess.Popen([*command, "-fbdir", str(self._folder)], pass_fds=[writer], **quiet)  # type: ignore[call-overload]
        self._children.append(server)
        os.close(writer)
        with os.fdopen(reader) as numbers:
            self.environment = {**self._environment, "DISPLAY": f":{numbers.readline().strip()}"}
        self.environment.pop("WAYLAND_DISPLAY", None)
        self._children.append(subprocess.Popen(["openbox"], env=self.environment, **quiet))  # type: ignore[call-overload]
        until(lambda: self._managed(), "the window manager did not start", 30)
        self._hand = subprocess.Popen(["xdotool", "-"], env=self.environment, stdin=subprocess.PIPE, stderr=-3)
        self._children.append(self._hand)
        self._framebuffer = self._map()

    def _managed(self) -> bool:
        asked = ["xprop", "-root", "_NET_SUPPORTING_WM_CHECK"]
        return "window id" in subprocess.run(asked, env=self.environment, capture_output=True, text=True).stdout

    def _map(self) -> "mmap.mmap":
        with (self._folder / "Xvfb_screen0").open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def __exit__(self, *_: object) -> None:
        for child in reversed(self._children):
            child.terminate()
            child.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def part(self, rect: Rect) -> NDArray[np.uint32]:
        """(height, width), what is on the screen there now: Xvfb's own memory in the XWD format."""
        header = np.frombuffer(self._framebuffer[:100], ">u4")
        size, per_line, colours = int(header[0]), int(header[12]), int(header[19])
        start = size + 12 * colours
        lines = np.frombuffer(self._framebuffer, "<u4", per_line // 4 * HEIGHT, start)
        return lines.reshape(HEIGHT, per_line // 4)[rect.y : rect.y + rect.height, rect.x : rect.x + rect.width].copy()

    def do(self, *commands: str) -> float:
        """Gives xdotool commands to one that runs already; returns the monotonic time just before."""
        assert self._hand.stdin is not None
        before = time.monotonic()
        self._hand.stdin.write(("\n".join(commands) + "\n").encode())
        self._hand.stdin.flush()
        return before

    def minimize(self, window: str) -> None:
        """Returns when it is. By an xdotool of its own: the one that runs already leaves this in its buffer."""
        subprocess.run(["xdotool", "windowminimize", "--sync", window], env=self.environment, check=True, timeout=30)

    def window(self, name: str = "voicegui") -> tuple[str, Rect] | None:
        """The visible window of this title: its id and place."""
        search = ["xdotool", "search", "--onlyvisible", "--name", f"^{name}$"]
        found = subprocess.run(search, env=self.environment, capture_output=True, text=True).stdout.split()
        if not found:
            return None
        # xdotool's own answer counts the frame twice
        asked = ["xwininfo", "-id", found[0]]
        told = subprocess.run(asked, env=self.environment, capture_output=True, text=True).stdout
        places = re.findall(r"(Absolute upper-left [XY]|Width|Height): +(-?\d+)", told)
        if len(places) < 4:
            return None
        return found[0], Rect(*(int(value) for _, value in places))
