"""`make bench`: measures everything the project promises, from recordings; one table, build/bench.json, build/bench/.

ONLY=key (or --only key) measures the keys that begin with it. Exit code 1 when a key is not reached.
"""

import argparse
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from . import cutoffs, devices, interruptions, openai, overhead, speakers, tools_overhead, tools_router, window
from .clips import BUILD, prepare_voice
from .program import fetch_models
from .replies import ALL
from .report import Report


@dataclass(frozen=True)
class Section:
    """Some keys that are measured together."""

    measure: Callable[[Report], None]
    keys: tuple[str, ...]


SECTIONS = (
    Section(devices.measure, ("devices",)),
    Section(window.usable, ("window_usable_ms",)),
    Section(window.listening_cpu, ("listening_cpu_percent",)),
    Section(overhead.measure, ("overhead",)),
    Section(interruptions.barge_in, ("barge_in",)),
    Section(window.interrupt_button, ("interrupt_button_ms",)),
    Section(openai.overhead, ("openai.overhead_ms",)),
    Section(openai.live_stt, ("openai.live_stt",)),
    Section(openai.import_stall, ("openai.import_stall_ms",)),
    Section(openai.memory, ("openai.rss_mb", "openai.child_mb")),
    Section(tools_overhead.measure, ("tools.overhead_ms",)),
    Section(tools_router.measure, ("tools.local", "tools.no_tool_accuracy")),
    Section(window.offline, ("offline", "gui_stall_ms", "audio_glitches", "frame_ms", "frames_per_second", "rss_mb")),
)
"""One after the other: they measure times, or memory, of which programs that run side by side share some."""

SPEAKERS = Section(speakers.measure, ("self_interruptions", "self_pauses", "speaker_barge_in"))
COUNTED = (
    Section(cutoffs.measure, ("false_cutoffs",)),
    Section(interruptions.thinking, ("backchannel_stops_thinking",)),
    Section(interruptions.backchannels, ("backchannel_stops",)),
)
"""These count events: they run beside the five and a half minutes of SPEAKERS, one after the other."""


def main() -> int:
    parser = argparse.ArgumentParser("python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--only", default=os.environ.get("ONLY", ""), metavar="KEY")
    only = parser.parse_args().only
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that everything that was started is ended
    begun = time.monotonic()
    report = Report()
    fetch_models(("smollm2-135m", "qwen2.5-0.5b"))
    prepare_voice(ALL)
    chosen, counted = ([each for each in some if _wanted(each, only)] for some in (SECTIONS, COUNTED))
    if not chosen and not counted and not _wanted(SPEAKERS, only):
        parser.error(f"no key begins with “{only}”")
    for section in chosen:
        _attempt(section.measure, section, report)
    if _wanted(SPEAKERS, only):
        _attempt_beside(counted, report)
    else:
        for section in counted:
            _attempt(section.measure, section, report)
    report.write(BUILD.parent / "bench.json")
    print(report.table())
    print(f"\n{time.monotonic() - begun:.0f} s; recordings and notes of each turn: {BUILD}")
    return 0 if report.ok else 1


def _wanted(section: Section, only: str) -> bool:
    return any(key.startswith(only) or only.startswith(f"{key}.") or only.startswith(f"{key}_") for key in section.keys)


def _attempt(measure: Callable[[Report], None], section: Section, report: Report, begun: float | None = None) -> None:
    """A section that fails is told and counts as not reached; the others go on. `begun`: if it was before now."""
    print(f"{', '.join(section.keys)} …", flush=True)
    begun = begun or time.monotonic()
    report.begin()
    try:
        measure(report)
    except Exception:
        traceback.print_exc()
        report.missing(section.keys)
    report.add(f"seconds.{section.keys[0]}", time.monotonic() - begun)


def _attempt_beside(counted: Sequence[Section], report: Report) -> None:
    beside, begun = speakers.Speakers(), time.monotonic()
    beside.start()
    for section in counted:
        _attempt(section.measure, section, report)
    _attempt(beside.finish, SPEAKERS, report, begun)


if __name__ == "__main__":
    sys.exit(main())
