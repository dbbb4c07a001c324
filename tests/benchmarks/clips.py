"""The recorded speech with its labels, and the voice of the scripted replies."""

import hashlib
import json
import subprocess
import sys
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .analysis import RATE, SILENT_DBFS, Samples, first_sound, gaps, samples

SPEECH = Path(__file__).parents[1] / "speech"
BUILD = Path(__file__).parents[2] / "build" / "bench"
VOICE = BUILD / "voice"


@dataclass(frozen=True)
class Clip:
    """48 kHz. `start` and `end` of the speech in it, in samples."""

    name: str
    kind: str
    text: str
    sound: Samples
    start: int
    end: int

    def scaled(self, db: float) -> "Clip":
        louder = np.clip(self.sound * 10 ** (db / 20), -32768, 32767).astype(np.int16)
        return Clip(self.name, self.kind, self.text, louder, self.start, self.end)


def clips(kind: str) -> list[Clip]:
    """`kind`: question, backchannel, interruption, inner_pause, noise, or click (made here)."""
    if kind == "click":
        return [_click(number) for number in range(5)]
    labels = json.loads((SPEECH / "labels.json").read_text())
    return [
        Clip(
            each["id"],
            kind,
            each["text"],
            read_wav(SPEECH / f"{each['id']}.wav"),
            samples(each["start_ms"]),
            samples(each["end_ms"]),
        )
        for each in labels
        if each["kind"] == kind
    ]


def _click(number: int) -> Clip:
    """A mouse, a pen, a key: 3 to 15 ms of decaying noise at -6 dBFS."""
    random = np.random.default_rng(number)
    length = samples(3 + 3 * number)
    burst = random.normal(0, 1, length) * np.exp(-np.arange(length) / (length / 4))
    sound = np.zeros(samples(150), np.int16)
    start = samples(50)
    sound[start : start + length] = burst / np.abs(burst).max() * 16_000
    return Clip(f"click-{number + 1:02}", "click", "", sound, start, start + length)


def read_wav(path: Path) -> Samples:
    """Mono int16 at any rate, as 48 kHz."""
    import soxr

    with wave.open(str(path)) as file:
        sound = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return sound if file.getframerate() == RATE else soxr.resample(sound, file.getframerate(), RATE)


# ---------------------------------------------------------------- scripted voice


def voice_file(sentence: str) -> Path:
    return VOICE / f"{hashlib.sha256(sentence.encode()).hexdigest()[:16]}.wav"


def prepare_voice(sentences: Sequence[str]) -> None:
    """Speaks what is not there yet, once, with the real voice, in a process of its own that gives its memory back."""
    missing = [each for each in sentences if not voice_file(each).exists()]
    if missing:
        VOICE.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "tests.benchmarks.clips", *missing]
        subprocess.run(command, check=True, cwd=Path(__file__).parents[2])


def _speak(sentences: Sequence[str]) -> None:
    import soxr
    from hibari import Hibari
    from hibari.voices import voice_path

    model = Hibari("heart", model=str(voice_path("heart", download_missing=False)))
    for sentence in sentences:
        sound = np.concatenate(list(model.stream(sentence)))
        whole = soxr.resample((np.clip(sound, -1, 1) * 32767).astype(np.int16), model.sample_rate, RATE)
        _write(voice_file(sentence), tightened(whole))


def tightened(sound: Samples, longest_ms: float = 60) -> Samples:
    """Begins with its first audible sample, and has no longer gap: a silence is never the voice's own."""
    begin = first_sound(sound)
    assert begin is not None
    sound = sound[begin:]
    keep = np.ones(len(sound), bool)
    for start, length in gaps(sound, samples(longest_ms), SILENT_DBFS):
        at_end = start + length == len(sound)
        keep[start + (samples(20) if at_end else samples(longest_ms)) : start + length] = False
    return sound[keep]


def _write(path: Path, sound: Samples) -> None:
    unfinished = path.with_suffix(".part")
    with wave.open(str(unfinished), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(sound.astype("<i2").tobytes())
    unfinished.replace(path)


if __name__ == "__main__":
    _speak(sys.argv[1:])
