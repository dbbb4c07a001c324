"""Keys, what they must reach, and the table."""

import contextlib
import json
import math
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LIMITS: Mapping[str, tuple[str, float]] = {
    "offline.voice_to_voice_ms.p50": ("<=", 900),
    "overhead.voice_to_voice_ms.p50": ("<=", 350),
    "overhead.voice_to_voice_ms.p95": ("<=", 600),
    "false_cutoffs_percent": ("<=", 20),
    "barge_in_ms.p95": ("<=", 250),
    "backchannel_stops": ("<=", 1),
    "backchannel_stops_thinking": ("<=", 1),
    "interrupt_button_ms.p95": ("<=", 60),
    "self_interruptions": ("<=", 0),
    "speaker_barge_in_percent": (">=", 65),
    "window_usable_ms": ("<=", 800),
    "gui_stall_ms.max": ("<=", 40),
    "audio_glitches": ("<=", 0),
    "frame_ms.p99": ("<=", 8),
    "listening_cpu_percent.visible": ("<=", 15),
    "listening_cpu_percent.hidden.if_loop_s_1.2": ("<=", 2.5),
    "rss_mb": ("<=", 1400),
    "openai.overhead_ms.p50": ("<=", 250),
    "openai.overhead_ms.p95": ("<=", 500),
    "openai.live_stt.overhead_ms.p50": ("<=", 250),
    "openai.import_stall_ms": ("<=", 80),
    "openai.gui_stall_ms": ("<=", 30),
    "openai.rss_mb": ("<=", 260),
    "tools.overhead_ms.p50": ("<=", 20),
    "tools.local_router_accuracy": (">=", 0.85),
    "tools.no_tool_accuracy": (">=", 0.95),
    "tools.local_delay_ms.p50": ("<=", 50),
    "slowed.backchannel_stops": ("<=", 1),
    "slowed.barge_in.not_taken": ("<=", 0),
    "slowed.self_interruptions": ("<=", 0),
    "slowed.audio_glitches": ("<=", 0),
    "slowed.offline.voice_to_voice_ms.p50.times_quiet": ("<=", 3),
    "slowed.offline.ready_s.times_quiet": ("<=", 3),
}
"""From the issue; other keys are told beside them and must reach nothing."""


@dataclass(frozen=True)
class Result:
    key: str
    value: float

    @property
    def must(self) -> str:
        limit = LIMITS.get(self.key)
        return f"{limit[0]} {limit[1]:g}" if limit else ""

    @property
    def ok(self) -> bool:
        """A value that could not be measured is not reached."""
        limit = LIMITS.get(self.key)
        if limit is None:
            return True
        sign, bound = limit
        return not math.isnan(self.value) and (self.value <= bound if sign == "<=" else self.value >= bound)


def loop_s() -> float:
    """How fast this machine is: the least of three times that a script takes to count `s += i` twenty million times."""
    script = compile("s = 0\nfor i in range(20_000_000): s += i", "<loop>", "exec")

    def once() -> float:
        begun = time.perf_counter()
        exec(script, {})
        return time.perf_counter() - begun

    return min(once() for _ in range(3))


class _Machine:
    """How much of its processor time a virtual machine did not get since this was made; 0 where that is not told."""

    def __init__(self) -> None:
        self._before = self._ticks()

    @staticmethod
    def _ticks() -> list[int]:
        return [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]

    def stolen_percent(self) -> float:
        spent = [after - before for after, before in zip(self._ticks(), self._before, strict=True)]
        return 100 * spent[7] / max(1, sum(spent))


class Report:
    def __init__(self) -> None:
        self._prefix = ""
        self.results: list[Result] = []
        self.circumstances: dict[str, tuple[float, float]] = {}
        self._machine = _Machine()

    @contextlib.contextmanager
    def prefixed(self, prefix: str) -> Iterator[None]:
        """What is added meanwhile has other names: only while no other section adds."""
        self._prefix = prefix
        try:
            yield
        finally:
            self._prefix = ""

    def add(self, key: str, value: float) -> None:
        key = self._prefix + key
        result = Result(key, round(float(value), 1 if abs(value) > 1 else 3))  # shares need more digits
        self.results.append(result)
        self.circumstances[key] = (os.getloadavg()[0], self._machine.stolen_percent())
        load, stolen = self.circumstances[key]
        print(f"  {_line(result)}  (load {load:.1f}, stolen {stolen:.0f} %)", flush=True)

    def value(self, key: str) -> float:
        """What this run has measured; nan if it has not."""
        return next((result.value for result in self.results if result.key == key), math.nan)

    def begin(self) -> None:
        """A section begins: what the machine is like is told for each."""
        self._machine = _Machine()

    def missing(self, sections: Sequence[str]) -> None:
        """Keys of these sections that have no value yet could not be measured."""
        there = {result.key for result in self.results}
        for key in LIMITS:
            if key not in there and key.startswith(tuple(sections)):
                self.add(key, math.nan)

    @property
    def ok(self) -> bool:
        return all(result.ok for result in self.results)

    def table(self) -> str:
        return "\n".join(["", _row("key", "value", "must reach", "ok"), *map(_line, self.results)])

    def write(self, path: Path) -> None:
        """Keeps what an earlier run of other keys has measured."""
        path.parent.mkdir(parents=True, exist_ok=True)
        kept = json.loads(path.read_text()) if path.exists() else {}
        for each in self.results:
            value = None if math.isnan(each.value) else each.value
            load, stolen = self.circumstances[each.key]
            here = {"load": round(load, 1), "stolen_percent": round(stolen, 1)}
            kept[each.key] = {"value": value, "must": each.must, "ok": each.ok, **here}
        path.write_text(json.dumps(kept, indent=1) + "\n")


def _line(result: Result) -> str:
    value = "not measured" if math.isnan(result.value) else f"{result.value:g}"
    return _row(result.key, value, result.must, ("yes" if result.ok else "NO") if result.must else "")


def _row(key: str, value: str, must: str, ok: str) -> str:
    return f"{key:<42} | {value:>12} | {must:>10} | {ok}"
