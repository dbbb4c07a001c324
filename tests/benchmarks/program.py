"""voicegui as a process of its own, followed through its JSON events: nothing here waits for a time."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from .scripted import VARIABLE, Script

ROOT = Path(__file__).parents[2]
SCRIPTED = ("--stt", "scripted", "--llm", "scripted", "--tts", "scripted")
REAL_EARS = ("--llm", "scripted", "--tts", "scripted")


@dataclass(frozen=True)
class Event:
    """A line of the program; `at` is the monotonic time at which it was read here."""

    at: float
    type: str
    fields: Mapping[str, Any]


class Program:
    """A fresh profile and default settings beside `arguments`. As a context manager it ends with its process."""

    def __init__(
        self, arguments: Sequence[str], environment: Mapping[str, str], module: str = "tests.benchmarks.scripted"
    ) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="bench-voicegui-"))
        self.script = self.folder / "script.json"
        Script().write(self.script)
        self._arguments = ["--profile", str(self.folder / "profile"), *arguments]
        self._environment = {**environment, VARIABLE: str(self.script)}
        self._module = module
        self._events: list[Event] = []
        self._more = threading.Condition()
        self._ended = False

    def __enter__(self) -> Self:
        self._errors = (self.folder / "stderr").open("wb")
        command = [sys.executable, "-m", self._module, *self._arguments]
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            start_new_session=True,
        )
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self._thread.join(5)
        self._errors.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            fields = json.loads(line)
            with self._more:
                self._events.append(Event(time.monotonic(), fields.pop("type"), fields))
                self._more.notify_all()
        with self._more:
            self._ended = True
            self._more.notify_all()

    # ------------------------------------------------------------ events

    @property
    def count(self) -> int:
        """Events so far: what `wait` and `since` count from."""
        with self._more:
            return len(self._events)

    def since(self, start: int = 0) -> list[Event]:
        with self._more:
            return self._events[start:]

    def wait(self, wanted: Callable[[Event], bool], *, since: int, timeout: float = 20.0) -> Event | None:
        """The first such event from number `since` on, waited for; None after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        seen = since
        with self._more:
            while True:
                for event in self._events[seen:]:
                    if wanted(event):
                        return event
                seen = len(self._events)
                if self._ended:
                    raise RuntimeError(f"voicegui ended: {self.errors()}")
                if not self._more.wait(deadline - time.monotonic()) and time.monotonic() >= deadline:
                    return None

    def expect(self, kind: str, *, since: int, timeout: float = 20.0) -> Event:
        found = self.wait(lambda event: event.type == kind, since=since, timeout=timeout)
        if found is None:
            told = ", ".join(event.type for event in self.since(since))
            raise RuntimeError(f"no “{kind}” within {timeout:.0f} s; events: {told or 'none'}; {self.errors()}")
        return found

    def expect_ready(self, timeout: float = 180.0) -> None:
        """Raises at once what the program says it lacks."""
        told = self.wait(lambda event: event.type in ("ready", "error"), since=0, timeout=timeout)
        if told is None or told.type == "error":
            raise RuntimeError(f"voicegui is not ready: {told.fields['message'] if told else self.errors()}")

    def rest(self, timeout: float = 60.0) -> None:
        """Waits until it is listening and nobody speaks."""
        deadline = time.monotonic() + timeout
        with self._more:
            while not self._is_resting():
                left = deadline - time.monotonic()
                if left <= 0 or self._ended:
                    raise RuntimeError(f"voicegui does not come to rest; {self.errors()}")
                self._more.wait(left)

    @property
    def resting(self) -> bool:
        with self._more:
            return self._is_resting()

    def _is_resting(self) -> bool:
        states = [event for event in self._events if event.type == "state"]
        return bool(states) and states[-1].fields["state"] == "listening" and not states[-1].fields["user_speaking"]

    def asked(self) -> list[float]:
        """Monotonic times at which the scripted language model was asked."""
        file = self.script.with_suffix(".asked")
        return [float(line) for line in file.read_text().split()] if file.exists() else []

    def errors(self) -> str:
        return (self.folder / "stderr").read_text(errors="replace")[-2000:]


def talk(environment: Mapping[str, str], services: Sequence[str] = SCRIPTED) -> Program:
    return Program(["talk", "--json", *services], environment)


def fetch_models(names: Sequence[str]) -> None:
    """Those that are missing; with the tests' mirrors where no hub can be reached."""
    os.environ.setdefault("VOICEGUI_MODEL_MIRRORS", str(ROOT / "tests" / "models.toml"))
    for name in names:
        subprocess.run([sys.executable, "-m", "voicegui", "models", "get", name], cwd=ROOT, check=True)
