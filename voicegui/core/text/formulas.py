r"""Formulas of TeX as people read them (x² = ¼) and as a voice says them ("x squared equals one quarter").

The commands come as a small tree from our own reader; what a sign looks like comes from pylatexenc's table, and its
name from there or from Unicode, so that a command that nobody thought of here is shown and said all the same.
"""

import re

from .formula_notation import ACCENTS, ShownNotation, SpokenNotation, sign_of
from .spoken_numbers import word_for

_TOKEN = re.compile(r"\\[a-zA-Z]+\*?|\\.|[{}^_&~]|\d+(?:[.,]\d+)*|\s+|.", re.DOTALL)
_DEEPEST = 30
_ABSOLUTE = re.compile(
    r"(?<![\w})| ])\s?(?:\\left)?(?<!\\)\|(?![|\s])((?:[^|{}\\]|\\(?!left|right)[a-zA-Z]+){1,40})(?:\\right)?\|(?!\|)"
)
_GIVEN = re.compile(r"(\bP(?:r)?\([^()|]{1,40})\|")
"""P(A|B), the probability of A given B."""

_STYLE_NAMES = (
    "text textbf textit textrm texttt mathrm mathbf mathit mathsf mathcal mathfrak operatorname boldsymbol mbox hbox "
    "bm displaystyle textstyle scriptstyle limits nolimits left right big Big bigg Bigg bigl bigr Bigl Bigr middle rm "
    "bf boxed cancel emph color phantom hspace vspace label tag notag nonumber underline overbrace underbrace "
    "operatorname* mathop mathbin mathrel mathord quad qquad"
)
_STYLES = frozenset(_STYLE_NAMES.split())
_HIDDEN_ARGUMENT = frozenset(("label", "color", "hspace", "vspace", "phantom", "begin", "end"))


def shown_formula(source: str) -> str:
    return re.sub(r"\s+(?=_\(|[₀-₉])", "", re.sub(r"\s+", " ", _Writer(source, ShownNotation()).write())).strip()


def spoken_formula(source: str) -> str:
    """In words; signs and numbers that any voice can read stay."""
    source = _ABSOLUTE.sub(r"\\text{ the absolute value of }\1\\text{ }", source)
    source = _GIVEN.sub(r"\1\\mid ", source)
    words = re.sub(r"\s+", " ", _Writer(source, SpokenNotation()).write()).strip()
    words = re.sub(r",(?: ?,)+", ",", words)
    return re.sub(r" (?=[,.;)])|(?<=\() |(?<=\b[a-zA-Z]) (?=\()", "", words)


class _Writer:
    """Reads the commands of one formula and writes each in its notation."""

    def __init__(self, source: str, style: ShownNotation | SpokenNotation) -> None:
        self._tokens: list[str] = _TOKEN.findall(source)
        self._at = 0
        self._deep = 0
        self._style = style

    def write(self) -> str:
        parts: list[str] = []
        while self._at < len(self._tokens):
            parts.append(self._sequence())
            self._at += 1  # a brace too many
        return "".join(parts)

    def _sequence(self) -> str:
        """Until the brace that ends it, or the end."""
        self._deep += 1
        parts: list[str] = []
        before = ""
        while self._at < len(self._tokens) and self._tokens[self._at] != "}":
            token = self._tokens[self._at]
            if token in "^_":
                self._at += 1
                parts.append((self._style.above if token == "^" else self._style.below)(self._argument(), before))
                continue
            if not token.isspace() and token not in ("\\limits", "\\nolimits"):
                name = token.lstrip("\\")
                before = (sign_of(name) or name) if token.startswith("\\") and name.isalpha() else token
            parts.append(self._one())
        self._deep -= 1
        return "".join(parts)

    def _one(self) -> str:
        token = self._tokens[self._at]
        self._at += 1
        if token == "{":
            inside = self._sequence() if self._deep < _DEEPEST else ""
            self._at += 1
            return inside
        if not token.startswith("\\") or len(token) == 1:
            return self._plain(token)
        return self._command(token[1:])

    def _plain(self, token: str) -> str:
        if token.isspace() or token in "&~\\":
            return " "
        if token[0].isalnum() and token.isascii():
            return token if isinstance(self._style, ShownNotation) or token[0].isdigit() else f" {token} "
        return token if token in "()[],.;:" else self._style.sign(token)

    def _command(self, name: str) -> str:
        if name in ("frac", "dfrac", "tfrac", "cfrac"):
            return self._style.fraction(self._argument(digit=True), self._argument())
        if name in ("binom", "dbinom", "tbinom"):
            return self._style.binomial(self._argument(digit=True), self._argument())
        if name == "sqrt":
            return self._style.root(self._option(), self._argument())
        if name in ACCENTS:
            return self._style.accent(name, self._argument().strip())
        if name in _HIDDEN_ARGUMENT:
            self._argument()
            return " "
        if name == "mathbb":
            letter = self._argument().strip()
            double = _DOUBLE.get(letter, letter)
            return double if isinstance(self._style, ShownNotation) else f" {word_for(double)} "
        if name.startswith(("text", "operatorname", "mathrm", "mbox")):
            return self._words()
        if name in _STYLES:
            self._skip_dot(name)
            return "" if name not in ("quad", "qquad") else " "
        if not name[0].isalpha():
            return {"\\": " ; " if isinstance(self._style, ShownNotation) else ", ", "|": "‖"}.get(
                name, self._escaped(name)
            )
        return self._style.command(name)

    def _escaped(self, sign: str) -> str:
        if sign in "{}[]()":
            return sign if isinstance(self._style, ShownNotation) else " "
        if sign == "$":
            return sign
        return self._style.sign(sign) if sign in "%#&_" else " "

    def _skip_dot(self, name: str) -> None:
        r"""`\left.` is nothing."""
        if name in ("left", "right") and self._at < len(self._tokens) and self._tokens[self._at] == ".":
            self._at += 1

    def _spaces(self) -> None:
        while self._at < len(self._tokens) and self._tokens[self._at].isspace():
            self._at += 1

    def _argument(self, *, digit: bool = False) -> str:
        r"""`digit`: of two digits without braces only the first, as in "\frac12"."""
        self._spaces()
        if self._at >= len(self._tokens) or self._tokens[self._at] == "}" or self._deep >= _DEEPEST:
            return ""
        token = self._tokens[self._at]
        if digit and len(token) == 2 and token.isdigit():
            self._tokens[self._at] = token[1]
            return token[0]
        self._deep += 1
        made = self._one()
        self._deep -= 1
        return made

    def _option(self) -> str:
        """What stands in square brackets, "" without them."""
        self._spaces()
        if self._at >= len(self._tokens) or self._tokens[self._at] != "[":
            return ""
        end = next((i for i in range(self._at, len(self._tokens)) if self._tokens[i] == "]"), self._at)
        inside = "".join(self._tokens[self._at + 1 : end])
        self._at = end + 1
        return inside

    def _words(self) -> str:
        """Letters that are words and not one name each."""
        self._spaces()
        if self._at >= len(self._tokens) or self._tokens[self._at] != "{":
            return ""
        end = next((i for i in range(self._at, len(self._tokens)) if self._tokens[i] == "}"), len(self._tokens))
        inside = "".join(self._tokens[self._at + 1 : end])
        self._at = end + 1
        return f" {inside} " if isinstance(self._style, SpokenNotation) else inside


_DOUBLE = dict(zip("RNZQCP", "ℝℕℤℚℂℙ", strict=True))
