"""What a person is told."""

import pytest

from voicegui.core.errors import with_hint


@pytest.mark.parametrize(
    ("message", "hint", "said"),
    [
        ("It is full.", "", "It is full."),
        ("It is full.", "Empty it.", "It is full. Empty it."),
        ("It has ended. Use gpt-6-luna instead.", "gpt-6-luna", "It has ended. Use gpt-6-luna instead."),
    ],
)
def test_a_hint_is_said_once(message: str, hint: str, said: str) -> None:
    assert with_hint(message, hint) == said
