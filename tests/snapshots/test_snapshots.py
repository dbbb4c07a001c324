"""Nothing that others rely on changes unnoticed."""

import typing

import pytest

from tests.snapshots.taken import EVENTS, FOLDER, SNAPSHOTS
from voicegui.core.events import Event


@pytest.mark.parametrize("name", SNAPSHOTS)
def test_it_is_what_it_was(name: str) -> None:
    taken, kept = SNAPSHOTS[name](), (FOLDER / name).read_text("utf-8")
    if name == "help.txt":  # how words are put into lines is Python's business
        taken, kept = " ".join(taken.split()), " ".join(kept.split())
    assert taken == kept


def test_every_kind_of_event_is_in_it() -> None:
    assert {type(event) for event in EVENTS} == set(typing.get_args(Event))
