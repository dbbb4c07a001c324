"""What is shown and what is read aloud are two texts. This makes the second from the first.

Every pattern takes time in proportion to the text, whatever the text is: repeats are possessive, and what stands
between two signs cannot hold the first of them.
"""

import re

from .addresses import deceives, differs, spoken_host

_CODE_BLOCK = re.compile(r"```.*?(?:```|\Z)", re.S)
_LINK = re.compile(r"!?\[([^\[\]]*+)\]\(([^()]*+(?:\([^()]*+\)[^()]*+)?)\)")
_URL = re.compile(r"<?\bhttps?://[^\s<>)\]]++>?", re.I)
_AFTER_URL = ".,;:!?…\"'”’»*_~`|"
_HTML_TAG = re.compile(r"</?[a-zA-Z][^<>]*+>")
_LIST_MARK = re.compile(r"^[ \t]*+(?:[-*+•]|\d++[.)])[ \t]++", re.M)
_HEADING = re.compile(r"^[ \t]*+(?:#{1,6}+[ \t]*+|>++[ \t]?)", re.M)
_RULE = re.compile(r"^[ \t]*+(?:[-*_=][ \t]*+){3,}+$", re.M)
_TABLE_LINE = re.compile(r"^(?=[ \t:-]*+\|)[ \t:|-]++$", re.M)
_TIMES = re.compile(r"(?<=\d)\s*+[*×]\s*+(?=\d)")
_EMPHASIS = re.compile(r"(?<![*~])(\*{1,3}+|~~)(?=[^\s*~])([^*~]*+)(?<=\S)\1(?![*~])")
_STRAY = re.compile(r"[*|]++|(?<!\w)_++|(?<!_)_++(?!\w)")
_UNREADABLE = re.compile(
    "[\U0001f000-\U0001faff\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u2500-\u27bf\u2b00-\u2bff\u200b-\u200f\ufe0f\u20e3]"
)
_SPOKEN_SIGNS = {"&": " and ", "%": " percent", "°C": " degrees Celsius", "°F": " degrees Fahrenheit", "=": " equals "}


def speakable(shown: str) -> str:
    """`shown` (Markdown) as plain words for a voice; "" when nothing of it can be said.

    Code is shown, not read; links are read by their text, and by their host where that looks like another; bare
    addresses by their host; emoji and ornaments are dropped.
    """
    text = _CODE_BLOCK.sub(" ", shown)
    text = _LINK.sub(_linked, text)
    text = _URL.sub(_named, text)
    text = _HTML_TAG.sub(" ", text)
    for pattern in (_RULE, _TABLE_LINE, _HEADING, _LIST_MARK):
        text = pattern.sub("", text)
    text = _TIMES.sub(" times ", text)
    for _ in range(2):  # one within the other
        text = _EMPHASIS.sub(r"\2", text)
    text = text.replace("`", "")
    text = _TIMES.sub(" times ", text)  # of emphasized numbers
    text = _STRAY.sub(" ", text)
    text = _UNREADABLE.sub(" ", text)
    for sign, words in _SPOKEN_SIGNS.items():
        text = text.replace(sign, words)
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r" (?=[.,!?;:])", "", text)
    return text if re.search(r"\w", text) else ""


def _linked(link: "re.Match[str]") -> str:
    label, address = link[1], link[2].strip()
    lies = address.lower().startswith(("http://", "https://")) and (deceives(address) or differs(label, address))
    return f"{label}, which leads to {spoken_host(address)}," if lies and link[0][0] != "!" else label


def _named(url: "re.Match[str]") -> str:
    """What ends the sentence is not part of the address."""
    text = url[0].strip("<>")
    address = text.rstrip(_AFTER_URL)
    return spoken_host(address) + text[len(address) :]
