"""What can be wrong with a time."""


class BadTime(Exception):
    """A sentence for a person: what is not right, and what to say instead."""


def not_understood() -> BadTime:
    return BadTime("I do not understand when that is. Say it like “in ten minutes” or “tomorrow at five pm”.")
