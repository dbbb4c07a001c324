"""Servers that load a model when it is asked for first: longer patience for them, and a word about it."""

import re
from collections.abc import Callable

from voicegui.core.addresses import Reach, reach

TIMES_AS_LONG = 6.0
"""A model of a server on this machine or in its network may take so many times as long to its first answer: two minutes
for thinking, as it comes."""

NOTICE_S = 5.0
"""Without an answer for so long it is said that it may be loading; a third of the usual patience if that is less."""

KEPT_S = 240.0
"""A model that was not asked for so long may have been put aside: Ollama does so after five minutes."""

LONGEST_S = 120.0
"""Of waiting for a server that says that it loads its model."""

_LOADS = re.compile(
    r"\bloading\b.{0,80}\bmodel|\bmodel\b.{0,120}\b(?:loading|being loaded|warming up|not (?:yet )?(?:ready|loaded yet)"
    r"|starting)|\bstill (?:loading|starting)|\bwarming up\b|\b(?:server|service|engine) is (?:starting|loading)",
    re.DOTALL,
)
_FAILED = re.compile(r"\b(?:error|fail(?:ed|ure)?|unable|could ?n.t|could not|cannot|can.t|out of memory|not found)\b")


def says_loading(status: int, text: str, *, asks_to_wait: bool) -> bool:
    """Whether a refusal means that the model will be there soon. `text`: lower case; `asks_to_wait`: with Retry-After.

    llama.cpp: 503 "Loading model"; Hugging Face: 503 "Model x is currently loading"; others only 503 and Retry-After.
    """
    if status not in (409, 423, 425, 429) and status < 500:
        return False
    if _LOADS.search(text):
        return not _FAILED.search(_without_names(text))
    return status == 503 and asks_to_wait and not _FAILED.search(_without_names(text))


def _without_names(text: str) -> str:
    """Kinds of errors, such as "unavailable_error", are no words."""
    return re.sub(r"\b\w+_\w+\b", " ", text)


class ModelLoading:
    """What is known of the models of one service, by URL and name. Times in seconds of one clock."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._answered_at: dict[tuple[str, str], float] = {}
        self._told: set[tuple[str, str]] = set()

    def patience_s(self, url: str, model: str, usual_s: float) -> float:
        """Until an answer begins."""
        return usual_s * TIMES_AS_LONG if self.may_load(url, model) else usual_s

    def may_load(self, url: str, model: str) -> bool:
        answered_at = self._answered_at.get((url, model))
        fresh = answered_at is not None and self._clock() - answered_at < KEPT_S
        return bool(model) and not fresh and reach(url) is not Reach.CLOUD

    def answered(self, url: str, model: str) -> None:
        self._answered_at[url, model] = self._clock()
        self._told.discard((url, model))

    def to_tell(self, url: str, model: str) -> bool:
        """Whether it was not said yet; from now on it was."""
        new = (url, model) not in self._told
        self._told.add((url, model))
        return new
