"""What was said so far, as the language model gets it. Only what was heard is in it."""

from collections.abc import Sequence

from .ports import Message

CONTEXT_CHARACTERS = 6_000
"""About 1,500 tokens: a small local model stays fast, and its context of 4,096 never overflows."""


def build_prompt(instructions: str, history: Sequence[Message], question: str) -> list[Message]:
    """System message, what was said, the question."""
    return [Message("system", instructions), *history, Message("user", question)]


def trimmed(history: Sequence[Message]) -> list[Message]:
    """The newest turns that fit.

    Dropped are whole turns, oldest first, and half the budget at once: until the next time the part before stays the
    same, so that a model's prompt cache keeps working.
    """
    kept = list(history)
    if _characters(kept) > CONTEXT_CHARACTERS:
        while kept and (_characters(kept) > CONTEXT_CHARACTERS // 2 or kept[0].role != "user"):
            kept.pop(0)
    return kept


def _characters(messages: Sequence[Message]) -> int:
    return sum(len(message.text) for message in messages)
