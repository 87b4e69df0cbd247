"""`calculate`: arithmetic in words or symbols, exact (fractions) but for roots and powers of fractions, bounded in size.

A parser of our own: nothing is evaluated. "seven times eight", "fifteen percent of eighty", "(2 + 3) ** 2 % 7",
"the square root of two". A percentage that is added or taken away is of what stands before it: 80 - 15 % is 68.
"""

import re
from collections.abc import Callable, Mapping
from fractions import Fraction

from microturn.background.brief import Brief
from microturn.background.tools.tool import JSON, Found, Tool, ToolError
from microturn.features.numbers import number, spoken

LONGEST, DEEPEST = 300, 20  # characters of an expression; brackets in brackets
MOST_BITS = 2048  # of a numerator or denominator on the way
LARGEST_POWER = 1000
DIGITS = 10  # significant ones of what is no short decimal
PHRASES: Mapping[str, str] = {
    r"\bto the power of\b|\bto the power\b|\^": " ** ",
    r"\bsquared\b": " ** 2 ",
    r"\bcubed\b": " ** 3 ",
    r"\bsquare root of\b|\bsquare root\b|\broot of\b|√": " sqrt ",
    r"\b(?:percent|per cent) of\b|%\s*of\b": " % * ",
    r"\bpercent\b|\bper cent\b": " % ",
    r"\b(?:a |one )?half of\b": " 0.5 * ",
    r"\b(?:a |one )?quarter of\b": " 0.25 * ",
    r"\b(?:a |one )?third of\b": " 1 / 3 * ",
    r"\btwice\b|\bdouble\b": " 2 * ",
    r"\bmodulo\b|\bmod\b": " mod ",
    r"\bopen (?:bracket|parenthesis)\b": " ( ",
    r"\bclosed? (?:bracket|parenthesis)\b": " ) ",
    r"\bdivided by\b|\bdivided\b|\bover\b|÷": " / ",
    r"\bmultiplied by\b|\bmultiplied\b|\btimes\b|×|·|(?<=\d)\s*x\s*(?=\d)": " * ",
    r"\bplus\b": " + ",
    r"\bminus\b|−": " - ",
}
PIECES = re.compile(r"\*\*|[-+*/%()]|\d+(?:\.\d+)?|\.\d+|[^\W\d_]+|\S")
SIGNS = {"**", "+", "-", "*", "/", "%", "(", ")", "sqrt", "mod"}
FILLERS = ("what", "is", "are", "the", "sum", "result", "of", "how", "much", "please", "and", "calculate", "by")
Piece = str | Fraction


def calculator() -> list[Tool]:
    """The tool `calculate`."""
    return [
        Tool(
            name="calculate",
            summary="Work out a sum, in words or symbols: + - * / ** %, brackets, sqrt, percent. Use it for all arithmetic.",
            parameters={
                "type": "object",
                "properties": {"expression": {"type": "string", "maxLength": LONGEST}},
                "required": ["expression"],
                "additionalProperties": False,
            },
            run=_calculate,
        )
    ]


async def _calculate(arguments: JSON, brief: Brief) -> Found:
    del brief
    value = calculated(arguments["expression"])
    try:
        return Found(text=f"{written(value)} ({spoken(value)})")
    except ValueError:  # beyond what is spoken
        return Found(text=written(value))


def calculated(expression: str) -> Fraction:
    """The value of an expression. `ToolError`, in a plain sentence, when it has none."""
    if len(expression) > LONGEST:
        raise ToolError("that sum is too long")
    pieces = _pieces(expression)
    if not pieces:
        raise ToolError("there is no sum in that")
    reader = _Reader(pieces)
    try:
        value, _ = reader.sum()
    except ZeroDivisionError:
        raise ToolError("nothing can be divided by zero") from None
    except OverflowError:
        raise ToolError("that number is too large") from None
    if reader.left:
        raise ToolError(f"{_shown(reader.left[0])} is not expected there")
    return value


def written(value: Fraction) -> str:
    """In digits: whole, a short decimal, or ten significant digits."""
    if value.denominator == 1:
        return str(value.numerator)
    return f"{float(value):.{DIGITS}g}"


