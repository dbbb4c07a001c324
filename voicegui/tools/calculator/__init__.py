"""Sums as people write and say them. Nothing is given to Python to evaluate."""


# What the calculator raises.


class BadSum(Exception):
    """Says why, for the model and for a person."""
