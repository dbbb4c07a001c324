"""What the engine adds to services that cost nothing: hands-free, the questions."""

from .analysis import first_sound, milliseconds, percentile
from .clips import Clip, clips
from .program import Program, talk
from .replies import SHORT
from .report import Report
from .scripted import Script
from .stage import Heard, Stage, stage

TURNS = 15


def measure(report: Report) -> None:
    with stage("overhead", talk) as on:
        on.program.expect_ready()
        latencies, premature = [], 0
        for clip in (clips("question") * 2)[:TURNS]:
            heard = ask(on, clip, Script(clip.text, SHORT))
            latency = voice_to_voice(heard)
            if latency is None or latency < 0:
                premature += 1
            else:
                latencies.append(latency)
            on.note(clip=clip.name, voice_to_voice_ms=latency)
    report.add("overhead.voice_to_voice_ms.p50", percentile(latencies, 50))
    report.add("overhead.voice_to_voice_ms.p95", percentile(latencies, 95))
    report.add("overhead.not_answered_or_too_early", premature)


def ask(on: Stage, clip: Clip, script: Script) -> Heard:
    """One question and the whole of its answer, or 15 s without one."""
    program: Program = on.program
    script.write(program.script)
    on.quiet()
    before = program.count
    saying = on.say(clip)
    program.wait(lambda event: event.type == "turn" and bool(event.fields["assistant"]), since=before, timeout=15)
    program.rest()
    return on.heard(saying)


def voice_to_voice(heard: Heard) -> float | None:
    """From the labelled end of speech to the first audible sample; negative: answered into the user's speech."""
    sound = first_sound(heard.speaker, heard.clip_start)
    return None if sound is None else milliseconds(sound - heard.clip_end)
