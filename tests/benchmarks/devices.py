"""What the virtual devices themselves cost: a program that only passes the microphone on to the speaker."""

import subprocess
import sys

from .analysis import find_clip, milliseconds, percentile, samples
from .clips import clips
from .program import ROOT
from .report import Report
from .world import SoundWorld


def measure(report: Report) -> None:
    command = [sys.executable, "-m", "tests.benchmarks.loopback"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with (
        SoundWorld() as world,
        world.record() as recorder,
        subprocess.Popen(command, cwd=ROOT, env=world.environment, **pipes) as loop,  # type: ignore[call-overload]
    ):
        loop.stdout.readline()
        recorder.wait_ms(1000)
        trips = []
        for clip in clips("question")[:3]:
            start = recorder.position - samples(100)
            world.speak(clip.sound).wait()
            recorder.wait_ms(500)
            microphone, speaker = recorder.between(start)
            trips.append(milliseconds(find_clip(speaker, clip.sound)[0] - find_clip(microphone, clip.sound)[0]))
        loop.stdin.close()
    report.add("devices.round_trip_ms", percentile(trips, 50))
