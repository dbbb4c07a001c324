"""A machine that others keep busy: one loop of normal priority for each core, and the conversation measured again.

No quotas: they would stop the audio thread itself. The virtual sound devices stand for hardware and a sound server with
real-time priority, which no other program keeps waiting: where this user may, they are preferred (`world`).
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator

from . import interruptions, speakers, window, world
from .report import Report

REPLIES_S = 150
TURNS = 16

_LOOP = "while True: pass"


@contextlib.contextmanager
def busy() -> Iterator[None]:
    """As other programs of the same user: each in a session of its own, between which Linux shares its processors."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    loops = [subprocess.Popen([sys.executable, "-c", _LOOP], start_new_session=True) for _ in range(cores)]
    world.prefers = True
    try:
        yield
    finally:
        world.prefers = False
        for loop in loops:
            loop.kill()
            loop.wait()


def _while_busy(measure: Callable[[Report], None]) -> Callable[[Report], None]:
    def measured(report: Report) -> None:
        with busy(), report.prefixed("slowed."):
            measure(report)

    return measured


_offline = _while_busy(lambda report: window.offline(report, "slowed.offline", TURNS))


def offline(report: Report) -> None:
    """And how many times as long it takes as on the quiet machine of the same run."""
    _offline(report)
    for key in ("offline.voice_to_voice_ms.p50", "offline.ready_s"):
        report.add(f"slowed.{key}.times_quiet", report.value(f"slowed.{key}") / report.value(key))


backchannels = _while_busy(lambda report: interruptions.backchannels(report, "slowed.backchannels"))
barge_in = _while_busy(lambda report: interruptions.barge_in(report, "slowed.barge_in"))
replies = _while_busy(lambda report: speakers.measure(report, "slowed.speakers", programs=1, replies_s=REPLIES_S))
