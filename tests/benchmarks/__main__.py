"""`make bench`: measures everything the project promises, from recordings; one table, build/bench.json, build/bench/.

ONLY=key (or --only key) measures the keys that begin with it; several keys with commas.
Exit code 1 when a key is not reached.
"""

import argparse
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from . import (
    cutoffs,
    devices,
    interruptions,
    openai,
    overhead,
    slowed,
    speakers,
    tools_overhead,
    tools_router,
    window,
)
from .clips import BUILD, prepare_voice
from .program import fetch_models
from .replies import ALL
from .report import Report, loop_s


@dataclass(frozen=True)
class Section:
    """Some keys that are measured together."""

    measure: Callable[[Report], None]
    keys: tuple[str, ...]


GROUPS: Sequence[Sequence[Section]] = (
    (Section(devices.measure, ("devices",)),),
    (Section(window.usable, ("window_usable_ms",)),),
    (
        Section(window.listening_cpu, ("listening_cpu_percent",)),
        Section(interruptions.barge_in, ("barge_in",)),
    ),
    (Section(overhead.measure, ("overhead",)),),
    (
        Section(window.interrupt_button, ("interrupt_button_ms",)),
        Section(tools_overhead.measure, ("tools.overhead_ms",)),
    ),
    (
        Section(openai.overhead, ("openai.overhead_ms",)),
        Section(openai.live_stt, ("openai.live_stt",)),
    ),
    (Section(openai.import_stall, ("openai.import_stall_ms",)),),
    (Section(openai.gui_stall, ("openai.gui_stall_ms",)),),
    (Section(openai.memory, ("openai.rss_mb", "openai.child_mb")),),
    (Section(tools_router.measure, ("tools.local", "tools.no_tool_accuracy")),),
    (
        Section(
            window.offline, ("offline", "gui_stall_ms", "audio_glitches", "frame_ms", "frames_per_second", "rss_mb")
        ),
    ),
    (
        Section(interruptions.thinking, ("backchannel_stops_thinking",)),
        Section(interruptions.backchannels, ("backchannel_stops",)),
    ),
    (
        Section(speakers.measure, ("self_interruptions", "self_pauses", "speaker_barge_in")),
        Section(cutoffs.measure, ("false_cutoffs",)),
    ),
    (Section(slowed.offline, ("slowed.offline", "slowed.audio_glitches")),),
    (Section(slowed.backchannels, ("slowed.backchannel_stops",)),),
    (Section(slowed.barge_in, ("slowed.barge_in",)),),
    (Section(slowed.replies, ("slowed.self_interruptions",)),),
)
"""One after the other; those of a group side by side: they hardly use the machine, or count events. Two programs at
once are fine on two cores, three starve each other."""


def main() -> int:
    parser = argparse.ArgumentParser("python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--only", default=os.environ.get("ONLY", ""), metavar="KEY")
    only = parser.parse_args().only
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that everything that was started is ended
    begun = time.monotonic()
    report = Report()
    report.add("machine.loop_s", loop_s())
    fetch_models(("smollm2-135m", "qwen2.5-0.5b"))
    prepare_voice(ALL)
    keys = only.split(",")
    groups = [[section for section in group if any(_wanted(section, key) for key in keys)] for group in GROUPS]
    if not any(groups):
        parser.error(f"no key begins with “{only}”")
    for group in groups:
        with ThreadPoolExecutor(max(1, len(group))) as threads:
            for section in group:
                threads.submit(_attempt, section, report)
    report.write(BUILD.parent / "bench.json")
    print(report.table())
    print(f"\n{time.monotonic() - begun:.0f} s; recordings and notes of each turn: {BUILD}")
    return 0 if report.ok else 1


def _wanted(section: Section, only: str) -> bool:
    return any(key.startswith(only) or only.startswith(f"{key}.") or only.startswith(f"{key}_") for key in section.keys)


def _attempt(section: Section, report: Report) -> None:
    """A section that fails is told and counts as not reached; the others go on."""
    print(f"{', '.join(section.keys)} …", flush=True)
    begun = time.monotonic()
    report.begin()
    try:
        section.measure(report)
    except BaseException:
        traceback.print_exc()
        report.missing(section.keys)
    report.add(f"seconds.{section.keys[0]}", time.monotonic() - begun)


if __name__ == "__main__":
    sys.exit(main())
