"""What markdown-it does not know by itself: places of what is inside a line, formulas, bare addresses, real tags of
HTML, and signs of sums and names that are no emphasis.

Every rule looks at a bounded stretch of the text, so that reading takes time in proportion to it.
"""

import re
from collections.abc import Callable
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline, backtick, image, link
from markdown_it.rules_inline.state_inline import Scanned
from markdown_it.token import Token
from markdown_it.utils import EnvType

LONGEST_LINK = 2000
"""Characters of the label and the address of a link together."""
LONGEST_FORMULA = 1000
_LONGEST_BLOCK_LINES = 40
"""Of a formula that stands by itself."""

_NAMES = (
    "a abbr address article aside b bdi bdo big blockquote body br button caption center cite code col dd del details "
    "div dl dt em fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 head header hr html i iframe img input "
    "ins kbd label legend li link main mark meta nav ol option p pre q s samp script section select small source span "
    "strike strong style sub summary sup svg table tbody td textarea tfoot th thead tr tt u ul var video audio"
)
_SWITCHES = (
    "allowfullscreen async autofocus autoplay checked controls defer disabled hidden loop multiple muted open required "
    "selected"
)
_TAG = re.compile(
    rf"</?(?P<name>{'|'.join(sorted(_NAMES.split(), key=len, reverse=True))})"
    rf"(?:\s{{1,3}}(?:(?:{_SWITCHES.replace(' ', '|')})\b(?!\s?=)"
    r"|[a-z][a-z0-9_:-]{0,40}\s?=\s?(?:\"[^\"<>]{0,500}\"|'[^'<>]{0,500}'|[^\s\"'<>=`]{1,300}))){0,12}"
    r"\s{0,3}/?>",
    re.IGNORECASE,
)
_FAR = 500
"""Characters within which a tag of one letter has to end: "a<b>c" is a sum."""
_RAISED = re.compile(r"<sup>\s?([-−+]?(?:\d{1,6}|[nxyk]))\s?</sup>", re.IGNORECASE)
_BASE = re.compile(r"(?:\d|\)|(?<![^\W_])(?:[a-zA-Z]|[ckm]m|ft|in))$")
"""What is raised to a power; behind a longer word stands the number of a footnote."""
_COMMENT = re.compile(r"<!--(?:[^-<>]|-(?!->)){0,1000}-->")
_ADDRESS = re.compile(
    r"https?://[^\s<>()\[\]\"'`|]{0,500}(?:\([^\s<>()\[\]\"'`|]{0,100}\)[^\s<>()\[\]\"'`|]{0,300})?", re.IGNORECASE
)
_IN_BRACKETS = re.compile(r"<(https?://[^\s<>]{1,500})>")
_AFTER_ADDRESS = ".,;:!?…*_~。！？，、"
_IDENTIFIER = re.compile(r"__[a-z][a-z0-9]*(?:_[a-z0-9]+)*__(?!\w)")
_FORMULA = re.compile(
    rf"\\\((?P<round>.{{1,{LONGEST_FORMULA}}}?)\\\)"
    rf"|\\\[(?P<square>.{{1,{LONGEST_FORMULA}}}?)\\\]"
    rf"|\$\$(?P<double>[^$]{{1,{LONGEST_FORMULA}}})\$\$"
    r"|\\begin\{(?P<environment>"
    r"(?:align|equation|gather|multline|eqnarray|cases|[pbv]?matrix|split)\w{0,3}\*?)\}"
    rf"(?P<body>.{{1,{LONGEST_FORMULA}}}?)\\end\{{(?P=environment)\}}"
    r"|\$(?P<script>[_^](?:\w|\{[^{}$\n]{1,20}\}))\$"
    rf"|\$(?P<single>(?:[^\s$\\]|\\.)(?:[^$\n\\]|\\.){{0,{LONGEST_FORMULA // 4}}})\$(?![\w$])",
    re.DOTALL,
)
_MATHEMATICAL = re.compile(
    r"[\\^_=<>]|[\w)}]\s?[+/*]\s?[\w({]|^-?[\w']{1,2}$|^[\w()]{1,6}!$|^[A-Za-z]\(|^[\w.]+\s-\s[\w.]+$"
)
_PRICE = re.compile(r"\d[\d,.]*(?:\s*(?:[a-zA-Z]{4,}|[-–—/,.;:]|k\b|M\b|and\b|or\b|to\b|per\b|a\b|in\b|on\b))")
_PROSE = re.compile(r"[a-zA-Z]{4,}\s+[a-zA-Z]{2,}\s+[a-zA-Z]{2,}")


