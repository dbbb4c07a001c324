"""The window: 30 turns with the real local models, the Interrupt button, the start, and what it costs to listen."""

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .analysis import dropouts, first_sound, percentile, samples, silence_after
from .clips import BUILD, clips
from .heartbeat import NOTED_MS
from .interruptions import begin_reply
from .overhead import ask, voice_to_voice
from .processes import cpu_seconds, pss_mb
from .program import ROOT, SCRIPTED, Program
from .replies import LONG
from .report import Report
from .screen import Rect, Screen
from .scripted import Script
from .stage import Stage, recorded
from .window_probe import VARIABLE as PROBE
from .world import SoundWorld

MODEL = ("--llm", "local:qwen2.5-0.5b")
TURNS = 30
CLICKS = 16
LISTEN_S = 10


@contextlib.contextmanager
def window(
    name: str, services: tuple[str, ...], *, probed: bool = True, variables: Mapping[str, str] | None = None
) -> Iterator[tuple[Stage, Screen]]:
    """The window on a virtual desktop; its events come through its standard output. `variables`: more environment."""
    BUILD.mkdir(parents=True, exist_ok=True)
    with SoundWorld() as world, Screen(world.environment) as screen:
        environment = {**screen.environment, **(variables or {}), "VOICEGUI_EVENTS": "/dev/stdout"}
        environment[PROBE] = str(BUILD / f"{name}.probe.json")
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for left in BUILD.glob(f"{name}.probe.*"):
            left.unlink()
        module = "tests.benchmarks.window_probe" if probed else "voicegui"
        with (
            world.record() as recorder,
            Program(services, environment, module) as program,
            recorded(name, Stage(world, recorder, program)) as on,
        ):
            yield on, screen


def probe(name: str) -> dict[str, Any]:
    """What the window has seen of itself; there when it has ended."""
    found: dict[str, Any] = json.loads((BUILD / f"{name}.probe.json").read_text())
    return found


# ---------------------------------------------------------------- 30 turns


def offline(report: Report, name: str = "offline", turns: int = TURNS) -> None:
    """Latency, stalls, dropouts and memory of one run."""
    control_file = BUILD / "control.json"
    latencies: list[float | None] = []
    memory, lost, begun = 0.0, 0, 0.0
    with window(name, MODEL) as (on, screen):
        on.program.expect_ready()
        report.add("offline.ready_s", ready_s(on.program))
        with control(control_file, screen):
            begun = time.monotonic()
            for number in range(turns):
                clip = clips("question")[number % 12]
                heard = ask(on, clip, Script())
                latencies.append(voice_to_voice(heard))
                gone = dropouts(heard.speaker)
                lost += len(gone)
                on.note(clip=clip.name, voice_to_voice_ms=latencies[-1], dropouts_ms=gone)
                if number % 6 == 5:
                    memory = max(memory, pss_mb(on.program.process.pid))
            ended = time.monotonic()
        underruns = on.program.errors().count("underrun")
    answered = [each for each in latencies[1:] if each is not None and each >= 0]
    report.add("offline.voice_to_voice_ms.p50", percentile(answered, 50))
    report.add("offline.voice_to_voice_ms.p95", percentile(answered, 95))
    report.add("offline.voice_to_voice_ms.first_turn", latencies[0] if latencies[0] is not None else float("nan"))
    report.add("offline.not_answered_or_too_early", len(latencies) - 1 - len(answered))
    seen = probe(name)
    _report_probe(report, seen, begun, ended, control_file)
    report.add("audio_glitches", lost + (seen["status_flags"] or 0) + underruns)
    report.add("audio_glitches.dropouts", lost)
    report.add("audio_glitches.status_flags", seen["status_flags"] or 0)
    report.add("audio_glitches.alsa_underruns", underruns)
    report.add("rss_mb", memory)


def ready_s(program: Program) -> float:
    """From exec until it can be talked to."""
    return next(event.at for event in program.since() if event.type == "ready") - program.started_at


def _report_probe(report: Report, seen: Mapping[str, Any], begun: float, ended: float, control_file: Path) -> None:
    control = json.loads(control_file.read_text())
    report.add("gui_stall_ms.max", longest_stall(seen["late"], begun, ended))
    report.add("gui_stall_ms.control_max", longest_stall(control["late"], begun, ended))
    frames = [ms for at, ms in seen["frames"] if begun <= at <= ended]
    between = [1000 * (b[0] - a[0]) for a, b in zip(seen["frames"], seen["frames"][1:], strict=False)]
    report.add("frame_ms.p99", percentile(frames, 99))
    report.add("frame_ms.p50", percentile(frames, 50))
    report.add("frames_per_second", 1000 / percentile(between, 50) if between else float("nan"))


def longest_stall(late: list[list[float]], begun: float, ended: float) -> float:
    """Stalls up to `NOTED_MS` are not kept apart: that is the least that can be told."""
    return max((ms for at, ms, *_ in late if begun <= at <= ended), default=NOTED_MS)


@contextlib.contextmanager
def control(file: Path, screen: Screen) -> Iterator[None]:
    """An idle Qt process on the same screen at the same time: what the machine itself does to such a heartbeat."""
    command = [sys.executable, "-m", "tests.benchmarks.heartbeat", str(file)]
    idle = subprocess.Popen(command, cwd=ROOT, env=screen.environment)
    try:
        yield
    finally:
        idle.terminate()
        idle.wait(10)


