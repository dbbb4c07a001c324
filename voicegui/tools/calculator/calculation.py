"""Sums as people write and say them: "12% of 80", "5 ft 7 in in cm", "sqrt(2)^3".

A parser and evaluator of its own: nothing is given to Python to evaluate. All numbers are decimals of 28 digits whose
exponents end at 400, so that no sum takes long or much memory.

    sum      := product (("+" | "-") product)*                   80 + 10%: ten percent of the 80
    product  := signed (("*" | "/" | "mod" | "of" | "off") signed)*
    signed   := ("+" | "-")* power
    power    := postfix ("^" signed)?
    postfix  := primary ("!" | "%" | "squared" | "cubed" | units)*
    primary  := number | "a" units | constant | function primary | function "(" sum ("," sum)* ")" | "(" sum ")"
"""

from dataclasses import dataclass
from decimal import Context, Decimal, DivisionByZero, InvalidOperation, Overflow, Underflow, localcontext
from typing import Any

from voicegui.core.wording import Sentence, marked, sentence, sentence_plural

from . import BadSum, Result, units
from .named_numbers import CONSTANTS, FUNCTIONS, applied, factorial
from .phrases import Cursor, Size, Token, size_in, tokens_of

LONGEST = 500
"""Characters."""
_TOO_LONG = marked("That is too long to calculate: at most {count} characters are taken.")
_A_SIZE = sentence("That is a size. Say what it is to be told in, such as “in cm”, or say “times” to multiply.")
_NOT_UNDERSTOOD = sentence("“{words}” is not understood there.")

_ARTICLES = ("a", "an", "the", "each", "every")
_INTO = ("in", "to", "as", "into")
_WORDS = {*CONSTANTS, *FUNCTIONS, *_ARTICLES, *_INTO, "mod", "of", "off", "and", "per", "squared", "cubed"}
"""No units."""

_CONTEXT = Context(prec=28, Emin=-400, Emax=400, traps=[DivisionByZero, InvalidOperation, Overflow, Underflow])


@dataclass(frozen=True, slots=True)
class _Percent:
    of_one: Decimal


def calculated(text: str) -> Result:
    """Raises BadSum."""
    if not text.strip():
        raise BadSum(sentence("There is nothing to calculate."))
    if len(text) > LONGEST:
        raise BadSum(sentence_plural(_TOO_LONG, _TOO_LONG, LONGEST))
    with localcontext(_CONTEXT):
        try:
            size = size_in(text)
            return (size and _of_size(size)) or _of_sum(text)
        except Exception as error:
            reason = units.reason(error)
            if not reason:
                raise
        raise BadSum(reason)


def _of_sum(text: str) -> Result:
    sum_ = _Sum(tokens_of(text))
    number, said = units.number_and_unit(sum_.whole())
    if not number.is_finite():
        raise BadSum(sentence("That has no result."))
    return Result(number, said, units.notes(sum_.units_used, said.written()) if sum_.units_used else Sentence(""))


def _of_size(size: Size) -> Result | None:
    """Each side of "8 1/2 x 11 inches in cm", which is no product; an area or a volume if that is asked for. None for
    what is no size, such as 3 x 200 ml."""
    if not all(units.is_length(_Sum(tokens_of(side)).whole()) for side in size.sides):
        return None
    product = " * ".join(f"({side})" for side in size.sides)
    if not size.target:
        if not size.complete:
            raise BadSum(_A_SIZE)
        return _of_sum(product)
    if not units.is_length(_Sum(tokens_of(f"1 {size.target}")).whole()):
        return _of_sum(f"{product} in {size.target}")
    first, *others = (_of_sum(f"{side} in {size.target}") for side in size.sides)
    most = max((first, *others), key=lambda side: side.number)
    return Result(first.number, most.units, first.note, tuple(side.number for side in others))


