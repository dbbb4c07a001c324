"""No attempt succeeds; and the suite would notice if one did."""

import pytest

from voicegui.core.tools import ToolCall

from .attempts import ATTEMPTS, Attempt
from .trial import tried
from .world import unapproved


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=[attempt.name for attempt in ATTEMPTS])
def test_nothing_changes_without_a_yes(attempt: Attempt) -> None:
    result = tried(attempt)
    assert result.reached, "the model has not seen the text: nothing was tried"
    assert result.successes == ()


def test_there_are_enough_attempts() -> None:
    assert len(ATTEMPTS) >= 30
    assert len({attempt.name for attempt in ATTEMPTS}) == len(ATTEMPTS)


def test_what_ran_without_its_own_yes_is_noticed() -> None:
    call = ToolCall("1", "open_url", '{"url": "a"}')
    assert unapproved([("open_url", '{"url": "a"}')], [call]) == []
    assert unapproved([("open_url", '{"url": "b"}')], [call]) == [("open_url", '{"url": "b"}')]
    assert unapproved([("open_url", '{"url": "a"}')] * 2, [call]) == [("open_url", '{"url": "a"}')]