class _State(StateInline):
    """Every token knows where it began."""

    _began = 0

    def append_pending(self, text: str) -> None:
        if not self._pending and not self._pending_buffer:
            self._began = self.pos
        super().append_pending(text)

    def pushPending(self) -> Token:  # noqa: N802
        token = super().pushPending()
        token.meta["at"] = self._began
        return token

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        token = super().push(ttype, tag, nesting)
        before = self.tokens[-2] if ttype == "text" and len(self.tokens) > 1 else None
        if before is not None and before.meta.get("of") == self.pos:  # signs of one run
            token.meta = {"at": before.meta["at"] + len(before.content), "of": self.pos}
        else:
            token.meta = {"at": self.pos, "of": self.pos if ttype == "text" else -1}
            token.meta["sign"] = self.src[self.pos : self.pos + 1]
        return token

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803
        scanned = super().scanDelims(start, canSplitWord)
        if self._is_literal(start, start + scanned.length):
            return Scanned(False, False, scanned.length)
        return scanned

    def _is_literal(self, start: int, end: int) -> bool:
        """2*3, a*b and 2**3 are sums, __init__ is a name."""
        src = self.src
        if src[start] == "_":
            return end - start == 2 and _IDENTIFIER.match(src, start) is not None
        if src[start] != "*":
            return False
        before, after = src[start - 1 : start], src[end : end + 1]
        if end - start == 1 and _in_word(before) and _in_word(after):
            return True
        if end - start <= 2 and before.isdigit() and after.isdigit():
            return True
        ahead = src[end : end + 2].lstrip()[:1]
        if end - start == 1 and before.isdigit() and after in ("$", "€", "£"):
            return True
        behind = src[max(start - 2, 0) : start].rstrip()[-1:]
        return end - start == 1 and behind.isdigit() and (ahead.isdigit() or ahead == "(") and before != after


