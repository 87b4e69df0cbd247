"""Written text as small models speak: plain words in small letters, numbers, dates, times and units in words."""

import re
from fractions import Fraction

from microturn.features.numbers import MONTHS, clock_words, number_words, ordinal_words, spoken

SIGNS = {
    "%": "percent",
    "$": "dollars",
    "€": "euros",
    "£": "pounds",
    "km": "kilometers",
    "cm": "centimeters",
    "mm": "millimeters",
    "kg": "kilograms",
    "g": "grams",
    "mg": "milligrams",
    "ml": "milliliters",
    "m": "meters",
    "l": "liters",
    "h": "hours",
    "min": "minutes",
    "s": "seconds",
    "°c": "degrees celsius",
    "°f": "degrees fahrenheit",
    "°": "degrees",
    "mph": "miles an hour",
    "km/h": "kilometers an hour",
}
TELLING = re.compile(
    r"(?P<date>\b\d{4}-\d\d-\d\d\b)"
    r"|(?P<time>\b\d{1,2}:\d\d(?::\d\d)?\b)(?P<half>\s?[ap]\.?m\b)?"
    r"|(?P<ordinal>\b\d{1,2}(?:st|nd|rd|th)\b)"
    r"|(?P<money>[$€£])\s?(?P<sum>\d[\d,]*(?:\.\d+)?)"
    r"|(?P<number>(?<![\w.])-?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?)(?:\s?(?P<unit>%|°\s?[cf]\b|°|km/h\b|mph\b|[kcm]?m\b|k?g\b|m?l\b|min\b|h\b|s\b))?"
    r"|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)?)"
    r"|(?P<digits>\d+)"
)


def as_spoken(text: str) -> str:
    """Plain words in small letters; numbers up to a thousand million in words, longer ones digit by digit."""
    said: list[str] = []
    for match in TELLING.finditer(text.lower()):
        said.append(_said(match, said[-1].split()[-1] if said else ""))
    return " ".join(said)


def _said(match: re.Match[str], before: str) -> str:
    part = {name: value for name, value in match.groupdict().items() if value}
    if "date" in part:
        return _date(part["date"])
    if "time" in part:
        return _time(part["time"])
    if "ordinal" in part:
        return " ".join(ordinal_words(int(part["ordinal"][:-2])))
    if "money" in part:
        return f"{_number(part['sum'], '')} {SIGNS[part['money']]}"
    if "number" in part:
        unit = SIGNS[part["unit"].replace(" ", "")] if "unit" in part else ""
        return f"{_number(part['number'], '' if unit else before)} {unit}".strip()
    return part["word"].replace("’", "'") if "word" in part else _each(part["digits"])


def _number(written: str, before: str) -> str:
    digits = written.replace(",", "") if re.fullmatch(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?", written) else written
    digits = digits.strip(",")
    if re.fullmatch(r"(?:19|20)\d\d", digits) and (before in MONTHS or before in ("in", "since", "of", "year")):
        return _year(int(digits))
    if "," in digits or re.fullmatch(r"0\d+|\d{8,}", digits):
        return " ".join(_each(part) for part in digits.split(","))
    try:
        return spoken(Fraction(digits))
    except ValueError:
        return _each(re.sub(r"\D", "", digits))


def _each(digits: str) -> str:
    return " ".join(number_words(int(digit))[0] for digit in digits)


def _year(year: int) -> str:
    century, rest = divmod(year, 100)
    if rest == 0 and century % 10 == 0:
        return spoken(Fraction(year))
    return " ".join(
        [*number_words(century), *((["oh"] if rest < 10 else []) + number_words(rest) if rest else ["hundred"])]
    )


def _time(written: str) -> str:
    hour, minute = map(int, written.split(":")[:2])
    return " ".join(clock_words((hour % 24) * 3600 + min(minute, 59) * 60))


def _date(written: str) -> str:
    year, month, day = map(int, written.split("-"))
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return _each(re.sub(r"\D", "", written))
    return f"{MONTHS[month - 1]} {' '.join(number_words(day))} {_year(year)}"
