"""What the catalogue files say."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.wording import sentence


class ModelRole(StrEnum):
    LLM = "llm"
    END_OF_TURN = "end_of_turn"


@dataclass(frozen=True, slots=True)
class Weights:
    """One file with exactly these bytes."""

    file: str
    size: int
    """Bytes."""
    sha256: str


@dataclass(frozen=True, slots=True)
class Model:
    name: str
    label: str
    role: ModelRole
    publisher: str
    licence: str
    repository: str
    revision: str
    weights: Weights
    memory_mb: int
    """What it takes while loaded."""
    chosen_from_memory_mb: int | None
    """Smallest machine on which it is the default; None: only by choice."""
    chosen_from_cores: int | None

    def url(self, hub: str) -> str:
        return f"{hub}/{self.repository}/resolve/{self.revision}/{self.weights.file}"


@dataclass(frozen=True, slots=True)
class Mirror:
    """A stand-in inside wheels of a package index."""

    replaces: str
    """Name of the model it stands in for."""
    label: str
    weights: Weights
    packages: tuple[str, ...]
    """Requirements; the largest file of each wheel, in this order, is a part."""


def read_models(path: Path) -> tuple[Model, ...]:
    """Raises VoiceError(BAD_SETTINGS) if the file cannot be used."""
    try:
        return tuple(_model(entry) for entry in _entries(path, "model"))
    except (KeyError, TypeError, ValueError) as error:
        raise _unusable(path, error) from error


def read_mirrors(path: Path) -> tuple[Mirror, ...]:
    """Raises VoiceError(BAD_SETTINGS) if the file cannot be used."""
    try:
        return tuple(
            Mirror(entry["replaces"], entry["label"], _weights(entry), tuple(entry["packages"]))
            for entry in _entries(path, "mirror")
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _unusable(path, error) from error


def _entries(path: Path, table: str) -> list[Mapping[str, Any]]:
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise _unusable(path, error) from error
    entries: list[Mapping[str, Any]] = content[table]
    return entries


def _model(entry: Mapping[str, Any]) -> Model:
    return Model(
        name=entry["name"],
        label=entry["label"],
        role=ModelRole(entry["role"]),
        publisher=entry["publisher"],
        licence=entry["licence"],
        repository=entry["repository"],
        revision=entry["revision"],
        weights=_weights(entry),
        memory_mb=entry["memory_mb"],
        chosen_from_memory_mb=entry.get("chosen_from_memory_mb"),
        chosen_from_cores=entry.get("chosen_from_cores"),
    )


def _weights(entry: Mapping[str, Any]) -> Weights:
    file = entry["file"]
    if Path(file).name != file:
        raise ValueError(f"{file!r} is not a plain file name")
    return Weights(file, int(entry["bytes"]), entry["sha256"])


def _unusable(path: Path, error: Exception) -> VoiceError:
    heading = sentence("The list of models {path} cannot be used", path=path)
    return VoiceError(ErrorCode.BAD_SETTINGS, sentence("{error}.", error=repr(error)), heading=heading)
