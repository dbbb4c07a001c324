"""Whether this machine can show a text: what no font has would stand there as boxes, and nobody would know why."""

import shutil
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from PySide6.QtGui import QFontMetrics

from voicegui.core.wording import listed, marked, sentences, shown

from .theme import interface_font
from .tool_entries import pretty
from .transcript_entries import LogEntry

LOOKED_AT = 40
"""Characters of a script that are looked for at most: a font that has those has the others."""
_LETTERS, _SIGNS = ("Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Nl", "No"), ("Sm", "Sc", "Sk", "So", "Po", "Pd", "Ps", "Pe")
"""Categories of Unicode that show something by themselves."""
_CHINESE = marked("Chinese or Japanese")
_LANGUAGES = {
    "CJK": _CHINESE, "KANGXI": _CHINESE, "IDEOGRAPHIC": _CHINESE, "FULLWIDTH": _CHINESE, "BOPOMOFO": marked("Chinese"),
    "HIRAGANA": marked("Japanese"), "KATAKANA": marked("Japanese"), "HALFWIDTH": marked("Japanese"),
    "HANGUL": marked("Korean"), "DEVANAGARI": marked("Hindi"), "MYANMAR": marked("Burmese"),
    "SINHALA": marked("Sinhalese"), "ETHIOPIC": marked("Ethiopian"), "OL": marked("Santali"),
    "ARABIC": marked("Arabic"), "ARMENIAN": marked("Armenian"), "BENGALI": marked("Bengali"),
    "CHEROKEE": marked("Cherokee"), "CYRILLIC": marked("Cyrillic"), "GEORGIAN": marked("Georgian"),
    "GREEK": marked("Greek"), "GUJARATI": marked("Gujarati"), "GURMUKHI": marked("Gurmukhi"),
    "HEBREW": marked("Hebrew"), "KANNADA": marked("Kannada"), "KHMER": marked("Khmer"), "LAO": marked("Lao"),
    "LATIN": marked("Latin"), "MALAYALAM": marked("Malayalam"), "MONGOLIAN": marked("Mongolian"),
    "ORIYA": marked("Oriya"), "SYRIAC": marked("Syriac"), "TAMIL": marked("Tamil"), "TELUGU": marked("Telugu"),
    "THAANA": marked("Thaana"), "THAI": marked("Thai"), "TIBETAN": marked("Tibetan"),
}  # fmt: skip
"""What a script's first word in the names of its characters means to people; the others, which few people have, are
called as in those names."""
EMOJI, SIGNS = marked("emoji"), marked("some signs")
_AT_BEGINNING = {EMOJI: marked("Emoji"), SIGNS: marked("Some signs")}
"""Of a sentence; names of scripts are the same there."""
_PACKAGES = {
    _CHINESE: "fonts-noto-cjk", "Chinese": "fonts-noto-cjk", "Japanese": "fonts-noto-cjk", "Korean": "fonts-noto-cjk",
    EMOJI: "fonts-noto-color-emoji",
}  # fmt: skip
_OTHER_PACKAGE = "fonts-noto-core"


class Fonts:
    """Tells of each script once that it is missing, together with those that were told before."""

    def __init__(self) -> None:
        self.has: Callable[[str], bool] = _has
        self._seen: set[str] = set()
        self._looked: Counter[str] = Counter()
        self._told: list[str] = []

    def forget(self) -> None:
        """What was told is not there any more."""
        self._seen, self._looked, self._told = set(), Counter(), []

    def complaint(self, text: str) -> str:
        """A sentence about what cannot be shown, where there is something new in `text`; else ""."""
        new = set(text) - self._seen
        self._seen |= new
        before = len(self._told)
        for character in sorted(new):
            script = script_of(character)
            if script and script not in self._told and self._looked[script] < LOOKED_AT:
                self._looked[script] += 1
                if not self.has(character):
                    self._told.append(script)
        return what_is_missing(self._told) if len(self._told) > before else ""


def read_in(entry: LogEntry) -> str:
    """All that somebody can read in it."""
    call = entry.call
    return entry.text if call is None else f"{call.label}{pretty(call.arguments)}{call.result}"


def script_of(character: str) -> str:
    """What people call its script; "" for what every font has, and for what shows nothing."""
    code = ord(character)
    if code < 0x250:
        return ""
    category = unicodedata.category(character)
    if category in _LETTERS:
        word = unicodedata.name(character, "").partition(" ")[0].partition("-")[0]
        return _LANGUAGES.get(word, word.capitalize())
    if category not in _SIGNS:
        return ""
    return EMOJI if 0x1F000 <= code <= 0x1FAFF else SIGNS


def what_is_missing(scripts: Sequence[str], linux: bool = sys.platform == "linux") -> str:
    """That these are shown as boxes, and what mends it."""
    first, *rest = scripts
    names = listed([shown(_AT_BEGINNING.get(first, first)), *map(shown, rest)])
    packages = " ".join(sorted(set(_packages(scripts))))
    if not linux:
        how = shown("Install a font that has them and start voicegui again.")
    elif shutil.which("apt-get") is None:
        how = shown("Install a font, such as {packages} and start voicegui again.", packages=packages)
    else:
        command = f"sudo apt-get install {packages}"
        how = shown("Install fonts with “{command}” and start voicegui again.", command=command)
    what = shown("{scripts} can only be shown as boxes: no font here has these characters.", scripts=names)
    return sentences(what, how).shown()


def _packages(scripts: Iterable[str]) -> Iterable[str]:
    return (_PACKAGES.get(script, _OTHER_PACKAGE) for script in scripts)


def _has(character: str) -> bool:
    """Whether the interface's font or one that stands in for it has it."""
    return QFontMetrics(interface_font(15)).inFontUcs4(ord(character))
