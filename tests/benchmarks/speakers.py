"""Ten minutes of replies on open speakers: the microphone hears them 120 ms later, 6 dB quieter.

Two programs in two worlds talk for five and a half minutes each, side by side. In the last two thirds a user talks into
the reply now and then, as loud as its echo.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from .analysis import RATE, Samples, gaps, milliseconds, percentile, rms_dbfs, samples
from .clips import Clip, clips
from .interruptions import begin_reply, until_silent
from .program import REAL_EARS, talk
from .replies import LONG
from .report import Report
from .scripted import Script
from .stage import NotHeard, Stage, stage
from .world import ECHO_DB

PROGRAMS = 2
REPLIES_S = 330
ALONE = 0.3
"""Share of the time, at its beginning, in which nobody talks but the program."""

USER_EVERY_S = 12
PAUSE_MS = 60
WITHIN_MS = 500


@dataclass
class Tally:
    """What one program did."""

    replies_s: float = 0.0
    self_interruptions: int = 0
    self_pauses: int = 0
    barge_ins: list[float] = field(default_factory=list)
    failure: BaseException | None = None


class Speakers:
    """Runs beside other measurements: `start`, later `finish`."""

    def __init__(self, name: str, programs: int, replies_s: float) -> None:
        self._tallies = [Tally() for _ in range(programs)]
        self._threads = [
            threading.Thread(target=_guarded, args=(f"{name}-{number + 1}", tally, replies_s))
            for number, tally in enumerate(self._tallies)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def finish(self, report: Report) -> None:
        for thread in self._threads:
            thread.join()
        for tally in self._tallies:
            if tally.failure:
                raise tally.failure
        barge_ins = [each for tally in self._tallies for each in tally.barge_ins]
        report.add("self_interruptions", sum(tally.self_interruptions for tally in self._tallies))
        report.add("self_pauses", sum(tally.self_pauses for tally in self._tallies))
        report.add("self_interruptions.replies_minutes", sum(tally.replies_s for tally in self._tallies) / 60)
        in_time = [each for each in barge_ins if each <= WITHIN_MS]
        report.add("speaker_barge_in_percent", 100 * len(in_time) / max(1, len(barge_ins)))
        report.add("speaker_barge_in.count", len(barge_ins))
        report.add("speaker_barge_in_ms.p50", percentile(barge_ins, 50))


def measure(report: Report, name: str = "speakers", *, programs: int = PROGRAMS, replies_s: float = REPLIES_S) -> None:
    all_of_them = Speakers(name, programs, replies_s)
    all_of_them.start()
    all_of_them.finish(report)


def _guarded(name: str, tally: Tally, replies_s: float) -> None:
    try:
        _talk(name, tally, replies_s)
    except BaseException as error:  # told by `finish`, on the main thread
        tally.failure = error


def _talk(name: str, tally: Tally, replies_s: float) -> None:
    with stage(name, lambda environment: talk(environment, REAL_EARS), echo=True) as on:
        on.program.expect_ready()
        begin_reply(on, Script(reply=LONG), 0)
        first = on.recorder.position
        end = first + round(replies_s * RATE)
        said: list[tuple[int, int]] = []
        users = clips("interruption") * 8
        while on.recorder.position < end:
            alone = on.recorder.position < first + ALONE * (end - first)
            _listen(on, USER_EVERY_S if not alone else 5, end)
            if not alone and on.recorder.position < end - 4 * RATE:
                said.append(_talk_over(on, users[len(said) % len(users)], tally))
        _count(on, tally, first, said)


def _listen(on: Stage, seconds: float, end: int) -> None:
    """Lets it talk; asks again when a reply is over."""
    until = min(on.recorder.position + round(seconds * RATE), end)
    while on.recorder.position < until:
        on.recorder.wait_ms(250)
        if on.program.resting:
            begin_reply(on, Script(reply=LONG), 0)


def _talk_over(on: Stage, clip: Clip, tally: Tally) -> tuple[int, int]:
    """As loud as the echo of the reply at the microphone. Returns the span of the recording that the user changes."""
    speaker = on.recorder.between(on.recorder.position - 3 * RATE)[1]
    louder = clip.scaled(rms_dbfs(speaker) + ECHO_DB - rms_dbfs(clip.sound))
    before = on.program.count
    saying = on.say(louder)
    try:
        heard = on.heard(saying, more_ms=700)
        latency = until_silent(heard)
    except NotHeard as error:
        on.note(spoilt=str(error))
        return saying.after, on.recorder.position
    tally.barge_ins.append(latency)
    taken = on.program.wait(lambda event: event.type == "playback_started", since=before, timeout=8)
    on.note(clip=clip.name, silent_after_ms=latency, taken=taken is not None)
    on.quiet(1000)
    return heard.offset + heard.clip_start, on.recorder.position


# ---------------------------------------------------------------- what the recording shows


def _count(on: Stage, tally: Tally, first: int, said: Sequence[tuple[int, int]]) -> None:
    """Pauses and breaks in the replies that no user caused. The voice itself never pauses for so long."""
    asked = _asked(on)
    speaker = on.recorder.between(0)[1]
    tally.replies_s = _audible_s(speaker[first:])
    for start, length in gaps(speaker[first:], samples(PAUSE_MS + 10)):
        start += first
        if any(begin - samples(500) <= start <= end for begin, end in [*said, *asked]):
            continue
        tally.self_pauses += 1
        on.note(self_pause_at_s=round(start / RATE, 2), self_pause_ms=milliseconds(length))
    interrupted = [event for event in on.program.since() if event.type == "interrupted"]
    for event in interrupted:
        position = on.recorder.sample_at(event.at)
        if not any(begin <= position <= end for begin, end in said):
            tally.self_interruptions += 1
            on.note(self_interruption_at_s=round(position / RATE, 2))


def _asked(on: Stage) -> list[tuple[int, int]]:
    """Between the end of a reply and the beginning of the next there is nothing to pause."""
    spans, over = [], None
    for event in on.program.since():
        if event.type == "turn":
            over = on.recorder.sample_at(event.at)
        elif event.type == "playback_started" and over is not None:
            spans.append((over - RATE // 2, on.recorder.sample_at(event.at) + RATE // 2))
            over = None
    return spans


def _audible_s(sound: Samples) -> float:
    """Seconds of the 100 ms blocks with sound in them."""
    blocks = sound[: len(sound) // 4800 * 4800].reshape(-1, 4800)
    return float((np.abs(blocks.astype(np.int32)).max(axis=1) > 100).sum()) / 10
