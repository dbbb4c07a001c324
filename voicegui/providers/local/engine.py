"""The owner of the child process and of the providers that speak to it."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from voicegui.core.errors import ErrorCode, HintKind, VoiceError
from voicegui.core.events import Stage
from voicegui.core.ports import LoadingProgress, Message
from voicegui.core.settings import Settings
from voicegui.core.wording import sentence, shown
from voicegui.providers.catalogue import Catalogue, Model, ModelRole
from voicegui.providers.catalogue.errors import command, megabytes
from voicegui.providers.catalogue.selection import choose_model, is_here, needed_files
from voicegui.providers.engine_entry import EngineModel, EngineRequest, LoadCatalogue, Provided

from .llama import model_damaged
from .rpc_client import RpcClient
from .rpc_messages import LocalModels
from .stages import LocalEndOfTurn, LocalLanguageModel, LocalSpeechToText, LocalTextToSpeech


def _nobody(error: VoiceError | None = None) -> None:
    """Default of callbacks."""


class LocalEngine:
    """Fills `core.ports.Engine`. Lives on the event loop's thread; the constructor does nothing but remember.

    `prompt` is read ahead at start and after a restart, so that the first reply is as fast as the others. `on_trouble`
    is called when the child died or hung (it is started again by itself, a few times in a row) and when it is given up,
    `on_mended` when it works again; both on the loop's thread.
    """

    def __init__(
        self,
        models: LocalModels,
        *,
        prompt: Sequence[Message] = (),
        on_trouble: Callable[[VoiceError], None] = _nobody,
        on_mended: Callable[[], None] = _nobody,
    ) -> None:
        self._models = models
        self._prompt = tuple(prompt)
        self._on_trouble = on_trouble
        self._on_mended = on_mended
        self._link = RpcClient(models, self._changed)
        self._warming: asyncio.Task[None] | None = None
        self.stt = LocalSpeechToText(self._link)
        self.llm = LocalLanguageModel(self._link)
        self.tts = LocalTextToSpeech(self._link, models.voice)
        self.end_of_turn = LocalEndOfTurn(self._link)

    @property
    def child_pid(self) -> int | None:
        return self._link.pid

    @property
    def speaks(self) -> bool:
        """A voice is among its models."""
        return bool(self._models.voice)

    def apply(self, settings: Settings) -> None:
        """Voice and speed: from the next sentence on."""
        self.tts.use(settings.voice, settings.speed)

    def speaker(self, voice: str, speed: float = 1.0) -> LocalTextToSpeech:
        """One with a voice of its own, beside `tts`; only if this engine `speaks`."""
        made = LocalTextToSpeech(self._link, voice)
        made.use(voice, speed)
        return made

    async def start(self, progress: Callable[[LoadingProgress], None]) -> None:
        """Raises VoiceError(MODEL_MISSING | MODEL_DAMAGED | ENGINE_FAILED); may be called again after that."""
        await asyncio.to_thread(_check, self._models)
        self.tts.offer(await self._link.start(lambda what: progress(LoadingProgress(what.shown()))))
        progress(LoadingProgress(shown("Warming up")))
        await self.warm(self._prompt)

    async def aclose(self) -> None:
        if self._warming:
            self._warming.cancel()
        await self._link.aclose()

    async def warm(self, messages: Sequence[Message]) -> None:
        """Reads a prompt ahead (see `LocalLanguageModel.warm`); nothing to do without a language model."""
        if messages and self._models.language_model:
            await self.llm.warm(messages)

    def revive(self) -> None:
        """Tries once more with a child that was given up, nothing else; `on_trouble` or `on_mended` follows."""
        self._link.revive()

    def _changed(self, error: VoiceError | None) -> None:
        if error:
            self._on_trouble(error)
        else:
            self._on_mended()
            self._warming = asyncio.get_running_loop().create_task(self._warm_again())

    async def _warm_again(self) -> None:
        try:
            await self.warm(self._prompt)
        except VoiceError:
            return  # it died again: `on_trouble` has told, and the next restart warms again


def _check(models: LocalModels) -> None:
    for path, name in (
        (models.language_model, models.language_model_name),
        (models.end_of_turn, models.end_of_turn_name),
    ):
        if path:
            _check_file(path, name or path.stem)


def _check_file(path: Path, name: str) -> None:
    """What can be told of a GGUF file without loading it."""
    hint = command(name)
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        what = sentence("The language model {model} is not on this machine. Download it first.", model=name)
        raise VoiceError(ErrorCode.MODEL_MISSING, what, hint=hint, hint_kind=HintKind.COMMAND) from error
    if magic != b"GGUF":
        raise model_damaged(name)


# ---------------------------------------------------------------- building it
# From what is wanted of this machine to the local engine, with the models it needs for that.

_JUDGE = "smollm2-135m"
"""Judges the ends of turns."""


async def build(request: EngineRequest) -> Provided:
    engine = LocalEngine(
        await needed_models(request),
        prompt=request.prompt,
        on_trouble=request.trouble,
        on_mended=request.mended,
    )
    engine.tts.use(request.voice or request.settings.voice, request.settings.speed)
    return Provided(engine, engine.stt, engine.llm, engine.tts, engine.end_of_turn)


def models_here(load: LoadCatalogue) -> Sequence[EngineModel]:
    """The language models: what hears and speaks has no choice of models."""
    catalogue = load()
    return tuple(
        EngineModel(
            model.name,
            catalogue.label(model),
            (Stage.LLM,),
            megabytes(model.weights.size).shown(),
            is_here(catalogue, model),
        )
        for model in catalogue.models(ModelRole.LLM)
    )


async def needed_models(request: EngineRequest) -> LocalModels:
    """Those of the stages that are wanted, and the judge of a turn's end."""
    hearing = Stage.STT in request.stages
    voice = (request.voice or request.settings.voice) if Stage.TTS in request.stages else ""
    if Stage.LLM not in request.stages and not request.end_of_turn:
        return LocalModels(hearing=hearing, voice=voice)
    catalogue = await asyncio.to_thread(request.catalogue)
    model = _chosen_model(catalogue, request.stages[Stage.LLM]) if Stage.LLM in request.stages else None
    judge = catalogue.find(_JUDGE) if request.end_of_turn else None
    found = await needed_files(catalogue, [each for each in (model, judge) if each], request.download)
    return LocalModels(
        hearing=hearing,
        voice=voice,
        language_model=found[model.name] if model else None,
        end_of_turn=found[judge.name] if judge else None,
        language_model_name=model.name if model else "",
        end_of_turn_name=judge.name if judge else "",
    )


def _chosen_model(catalogue: Catalogue, name: str) -> Model:
    """Raises VoiceError(BAD_SETTINGS) for a name that is none: nothing can be got by it."""
    try:
        return catalogue.find(name) if name else choose_model(catalogue)
    except VoiceError as unknown:
        raise unknown.as_code(ErrorCode.BAD_SETTINGS) from unknown
