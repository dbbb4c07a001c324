"""How each part of a formula looks, and how it is said: fractions, roots, signs, what stands above and below."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from .spoken_numbers import FRACTIONS, SIGN_WORDS, SUBSCRIPTS, SUPERSCRIPTS, word_for

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
ACCENTS = {
    "vec": ("\u20d7", "vector"), "hat": ("\u0302", "hat"), "bar": ("\u0304", "bar"), "tilde": ("\u0303", "tilde"),
    "dot": ("\u0307", "dot"), "ddot": ("\u0308", "double dot"), "overline": ("\u0305", "bar"),
    "widehat": ("\u0302", "hat"), "widetilde": ("\u0303", "tilde"),
}  # fmt: skip


@cache
def sign_of(name: str) -> str:
    """What a command looks like, "" if it is unknown."""
    if name in _SHOWN:
        return _SHOWN[name]
    from pylatexenc.latex2text import get_default_latex_context_db

    spec = get_default_latex_context_db().get_macro_spec(name)
    shown = getattr(spec, "simplify_repl", None)
    return shown if isinstance(shown, str) and len(shown) <= 4 and "%" not in shown else ""


@dataclass(frozen=True, slots=True)
class ShownNotation:
    """As it is written: `½`, `√x`, `x²`."""

    def sign(self, text: str) -> str:
        return "−" if text == "-" else text

    def command(self, name: str) -> str:
        if name in _FUNCTIONS:
            return f" {name.removeprefix('b').removeprefix('p') if name in ('bmod', 'pmod') else name} "
        return sign_of(name) or f" {name} "

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
        return f"{body}{ACCENTS[name][0]}" if len(body) == 1 else body

    def binomial(self, above: str, below: str) -> str:
        return f"C({above}, {below})"


@dataclass(frozen=True, slots=True)
class SpokenNotation:
    """In words: "one half", "the square root of x", "x squared"."""

    def sign(self, text: str) -> str:
        return f" {word_for('−' if text == '-' else text)} "

    def command(self, name: str) -> str:
        if name in _FUNCTIONS:
            return f" {_FUNCTIONS[name]} "
        sign = sign_of(name)
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
        return f" vector {body} " if name == "vec" else f" {body} {ACCENTS[name][1]} "

    def binomial(self, above: str, below: str) -> str:
        return f" {above} choose {below} "


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
