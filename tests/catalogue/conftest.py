import hashlib
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from voicegui.core.ports import LoadingProgress
from voicegui.providers.catalogue import Catalogue, Mirror, Model, ModelRole
from voicegui.providers.catalogue.download import Patience
from voicegui.providers.catalogue.entries import Weights
from voicegui.providers.catalogue.verification import Stamps

BYTES = random.Random(0).randbytes(300_000)
"""A model."""

MakeCatalogue = Callable[..., Catalogue]


def weights(content: bytes, file: str) -> Weights:
    return Weights(file, len(content), hashlib.sha256(content).hexdigest())


MODEL = Model(
    name="tiny",
    label="Tiny 1B",
    role=ModelRole.LLM,
    publisher="nobody",
    licence="Apache-2.0",
    repository="nobody/tiny",
    revision="abc",
    weights=weights(BYTES, "tiny.gguf"),
    memory_mb=1,
    chosen_from_memory_mb=0,
    chosen_from_cores=0,
)

PATH = "/nobody/tiny/resolve/abc/tiny.gguf"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def make(folder: Path, monkeypatch: pytest.MonkeyPatch) -> MakeCatalogue:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)

    def make(hub: str = "http://127.0.0.1:1", *mirrors: Mirror, silence: float = 10.0, free: int = 10**12) -> Catalogue:
        patience = Patience(connect=5.0, silence=silence, retries=(0.0, 0.0))
        stamps = Stamps(folder.parent / "verified")
        return Catalogue([MODEL], mirrors, folder, hub=hub, patience=patience, free_bytes=lambda _: free, stamps=stamps)

    return make


class Progress:
    """Keeps what was reported."""

    def __init__(self) -> None:
        self.seen: list[LoadingProgress] = []

    def __call__(self, loading: LoadingProgress) -> None:
        self.seen.append(loading)


@pytest.fixture
def progress() -> Progress:
    return Progress()
