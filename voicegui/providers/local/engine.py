"""The owner of the child process and of the providers that speak to it."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from voicegui.core.errors import ErrorCode, HintKind, VoiceError
from voicegui.core.ports import LoadingProgress, Message
from voicegui.core.settings import Settings

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
        self.tts.offer(await self._link.start(lambda what: progress(LoadingProgress(what))))
        progress(LoadingProgress("Warming up"))
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
    hint = f"voicegui models get {name}"
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        message = f"The language model {name} is not on this machine. Download it first."
        raise VoiceError(ErrorCode.MODEL_MISSING, message, hint=hint, hint_kind=HintKind.COMMAND) from error
    if magic != b"GGUF":
        raise model_damaged(name)
