"""Transcripts with times as files of subtitles: SubRip and WebVTT (W3C, "WebVTT: The Web Video Text Tracks Format")."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HeardSegment:
    """What was said from one moment of a recording to another, in seconds."""

    start_s: float
    end_s: float
    text: str
    no_speech: float = 0.0
    """Probability that nobody spoke."""


def srt(segments: Sequence[HeardSegment]) -> str:
    return "".join(
        f"{number}\n{_time(each.start_s, ',')} --> {_time(each.end_s, ',')}\n{_line(each.text)}\n\n"
        for number, each in enumerate(segments, 1)
    )


def vtt(segments: Sequence[HeardSegment]) -> str:
    cues = (f"{_time(each.start_s, '.')} --> {_time(each.end_s, '.')}\n{_escaped(each.text)}\n\n" for each in segments)
    return "WEBVTT\n\n" + "".join(cues)


def _time(seconds: float, point: str) -> str:
    ms = round(seconds * 1000)
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}{point}{ms % 1000:03}"


def _line(text: str) -> str:
    """One line without an arrow, which would be read as a time."""
    return " ".join(text.split()).replace("-->", "->")


def _escaped(text: str) -> str:
    return " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
