"""What models write that is not for people: what they think first, and calls of tools that came out as text."""

import re
from collections.abc import Collection

_THOUGHTS = ("<think>", "<thinking>", "<thought>", "<reasoning>", "[think]")
"""Of DeepSeek and Qwen, of Magistral, and of models that imitate them: at the beginning of an answer."""

_CALLS = ("<tool_call>", "[tool_calls]")
"""Of Qwen and Hermes, of Mistral, where a server does not understand them: anywhere. The second one has no end."""

_BARE_CALL = re.compile(r"\s*(?:```\w*\s*)?\{\s*\"(?:name|function|tool)\"\s*:\s*\"(\w+)\"", re.ASCII)
"""A whole answer of small models that were offered tools."""

_ENDS = {tag: f"{tag[0]}/{tag[1:]}" for tag in (*_THOUGHTS, "<tool_call>")}
_STRAY = "</think>"
_INSIDE = (*_CALLS, _STRAY)
_IN_ANSWER = re.compile("|".join(map(re.escape, _INSIDE)), re.IGNORECASE | re.ASCII)


class Unspoken:
    """Leaves it out of a text that arrives in pieces, cut anywhere. One for each answer.

    Some servers put the opening tag into the prompt, so that an answer begins in the middle of a thought and only
    `</think>` tells: too late for the first answer. `thinks_ahead` says so afterwards; given to the next one, nothing
    is let out until the thought has ended. `offered`: the tools that there were to call: an answer which begins like
    JSON may be a call of one as a whole.
    """

    def __init__(self, *, thinks_ahead: bool = False, offered: Collection[str] = ()) -> None:
        self.thinks_ahead = thinks_ahead
        self.called = False
        """A call was written as text."""
        self._offered = offered
        self._held = ""
        self._beginning = True
        self._hidden = False
        self._end: str | None = _STRAY if thinks_ahead else None
        """What ends what is being left out; None outside. "" never comes."""
        self._kept = thinks_ahead
        """What is being left out is kept, since it may turn out to be the answer."""

    def feed(self, text: str) -> str:
        """What can be let out so far."""
        self._held += text
        out = ""
        while (piece := self._step()) is not None:
            out += piece
        return out

    def finish(self, *, cut: bool = False) -> str:
        """What is left. `cut`: the answer broke off, so that a thought which did not end is none of it."""
        held, self._held = self._held, ""
        if self._end is None:
            found = _BARE_CALL.match(held) if self._beginning else None
            bare = found is not None and found[1] in self._offered
            self.called = self.called or bare
            return "" if bare else held
        if cut or not self._kept or held.lstrip().lower().startswith(_THOUGHTS):
            return ""
        self.thinks_ahead = False
        return held

    def _step(self) -> str | None:
        """What can be let out next; None: nothing before there is more."""
        if self._end is not None:
            return self._leave(self._end)
        if self._beginning:
            return self._begin()
        return self._go_on()

    def _leave(self, end: str) -> str | None:
        found = re.search(re.escape(end), self._held, re.IGNORECASE | re.ASCII) if end else None
        if found is None:
            if not self._kept:
                self._held = self._held[-len(end) :] if end else ""
            return None
        self._held = self._held[found.end() :]
        self._end, self._hidden, self._kept = None, True, False
        return ""

    def _begin(self) -> str | None:
        rest = self._held.lstrip()
        start = rest[:16].lower()
        opening = next((tag for tag in (*_THOUGHTS, *_CALLS) if start.startswith(tag)), None)
        if opening is not None:
            self._enter(opening, rest[len(opening) :])
            return ""
        if any(tag.startswith(start) for tag in (*_THOUGHTS, *_CALLS)):
            return None
        if self._offered and start.startswith(("{", "`")):
            return None  # `finish` knows whether it is one
        self._beginning = False
        self._held = rest if self._hidden else self._held
        return ""

    def _enter(self, opening: str, rest: str) -> None:
        self.called = self.called or opening in _CALLS
        self._end, self._held = _ENDS.get(opening, ""), rest

    def _go_on(self) -> str | None:
        if found := _IN_ANSWER.search(self._held):
            out, rest, tag = self._held[: found.start()], self._held[found.end() :], found[0].lower()
            if tag == _STRAY:
                self.thinks_ahead, self._held = True, rest
            else:
                self._enter(tag, rest)
            return out
        kept = _beginning_of_a_tag(self._held)
        out, self._held = self._held[: len(self._held) - kept], self._held[len(self._held) - kept :]
        return out or None


def _beginning_of_a_tag(text: str) -> int:
    """How many of the last characters may become one."""
    lengths = range(min(len(text), 15), 0, -1)
    return next((n for n in lengths if any(tag.startswith(text[-n:].lower()) for tag in _INSIDE)), 0)
