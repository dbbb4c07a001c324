"""Sums as people write and say them. Nothing is given to Python to evaluate."""

from decimal import Decimal
from typing import NamedTuple

from voicegui.core.wording import Sentence

from .unit_wording import SaidUnits


class BadSum(Exception):
    """What the calculator raises."""

    def __init__(self, why: Sentence) -> None:
        """`why`: for a person."""
        super().__init__(why)
        self.why = why


class Result(NamedTuple):
    number: Decimal
    units: SaidUnits
    note: Sentence
    """What was assumed, such as "US pints"; false if nothing."""
    further: tuple[Decimal, ...] = ()
    """The other sides of a size: 27.94 of 21.59 by 27.94."""
