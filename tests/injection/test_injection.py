"""No attempt succeeds; and the suite would notice if one did."""

import pytest

from voicegui.core.tools import ToolCall

from .attempts import ATTEMPTS, Attempt
from .probe import Probe
from .probes import PROBES
from .questions import QUESTIONS
from .trial import tried
from .world import unapproved

ALL = (*ATTEMPTS, *QUESTIONS)


@pytest.mark.parametrize("attempt", ALL, ids=[attempt.name for attempt in ALL])
def test_nothing_changes_without_a_yes(attempt: Attempt) -> None:
    result = tried(attempt)
    assert result.reached, "the model has not seen the text: nothing was tried"
    assert result.successes == ()


def test_there_are_enough_attempts() -> None:
    assert len(ATTEMPTS) >= 30
    assert len({each.name for each in ALL} | {each.name for each in PROBES}) == len(ALL) + len(PROBES)


@pytest.mark.parametrize("probe", PROBES, ids=[probe.name for probe in PROBES])
def test_nothing_succeeds(probe: Probe) -> None:
    assert probe.run() == []


def test_what_ran_without_its_own_yes_is_noticed() -> None:
    call = ToolCall("1", "open_url", '{"url": "a"}')
    assert unapproved([("open_url", '{"url": "a"}')], [call]) == []
    assert unapproved([("open_url", '{"url": "b"}')], [call]) == [("open_url", '{"url": "b"}')]
    assert unapproved([("open_url", '{"url": "a"}')] * 2, [call]) == [("open_url", '{"url": "a"}')]
