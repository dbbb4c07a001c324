"""What a call adds to a turn beside the model's second round: scripted services, a tool that takes no time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .analysis import percentile
from .clips import Clip, clips
from .overhead import ask, voice_to_voice
from .program import talk
from .replies import SHORTEST
from .report import Report
from .scripted import Script
from .stage import Stage, stage

TOOL = "current_time"
ROUND_S = 0.1
"""What the scripted model takes for each of its answers."""

PAIRS = 15


@dataclass(frozen=True)
class Turn:
    latency: float | None
    ran: bool
    """The tool, once, and well."""
    timings: Mapping[str, Any] | None


def measure(report: Report) -> None:
    """The shortest question with the tool and without it, each first in turn; the difference of the two, less one
    round of the model."""
    question = min(clips("question"), key=lambda clip: len(clip.sound))
    added: list[float] = []
    missed = 0
    with stage("tools_overhead", talk) as on:
        on.program.expect_ready()
        for number in range(PAIRS):
            without, acting = _both(on, question, tool_first=number % 2 == 1)
            plain, acted = without.latency, acting.latency
            if plain is None or acted is None or plain < 0 or acted < 1000 * ROUND_S or without.ran or not acting.ran:
                missed += 1
            else:
                added.append(acted - plain - 1000 * ROUND_S)
            on.note(plain_ms=plain, with_tool_ms=acted, timings_ms=[without.timings, acting.timings])
    report.add("tools.overhead_ms.p50", percentile(added, 50))
    report.add("tools.overhead_ms.p95", percentile(added, 95))
    report.add("tools.overhead_ms.not_answered_or_not_called", missed)


def _both(on: Stage, clip: Clip, *, tool_first: bool) -> tuple[Turn, Turn]:
    """Without the tool, with it."""
    second = _turn(on, clip, TOOL) if tool_first else None
    first = _turn(on, clip, "")
    return first, second or _turn(on, clip, TOOL)


def _turn(on: Stage, clip: Clip, tool: str) -> Turn:
    before = on.program.count
    heard = ask(on, clip, Script(clip.text, SHORTEST, ROUND_S, tool))
    told = on.program.since(before)
    ran = [event.fields["ok"] for event in told if event.type == "tool_finished"]
    turns = [event.fields["timings_ms"] for event in told if event.type == "turn"]
    return Turn(voice_to_voice(heard), ran == [True], turns[-1] if turns else None)
