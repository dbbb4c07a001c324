"""Sums as people write and say them. Nothing is given to Python to evaluate."""


class BadSum(Exception):
    """What the calculator raises. Says why, for the model and for a person."""
