"""What the sheet leaves of the window."""

from enum import Enum


class Cover(Enum):
    """How much of the window the sheet takes."""

    NOTHING = "nothing"
    PART = "part"
    """The rest is seen, and out of reach."""
    ALL = "all"
