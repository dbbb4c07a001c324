"""No attack on what is shown and said succeeds."""

import pytest

from .probe import Probe
from .shown_probes import PROBES


@pytest.mark.parametrize("probe", PROBES, ids=[probe.name.encode("ascii", "replace").decode() for probe in PROBES])
def test_it_holds(probe: Probe) -> None:
    assert probe.run() == []


def test_each_has_its_own_name() -> None:
    assert len({probe.name for probe in PROBES}) == len(PROBES) >= 12
