import asyncio
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from voicegui.core.ports import SoundEvent

SCRIPT = Path(__file__).parent.parent / "virtual_audio.sh"

E = TypeVar("E")


class Ears:
    """Receives a sound's events and waits for them."""

    def __init__(self) -> None:
        self.events: list[SoundEvent] = []
        self._more = asyncio.Event()

    def __call__(self, event: SoundEvent) -> None:
        self.events.append(event)
        self._more.set()

    async def until(self, kind: type[E], fits: Callable[[E], bool] = lambda event: True, *, seconds: float = 60) -> E:
        """The next event of that kind; those before it are gone."""
        async with asyncio.timeout(seconds):
            while True:
                while self.events:
                    event = self.events.pop(0)
                    if isinstance(event, kind) and fits(event):
                        return event
                self._more.clear()
                await self._more.wait()


@pytest.fixture
def ears() -> Ears:
    return Ears()


class SoundServer:
    """A private PulseAudio with a virtual microphone and speaker."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        script = f'. "{SCRIPT}" start "{folder}" && env -0'
        done = subprocess.run(["bash", "-c", script], check=True, capture_output=True)
        wanted = ("XDG_RUNTIME_DIR=", "PULSE_", "ALSA_", "VIRTUAL_AUDIO_DIR=")
        pairs = [line.decode() for line in done.stdout.split(b"\0") if line]
        self.environment = dict(pair.split("=", 1) for pair in pairs if pair.startswith(wanted))
        self._pid = int((folder / "pid").read_text())
        self._again: subprocess.Popen[bytes] | None = None

    def pactl(self, *arguments: str) -> str:
        return subprocess.run(["pactl", *arguments], check=True, capture_output=True, text=True).stdout.strip()

    def unload(self, argument: str) -> None:
        """Removes the modules loaded with that argument: unplugs a device."""
        for line in self.pactl("list", "short", "modules").splitlines():
            if argument in line:
                self.pactl("unload-module", line.split()[0])

    def add_microphone(self, name: str) -> None:
        # A hum, since a real microphone is never exactly silent.
        self.pactl("load-module", "module-sine-source", f"source_name={name}", "rate=48000", "frequency=50")

    def kill(self) -> None:
        if self._again is None:
            os.kill(self._pid, 9)
        else:
            self._again.kill()
            self._again.wait()

    def restart(self) -> None:
        self._again = subprocess.Popen(["bash", str(SCRIPT), "daemon", str(self.folder)])


@pytest.fixture
def sound_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SoundServer]:
    server = SoundServer(tmp_path)
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    yield server
    server.kill()
