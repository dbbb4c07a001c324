"""SmolLM2 as judge of turns, in the child process."""

import pytest

from tests.contract.end_of_turn import EndOfTurnContract
from voicegui.core.ports import EndOfTurn
from voicegui.providers.local import LocalEngine

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def end_of_turn(engine: LocalEngine) -> EndOfTurn:
    return engine.end_of_turn


class TestContract(EndOfTurnContract):
    pass
