"""A language in which every sentence stands in ⟦…⟧: what does not was not looked up."""

import gettext
import re

BEGIN, END = "⟦", "⟧"


class _Pseudo(gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        return f"{BEGIN}{message}{END}"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


PSEUDO = _Pseudo()


def own_words(text: str) -> str:
    """Letters of it that are in no bracket."""
    before = ""
    while before != text:
        before, text = text, re.sub(f"{BEGIN}[^{BEGIN}{END}]*{END}", "", text)
    return "".join(letter for letter in text if letter.isalpha())
