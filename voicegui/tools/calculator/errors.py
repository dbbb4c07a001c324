"""What the calculator raises."""


class BadSum(Exception):
    """Says why, for the model and for a person."""