class _Sum(Cursor):
    def __init__(self, tokens: list[Token]) -> None:
        super().__init__(tokens)
        self._substance = ""
        self.units_used: set[str] = set()

    # ------------------------------------------------------------ the grammar

    def whole(self) -> Any:
        """A sum, and what it is to be told in."""
        value = _plain_value(self._sum())
        if self._take(*_INTO) or self._is_unit():
            value = units.converted(value, self._units(), self._substance)
        if self._peek().kind != "end":
            raise BadSum(_NOT_UNDERSTOOD.filled(words=self._peek().text[:20]))
        return value

    def _sum(self) -> Any:
        value = self._product()
        while sign := self._take("+", "-", "and"):
            right = self._product()
            if isinstance(right, _Percent) and not isinstance(value, _Percent):
                right = value * right.of_one
            value, right = _plain_value(value), _plain_value(right)
            value = units.combined(value, right, minus=sign == "-")
        return value

    def _product(self) -> Any:
        value = self._signed()
        while sign := self._take("*", "/", "mod", "of", "off"):
            left, right = _plain_value(value), _plain_value(self._signed())
            match sign:
                case "*" | "of":
                    value = left * right
                case "off":
                    value = right * (1 - left)
                case "/":
                    value = _divided(left, right)
                case "mod":
                    left, right = _number(left), _number(right)
                    if right == 0:
                        raise BadSum(sentence("That divides by zero."))
                    rest = left % right
                    value = rest + right if rest and (rest < 0) != (right < 0) else rest
        return value

    def _signed(self) -> Any:
        with self._deeper():
            if self._take("-"):
                return -_plain_value(self._signed())
            if self._take("+"):
                return self._signed()
            base = self._postfix()
            if self._take("^", "**"):
                return units.power(_plain_value(base), _number(_plain_value(self._signed())))
        return base

    def _postfix(self) -> Any:
        value = self._primary()
        while True:
            if self._take("!"):
                value = factorial(_number(value))
            elif self._take("%"):
                value = _Percent(_number(value) / 100)
            elif power := self._take("squared", "cubed"):
                value = units.power(_plain_value(value), Decimal(2 if power == "squared" else 3))
            elif isinstance(value, Decimal) and self._is_unit():
                value = self._mixed(value)
            else:
                return value

    def _mixed(self, number: Decimal) -> Any:
        """5 ft 7 in, 5 foot 11, an hour and a half."""
        words = self._units()
        value = units.quantity(number, words)
        while True:
            begin, joined = self._at, bool(self._take("and"))
            if self._peek().kind != "number":
                break
            part = +Decimal(self._peek().text)
            self._at += 1
            if self._is_unit() and not self._is_into():
                words = self._units()
                value = units.combined(value, units.quantity(part, words))
            elif joined and part < 1:
                value = units.combined(value, units.quantity(part, words))
            elif not joined and self._ends_amount():
                value = units.combined(value, units.smaller(part, words))
            else:
                break
        self._at = begin
        if self._peek().text.lower() == "of" and self._is_substance(self._peek(1)):
            self._substance = self._peek(1).text.lower()[:40]
            self._at += 2
        return value

    def _ends_amount(self) -> bool:
        token = self._peek()
        return token.kind in ("end", "sign") or token.text.lower() in _INTO

    def _is_substance(self, token: Token) -> bool:
        """ "A cup of flour": no number, no unit."""
        return token.kind == "word" and token.text.lower() not in _WORDS and not units.is_known(token.text)

    def _primary(self) -> Any:
        token = self._peek()
        self._at += 1
        if token.kind == "number":
            return +Decimal(token.text)
        if token.text == "(":
            value = self._sum()
            self._expect(")")
            return value
        word = token.text.lower()
        if word in _ARTICLES and self._is_unit():
            return Decimal(1)
        if word == "the":
            return self._primary()
        if word in CONSTANTS:
            return CONSTANTS[word]
        if word in FUNCTIONS:
            return _applied(word, self._arguments())
        if token.kind == "end":
            raise BadSum(sentence("Something is missing at its end."))
        raise BadSum(_NOT_UNDERSTOOD.filled(words=token.text[:20]))

    def _arguments(self) -> list[Any]:
        if not self._take("("):
            with self._deeper():
                return [-_plain_value(self._postfix()) if self._take("-") else _plain_value(self._postfix())]
        values = [_plain_value(self._sum())]
        while self._take(","):
            values.append(_plain_value(self._sum()))
        self._expect(")")
        return values

    # ------------------------------------------------------------ units

    def _is_unit(self) -> bool:
        token = self._peek()
        if token.text.lower() == "min":  # minutes, unless it is the function
            return self._peek(1).text != "("
        if token.text.lower() == "in":  # inches, unless what comes before is no bare number
            return self._at > 0 and self._tokens[self._at - 1].kind == "number"
        if token.text == "A":  # amperes, unless it is the article
            return self._at > 0 and self._tokens[self._at - 1].kind == "number"
        return token.kind == "word" and token.text.lower() not in _WORDS

    def _is_into(self) -> bool:
        """The "in" of "5 foot 11 in cm", which is no inch."""
        after = self._peek(1)
        return self._peek().text.lower() == "in" and after.kind == "word" and after.text.lower() not in (*_INTO, "and")

    def _units(self) -> dict[str, int]:
        """km, square feet, miles per hour, m/s^2: names and powers."""
        found: dict[str, int] = {}
        direction = 1
        while True:
            name, power = self._unit()
            found[name] = found.get(name, 0) + direction * power
            if self._take("per") or (self._peek().text == "/" and self._peek(1).kind == "word" and self._skip()):
                direction = -1
            elif self._peek().text.lower() in ("a", "an", "each", "every") and self._peek(1).kind == "word":
                self._at += 1  # 60 miles an hour
                direction = -1
            else:
                return found

    def _unit(self) -> tuple[str, int]:
        power = {"square": 2, "sq": 2, "cubic": 3, "cu": 3}.get(self._peek().text.lower(), 1)
        if power != 1:
            self._at += 1
        first, second = self._peek(), self._peek(1)
        if first.kind != "word":
            raise BadSum(sentence("A unit is missing."))
        self._at += 1
        name = first.text
        if first.text.lower() in _WORDS - {"in", "min"} and first.text != "A":
            raise BadSum(_NOT_UNDERSTOOD.filled(words=name[:20]))
        if second.kind == "word" and units.is_known(f"{first.text}_{second.text}"):
            name = f"{first.text}_{second.text}"
            self._at += 1
        if self._peek().text in ("^", "**") and self._peek(1).text in ("2", "3"):
            power *= int(self._peek(1).text)
            self._at += 2
        elif raised := self._take("squared", "cubed"):
            power *= 2 if raised == "squared" else 3
        self.units_used.add(name)
        return name, power


def _plain_value(value: Any) -> Any:
    return value.of_one if isinstance(value, _Percent) else value


def _number(value: Any) -> Decimal:
    return units.dimensionless(_plain_value(value))


def _divided(left: Any, right: Any) -> Any:
    if (right if isinstance(right, Decimal) else right.magnitude) == 0:
        raise BadSum(sentence("That divides by zero."))
    return left / right


def _applied(name: str, values: list[Any]) -> Any:
    if name == "sqrt" and len(values) == 1 and not isinstance(values[0], Decimal):
        if values[0].magnitude < 0:
            raise BadSum(sentence("There is no square root of a negative number."))
        return units.power(values[0], Decimal("0.5"))
    if name in ("min", "max", "abs"):
        return units.with_numbers(lambda *numbers: applied(name, numbers), values)
    if name in ("round", "floor", "ceil") and not isinstance(values[0], Decimal):
        rest = [_number(each) for each in values[1:]]
        return units.with_numbers(lambda number: applied(name, [number, *rest]), values[:1])
    return applied(name, [_number(each) for each in values])
