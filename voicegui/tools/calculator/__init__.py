"""Sums as people write and say them. Nothing is given to Python to evaluate."""

from decimal import Decimal
from typing import NamedTuple


class BadSum(Exception):
    """What the calculator raises. Says why, for the model and for a person."""


class Result(NamedTuple):
    number: Decimal
    units: str
    """As they are said, "" for a bare number; the code of a currency for money."""
    note: str
    """What was assumed, such as "US pints", or ""."""
    further: tuple[Decimal, ...] = ()
    """The other sides of a size: 27.94 of 21.59 by 27.94."""
