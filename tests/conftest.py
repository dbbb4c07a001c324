"""What every test may use."""

import asyncio
import os
from pathlib import Path

import hypothesis
import mcp as _before_qt  # noqa: F401 - Qt's import hook looks into modules that are half loaded, and pydantic's break at that
import pytest

os.environ.setdefault("VOICEGUI_MODEL_MIRRORS", str(Path(__file__).parent / "models.toml"))

# The same examples every time, however slow the machine is
hypothesis.settings.register_profile("steady", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("steady")

SMALLEST_MODEL = "smollm2-135m"


@pytest.fixture(scope="session")
def smallest_model_file() -> Path:
    """The smallest language model, downloaded and verified if it is not here yet."""
    from voicegui.providers.catalogue import Catalogue

    catalogue = Catalogue.from_environment()
    model = catalogue.find(SMALLEST_MODEL)
    return catalogue.installed(model) or asyncio.run(catalogue.fetch(model, lambda loading: None))


@pytest.fixture(scope="session")
def smallest_model(smallest_model_file: Path) -> str:
    """The same as a value for `--llm`."""
    return f"local:{SMALLEST_MODEL}"
