"""The stages of the program for requests of the OpenAI API: their names, voices, encoders and what a model can read."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from voicegui.app.composition import LoadedProgram
from voicegui.core.audio import FRAME_SAMPLES, Audio
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import Stage
from voicegui.core.model_choice import ModelChoice, model_choices
from voicegui.core.ports import Message, TextToSpeech
from voicegui.core.settings import Settings
from voicegui.core.wording import sentence
from voicegui.providers.engine_entry import LendsVoices
from voicegui.server.parts import ServedModel, ServedStages, SoundEncoder

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from voicegui.app.services import Services
    from voicegui.audio.voice_activity import VoiceActivity

_LOCAL_NAMES = {Stage.STT: "moonshine", Stage.TTS: "hibari"}
"""Of the models of this machine that nobody chooses."""

_FRAMES_AT_ONCE = 500
"""16 s of sound, between which a request may be cancelled."""


async def served_stages(program: LoadedProgram, settings: Settings, services: "Services") -> ServedStages:
    """Raises VoiceError for a list of models that cannot be read."""
    choices = model_choices(settings)
    models = [
        ServedModel(await _model_name(program, stage, choice), stage, choice.provider)
        for stage, choice in choices.items()
    ]
    voices = _Voices(settings, services, choices[Stage.TTS].provider)
    heard_by = program.engines.get(choices[Stage.STT].provider)
    reads_here = _works_here(program, choices[Stage.LLM])
    return ServedStages(
        services.stt,
        services.llm,
        voices.speaker,
        voices.names,
        models,
        ThreadedEncoder,
        _Detectors().probabilities,
        _reply_room if reads_here else lambda messages: None,
        services.fall_back.turn_ended if services.fall_back else lambda: None,
        voices.speeds,
        tuple(heard_by.languages) if heard_by is not None else (),
    )


def _works_here(program: LoadedProgram, choice: ModelChoice) -> bool:
    entry = program.engines.get(choice.provider)
    return entry is not None and entry.works_offline


async def _model_name(program: LoadedProgram, stage: Stage, choice: ModelChoice) -> str:
    if choice.model:
        return choice.model
    if not _works_here(program, choice):
        return choice.provider
    if stage in _LOCAL_NAMES:
        return _LOCAL_NAMES[stage]
    return await asyncio.to_thread(_usual_model, program)


def _usual_model(program: LoadedProgram) -> str:
    from voicegui.providers.catalogue.selection import choose_model

    return choose_model(program.catalogue()).name


def _reply_room(messages: Sequence[Message]) -> int:
    from voicegui.providers.local.llama import room_for_reply

    return room_for_reply(messages)


# ---------------------------------------------------------------- voices


class _Voices:
    """All that the engine lends, or the one of the settings if it lends none."""

    def __init__(self, settings: Settings, services: "Services", provider: str) -> None:
        self._settings, self._services = settings, services
        engine: object = services.engines.get(provider)
        self._lender = engine if isinstance(engine, LendsVoices) and engine.speaks else None

    @property
    def speeds(self) -> tuple[float, float]:
        return (0.5, 2.0) if self._lender is not None else (1.0, 1.0)

    def names(self) -> Sequence[str]:
        return self._services.tts.voices() if self._lender is not None else (self._settings.cloud_voice,)

    def speaker(self, name: str, speed: float) -> TextToSpeech:
        if self._lender is None:
            if speed != 1:
                raise VoiceError(ErrorCode.BAD_REQUEST, sentence("Another speed cannot be chosen here."))
            return self._services.tts
        return self._lender.speaker(name or self._settings.voice, speed)


# ---------------------------------------------------------------- sound


class _Detectors:
    """Voice detectors that wait for the next recording: making one takes 0.2 s and 37 MB."""

    def __init__(self) -> None:
        self._idle: list[VoiceActivity] = []

    async def probabilities(self, audio: Audio) -> Sequence[float]:
        """In threads: ten minutes of sound take some seconds."""
        detector = self._idle.pop() if self._idle else await asyncio.to_thread(_new_detector)
        samples = np.frombuffer(audio.samples, np.int16)
        frames = np.pad(samples, (0, -len(samples) % FRAME_SAMPLES)).reshape(-1, FRAME_SAMPLES)
        found = list(detector.again(frames[:1].ravel()))
        for start in range(1, len(frames), _FRAMES_AT_ONCE):
            found += await asyncio.to_thread(_judged, detector, frames[start : start + _FRAMES_AT_ONCE])
        self._idle.append(detector)  # not one that was left while a thread may still ask it
        return found


def _new_detector() -> "VoiceActivity":
    from voicegui.audio.voice_activity import VoiceActivity

    return VoiceActivity()


def _judged(detector: "VoiceActivity", frames: "NDArray[np.int16]") -> Sequence[float]:
    return [detector.probability(frame) for frame in frames]


class ThreadedEncoder(SoundEncoder):
    """Encodes off the event loop: a second of Opus takes 32 ms of a core, one of MP3 10 ms."""

    def __init__(self, format: str) -> None:
        from voicegui.media.encoding import FileEncoder

        self._encoder = FileEncoder(format)

    async def encode(self, audio: Audio) -> bytes:
        return await asyncio.to_thread(self._encoder.encode, audio)

    async def finish(self) -> bytes:
        return await asyncio.to_thread(self._encoder.finish)

    def close(self) -> None:
        """What a thread is encoding just now comes to its end first: nobody waits for that."""
        asyncio.get_running_loop().run_in_executor(None, self._encoder.close)
