from collections.abc import Iterator

import pytest

from tests.pseudo_language import PSEUDO
from voicegui.core.wording import use_translations


@pytest.fixture
def pseudo_language(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """On in this process, with a wide terminal and without models."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("VOICEGUI_MODELS", "/nonexistent")
    use_translations(shown=PSEUDO, spoken=PSEUDO)
    yield
    use_translations()
