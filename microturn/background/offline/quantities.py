"""Numbers, sums and units in the words of a request, as they are said or misheard: "how match is tree times ate"."""

import re
from collections.abc import Sequence
from fractions import Fraction

from microturn.features.numbers import SCALES, TEENS, TENS, UNITS, number

ALIKE = {
    "won": "one",
    "to": "two",
    "too": "two",
    "tree": "three",
    "free": "three",
    "for": "four",
    "fore": "four",
    "sex": "six",
    "sics": "six",
    "ate": "eight",
    "tin": "ten",
}
NUMBER_WORDS = frozenset((*UNITS, *TEENS, *TENS, *SCALES))
SIGNS = {"plus": "+", "minus": "-", "times": "*", "multiplied": "*", "divided": "/", "over": "/", "less": "-"}
N = r"(-?\d+(?:\.\d+)?)"
FORMS = (  # each is a sum of its own
    (rf"square root of {N}", r"\1 ** 0.5"),
    (rf"square of {N}", r"\1 * \1"),
    (rf"{N} squared", r"\1 * \1"),
    (rf"{N} (?:percent|%) of {N}", r"\2 * \1 / 100"),
    (rf"(?:half|a half) of {N}", r"\1 / 2"),
    (rf"a third of {N}", r"\1 / 3"),
    (rf"a quarter of {N}", r"\1 / 4"),
    (rf"(?:double|twice) (?:of )?{N}", r"2 * \1"),
    (rf"(?:sum of|add) {N} (?:and|to) {N}", r"\1 + \2"),
    (rf"product of {N} and {N}", r"\1 * \2"),
    (rf"difference (?:between|of) {N} and {N}", r"\1 - \2"),
    (rf"subtract {N} from {N}", r"\2 - \1"),
    (rf"multiply {N} (?:by|with|and) {N}", r"\1 * \2"),
    (rf"divide {N} by {N}", r"\1 / \2"),
)
CHAIN = re.compile(r"-?\d+(?:\.\d+)?(?: (?:\*\*|[-+*/]) -?\d+(?:\.\d+)?)+")
MEASURES = {
    "millimeter": "mm millimetre",
    "centimeter": "cm centimetre",
    "meter": "m metre",
    "kilometer": "km kilometre",
    "inch": "inches",
    "foot": "feet ft",
    "yard": "",
    "mile": "",
    "gram": "g gramme",
    "kilogram": "kg kilo",
    "ounce": "",
    "pound": "lb",
    "stone": "",
    "milliliter": "ml millilitre",
    "liter": "l litre",
    "pint": "",
    "gallon": "",
    "second": "",
    "minute": "",
    "hour": "",
    "day": "",
    "week": "",
    "year": "",
    "celsius": "centigrade",
    "fahrenheit": "",
    "kelvin": "",
    "mile/hour": "mph",
    "kilometer/hour": "kmh",
}
UNIT_OF = {
    form: unit
    for unit, others in MEASURES.items()
    for word in (unit, *others.split())
    for form in ((word,) if len(word) < 3 else (word, f"{word}s"))
}


def plain_words(text: str) -> list[str]:
    """Words, numbers and signs, in small letters."""
    text = re.sub(r"(\d),(?=\d{3}\b)", r"\1", text.lower())
    return re.findall(r"\d+(?:\.\d+)?|[^\W\d_]+(?:['-][^\W\d_]+)*|[-+*/%]", text)


def with_digits(words: Sequence[str]) -> list[str]:
    """The words, with each number as digits: "three miles" is ["3", "miles"]."""
    left, out = list(words), list[str]()
    while left:
        taken, value = _counted(left)
        if value is None and left[0] in SCALES:
            taken, value = 1, Fraction(SCALES[left[0]])
        out.append(left[0] if value is None else _digits(value))
        left = left[max(1, taken) :]
    return out


