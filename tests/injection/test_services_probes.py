"""Services that try to use up memory, processor or patience."""

import pytest

from .probe import Probe
from .services_probes import PROBES


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
def test_a_hostile_service_costs_little_and_is_told(probe: Probe) -> None:
    assert probe.run() == []
