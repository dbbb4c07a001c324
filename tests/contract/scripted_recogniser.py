"""A second recogniser on this machine, as somebody would add one: one file with an engine, and its entry.

It reads words out of sound that carries them (`tests.conversation.fakes.words_to_bytes`).
"""

import asyncio
from collections.abc import Callable, Sequence

from voicegui.core.audio import FRAME_SAMPLES, LISTENING_RATE_HZ, Audio
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import Stage
from voicegui.core.ports import LoadingProgress
from voicegui.providers.engine_entry import EngineEntry, EngineModel, EngineRequest, LoadCatalogue, Provided

MODELS = {"tiny": "Scripted tiny", "large": "Scripted large"}


class _Recogniser:
    """An engine and its `SpeechToText`."""

    def __init__(self, model: str) -> None:
        self._model = model

    async def start(self, progress: Callable[[LoadingProgress], None]) -> None:
        life.append(f"started {self._model}")

    async def aclose(self) -> None:
        life.append(f"closed {self._model}")

    def listen(self, on_partial: Callable[[str], None], expected: Sequence[str] = ()) -> "_Hearing":
        return _Hearing()


class _Hearing:
    def __init__(self) -> None:
        self._sound = b""

    def feed(self, audio: Audio) -> None:
        if audio.rate_hz != LISTENING_RATE_HZ:
            raise ValueError(f"a hearing takes {LISTENING_RATE_HZ} Hz, not {audio.rate_hz}")
        self._sound += audio.samples

    async def text(self) -> str:
        await asyncio.sleep(0)
        frames = (self._sound[at : at + FRAME_SAMPLES * 2] for at in range(0, len(self._sound), FRAME_SAMPLES * 2))
        return " ".join(word for frame in frames if (word := frame.rstrip(b"\0").decode()))

    async def aclose(self) -> None: ...


life: list[str] = []
"""What became of the engines that were built."""


async def _build(request: EngineRequest) -> Provided:
    model = request.stages.get(Stage.STT, "") or "tiny"
    if model not in MODELS:
        raise VoiceError(ErrorCode.BAD_SETTINGS, f"There is no recogniser “{model}”.")
    recogniser = _Recogniser(model)
    return Provided(recogniser, stt=recogniser)


def _models(catalogue: LoadCatalogue) -> Sequence[EngineModel]:
    return [EngineModel(name, label, (Stage.STT,)) for name, label in MODELS.items()]


SCRIPTED = EngineEntry(
    "scripted",
    "Scripted recogniser",
    _build,
    stages=(Stage.STT,),
    languages=("en",),
    works_offline=True,
    models_here=_models,
)
