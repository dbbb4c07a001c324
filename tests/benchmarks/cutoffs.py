"""Pauses inside a sentence, with the real ears: is the user answered before the end?"""

from .clips import clips
from .overhead import ask, voice_to_voice
from .program import REAL_EARS, talk
from .replies import SHORT
from .report import Report
from .scripted import Script
from .stage import stage


def measure(report: Report) -> None:
    """An answer counts as too early when it is heard before the labelled end of the sentence."""
    pauses = clips("inner_pause")
    with stage("false_cutoffs", lambda environment: talk(environment, REAL_EARS)) as on:
        on.program.expect_ready()
        early = missing = 0
        for clip in pauses:
            latency = voice_to_voice(ask(on, clip, Script(reply=SHORT)))
            early += latency is not None and latency < 0
            missing += latency is None
            on.note(clip=clip.name, voice_to_voice_ms=latency)
    report.add("false_cutoffs_percent", 100 * early / len(pauses))
    report.add("false_cutoffs.not_answered", missing)
