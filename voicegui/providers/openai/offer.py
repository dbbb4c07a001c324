"""Which tools a server takes: learned from its refusals and remembered."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from voicegui.core.tools import ToolInfo

from .messages import schema

_TOOLS = re.compile(r"\btools?\b|function.?call")
_CANNOT = re.compile(r"support|requir|enabl|not allowed|unknown|unrecogni|unexpected|extra|invalid|permitted|parse")
_HISTORY = re.compile(r"tool_call_id|role\W{1,3}tool|tool.?message|messages\W+\d")
_NUMBER = re.compile(r"\btools\W+(\d+)")
_NAMED = re.compile(r"function\W{1,3}([a-z0-9_]{1,64})\b")

_OTHER_REASONS = ("tool_use_failed", "context_length_exceeded", "rate_limit_exceeded", "insufficient_quota")
"""Codes of refusals that may mention tools and are about something else. The first: the model called them wrongly."""


class Offer:
    """`on_none` is called once when the server takes no tools at all, `on_lack` with each one that it does not take."""

    def __init__(self, on_none: Callable[[], None], on_lack: Callable[[str], None]) -> None:
        self._on_none = on_none
        self._on_lack = on_lack
        self._left_out: set[str] = set()
        self.nothing = False
        """It takes none."""

    def schemas(self, tools: Sequence[ToolInfo]) -> list[dict[str, Any]]:
        if self.nothing:
            return []
        return [schema(tool) for tool in tools if tool.name not in self._left_out]

    def take_back(self) -> None:
        """The server takes none."""
        if not self.nothing:
            self.nothing = True
            self._on_none()

    def learn(self, status: int, code: str, param: object, text: str, names: Sequence[str]) -> bool:
        """Whether an error is about the tools that were offered, `names`, so that asking with fewer may help.

        `text`: lower case. A single schema that is not understood costs only that tool.
        """
        if not names or status not in (400, 404, 422, 500, 501) or code in _OTHER_REASONS:
            return False
        where = param if isinstance(param, str) else ""
        if where.startswith("messages") or _HISTORY.search(text):
            return False
        if named := self._named(f"{where} {text}", names):
            self._left_out.add(named)
            self._on_lack(named)
            return True
        if not (where.startswith("tool") or (_TOOLS.search(text) and _CANNOT.search(text))):
            return False
        self.take_back()
        return True

    @staticmethod
    def _named(text: str, names: Sequence[str]) -> str:
        """The one tool that an error is about, by its number or its name; "" if it is about all."""
        if (number := _NUMBER.search(text)) and int(number[1]) < len(names):
            return names[int(number[1])]
        return next((name for name in _NAMED.findall(text) if name in names), "")