def _pieces(expression: str) -> list[Piece]:
    """Signs and numbers; numbers in words are put together."""
    text = re.sub(r"(?<=\d),(?=\d{3})", "", expression.lower())
    text = re.sub(r"(?<=[a-z])-(?=[a-z])", " ", text).strip(" ?!.=")
    for phrase, sign in PHRASES.items():
        text = re.sub(phrase, sign, text)
    pieces: list[Piece] = []
    held: list[str] = []
    for word in [*PIECES.findall(text), ""]:
        if word and word not in SIGNS:
            held += [word] if word == "and" or word not in FILLERS else []
            continue
        if spoken_words := [part for part in held if part != "and"]:
            pieces.append(_number(spoken_words))
        held = []
        pieces += [word] if word else []
    return pieces


def _number(words: list[str]) -> Fraction:
    value = number(words)
    if value is None:
        raise ToolError(f"{' '.join(words)[:40]} is no number")
    return _bounded(value)


def _bounded(value: Fraction) -> Fraction:
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MOST_BITS:
        raise OverflowError
    return value


class _Reader:
    """Reads pieces by rank: sums of products of powers. Each method gives the value, and whether it is a percentage."""

    def __init__(self, pieces: list[Piece]) -> None:
        self.left = pieces
        self.depth = 0

    def next(self, *signs: str) -> str:
        """The next piece, taken, where it is one of `signs`; else nothing."""
        piece = self.left[0] if self.left else None
        return str(self.left.pop(0)) if isinstance(piece, str) and piece in signs else ""

    def sum(self) -> tuple[Fraction, bool]:
        value, percentage = self.product()
        while sign := self.next("+", "-"):
            other, share = self.product()
            other = value * other if share and not percentage else other
            value = _bounded(value + other if sign == "+" else value - other)
        return value, percentage

    def product(self) -> tuple[Fraction, bool]:
        value, percentage = self.signed()
        while sign := self.next("*", "/", "mod", "%"):
            other, _ = self.signed()
            value, percentage = _bounded(PRODUCTS[sign](value, other)), False
        return value, percentage

    def signed(self) -> tuple[Fraction, bool]:
        if sign := self.next("+", "-"):
            self._deeper()
            value, percentage = self.signed()
            self.depth -= 1
            return (-value if sign == "-" else value), percentage
        return self.power()

    def power(self) -> tuple[Fraction, bool]:
        value = self.single()
        if self.next("**"):
            self._deeper()
            exponent, _ = self.signed()
            self.depth -= 1
            value = raised(value, exponent)
        if self.left and self.left[0] == "%" and not self._operand(1):
            self.left.pop(0)
            return value / 100, True
        return value, False

    def single(self) -> Fraction:
        if not self.left:
            raise ToolError("that sum is not finished")
        if self.next("sqrt"):
            self._deeper()
            value = raised(self.single(), Fraction(1, 2))
            self.depth -= 1
            return value
        if self.next("("):
            self._deeper()
            value, _ = self.sum()
            self.depth -= 1
            if not self.next(")"):
                raise ToolError("a bracket is not closed")
            return value
        piece = self.left.pop(0)
        if isinstance(piece, Fraction):
            return piece
        raise ToolError(f"{_shown(piece)} is not expected there")

    def _operand(self, place: int) -> bool:
        """Whether a number, a root or a bracket begins at `place`."""
        piece = self.left[place] if len(self.left) > place else None
        return isinstance(piece, Fraction) or piece in ("(", "sqrt")

    def _deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ToolError("that sum has too many brackets")


def raised(value: Fraction, exponent: Fraction) -> Fraction:
    """`value` to the power of `exponent`; exact for whole exponents and for roots of squares. `ToolError` where it has none."""
    if abs(exponent) > LARGEST_POWER:
        raise OverflowError
    if exponent.denominator == 1:
        if value and abs(exponent) * max(value.numerator.bit_length(), value.denominator.bit_length()) > 2 * MOST_BITS:
            raise OverflowError
        return _bounded(value**exponent.numerator)
    if value < 0:
        raise ToolError("a number below zero has no such root")
    root = Fraction(float(value) ** float(exponent)).limit_denominator(10**12)
    return _bounded(root)


PRODUCTS: Mapping[str, Callable[[Fraction, Fraction], Fraction]] = {
    "*": lambda one, other: one * other,
    "/": lambda one, other: one / other,
    "%": lambda one, other: one % other,
    "mod": lambda one, other: one % other,
}


def _shown(piece: Piece) -> str:
    return written(piece) if isinstance(piece, Fraction) else {"sqrt": "a root", "mod": "modulo"}.get(piece, piece)
