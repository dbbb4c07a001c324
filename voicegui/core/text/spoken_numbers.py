"""Numbers and signs of mathematics as words, wherever a voice would read them as something else."""

import re
import unicodedata
from collections.abc import Callable, Mapping

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


# ---------------------------------------------------------------- numbers in a sentence
# A voice would read a sum as a range, a score as a date. Voices read plain numbers, years, prices, full dates and times
# of day well; that is left to them. What can be read in two ways is read by the words around it, else sign by sign,
# which is never wrong.

_NUMBER = r"\d{1,15}(?:,\d{3}){0,5}+(?:\.\d{1,15})?"
_MINUS = "-\u2010\u2011\u2012\u2013\u2212"
_LONG_SPACE = re.compile(r"\s{4,}")
"""No voice hears it, and patterns that look over it again from each of its places would take long."""
_HIDDEN = dict.fromkeys((0x2061, 0x2062, 0x2063, 0x2064, 0x00AD))
_SPACED_GROUPS = re.compile("(?<=\\d)[\u00a0\u202f\u2009](?=\\d{3}(?!\\d))")
_MILLIONS = re.compile(r"(?<![\w.,] )(?<![\w.,])\d{1,3}(?: \d{3}){2,}(?![\w-]| \d)")

_VULGAR = {
    "½": "one half", "⅓": "one third", "⅔": "two thirds", "¼": "one quarter", "¾": "three quarters",
    "⅕": "one fifth", "⅖": "two fifths", "⅗": "three fifths", "⅘": "four fifths", "⅙": "one sixth",
    "⅚": "five sixths", "⅛": "one eighth", "⅜": "three eighths", "⅝": "five eighths", "⅞": "seven eighths",
    "⅐": "one seventh", "⅑": "one ninth", "⅒": "one tenth",
}  # fmt: skip
_PARTS = ("", "", "half", "third", "quarter", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
          "twelfth")  # fmt: skip
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿ", "0123456789+-()n")
_LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋", "0123456789+-")
_SQUARES = {"m": "meters", "km": "kilometers", "cm": "centimeters", "mm": "millimeters", "ft": "feet", "in": "inches",
            "mi": "miles", "yd": "yards", "dm": "decimeters"}  # fmt: skip
