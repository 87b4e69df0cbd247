"""Sums in words: "seven times eight plus two" to a number, and a number to words."""

import operator
from collections.abc import Callable, Sequence
from fractions import Fraction

from microturn.features.numbers import UNITS, number_value, number_words

FILLERS = ("what", "is", "are", "the", "sum", "result", "of", "how", "much", "please", "and", "calculate", "by")
OPERATORS: dict[str, tuple[int, Callable[[Fraction, Fraction], Fraction]]] = {
    "plus": (1, operator.add),
    "minus": (1, operator.sub),
    "times": (2, operator.mul),
    "multiplied": (2, operator.mul),
    "divided": (2, operator.truediv),
    "over": (2, operator.truediv),
    "+": (1, operator.add),
    "-": (1, operator.sub),
    "*": (2, operator.mul),
    "/": (2, operator.truediv),
}
SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
LARGEST = 10**9


def solve(text: str) -> Fraction | None:
    """The value of a sum in words or digits, with times and divided before plus and minus; None where there is none.

    Raises ZeroDivisionError.
    """
    numbers: list[Fraction] = []
    operations: list[tuple[int, Callable[[Fraction, Fraction], Fraction]]] = []
    held: list[str] = []
    for word in [*text.lower().split(), "="]:
        if word in OPERATORS or word == "=":
            if (value := number(held)) is None:
                return None
            numbers.append(value)
            held = []
            operations += [OPERATORS[word]] if word != "=" else []
        elif word not in FILLERS:
            held.append(word)
    return _folded(numbers, operations) if operations else None


def _folded(
    numbers: list[Fraction], operations: list[tuple[int, Callable[[Fraction, Fraction], Fraction]]]
) -> Fraction:
    for rank in (2, 1):
        index = 0
        while index < len(operations):
            if operations[index][0] == rank:
                numbers[index : index + 2] = [operations.pop(index)[1](numbers[index], numbers[index + 1])]
            else:
                index += 1
    return numbers[0]


def number(words: Sequence[str]) -> Fraction | None:
    """ "three thousand two hundred five", "two point five", "minus ten", "42", "2.5"; None for what is no number."""
    if words and words[0] == "minus":
        return None if (value := number(words[1:])) is None else -value
    if len(words) == 1 and words[0].replace(".", "", 1).isdecimal():
        return Fraction(words[0])
    if "point" not in words:
        return _whole_value(words)
    point = list(words).index("point")
    whole, digits = _whole_value(words[:point] or ["zero"]), [_digit(word) for word in words[point + 1 :]]
    if whole is None or not digits or None in digits:
        return None
    return whole + Fraction(int("".join(map(str, digits))), 10 ** len(digits))


def _digit(word: str) -> int | None:
    try:
        value = UNITS.index(word)
    except ValueError:
        return None
    return value if value < 10 else None


def _whole_value(words: Sequence[str]) -> Fraction | None:
    total = part = 0
    held: list[str] = []
    for word in [*words, ""]:
        if word and word not in SCALES:
            held += [word] if word != "and" else []
            continue
        try:
            part += number_value(held) if held else int(bool(word) and part == 0)
        except ValueError:
            return None
        held = []
        if word == "hundred":
            part *= 100
        elif word:
            total, part = total + part * SCALES[word], 0
    return Fraction(total + part) if words else None


def spoken(value: Fraction) -> str:
    """A number in words, to two decimals. ValueError beyond a thousand million."""
    rounded = round(value * 100)
    whole, cents = divmod(abs(rounded), 100)
    if whole >= LARGEST:
        raise ValueError(f"numbers are spoken up to {LARGEST}, got {float(value):.3g}")
    words = (["minus"] if rounded < 0 else []) + _whole(whole)
    if cents:
        digits = f"{cents:02}".rstrip("0")
        words += ["point", *(number_words(int(digit))[0] for digit in digits)]
    return " ".join(words)


def _whole(number: int) -> list[str]:
    for name, scale in reversed(SCALES.items()):
        if number >= scale:
            rest = number % scale
            return [*_whole(number // scale), name, *(_whole(rest) if rest else [])]
    return number_words(number)
