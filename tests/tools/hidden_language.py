"""A language in which no letter of a looked-up sentence can be read: what can comes from elsewhere."""

import gettext
import re
from collections.abc import Sequence
from string import Formatter
from typing import Any

from tests.tools.conftest import Called, called
from voicegui.core.tools import ToolOutcome
from voicegui.core.wording import use_translations


class _Hidden(gettext.NullTranslations):
    """Each letter is a dot. Stricter than brackets, inside which a value can hide words of ours."""

    def gettext(self, message: str) -> str:
        made = ""
        for literal, name, _, _ in Formatter().parse(message):
            made += re.sub(r"[^\W_]", "·", literal) + ("" if name is None else f"{{{name}}}")
        return made

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


HIDDEN = _Hidden()


def left(text: str, values: Sequence[str] = ()) -> list[str]:
    """Words of it that were not looked up, without those of `values`."""
    for value in sorted(values, key=len, reverse=True):
        text = text.replace(value, " ")
    return re.findall(r"[^\W\d_]+", text)


def is_looked_up(outcome: ToolOutcome, *values: str) -> None:
    assert outcome.say and "·" in outcome.say, outcome
    assert left(outcome.say, values) == [], outcome.say
    assert "·" not in outcome.text, "what the model gets is English"


async def in_hidden(function: Called, *values: str, **arguments: Any) -> ToolOutcome:
    use_translations(spoken=HIDDEN)
    outcome = await called(function, **arguments)
    is_looked_up(outcome, *values)
    return outcome
