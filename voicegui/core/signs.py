"""What signs of mathematics are called."""

import re
import unicodedata
from collections.abc import Mapping

SIGN_WORDS: Mapping[str, str] = {
    "=": "equals", "≠": "is not equal to", "≈": "is approximately", "≡": "is equivalent to", "∼": "is similar to",
    "≅": "is congruent to", "<": "is less than", ">": "is greater than", "≤": "is less than or equal to",
    "≥": "is greater than or equal to", "≪": "is much less than", "≫": "is much greater than", "+": "plus",
    "−": "minus", "±": "plus or minus", "∓": "minus or plus", "×": "times", "·": "times", "⋅": "times", "∗": "times",
    "*": "times", "÷": "divided by", "/": "over", "∝": "is proportional to", "∞": "infinity", "√": "the square root of",
    "∑": "the sum", "∏": "the product", "∫": "the integral", "∬": "the double integral", "∮": "the contour integral",
    "∂": "partial", "∇": "nabla", "∈": "in", "∉": "not in", "∋": "contains", "⊂": "is a subset of",
    "⊆": "is a subset of or equal to", "⊃": "contains", "∪": "union", "∩": "intersection", "∅": "the empty set",
    "∀": "for all", "∃": "there exists", "¬": "not", "∧": "and", "∨": "or", "→": "to", "←": "from", "⇒": "implies",
    "⟹": "implies", "⟶": "to", "↦": "maps to", "⇔": "if and only if", "⟺": "if and only if", "↔": "if and only if",
    "∴": "therefore", "∵": "because", "°": "degrees", "∘": "composed with", "′": "prime", "″": "double prime",
    "…": ", and so on,", "⋯": ", and so on,", "∠": "angle", "⊥": "is perpendicular to", "∥": "is parallel to",
    "|": ",", "∣": "given", "ℝ": "the real numbers", "ℕ": "the natural numbers", "ℤ": "the integers",
    "ℚ": "the rational numbers", "ℂ": "the complex numbers", "ℏ": "h bar", "ℓ": "l", "%": "percent", "!": "factorial",
    "'": "prime",
}  # fmt: skip
"""What signs are called; of others the name of Unicode is taken."""

SUPERSCRIPTS = dict(
    zip("0123456789+-−=()nixyabcdefghjklmoprstuvwz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱˣʸᵃᵇᶜᵈᵉᶠᵍʰʲᵏˡᵐᵒᵖʳˢᵗᵘᵛʷᶻ", strict=True)
)
SUBSCRIPTS = dict(zip("0123456789+-−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
FRACTIONS = {
    "1/2": "½", "1/3": "⅓", "2/3": "⅔", "1/4": "¼", "3/4": "¾", "1/5": "⅕", "2/5": "⅖", "3/5": "⅗", "4/5": "⅘",
    "1/6": "⅙", "5/6": "⅚", "1/8": "⅛", "3/8": "⅜", "5/8": "⅝", "7/8": "⅞",
}  # fmt: skip


def word_for(sign: str) -> str:
    """The word for a sign of mathematics; anything else stays."""
    if sign in SIGN_WORDS:
        return SIGN_WORDS[sign]
    if unicodedata.category(sign[:1] or " ") in ("Sm", "So") or sign.isalpha() and not sign.isascii():
        name = unicodedata.name(sign[:1], "").lower()
        letter = re.search(r"letter (\w+)$", name)
        return letter[1] if letter else re.sub(r" (?:sign|operator)$", "", name)
    return sign