class InlineParser(ParserInline):
    def __init__(self) -> None:
        super().__init__()
        self.ruler.at("link", _bounded(link))
        self.ruler.at("image", _bounded(image))
        self.ruler.at("backticks", _code)
        self.ruler.before("escape", "formula", _formula)
        self.ruler.before("entity", "address", _address)
        self.ruler.before("entity", "address_in_brackets", _address_in_brackets)
        self.ruler.before("entity", "tag", _tag)
        names = (
            "text newline formula escape backticks strikethrough emphasis link image address address_in_brackets tag "
            "entity"
        )
        self.ruler.enableOnly(names.split())
        self.ruler2.disable("fragments_join")

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        state = _State(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


def math_block(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: N803
    r"""A formula by itself: \[ … \] or $$ … $$, over several lines."""
    at = state.bMarks[startLine] + state.tShift[startLine]
    opening = state.src[at : at + 2]
    closing = {"\\[": "\\]", "$$": "$$"}.get(opening)
    if closing is None:
        return False
    last = min(endLine, startLine + _LONGEST_BLOCK_LINES)
    for line in range(startLine, last):
        begins = at + 2 if line == startLine else state.bMarks[line]
        end = state.src.find(closing, begins, state.eMarks[line])
        if end >= 0:
            break
    else:
        return False
    after = state.src[end + 2 : state.eMarks[line]]
    if after.strip(" \t.,;") or not state.src[at + 2 : end].strip():
        return False  # words follow: it is inside of a line
    if not silent:
        token = state.push("math_block", "", 0)
        token.content = state.src[at + 2 : end]
        token.map = [startLine, line + 1]
        state.line = line + 1
    return True


Rule = Callable[[StateInline, bool], bool]


def _bounded(rule: Rule) -> Rule:
    """Of a bracket that is closed nowhere near, the rule would read everything that follows."""

    def bounded(state: StateInline, silent: bool) -> bool:
        if state.src[state.pos] not in "[!":
            return False
        whole = state.posMax
        end = min(whole, state.pos + LONGEST_LINK)
        if state.src.find("](", state.pos, end) < 0:
            return False
        state.posMax = end
        try:
            return rule(state, silent)
        finally:
            state.posMax = whole

    return bounded


def _code(state: StateInline, silent: bool) -> bool:
    start = state.pos
    if not backtick(state, silent):
        return False
    token = state.tokens[-1] if state.tokens else None
    if not silent and token is not None and token.type == "code_inline" and token.meta["at"] == start:
        token.meta["inset"] = (state.pos - start - 2 * len(token.markup) - len(token.content)) // 2
    return True


def _formula(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] not in "\\$":
        return False
    found = _FORMULA.match(state.src, state.pos, state.posMax)
    if found is None or not found[found.lastgroup or 0].strip():
        return False
    if found["single"] is not None and not is_formula(found["single"], state.src[state.pos - 1 : state.pos]):
        return False
    if not silent:
        token = state.push("math_inline", "", 0)
        token.content = found[found.lastgroup or 0]
        token.markup = found[0]
    state.pos = found.end()
    return True


def is_formula(between: str, before: str) -> bool:
    """Whether what stands between two dollar signs is one, and not between two prices. `before`: what precedes it."""
    if between[-1].isspace() or before.isalnum() or _PROSE.search(between):
        return False
    return _MATHEMATICAL.search(between) is not None and not _PRICE.match(between)


def _address(state: StateInline, silent: bool) -> bool:
    """What stands before ":" was taken for text."""
    if silent or state.linkLevel or not state.src.startswith("://", state.pos):
        return False
    before = state.src[max(state.pos - 6, 0) : state.pos]
    scheme = next((name for name in ("https", "http") if before.lower().endswith(name)), "")
    if not scheme or before[: -len(scheme)][-1:].isalnum() or not state.pending.lower().endswith(scheme):
        return False
    start = state.pos - len(scheme)
    found = _ADDRESS.match(state.src, start, state.posMax)
    address = found[0].rstrip(_AFTER_ADDRESS) if found else ""
    if address.endswith("/") and len(address) <= len(scheme) + 3 or not address:
        return False
    state.pending = state.pending[: -len(scheme)]
    _push_address(state, start, address)
    state.pos = start + len(address)
    return True


def _address_in_brackets(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "<":
        return False
    found = _IN_BRACKETS.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        _push_address(state, state.pos + 1, found[1])
    state.pos = found.end()
    return True


def _push_address(state: StateInline, start: int, address: str) -> None:
    token = state.push("url", "", 0)
    token.meta["at"] = start
    token.content = address


def _tag(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "<":
        return False
    raised = _RAISED.match(state.src, state.pos, state.posMax)
    if raised is not None and _BASE.search(state.src[max(state.pos - 4, 0) : state.pos]):
        if not silent:
            token = state.push("math_inline", "", 0)
            token.content = f"^{{{raised[1]}}}"
            token.markup = raised[0]
        state.pos = raised.end()
        return True
    found = _TAG.match(state.src, state.pos, state.posMax) or _COMMENT.match(state.src, state.pos, state.posMax)
    if found is None or not _is_tag(state.src, found):
        return False
    if not silent:
        token = state.push("tag", "", 0)
        token.content = found[0]
    state.pos = found.end()
    return True


def _is_tag(src: str, found: "re.Match[str]") -> bool:
    name = (found.groupdict().get("name") or "").lower()
    if len(name) != 1 or found[0].startswith("</") or name == "p":
        return True
    return src[found.end() : found.end() + _FAR].lower().find(f"</{name}>") >= 0


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_"
