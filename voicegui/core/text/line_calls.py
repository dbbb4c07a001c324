"""Calls of tools that models write as a line of Python behind other words, and requests to see what calls look like."""

import re
from collections.abc import Collection, Sequence

_LINE_LEAD = r"(?:print\()?(?:await )?(?:(?:default_api|functions|tools)\.)?"
_LEADS = ("print(", "await ", "default_api.", "functions.", "tools.", "print(default_api.", "print(await ")
_LONGEST_LINE = 400


class LineCalls:
    """Finds calls of offered tools as Python, each on a line of its own: `get_weather(place="Oslo")`."""

    def __init__(self, offered: Collection[str]) -> None:
        names = "|".join(re.escape(name) for name in offered)
        begins = rf"\n[ \t]*{_LINE_LEAD}(?:{names}) ?\("
        self._offered = offered
        self._whole = re.compile(rf"{begins}(?:[^\n]{{0,{_LONGEST_LINE}}}\)[ \t;]*(?=\n|(?P<end>\Z))|[ \t]*\n)")
        self._begun = re.compile(rf"{begins}[^\n]{{0,{_LONGEST_LINE}}}\Z|\n[ \t]*{_LINE_LEAD}(?P<name>\w{{0,64}})\Z")

    def first(self, text: str, at: int, end: int, *, ended: bool) -> tuple[int, bool] | None:
        """Where in text[at:end] the line begins, with its break, and whether it is surely one; None: there is none.
        `ended`: no more will come."""
        if not self._offered:
            return None
        found = self._whole.search(text, at, end)
        if found and (ended or found["end"] is None):
            return found.start(), True
        last = text.rfind("\n", at, end)
        if ended or last < 0:
            return None
        begun = self._begun.match(text, last, end)
        if begun and (begun["name"] is None or any(name.startswith(begun["name"]) for name in self._offered)):
            return last, False
        rest = text[last + 1 : end].lstrip()
        return (last, False) if any(lead.startswith(rest) for lead in _LEADS) else None


_ABOUT_CODE = re.compile(
    r"\b(?:json|yaml|xml|payload|schema|syntax|snippet|curl|python|javascript|code|"
    r"(?:tool|function|api)[ -]?calls?|call (?:a|the) (?:tool|function)|funktionsaufruf\w*|werkzeugaufruf\w*|"
    r"appels? (?:de fonction|d.outil)|llamadas? a (?:la )?funci\w+)\b",
    re.I,
)
_LAST_ASKED = 3


def wants_code(requests: Sequence[str]) -> bool:
    """The person talks about what calls look like: an example of one is no call."""
    return any(_ABOUT_CODE.search(request) for request in requests[-_LAST_ASKED:])
