"""A child process without models, that behaves as a test wants: its voice's name says how."""

import os
import signal
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.providers.local.rpc_messages import Cancel, Chunk, Done, JudgeEnd, LocalModels, Started, StartFailed


def main(pipe: "Connection[Any, Any]", models: LocalModels) -> None:
    """`models.voice`: words of what it does. `models.end_of_turn`: a file that counts its runs."""
    assert models.end_of_turn
    with models.end_of_turn.open("a") as runs:
        runs.write("+")
    run = models.end_of_turn.stat().st_size
    begin(pipe, models.voice, run)
    try:
        while True:
            request = pipe.recv()
            if not isinstance(request, Cancel):
                threading.Thread(target=serve, args=(pipe, models.voice, run, request), daemon=True).start()
    except EOFError:
        os._exit(0)


def begin(pipe: "Connection[Any, Any]", how: str, run: int) -> None:
    match how.split("-"):
        case ["load", "dies", times] if run <= int(times):
            os._exit(3)
        case ["load", "killed", times] if run <= int(times):
            os.kill(os.getpid(), signal.SIGKILL)
        case ["load", "stops", times] if run <= int(times):
            stop()
        case ["load", "refuses"]:
            pipe.send(StartFailed(VoiceError(ErrorCode.MODEL_DAMAGED, "It is damaged.")))
            time.sleep(60)
    pipe.send(Started(()))
    match how.split("-"):
        case ["starts", "and", "dies", times] if run <= int(times):
            os._exit(3)


def stop() -> None:
    """Takes effect before it returns: a signal to the process could reach another thread first."""
    signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)


def serve(pipe: "Connection[Any, Any]", how: str, run: int, request: Any) -> None:
    match how.split("-"):
        case ["hangs", times] if run <= int(times):
            threading.Event().wait()
        case ["stops", times] if run <= int(times):
            stop()
        case ["dies", times] if run <= int(times):
            os._exit(3)
        case ["one", "hangs"] if run == 1 and isinstance(request, JudgeEnd) and request.words == "hang":
            threading.Event().wait()
        case ["works", seconds]:
            end = time.process_time() + float(seconds)
            while time.process_time() < end:
                pass
    pipe.send(Chunk(request.id, float(run)))
    pipe.send(Done(request.id))


def wait_until(condition: Callable[[], object]) -> None:
    """For what tells nobody when it happens: the state of a process."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def runs(counter: Path) -> int:
    return counter.stat().st_size if counter.exists() else 0