def _counted(words: Sequence[str]) -> tuple[int, Fraction | None]:
    """The longest number that the words begin with, and how many of them it takes."""
    most = 0
    while most < len(words) and (words[most] in NUMBER_WORDS or (words[most] == "and" and _counts_on(words, most))):
        most += 1
    for taken in range(most, 0, -1):
        value = number([word for word in words[:taken] if word != "and"])
        if value is not None and words[taken - 1] != "and":
            return _with_decimals(words, taken, value)
    return 0, None


def _counts_on(words: Sequence[str], index: int) -> bool:
    """Whether an "and" is inside a number: "two hundred and five"."""
    return index > 0 and words[index - 1] in SCALES and index + 1 < len(words) and words[index + 1] in NUMBER_WORDS


def _with_decimals(words: Sequence[str], taken: int, value: Fraction) -> tuple[int, Fraction]:
    digits = ""
    if words[taken : taken + 1] == ["point"]:
        for word in words[taken + 1 :]:
            if word not in UNITS[:10]:
                break
            digits += str(UNITS.index(word))
    return (taken + 1 + len(digits), value + Fraction(f"0.{digits}")) if digits else (taken, value)


def _digits(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{float(value):g}"


def expression(text: str) -> str:
    """The sum that a request asks for, as "7 * 8"; empty when it asks for none."""
    words = plain_words(text.replace("take away", "minus"))
    for index, word in enumerate(words):
        beside = {*words[max(0, index - 1) : index], *words[index + 1 : index + 2]}
        if word in ALIKE and beside & (SIGNS.keys() - {"over", "less"}):
            words[index] = ALIKE[word]
    line = " ".join(with_digits(words))
    line = re.sub(r"\b(multiplied|divided) by\b", r"\1", line)
    for pattern, sum in FORMS:
        line = re.sub(pattern, sum, line)
    line = re.sub(r"(?<=\d) (\w+) (?=\d)", lambda m: f" {SIGNS.get(m[1], m[1])} ", line)
    line = re.sub(r"(?<=\d) (\w+) (?=\d)", lambda m: f" {SIGNS.get(m[1], m[1])} ", line)
    found = CHAIN.findall(line)
    return max(found, key=len) if found else ""


def conversion(text: str) -> tuple[float, str, str] | None:
    """Value, unit and wanted unit of a request to convert; None when it is none."""
    line = " ".join(plain_words(text))
    line = re.sub(
        r"\b(miles?|kilomet(?:er|re)s?) (?:an|per) hour\b", lambda m: "mph" if m[1][0] == "m" else "kmh", line
    )
    words = [word for word in re.sub(r"\bhalf (an?)\b", "0.5", line).split() if word not in ("degrees", "degree")]
    at = [index for index, word in enumerate(words) if word in UNIT_OF and word not in ("l", "m", "g")]
    if len(at) != 2:
        return None
    for index in at:
        if words[index - 1] in ALIKE and words[index - 1] not in ("to", "for") or _many(words, index):
            words[index - 1] = ALIKE[words[index - 1]]
    amounts: list[float | None] = [_amount(words[:index]) for index in at]
    if (amounts[0] is None) == (amounts[1] is None):
        return None
    source = 0 if amounts[0] is not None else 1
    value = amounts[source]
    assert value is not None
    return value, UNIT_OF[words[at[source]]], UNIT_OF[words[at[1 - source]]]


def _many(words: Sequence[str], index: int) -> bool:
    """Whether "to" or "for" before a unit is a number: "how many days are in for weeks"."""
    return words[index - 1] in ("to", "for") and index > 1 and words[index - 2] in ("in", "are", "is")


def _amount(words: Sequence[str]) -> float | None:
    """The number that the words end with; "a" is one."""
    digits = with_digits(words)
    if not digits:
        return None
    if re.fullmatch(r"-?\d+(?:\.\d+)?", digits[-1]):
        return float(digits[-1])
    return 1.0 if digits[-1] in ("a", "an") else None
