"""One program in one world, recorded from its start to its end."""

import contextlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .analysis import Samples, find_clip, samples
from .clips import BUILD, Clip
from .program import Program
from .world import Recorder, SoundWorld, Speaking

_MARGIN = samples(300)
"""The recording arrives a little after the devices have exchanged it."""


@dataclass(frozen=True)
class Saying:
    """A clip on its way: somewhere after sample `after` of the recording."""

    clip: Clip
    after: int
    speaking: Speaking


@dataclass(frozen=True)
class Heard:
    """What was recorded from shortly before a clip. Positions of the clip's speech are in samples of these arrays."""

    microphone: Samples
    speaker: Samples
    clip_start: int
    clip_end: int
    offset: int
    """Position of the arrays in the whole recording."""


class NotHeard(RuntimeError):
    """A clip did not reach the microphone in one piece: the machine was too busy for the virtual devices."""


class Stage:
    def __init__(self, world: SoundWorld, recorder: Recorder, program: Program) -> None:
        self.world, self.recorder, self.program = world, recorder, program
        self._notes: list[dict[str, Any]] = []

    def note(self, **fields: Any) -> None:
        """Kept beside the recording: one line a turn."""
        self._notes.append({"at_s": round(self.recorder.position / 48_000, 2), **fields})

    def quiet(self, ms: float = 400) -> None:
        """Some silence between turns."""
        self.recorder.wait_ms(ms)

    def say(self, clip: Clip, *, wait: bool = True) -> Saying:
        """`wait`: until all of it was played."""
        after = max(0, self.recorder.position - _MARGIN)
        saying = Saying(clip, after, self.world.speak(clip.sound))
        if wait:
            saying.speaking.wait()
        return saying

    def heard(self, saying: Saying, *, more_ms: float = 200) -> Heard:
        """Everything since `saying` and a little more, with the clip found in it by correlation."""
        saying.speaking.wait()
        self.recorder.wait_ms(more_ms)
        microphone, speaker = self.recorder.between(saying.after)
        limit = len(saying.clip.sound) + samples(2500)
        position, match = find_clip(microphone[:limit], saying.clip.sound)
        if match < 0.3:
            raise NotHeard(f"{saying.clip.name} did not reach the microphone (correlation {match:.2f})")
        return Heard(microphone, speaker, position + saying.clip.start, position + saying.clip.end, saying.after)

    def save(self, name: str) -> None:
        self.recorder.save(BUILD / f"{name}.wav")
        lines = [json.dumps(note) for note in self._notes]
        (BUILD / f"{name}.jsonl").write_text("\n".join(lines) + "\n")
        told = [json.dumps({"at": event.at, "type": event.type, **event.fields}) for event in self.program.since()]
        (BUILD / f"{name}.events.jsonl").write_text("\n".join(told) + "\n")


@contextlib.contextmanager
def stage(name: str, start: Callable[[Mapping[str, str]], Program], *, echo: bool = False) -> Iterator[Stage]:
    """The recording is kept as build/bench/NAME.wav (left: microphone, right: speaker), notes and events beside it."""
    with SoundWorld(echo=echo) as world:
        world.environment.pop("PYTHONDONTWRITEBYTECODE", None)
        with (
            world.record() as recorder,
            start(world.environment) as program,
            recorded(name, Stage(world, recorder, program)) as on,
        ):
            yield on


@contextlib.contextmanager
def recorded(name: str, on: Stage) -> Iterator[Stage]:
    try:
        yield on
    finally:
        on.note(load=os.getloadavg()[0])
        on.save(name)
