"""How sentences and words end in the scripts of the world."""

import re

CLOSING = "\"'”’)]*_»›」』）】》〉"  # noqa: RUF001
"""What may stand between the end of a sentence and the next one."""
SPACED_ENDS = ".!?…"
"""End a sentence before a space."""
OTHER_ENDS = "。！？｡\u061f\u06d4\u0964\u0965\u104b\u17d4\u17d5\u1362\u1367\u0f0d\u0589\u166e\u1803\ua4ff"
"""End one whether a space follows or not."""
OTHER_CLAUSES = "，、；：،؛၊፣፤"  # noqa: RUF001
UNSPACED = (
    "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3021-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
"""Thai, Lao, Tibetan, Burmese, Khmer, Japanese and Chinese stand without spaces between their words."""
PHRASE_SCRIPTS = "\u0e00-\u0eff\u1780-\u17ff"
"""Thai, Lao and Khmer: a space is where a speaker pauses."""

_MARKS = (
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd\u0f71-\u0f87\u102b-\u103e\u17b4-\u17d3\u3099\u309a"
    "\u30fc\u3005"
)
_WORD = re.compile(rf"[{UNSPACED}][{_MARKS}]*+[^\w\s]*+|(?:(?![{UNSPACED}])\S)++")
_UNSPACED = re.compile(f"[{UNSPACED}]")
_PER_WORD = 2
"""Letters of a word, where nothing tells."""


def words(text: str) -> "list[re.Match[str]]":
    """What is heard one after the other: words, or letters where words are not set apart."""
    return list(_WORD.finditer(text))


def count_words(text: str) -> int:
    letters = len(_UNSPACED.findall(text))
    return letters // _PER_WORD + len(_UNSPACED.sub(" ", text).split() if letters else text.split())
