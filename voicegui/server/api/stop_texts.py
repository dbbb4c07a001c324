"""Texts before which a streamed answer ends."""

from collections.abc import Sequence


class StopTexts:
    """What may be the beginning of one of them is kept back until more is known."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = stops
        self._kept = ""
        self.found = False
        """The answer is at its end: nothing more is wanted."""

    def feed(self, text: str) -> str:
        """What may be sent by now."""
        text = self._kept + text
        found = [at for stop in self._stops if (at := text.find(stop)) >= 0]
        if found:
            self.found, self._kept = True, ""
            return text[: min(found)]
        keep = max((_begins(text, stop) for stop in self._stops), default=0)
        self._kept = text[len(text) - keep :]
        return text[: len(text) - keep]

    def finish(self) -> str:
        """What was kept back: none of them came of it."""
        kept, self._kept = self._kept, ""
        return kept


def _begins(text: str, stop: str) -> int:
    """Characters at the end of `text` with which `stop` begins."""
    most = min(len(text), len(stop) - 1)
    return next((size for size in range(most, 0, -1) if stop.startswith(text[-size:])), 0)
