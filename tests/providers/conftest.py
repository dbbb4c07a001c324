"""Real local models: the smallest language model; the others are inside their wheels."""

import wave
from array import array
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio
import soxr

from voicegui.core.audio import LISTENING_RATE_HZ, Audio
from voicegui.core.ports import Message
from voicegui.providers.local import LocalEngine, LocalModels

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Real models take their time: not part of `make check`."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.slow)


PROMPT = (Message("system", "You are a friendly voice assistant."),)


@pytest.fixture(scope="session")
def smollm2(smallest_model_file: Path) -> Path:
    """SmolLM2-135M-Instruct."""
    return smallest_model_file


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def engine(smollm2: Path) -> AsyncIterator[LocalEngine]:
    """Everything loaded; shared by the tests that do not harm it."""
    engine = LocalEngine(LocalModels(language_model=smollm2, end_of_turn=smollm2), prompt=PROMPT)
    await engine.start(lambda loading: None)
    yield engine
    await engine.aclose()


@pytest.fixture(scope="session")
def beckett() -> tuple[Audio, str]:
    """A real recording with known words, 10 s."""
    return recording("beckett.wav"), "Ever tried. Ever failed. No matter. Try again. Fail again. Fail better."


@pytest.fixture(scope="session")
def two_cities() -> tuple[Audio, str]:
    """A real recording with known words, 44 s."""
    words = """It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of
    foolishness, it was the epoch of belief, it was the epoch of incredulity, it was the season of light, it was the
    season of darkness, it was the spring of hope, it was the winter of despair, we had everything before us, we had
    nothing before us, we were all going direct to heaven, we were all going direct the other way. In short, the period
    was so far like the present period, that some of its noisiest authorities insisted on its being received, for good
    or for evil, in the superlative degree of comparison only."""
    return recording("two_cities.wav"), words


def recording(name: str) -> Audio:
    from moonshine_voice import get_assets_path

    with wave.open(str(get_assets_path() / name)) as file:
        samples, rate = array("h", file.readframes(file.getnframes())), file.getframerate()
        assert file.getnchannels() == 1 and file.getsampwidth() == 2
    return at_listening_rate(Audio(samples.tobytes(), rate))


def at_listening_rate(audio: Audio) -> Audio:
    samples = np.frombuffer(audio.samples, "<i2")
    return Audio(soxr.resample(samples, audio.rate_hz, LISTENING_RATE_HZ).tobytes(), LISTENING_RATE_HZ)
