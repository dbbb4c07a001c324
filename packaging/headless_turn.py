"""Asks the real window a recorded question through a virtual microphone; arguments go to `voicegui`.

Run by run.sh on the tests' virtual desktop. Leaves a screenshot and the speaker's recording in build/run.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from voicegui.app.services import load_catalogue
from voicegui.providers.catalogue.selection import choose_model
from voicegui.storage.profile import open_profile

TOP = Path(__file__).resolve().parents[1]
QUESTION = TOP / "tests" / "speech" / "question-01.wav"
OUT = TOP / "build" / "run"

READY_S = 180.0
TURN_S = 120.0
NO_SPEECH, FAILED = 3, 4

VOICEGUI = [sys.executable, "-m", "voicegui"]

Event = dict[str, Any]


class Failure(Exception):
    """A sentence and the exit code."""

    def __init__(self, message: str, code: int = FAILED) -> None:
        super().__init__(message)
        self.code = code


def main() -> int:
    OUT.mkdir(parents=True, exist_ok=True)
    screenshot, answer = OUT / "window.png", OUT / "answer.wav"
    try:
        get_models()
        with tempfile.TemporaryDirectory() as folder:
            turn = take_turn(Path(folder), screenshot, answer)
    except Failure as failure:
        print(failure, file=sys.stderr)
        code = failure.code
    else:
        show(turn)
        code = 0
    for what, path in (("Screenshot", screenshot), ("Answer", answer)):
        if path.exists():
            print(f"{what}: {path}")
    return code


def get_models() -> None:
    """The models of this machine, with a progress bar in the terminal."""
    for name in ("smollm2-135m", choose_model(load_catalogue(open_profile(None))).name):
        if subprocess.run([*VOICEGUI, "models", "get", name]).returncode:
            raise Failure(f"The model {name} is missing.")


def take_turn(folder: Path, screenshot: Path, answer: Path) -> Event:
    events_file = folder / "events.jsonl"
    events_file.touch()
    arguments = ["--profile", str(folder / "profile"), *sys.argv[1:]]
    window = subprocess.Popen([*VOICEGUI, *arguments], env=os.environ | {"VOICEGUI_EVENTS": str(events_file)})
    events = follow(events_file, window)
    recorder = None
    try:
        wait_for(events, READY_S, "ready")
        wait_for(events, READY_S, "state", state="listening")
        record = ["parecord", "--device=vspk.monitor", "--file-format=wav", "--rate=48000", "--channels=1", str(answer)]
        recorder = subprocess.Popen(record)
        print(f"Playing {QUESTION.relative_to(TOP)} into the microphone.", flush=True)
        subprocess.run(["paplay", "--latency-msec=30", "--device=vmic_in", str(QUESTION)], check=True)
        return wait_for(events, TURN_S, "turn")
    finally:
        subprocess.run(["import", "-window", "root", str(screenshot)])
        for process, end in ((recorder, signal.SIGINT), (window, signal.SIGTERM)):
            if process and process.poll() is None:
                process.send_signal(end)
                process.wait(20)


def follow(file: Path, window: "subprocess.Popen[bytes]") -> Iterator[Event | None]:
    """Events as they are written; None while there are no new ones."""
    with file.open(encoding="utf-8") as lines:
        line = ""
        while True:
            line += lines.readline()
            if line.endswith("\n"):
                yield json.loads(line)
                line = ""
            elif window.poll() is not None:
                raise Failure(f"The window ended with code {window.returncode}.")
            else:
                yield None
                time.sleep(0.05)


def wait_for(events: Iterator[Event | None], seconds: float, kind: str, **fields: object) -> Event:
    deadline = time.monotonic() + seconds
    for event in events:
        if event is None:
            if time.monotonic() > deadline:
                raise Failure(f"Nothing came of it in {seconds:.0f} s (waited for: {kind}).")
        elif event["type"] == kind and fields.items() <= event.items():
            return event
        elif event["type"] == "error":
            raise Failure(event["message"], NO_SPEECH if event["code"] == "no_speech" else FAILED)
    raise Failure("The window ended.")


def show(turn: Event) -> None:
    print(f"\nHeard:    {turn['user']}\nAnswered: {turn['assistant']}")
    for stage, ms in turn["timings_ms"].items():
        when = "not reached" if ms is None else f"{ms:.0f} ms after the end of speech"
        print(f"  {stage.replace('_', ' '):<15} {when}")


if __name__ == "__main__":
    sys.exit(main())
