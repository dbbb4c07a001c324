"""None of the attacks of servers, files and arguments succeeds; and the probes would notice if one did."""

from dataclasses import replace
from unittest.mock import patch

import pytest

from voicegui.core.tools import Granted, ToolInfo, fingerprint
from voicegui.tools import registry
from voicegui.tools.mcp import shape, stdio

from .mcp_probes import PROBES
from .probe import Probe

BY_NAME = {probe.name: probe for probe in PROBES}


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
def test_nothing_succeeds(probe: Probe) -> None:
    assert probe.run() == []


def test_there_are_enough() -> None:
    assert len(BY_NAME) == len(PROBES) >= 10


def test_a_flood_that_is_let_in_is_noticed() -> None:
    with patch.object(stdio, "too_much", lambda line: False), patch.object(shape, "result", lambda found: found):
        assert BY_NAME["a flood: parts without a kind"].run() != []


def test_a_permission_that_is_handed_on_is_noticed() -> None:
    def by_name(tool: ToolInfo, grants: dict[str, Granted]) -> Granted | None:
        given = grants.get(tool.name)
        return given and replace(given, definition=fingerprint(tool))

    with patch.object(registry, "grant_of", by_name):
        assert BY_NAME["a tool of an allowed function's name"].run() == ["dice__roll"]
