"""No attack on what is kept succeeds."""

import pytest

from .kept_probes import PROBES
from .probe import Probe


@pytest.mark.parametrize("probe", PROBES, ids=[probe.name for probe in PROBES])
def test_nothing_succeeds(probe: Probe) -> None:
    assert probe.run() == []


def test_they_have_different_names() -> None:
    assert len({probe.name for probe in PROBES}) == len(PROBES) >= 10
