r"""Formulas of TeX as people read them (x² = ¼) and as a voice says them ("x squared equals one quarter").

The commands come as a small tree from our own reader; what a sign looks like comes from pylatexenc's table, and its
name from there or from Unicode, so that a command that nobody thought of here is shown and said all the same.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from .spoken_numbers import FRACTIONS, SIGN_WORDS, SUBSCRIPTS, SUPERSCRIPTS, word_for

_TOKEN = re.compile(r"\\[a-zA-Z]+\*?|\\.|[{}^_&~]|\d+(?:[.,]\d+)*|\s+|.", re.DOTALL)
_DEEPEST = 30
_ABSOLUTE = re.compile(
    r"(?<![\w})| ])\s?(?:\\left)?(?<!\\)\|(?![|\s])((?:[^|{}\\]|\\(?!left|right)[a-zA-Z]+){1,40})(?:\\right)?\|(?!\|)"
)
_GIVEN = re.compile(r"(\bP(?:r)?\([^()|]{1,40})\|")
"""P(A|B), the probability of A given B."""

_PARTS = ("", "", "half", "third", "quarter", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_COUNTS = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

_SHOWN = {
    "cdots": "⋯", "ldots": "…", "dots": "…", "cdot": "·", "ast": "*", "circ": "∘", "prime": "′", "mid": "∣", "to": "→",
    "times": "×", "div": "÷", "lbrace": "{", "rbrace": "}", "degree": "°", "hbar": "ℏ", "implies": "⟹", "iff": "⟺",
    "vert": "|", "Vert": "‖", "backslash": "\\", "lt": "<", "gt": ">", "epsilon": "ε", "phi": "φ", "sim": "∼",
    "land": "∧", "lor": "∨", "neg": "¬", "square": "□",
}  # fmt: skip
_NAMED = (
    "sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh log ln exp lim max min sup inf det dim gcd lcm mod "
    "deg ker arg"
)
_FUNCTIONS: Mapping[str, str] = {name: name for name in _NAMED.split()} | {
    "sin": "sine", "cos": "cosine", "tan": "tangent", "ln": "natural log", "lim": "the limit", "max": "the maximum",
    "min": "the minimum", "exp": "exponential", "det": "the determinant", "mod": "modulo", "arcsin": "arc sine",
    "arccos": "arc cosine", "arctan": "arc tangent", "bmod": "modulo", "pmod": "modulo",
}  # fmt: skip
_STYLE_NAMES = (
    "text textbf textit textrm texttt mathrm mathbf mathit mathsf mathcal mathfrak operatorname boldsymbol mbox hbox "
    "bm displaystyle textstyle scriptstyle limits nolimits left right big Big bigg Bigg bigl bigr Bigl Bigr middle rm "
    "bf boxed cancel emph color phantom hspace vspace label tag notag nonumber underline overbrace underbrace "
    "operatorname* mathop mathbin mathrel mathord quad qquad"
)
_STYLES = frozenset(_STYLE_NAMES.split())
_HIDDEN_ARGUMENT = frozenset(("label", "color", "hspace", "vspace", "phantom", "begin", "end"))
_ACCENTS = {
    "vec": ("\u20d7", "vector"), "hat": ("\u0302", "hat"), "bar": ("\u0304", "bar"), "tilde": ("\u0303", "tilde"),
    "dot": ("\u0307", "dot"), "ddot": ("\u0308", "double dot"), "overline": ("\u0305", "bar"),
    "widehat": ("\u0302", "hat"), "widetilde": ("\u0303", "tilde"),
}  # fmt: skip


def shown_formula(source: str) -> str:
    return re.sub(r"\s+(?=_\(|[₀-₉])", "", re.sub(r"\s+", " ", _Writer(source, _Shown()).write())).strip()


def spoken_formula(source: str) -> str:
    """In words; signs and numbers that any voice can read stay."""
    source = _ABSOLUTE.sub(r"\\text{ the absolute value of }\1\\text{ }", source)
    source = _GIVEN.sub(r"\1\\mid ", source)
    words = re.sub(r"\s+", " ", _Writer(source, _Spoken()).write()).strip()
    words = re.sub(r",(?: ?,)+", ",", words)
    return re.sub(r" (?=[,.;)])|(?<=\() |(?<=\b[a-zA-Z]) (?=\()", "", words)


@cache
def _sign(name: str) -> str:
    """What a command looks like, "" if it is unknown."""
    if name in _SHOWN:
        return _SHOWN[name]
    from pylatexenc.latex2text import get_default_latex_context_db

    spec = get_default_latex_context_db().get_macro_spec(name)
    shown = getattr(spec, "simplify_repl", None)
    return shown if isinstance(shown, str) and len(shown) <= 4 and "%" not in shown else ""


@dataclass(frozen=True, slots=True)
class _Shown:
    def sign(self, text: str) -> str:
        return "−" if text == "-" else text

    def command(self, name: str) -> str:
        if name in _FUNCTIONS:
            return f" {name.removeprefix('b').removeprefix('p') if name in ('bmod', 'pmod') else name} "
        return _sign(name) or f" {name} "

    def fraction(self, above: str, below: str) -> str:
        plain = f"{above}/{below}"
        return FRACTIONS.get(plain) or f"{_grouped(above)}/{_grouped(below)}"

    def root(self, index: str, body: str) -> str:
        sign = {"": "√", "2": "√", "3": "∛", "4": "∜"}.get(index) or f"{_raised(index)}√"
        return f"{sign}{_grouped(body)}"

    def above(self, text: str, _of: str) -> str:
        return _raised(text)

    def below(self, text: str, _of: str) -> str:
        small = [SUBSCRIPTS.get(character, "") for character in text.replace(" ", "")]
        return "".join(small) if all(small) else f"_{_grouped(text)}"

    def accent(self, name: str, body: str) -> str:
        return f"{body}{_ACCENTS[name][0]}" if len(body) == 1 else body

    def binomial(self, above: str, below: str) -> str:
        return f"C({above}, {below})"


@dataclass(frozen=True, slots=True)
class _Spoken:
    def sign(self, text: str) -> str:
        return f" {word_for('−' if text == '-' else text)} "

    def command(self, name: str) -> str:
        if name in _FUNCTIONS:
            return f" {_FUNCTIONS[name]} "
        sign = _sign(name)
        if len(sign) == 1 and sign not in SIGN_WORDS and sign.isalpha():
            return f" {name.removeprefix('var').lower()} "
        return f" {' '.join(word_for(character) for character in sign) or name} "

    def fraction(self, above: str, below: str) -> str:
        above, below = above.strip(), below.strip()
        if above.isdigit() and below.isdigit() and 0 < int(above) < int(below) <= 10:
            part = _PARTS[int(below)]
            if above == "1":
                return f" one {part} "
            return f" {_COUNTS[int(above)]} {'halves' if part == 'half' else part + 's'} "
        return f" {above}, all over {below} " if len(above.split()) > 3 else f" {above} over {below} "

    def root(self, index: str, body: str) -> str:
        name = {"": "square", "2": "square", "3": "cube", "4": "fourth"}.get(index.strip()) or f"{index.strip()}-th"
        return f" the {name} root of {body} "

    def above(self, text: str, of: str) -> str:
        text = text.strip()
        if of in ("∑", "∏", "∫", "∬", "∮"):
            return f" to {text} of "
        special = {"2": "squared", "3": "cubed", "degrees": "degrees", "composed with": "degrees", "prime": "prime",
                   "T": "transposed", "times": "star", "minus 1": "inverse" if of.isalpha() else ""}  # fmt: skip
        return f" {special.get(text) or f'to the power of {text}'} "

    def below(self, text: str, of: str) -> str:
        if of in ("∑", "∏", "∫", "∬", "∮"):
            return f" from {text.strip()} "
        if of == "log":
            return f" base {text.strip()} of "
        return f" as {text.strip()} " if of in ("lim", "max", "min", "sup", "inf") else f" {text.strip()} "

    def accent(self, name: str, body: str) -> str:
        return f" vector {body} " if name == "vec" else f" {body} {_ACCENTS[name][1]} "

    def binomial(self, above: str, below: str) -> str:
        return f" {above} choose {below} "


class _Writer:
    def __init__(self, source: str, style: "_Shown | _Spoken") -> None:
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
                before = (_sign(name) or name) if token.startswith("\\") and name.isalpha() else token
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
            return token if isinstance(self._style, _Shown) or token[0].isdigit() else f" {token} "
        return token if token in "()[],.;:" else self._style.sign(token)

    def _command(self, name: str) -> str:
        if name in ("frac", "dfrac", "tfrac", "cfrac"):
            return self._style.fraction(self._argument(digit=True), self._argument())
        if name in ("binom", "dbinom", "tbinom"):
            return self._style.binomial(self._argument(digit=True), self._argument())
        if name == "sqrt":
            return self._style.root(self._option(), self._argument())
        if name in _ACCENTS:
            return self._style.accent(name, self._argument().strip())
        if name in _HIDDEN_ARGUMENT:
            self._argument()
            return " "
        if name == "mathbb":
            letter = self._argument().strip()
            double = _DOUBLE.get(letter, letter)
            return double if isinstance(self._style, _Shown) else f" {word_for(double)} "
        if name.startswith(("text", "operatorname", "mathrm", "mbox")):
            return self._words()
        if name in _STYLES:
            self._skip_dot(name)
            return "" if name not in ("quad", "qquad") else " "
        if not name[0].isalpha():
            return {"\\": " ; " if isinstance(self._style, _Shown) else ", ", "|": "‖"}.get(name, self._escaped(name))
        return self._style.command(name)

    def _escaped(self, sign: str) -> str:
        if sign in "{}[]()":
            return sign if isinstance(self._style, _Shown) else " "
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
        return f" {inside} " if isinstance(self._style, _Spoken) else inside


_DOUBLE = dict(zip("RNZQCP", "ℝℕℤℚℂℙ", strict=True))


def _grouped(text: str) -> str:
    """In brackets unless it is one thing."""
    text = text.strip()
    return text if re.fullmatch(r"[\w.′]+|\w*\([^()]*\)|.", text) else f"({text})"


def _raised(text: str) -> str:
    text = text.strip()
    if text in ("∘", "°"):
        return "°"
    if text in ("′", "*", "′′", "″"):
        return text
    small = [SUPERSCRIPTS.get(character, "") for character in text.replace(" ", "")]
    return "".join(small) if all(small) else f"^{text if len(text) == 1 else f'({text})'}"