_MONEY = {"$": "dollars", "€": "euros", "£": "pounds"}
_MONTHS = ("", "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip

_COUNTED = re.compile(
    r"\s*-?(?:of\b|cups?\b|tsp|tbsp|tea|table|inch|in\b|\"|″|mile|ounce|oz\b|pound|lb|gallon|pint|quart|liter|litre|"
    r"meter|metre|foot|feet|ft\b|yard|hour|kg|ml\b|acre|full\b|empty\b|majority|complete)",
    re.I,
)
_RATED = re.compile(
    r"\b(?:rat(?:e|es|ed|ing)|giv(?:e|es|ing|en)|gave|scor(?:e|es|ed|ing)|got|earn(?:s|ed)|grade[sd]?|marks?|solid|"
    r"review(?:s|ed)?|pain|perfect|deserves?)\b[^.!?\d]{0,30}$",
    re.I,
)
_STARS = re.compile(
    r"\s*(?:stars?|points?|rating|score|correct|answers|votes?|tests?|questions|marks|on\b|[★⭐])", re.I
)
_RATIO = re.compile(r"\b(?:ratios?|odds|scale|proportions?|aspect)\b[^.!?\d]{0,20}$", re.I)
_RATIO_FOLLOWS = re.compile(r"\s*(?:ratio|aspect|odds|scale|mix(?:ture)?|split|screen|display|monitor|format)\b", re.I)
_DAY = re.compile(
    r"\b(?:on|by|until|till|since|due|dated?|before|after|starting|through|deadline)\s+(?:\d+ slash \d+ \w+ )?$", re.I
)
_MUSIC = re.compile(r"\s*(?:time|meter|measure|bar|beat|rhythm)\b", re.I)
_ASKED = re.compile(r"(?:what(?:'|’)?s|what is|calculate|compute|work out|subtract(?:ing)?|solve)\s*$", re.I)
_RESULT = re.compile(r"\s*(?:=|≈|is\s+(?:-|−)?\d|equals\b|gives\b|makes\b|leaves\b|[+*×·/÷]\s*\(?\d)", re.I)
_SUM_BEFORE = re.compile(r"[=+*×·÷/(^]\s*$|\d\s*[-−]\s*$")

_Rule = tuple["re.Pattern[str]", "str | Callable[[re.Match[str]], str]"]


def spelled(text: str) -> str:
    """`text` with those numbers and signs as words. Plain English around them is left as it is."""
    text = _LONG_SPACE.sub(lambda found: "\n\n" if "\n" in found[0] else " ", text)
    text = _SPACED_GROUPS.sub(",", text.translate(_HIDDEN)).replace("℃", "°C").replace("℉", "°F")
    text = _MILLIONS.sub(lambda found: found[0].replace(" ", ","), text)
    for pattern, words in _RULES:
        text = pattern.sub(words, text)
    return text


def _phone(found: "re.Match[str]") -> str:
    groups = [" ".join(group) for group in re.findall(r"\d+", found[0])]
    return ("plus " if found[0].lstrip("(").startswith("+") else "") + ", ".join(groups)


def _groups(found: "re.Match[str]") -> str:
    """Several numbers joined by hyphens: a date, a serial number, a triangle."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", found[0]):
        return found[0]
    return re.sub(r"-", ", ", found[0])


def _year_month(found: "re.Match[str]") -> str:
    return f"{_MONTHS[int(found[2])]} {found[1]}"


def _hyphenated(found: "re.Match[str]") -> str:
    """Two numbers with a hyphen, a dash or a minus sign between them."""
    text, (first, sign, second) = found.string, found.groups()
    before, after = text[max(found.start() - 40, 0) : found.start()], text[found.end() : found.end() + 12]
    spaced = found[0][len(first)] == " "
    a, b = float(first.replace(",", "")), float(second.replace(",", ""))
    is_sum = _RESULT.match(after) or _SUM_BEFORE.search(before) or _ASKED.search(before)
    if "−" in sign or is_sum or (spaced and sign.strip() == "-" and a >= b):
        return f"{first} minus {second}"
    if not spaced and a > b >= 100:
        return f"{first} {second}"  # the name of an aircraft, a part
    return f"{first} to {second}"


def _slashed(found: "re.Match[str]") -> str:
    text, (first, second) = found.string, found.groups()
    before, after = text[max(found.start() - 40, 0) : found.start()], text[found.end() : found.end() + 16]
    spaced = " " in found[0]
    if spaced or re.match(r"\s*[=≈]", after) or re.search(r"[=+*×÷−-]\s*$", before):
        return _fraction(first, second) if _is_fraction(first, second) and not spaced else _divided(first, second)
    if "." in first or "," in found[0]:
        return f"{first} out of {second}" if "." in first else f"{first} over {second}"
    if _RATIO.search(before) or _RATIO_FOLLOWS.match(after):
        return f"{first} to {second}"
    if _MUSIC.match(after) or found[0] in ("24/7", "9/11", "50/50", "20/20", "80/20"):
        return f"{first} {second}"
    if _DAY.search(before) and not _COUNTED.match(after) and int(first) <= 31 and int(second) <= 31:
        return f"{first} slash {second}"
    if _COUNTED.match(after) and _is_fraction(first, second):
        return _fraction(first, second)
    out_of = _RATED.search(before) or _STARS.match(after) or int(second) in (10, 100) or first == second
    if out_of and int(first) <= int(second):
        return f"{first} out of {second}"
    if _is_fraction(first, second):
        return _fraction(first, second)
    return f"{first} over {second}"


def _divided(first: str, second: str) -> str:
    return f"{first} divided by {second}"


def _is_fraction(first: str, second: str) -> bool:
    return first.isdigit() and second.isdigit() and 0 < int(first) < int(second) < len(_PARTS) and int(second) > 1


def _fraction(first: str, second: str) -> str:
    part = _PARTS[int(second)]
    if first == "1":
        return f"one {part}"
    return f"{first} {'halves' if part == 'half' else f'{part}s'}"


def _mixed(found: "re.Match[str]") -> str:
    """ "1 1/2", "1½"."""
    return f"{found[1]} and {_VULGAR.get(found[2]) or _fraction(*found[2].split('/'))}"


def _colon(found: "re.Match[str]") -> str:
    text, (first, second) = found.string, found.groups()
    before, after = text[max(found.start() - 40, 0) : found.start()], text[found.end() : found.end() + 16]
    is_time = len(second) == 2 and int(second) < 60 and int(first) < 25 and not _RATIO.search(before)
    if is_time and not _RATIO_FOLLOWS.match(after):
        return found[0]
    return f"{first} to {second}"


def _power(found: "re.Match[str]") -> str:
    exponent = (found[1].translate(_RAISED) if found.lastindex else "").strip("{}() ")
    exponent = re.sub(r"^[-−]\s*", "minus ", exponent).lstrip("+")
    return {"2": " squared", "3": " cubed"}.get(exponent, f" to the power of {exponent}")


def _area(found: "re.Match[str]") -> str:
    return f"{found[1]} {'square' if found[3] in '²2' else 'cubic'} {_SQUARES[found[2]]}"


def _dimensions(found: "re.Match[str]") -> str:
    is_sum = found.string[found.end() : found.end() + 3].lstrip().startswith("=") or _SUM_BEFORE.search(
        found.string[max(found.start() - 4, 0) : found.start()]
    )
    sized = not is_sum and ("x" in found[0] or " " not in found[0])
    return re.sub(r"\s*[x×✕]\s*", " by " if sized else " times ", found[0])


def _degrees(found: "re.Match[str]") -> str:
    unit = "degree" if found[1] in ("1", "-1", "−1", "minus 1") else "degrees"
    scale = {"C": " Celsius", "F": " Fahrenheit", "K": " Kelvin"}.get(found[2] or "", "")
    return f"{found[1]} {unit}{scale}"


def _sign(found: "re.Match[str]") -> str:
    return f" {SIGN_WORDS[found[0].strip()]} "


def _compared(found: "re.Match[str]") -> str:
    return {"<=": " is less than or equal to ", ">=": " is greater than or equal to ", "!=": " is not equal to ",
            "==": " equals ", "=>": " to ", "->": " to ", "-->": " to ", "<-": " from ", "~=": " is approximately ",
            "+/-": " plus or minus "}[found[1]]  # fmt: skip


_UNITS = "|".join(_SQUARES)
_RULES: tuple[_Rule, ...] = (
    # numbers to call
    (re.compile(r"(?<![\w.])\+\d{1,3}(?:[ .-]?\(\d{1,5}\))?(?:[ .\u00a0-]\d{2,9}){1,5}(?![\w])"), _phone),
    (re.compile(r"(?<![\w.-])(?:1[-. ])?(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-.]\d{4}(?![\w-])"), _phone),
    (re.compile(r"(?<![\w.-])\d{3}-\d{4}(?![\w-]|\.\d|\s*[=+*×/])"), _phone),
    (re.compile(r"(?<![\w.-])\d{5}-\d{4}(?![\w.-])"), _phone),
    (re.compile(r"(?<![\w.-])\d{1,9}(?:-\d{1,9}){2,9}+(?![\w-])"), _groups),
    (re.compile(r"(?<![\w.-])((?:19|20)\d\d)-(0[1-9]|1[0-2])(?![\w-]|\.\d)"), _year_month),
    # ranges that end in a unit or in an hour
    (re.compile(r"(?<=°)([CF]?)\s?[-–]\s?(?=\d{1,9}\s?°)"), r"\1 to "),
    (re.compile(r"\b([ap]\.?m\.?) ?[-–] ?(?=\d)", re.I), r"\1 to "),
    # powers and units
    (re.compile(rf"(?<![\w.,])({_NUMBER})\s?({_UNITS})([²³23])(?![\w²³])"), _area),
    (re.compile(r"(?<=[\w)])([⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ]{1,9}+)"), _power),
    (re.compile(r"(?<=[\w)])\s?\^\s?(\{[^{}]{1,12}\}|\([^()]{1,12}\)|[-−]?\w{1,4})"), _power),
    (re.compile(r"(?<=\d)\*\*([-−]?\d{1,9})"), _power),
    (re.compile(rf"(?<![\w.])([{_MINUS}]?{_NUMBER})\s?°\s?([CFK])?(?![\w])"), _degrees),
    (re.compile(r"(\d)\s?([½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞])"), _mixed),
    (re.compile("([½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞⅐⅑⅒])"), lambda found: f" {_VULGAR[found[1]]} "),
    (re.compile(r"(?<![\w./])(\d{1,6}) ([1-9]/(?:[2-9]|1[0-2]))(?![\w/])(?=\s*[a-zA-Z])"), _mixed),
    # two numbers
    (re.compile(rf"(?<![\w.]){_NUMBER}(?:\s?[x×✕]\s?{_NUMBER}){{1,5}}+(?!\.?\w)"), _dimensions),
    (
        re.compile(r"(?<![\w.*])([1-7])\*(?=[ -](?:hotel|resort|hostel|restaurant|rating|review|general|luxury)s?\b)"),
        r"\1 star",
    ),
    (re.compile(r"(?<=[\d)])\s?[*×·⋅✕∗]\s?(?=[-−]?[$€£]?[\d(a-z])|(?<=\b[a-zA-Z])\s?[*×·⋅]\s?(?=[\w(]\b)"), " times "),
    (re.compile(rf"(?<![\w./])({_NUMBER})\s?/\s?({_NUMBER})(?![\w/]|\.\d)"), _slashed),
    (re.compile(r"(?<![\w:.])(\d{1,4}):(\d{1,6})(?![\w:]|\.\d)(?!\s?[ap]\.?m)"), _colon),
    (
        re.compile(rf"(?<![\w.,$€£-])({_NUMBER})(?:\s?%)?(\s?[{_MINUS}]\s?)({_NUMBER})(?=\s?%|[kKMmx]?\b)(?!-?\d)"),
        _hyphenated,
    ),
    (re.compile(rf"([$€£])({_NUMBER})\s?[{_MINUS}]\s?[$€£]?({_NUMBER})(?!\.?\w)"), r"\1\2 to \1\3"),
    # minus
    (re.compile(r"(?<=[\w)%])\s?\u2212\s?(?=[\w($€£√π])"), " minus "),
    (re.compile(r"(?<=[\w)]) - (?=\w{1,4}\s?[=+^])"), " minus "),
    (re.compile(r"(?<![\w)%])[-\u2010-\u2013\u2212](?=[$€£]?\.?\d)"), "minus "),
    (re.compile("\u2212"), " minus "),
    # signs
    (re.compile(r"\s*(?<![<>=!~+-])(<=|>=|!=|==|=>|-{1,2}>|<-|~=|\+/-)(?![<>=])\s*"), _compared),
    (re.compile(r"(?<=[A-Z][\w ])\s>\s(?=[A-Z][a-z])|(?<=[a-z])\s>\s(?=[A-Z][a-z])"), ", "),
    (re.compile(r"<([A-Za-z][\w-]{1,30})>"), r" \1 "),
    (re.compile(r"(?<![\w)])<([A-Za-z][\w'’-]{1,30}(?: [\w'’-]{1,20}){1,5}|[\w.+-]{1,60}@[\w.-]{1,60})>"), r" \1 "),
    (re.compile(r"\b(I|[Ww]e|[Yy]ou|They|they) <3(?![\w.])"), r"\1 love"),
    (re.compile(r"(?<=[\w)\]])\s?[<>]\s?(?=[\w(−-])"), _sign),
    (re.compile(r"\s*[≠≈≡≅≤≥≪≫±∓÷∝∞√∑∏∫∂∇∈∉⊂⊆∪∩∅∀∃∴∵⇒⇔⟹→]\s*"), _sign),
    (re.compile(r"\s*=+\s*"), " equals "),
    (re.compile(r"(?<=[\w)%]) \+ (?=[\w(])|(?<=[\d)])\+(?=\d)|(?<=\b[a-z])\+(?=[\w(])"), " plus "),
    (re.compile(r"(?<!\S)[~∼](?=\d)"), "about "),
    (re.compile(r" ?&& ?"), " and "),
    (re.compile(r"\b([A-G])#(?!\w)"), r"\1 sharp"),
    (re.compile(r"\s*%"), " percent"),
    (re.compile(r"(?<=\d)\s?([$€£])(?![\d\w])"), lambda found: f" {_MONEY[found[1]]}"),
    (re.compile("([₀₁₂₃₄₅₆₇₈₉₊₋]+)"), lambda found: found[1].translate(_LOWERED)),
)
