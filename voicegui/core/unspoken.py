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
_LETTER = re.compile(r"\S")
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
        """The end of what came, which has to be looked at again with what follows."""
        self._waiting: list[str] = []
        """What stands before that and may still be let out."""
        self._may_be_call = False
        """The answer begins like a call: `finish` knows whether it is one."""
        self._beginning = True
        self._hidden = False
        self._end: str | None = _STRAY if thinks_ahead else None
        """What ends what is being left out; None outside. "" never comes."""
        self._kept = thinks_ahead
        """What is being left out is kept, since it may turn out to be the answer."""

    def feed(self, text: str) -> str:
        """What can be let out so far."""
        text, self._held = self._held + text, ""
        out: list[str] = []
        at = 0
        while (step := self._step(text, at)) is not None:
            out.append(step[0])
            at = step[1]
        return "".join(out)

    def finish(self, *, cut: bool = False) -> str:
        """What is left. `cut`: the answer broke off, so that a thought which did not end is none of it."""
        held = "".join((*self._waiting, self._held))
        self._waiting, self._held = [], ""
        if self._end is None:
            found = _BARE_CALL.match(held) if self._beginning else None
            bare = found is not None and found[1] in self._offered
            self.called = self.called or bare
            return "" if bare else held
        if cut or not self._kept or held.lstrip().lower().startswith(_THOUGHTS):
            return ""
        self.thinks_ahead = False
        return held

    def _step(self, text: str, at: int) -> tuple[str, int] | None:
        """What of `text` from `at` on can be let out next, and where to go on; None: nothing before there is more."""
        if self._end is not None:
            return self._leave(text, at, self._end)
        if self._beginning:
            return self._begin(text, at)
        return self._go_on(text, at)

    def _leave(self, text: str, at: int, end: str) -> tuple[str, int] | None:
        if not end:
            return None
        found = re.compile(re.escape(end), re.IGNORECASE | re.ASCII).search(text, at)
        if found is None:
            kept = max(at, len(text) - len(end))
            if self._kept:
                self._waiting.append(text[at:kept])
            self._held = text[kept:]
            return None
        self._waiting.clear()
        self._end, self._hidden, self._kept = None, True, False
        return "", found.end()

    def _begin(self, text: str, at: int) -> tuple[str, int] | None:
        letter = None if self._may_be_call else _LETTER.search(text, at)
        first = letter.start() if letter else len(text)
        start = text[first : first + 16].lower()
        opening = next((tag for tag in (*_THOUGHTS, *_CALLS) if start.startswith(tag)), None)
        if opening is not None:
            self._waiting.clear()
            self._enter(opening)
            return "", first + len(opening)
        if self._offered and start.startswith(("{", "`")):
            self._may_be_call = True
            first = len(text)
        if self._may_be_call or any(tag.startswith(start) for tag in (*_THOUGHTS, *_CALLS)):
            self._waiting.append(text[at:first])
            self._held = text[first:]
            return None
        before = "" if self._hidden else "".join((*self._waiting, text[at:first]))
        self._waiting.clear()
        self._beginning = False
        return before, first

    def _enter(self, opening: str) -> None:
        self.called = self.called or opening in _CALLS
        self._end = _ENDS.get(opening, "")

    def _go_on(self, text: str, at: int) -> tuple[str, int] | None:
        if found := _IN_ANSWER.search(text, at):
            tag = found[0].lower()
            if tag == _STRAY:
                self.thinks_ahead = True
            else:
                self._enter(tag)
            return text[at : found.start()], found.end()
        end = len(text) - _beginning_of_a_tag(text[max(at, len(text) - 15) :])
        if end > at:
            return text[at:end], end
        self._held = text[at:]
        return None


def _beginning_of_a_tag(text: str) -> int:
    """How many of the last characters may become one."""
    lengths = range(min(len(text), 15), 0, -1)
    return next((n for n in lengths if any(tag.startswith(text[-n:].lower()) for tag in _INSIDE)), 0)
