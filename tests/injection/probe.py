"""An attack that is no conversation: what it does, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Probe:
    name: str
    channel: str
    """Through what it comes in."""
    run: Callable[[], list[str]]
    """Makes the attack; returns what succeeded, empty when all of it held."""