# ---------------------------------------------------------------- the button


def interrupt_button(report: Report) -> None:
    """Clicks on the button and the Escape key in turn, over a long reply; to the recorded silence (10 ms late)."""
    latencies: list[float] = []
    silent_before = 0
    with window("interrupt", SCRIPTED) as (on, screen):
        on.program.expect_ready()
        while len(latencies) < CLICKS and silent_before < CLICKS:
            number = len(latencies)
            begin_reply(on, Script("What is twelve times eight?", LONG), 900 + 61 * number % 300)
            x, y = _place(on, "interrupt", "Interrupt", screen).centre
            screen.do(f"mousemove {x} {y}")
            on.quiet(100)
            start = max(0, on.recorder.position - samples(300))
            at = screen.do("click 1" if number % 2 == 0 else "key Escape")
            on.recorder.wait_ms(600)
            pressed = on.recorder.sample_at(at) - start
            speaker = on.recorder.between(start)[1]
            earlier = max(0, pressed - samples(100))
            if first_sound(speaker[earlier:pressed]) is None:
                silent_before += 1  # nothing sounded that could have been stopped: a starved machine
            else:
                silent = silence_after(speaker, earlier, samples(200))
                latencies.append(3000.0 if silent is None else 1000 * (on.recorder.arrived_at(start + silent) - at))
            on.note(how="click" if number % 2 == 0 else "Escape", silent_after_ms=latencies[-1:])
            on.program.rest(90)
    report.add("interrupt_button_ms.p50", percentile(latencies, 50))
    report.add("interrupt_button_ms.p95", percentile(latencies, 95))
    report.add("interrupt_button.not_sounding_before", silent_before)


def _place(on: Stage, name: str, widget: str, screen: Screen) -> Rect:
    """Where a widget is on the screen, by its accessible name; the probe tells every second."""
    file = BUILD / f"{name}.probe.places"
    for _ in range(30):
        places = json.loads(file.read_text()) if file.exists() else {}
        found = screen.window() if widget in places else None
        if found is not None:
            x, y, width, height = places[widget][0]
            return Rect(found[1].x + x, found[1].y + y, width, height)
        on.quiet(100)
    raise RuntimeError(f"“{widget}” is not on the screen")


# ---------------------------------------------------------------- listening


def listening_cpu(report: Report) -> None:
    """In silence (a room's faint noise), without the probe; then with the window minimised."""
    with window("listening", MODEL, probed=False) as (on, screen):
        on.program.expect_ready()
        pid = on.program.process.pid
        shown = screen.window()
        if shown is None:
            raise RuntimeError("the window is not there")
        on.quiet(5000)
        report.add("listening_cpu_percent.visible", _cpu_percent(on, pid))
        screen.minimize(shown[0])
        on.quiet(3000)
        hidden = _cpu_percent(on, pid)
        report.add("listening_cpu_percent.hidden", hidden)
        report.add("listening_cpu_percent.hidden.if_loop_s_1.2", hidden * 1.2 / report.value("machine.loop_s"))
        report.add("listening.pss_mb", pss_mb(pid))


def _cpu_percent(on: Stage, pid: int) -> float:
    begun, used = time.monotonic(), cpu_seconds(pid)
    on.recorder.wait_until(on.recorder.position + LISTEN_S * 48_000)
    return 100 * (cpu_seconds(pid) - used) / (time.monotonic() - begun)


# ---------------------------------------------------------------- the start


def usable(report: Report) -> None:
    """From exec until it is painted and a click into Message and a key have been answered, seen in the screen's pixels.

    The first start, with what the machine has not read yet, is told apart.
    """
    with window("usable", SCRIPTED) as (on, screen):
        on.program.expect_ready()
        field = _place(on, "usable", "Message", screen)
    times = []
    with SoundWorld() as world, Screen(world.environment) as screen:
        for _ in range(6):
            times.append(_start_once(screen, field))
    report.add("window_usable_ms", percentile(times[1:], 50))
    report.add("window_usable_ms.first", times[0])


def _start_once(screen: Screen, field: Rect) -> float:
    """The inside of the field changes when its placeholder gives way to what was typed, not under the mouse."""
    inside = Rect(field.x + 12, field.y + 8, 160, field.height - 16)
    screen.do(f"mousemove {field.centre[0]} {field.centre[1]}")
    environment = {key: value for key, value in screen.environment.items() if key != "PYTHONDONTWRITEBYTECODE"}
    before = screen.part(inside)
    with Program((), environment, "voicegui") as program:
        painted = _until_changed(screen, inside, before, 0.3)
        screen.do("click 1", "key x")
        answered = _until_changed(screen, inside, painted[1], 0.02)
    return (answered[0] - program.started_at) * 1000


def _until_changed(screen: Screen, part: Rect, before: Any, share: float) -> tuple[float, Any]:
    """(monotonic time, pixels) when this share of the pixels is different."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        now = screen.part(part)
        at = time.monotonic()
        if (now != before).mean() > share:
            return at, now
        time.sleep(0.002)  # the screen has no event for its pixels
    raise RuntimeError("the window does not appear or does not answer a click")
