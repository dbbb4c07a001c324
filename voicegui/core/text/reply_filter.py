"""What models write that is not for people: what they think first, calls of tools that came out as text, and the marks
of chat templates, where a server does not understand them."""

import re
from collections.abc import Collection

from .line_calls import LineCalls
from .model_markup import (
    BARE_NEXT,
    BRACKET,
    CALLS,
    ENDS,
    FOUND,
    LITERAL_THOUGHTS,
    LONGEST_MARK,
    MARKED_CALLS,
    MARKED_THOUGHTS,
    NEVER,
    OPENS_HEADER,
    OPENS_ROLE,
    OTHERS,
    ROLE,
    STARTS,
    STRAYS,
    THOUGHTS,
    bare_channel,
    could_be_call,
    ends_with_mark,
    ends_with_tag,
    is_call,
    may_be_first,
    may_be_last,
    may_be_role,
    may_go_on,
    name_of,
    safe_length,
    without_last_marks,
)

_STRAY = "</think>"
_LETTER = re.compile(r"\S")
_LONGEST_NAME = 200
"""Characters after which an answer that may be a call is waited for to its end."""
_LONGEST_ROLE = 16
_LONGEST_HEADER = 120
"""Characters of who speaks, and on which channel."""


class ReplyFilter:
    """Leaves it out of a text that arrives in pieces, cut anywhere. One for each answer.

    Some servers put the opening tag into the prompt, so that an answer begins in the middle of a thought and only
    `</think>` tells: too late for the first answer. `thinks_ahead` says so afterwards; given to the next one, nothing
    is let out until the thought has ended. `offered`: the tools that there were to call: an answer which begins like
    a call may be one as a whole. What stands in code is text about such marks and stays.
    """

    def __init__(self, *, thinks_ahead: bool = False, offered: Collection[str] = ()) -> None:
        self.thinks_ahead = thinks_ahead
        self.called = False
        """A call was written as text."""
        self._offered = offered
        self._lines = LineCalls(offered)
        self._held = ""
        """The end of what came, which has to be looked at again with what follows."""
        self._last = ""  # the last character that was let out
        self._waiting: list[str] = []
        """What stands before that and may still be let out."""
        self._may_be_call = False
        """The answer begins like a call: `finish` knows whether it is one."""
        self._beginning = True
        self._hidden = False
        self._end: re.Pattern[str] | None = ends_with_tag(_STRAY) if thinks_ahead else None
        """What ends what is being left out; None outside."""
        self._end_stays = False
        """What ends it is to be read again, as the beginning of what follows."""
        self._header = ""
        """The mark whose header is being read."""
        self._calls_in_header = False
        self._ticks = 0
        """Length of the run of backticks that the code which is open began with."""
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
        said = "".join(out)
        self._last = said[-1:] or self._last
        return said

    def finish(self, *, cut: bool = False) -> str:
        """What is left. `cut`: the answer broke off, so that a thought which did not end is none of it."""
        held = "".join((*self._waiting, self._held))
        self._waiting, self._held = [], ""
        if self._header:
            return ""
        if self._end is None:
            if self._beginning and self._offered:  # its end was not looked at yet
                rest = ReplyFilter()
                held = rest.feed(held) + rest.finish()
                self.called = self.called or rest.called
            bare = self._beginning and bool(self._offered) and is_call(held, self._offered)
            lines = f"\n{held}" if self._beginning and "```" not in held else held
            line = None if self._ticks else self._lines.first(lines, 0, len(lines), ended=True)
            self.called = self.called or bare or line is not None
            held = lines[: line[0]].removeprefix("\n") if line else held
            return "" if bare else held if self._ticks else without_last_marks(held)
        if cut or not self._kept or held.lstrip().lower().startswith(THOUGHTS):
            return ""
        self.thinks_ahead = False
        return held

    def broken_off(self) -> str:
        """The answer breaks off here: letters that were held back, as the beginning of a mark that did not come."""
        return self._held if self._held.isalpha() and self._end is None and not self._header else ""

    def _step(self, text: str, at: int) -> tuple[str, int] | None:
        """What of `text` from `at` on can be let out next, and where to go on; None: nothing before there is more."""
        if self._header:
            return self._read_header(text, at)
        if self._end is not None:
            return self._leave(text, at, self._end)
        if self._beginning:
            return self._begin(text, at)
        return self._go_on(text, at)

    def _leave(self, text: str, at: int, end: "re.Pattern[str]") -> tuple[str, int] | None:
        if end is NEVER:
            return None
        found = end.search(text, at)
        if found is None:
            kept = max(at, len(text) - LONGEST_MARK)
            if self._kept:
                self._waiting.append(text[at:kept])
            self._held = text[kept:]
            return None
        self._waiting.clear()
        self._end, self._hidden, self._kept = None, True, False
        return "", found.start() if self._end_stays else found.end()

    def _hide(self, end: "re.Pattern[str]", *, end_stays: bool = False) -> None:
        self._waiting.clear()
        self._end, self._end_stays = end, end_stays

    # ------------------------------------------------------------ the beginning

    def _begin(self, text: str, at: int) -> tuple[str, int] | None:
        letter = None if self._may_be_call else _LETTER.search(text, at)
        first = letter.start() if letter else len(text)
        start = text[first : first + LONGEST_MARK].lower()
        if opening := next((tag for tag in THOUGHTS if start.startswith(tag)), None):
            self._hide(ends_with_tag(f"{opening[0]}/{opening[1:]}"))
            return "", first + len(opening)
        if bare := bare_channel(text, first):
            return self._enter_bare(bare, text[at:first])
        found = None if self._may_be_call else FOUND.match(text, first)
        if found and not found["ticks"] and not found["written"] and found["literal"] != _STRAY:
            self._waiting.clear()
            self._hidden = True
            return self._enter(found, "")
        if self._may_be_call or (self._offered and start and could_be_call(text[first : first + 400], self._offered)):
            self._may_be_call = self._may_be_call or len(text) - first > _LONGEST_NAME
            kept = len(text) if self._may_be_call else first
            self._waiting.append(text[at:kept])
            self._held = text[kept:]
            return None
        if may_be_first(text[first:], start):
            self._waiting.append(text[at:first])
            self._held = text[first:]
            return None
        before = "" if self._hidden else "".join((*self._waiting, text[at:first]))
        self._waiting.clear()
        self._beginning = False
        return before, first

    def _enter_bare(self, found: "re.Match[str]", before: str) -> tuple[str, int]:
        self._waiting.clear()
        self._hidden = True
        if not found[0].endswith(("final", "]")):
            self.called = self.called or bool(found["to"])
            self._hide(BARE_NEXT, end_stays=True)
            if found["line"]:  # it may be a word of the answer
                self._waiting, self._kept = [before + found[0]], True
        return "", found.end()

    # ------------------------------------------------------------ the answer

    def _go_on(self, text: str, at: int) -> tuple[str, int] | None:
        found = FOUND.search(text, at)
        if not self._ticks and (step := self._before_mark(text, at, found)) is not None:
            self._held = "" if step[1] > at else text[at:]
            return step if step[1] > at else None
        if found is None or (found["ticks"] and may_go_on(text, found)):
            end = found.start() if found else at + safe_length(text[at:])
            if end > at:
                self._line_ends(text[at:end])
                return text[at:end], end
            self._held = text[at:]
            return None
        before = text[at : found.start()]
        self._line_ends(before)
        if found["written"] and not self._ticks and (found["json"] or found["python"]) in self._offered:
            self.called = True
            self._hide(NEVER)  # what follows is what the model makes up of the outcome
            return before, found.end()
        if found["written"] and not found[0].startswith("`"):
            return before + found[0][0], found.start() + 1
        if found["ticks"] or found["written"] or self._ticks:
            ticks = found[0] if found["ticks"] else "```" if found["written"] else ""
            length = len(ticks)
            if length and (not self._ticks or length == self._ticks or length >= self._ticks >= 3):
                self._ticks = 0 if self._ticks else length
            return (before + ticks, found.start() + length) if ticks else (before + found[0], found.end())
        return self._enter(found, before)

    def _before_mark(self, text: str, at: int, found: "re.Match[str] | None") -> tuple[str, int] | None:
        """What stands before a mark in brackets or a line with a call, where that comes before `found`; None if neither
        does. Where nothing can be told yet, what comes next is `at`."""
        end = found.start() if found else len(text)
        line = self._lines.first(text, at, end, ended=False)
        said, begin = "", at
        for mark in BRACKET.finditer(text, at, line[0] if line else end):
            glued = mark["glued"] or (mark.start() == 0 and self._last in tuple(".!?…。"))
            last = found is None and len(text) - mark.start() <= LONGEST_MARK and may_be_last(text[mark.start() :])
            said += text[begin : mark.start()] + ("" if glued or last else mark[0])
            if last and not glued:
                return said, mark.start()
            begin = mark.end()
        if begin > at:
            return said, begin
        if line and line[1]:
            self.called = True
            self._hide(NEVER)  # what follows is what the model makes up of the outcome
            return text[at : line[0]], len(text)
        return (text[at : line[0]], line[0]) if line and found is None else None

    def _line_ends(self, text: str) -> None:
        """Code in a line ends with its paragraph at the latest."""
        if 0 < self._ticks < 3 and "\n" in text:
            self._ticks = 0

    def _enter(self, found: "re.Match[str]", before: str) -> tuple[str, int]:
        """A mark, or the beginning of a call."""
        literal = (found["literal"] or "").lower()
        name = name_of(found["name"] or literal)
        if literal == _STRAY:
            self.thinks_ahead = True
        elif literal in CALLS:
            self.called = True
            self._hide(ends_with_tag(CALLS[literal]))
        elif literal in LITERAL_THOUGHTS:
            self._hide(ends_with_tag(LITERAL_THOUGHTS[literal]))
        elif literal in STRAYS and not self.called:
            return before + found[0], found.end()
        elif name in MARKED_CALLS:
            self.called = True
            self._hide(ends_with_mark(MARKED_CALLS[name]))
        elif name in MARKED_THOUGHTS:
            self._hide(ends_with_mark(MARKED_THOUGHTS[name]))
        elif name in OPENS_HEADER or name in OPENS_ROLE:
            self._header = name
        elif name in OTHERS or name in ENDS:
            self._hide(STARTS, end_stays=True)
        return before, found.end()

    def _read_header(self, text: str, at: int) -> tuple[str, int] | None:
        """Who speaks, and on which channel."""
        if self._header in OPENS_ROLE:
            found = ROLE.match(text, at)
            end = found.end() if found else at
            if len(text) - at < _LONGEST_ROLE and may_be_role(text[at:]):
                self._held = text[at:]
                return None
            role, last = (found[1] or "").lower() if found else "", end
        else:
            last = text.find("<", at)
            if last < 0 and len(text) - at <= _LONGEST_HEADER:
                self._held = text[at:]
                return None
            last = min(last if last >= 0 else at, at + _LONGEST_HEADER)
            role = text[at:last].strip().lower()
        kind, self._header = self._header, ""
        calls = "to=" in role or (kind == "channel" and self._calls_in_header)
        self._calls_in_header = "to=" in role and kind == "start"
        word = (role.split() or [""])[0]
        if calls and kind == "channel":
            self.called = True
            self._hide(STARTS, end_stays=True)
        elif (kind == "channel" and word in ("analysis", "thought", "thinking", "reasoning")) or word in OTHERS:
            self._hide(STARTS, end_stays=True)
        return "", last
