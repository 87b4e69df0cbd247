"""Numbers, amounts, times and dates in a text, in digits or in words, in one form: "half past three", "3:30" and
"three thirty" are the same, as are "half an hour" and "30 minutes".
"""

# ruff: noqa: SIM905  (a row of quoted strings is no easier to read)

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from microturn.features.numbers import TEENS, TENS, UNITS

CARDINALS = {word: value for value, word in enumerate((*UNITS, *TEENS))} | {
    word: 20 + 10 * index for index, word in enumerate(TENS)
}
NAMED = """zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
fifteenth sixteenth seventeenth eighteenth nineteenth""".split()
ORDINALS = {word: value for value, word in enumerate(NAMED)} | {
    tens.removesuffix("y") + "ieth": CARDINALS[tens] for tens in TENS
}
SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
MONTH_NAMES = """january/jan february/feb march/mar april/apr may june/jun july/jul august/aug september/sept/sep october/oct
november/nov december/dec""".split()
MONTHS = {name: index + 1 for index, names in enumerate(MONTH_NAMES) for name in names.split("/")}
# dimension -> (how many of the base unit, names)
UNIT_TABLE: dict[str, tuple[tuple[float, str], ...]] = {
    "duration": (
        (0.001, "ms millisecond milliseconds"),
        (1, "second seconds sec secs s"),
        (60, "minute minutes min mins"),
        (3600, "hour hours hr hrs h"),
        (86400, "day days"),
        (604800, "week weeks"),
    ),
    "months": ((1, "month months"), (12, "year years")),
    "length": (
        (0.001, "mm millimetre millimetres millimeter millimeters"),
        (0.01, "cm centimetre centimetres centimeter centimeters"),
        (1, "m metre metres meter meters"),
        (1000, "km kilometre kilometres kilometer kilometers"),
        (0.0254, "inch inches"),
        (0.3048, "foot feet"),
        (1609.344, "mile miles"),
    ),
    "mass": (
        (1, "g gram grams gramme grammes"),
        (1000, "kg kilo kilos kilogram kilograms"),
        (10**6, "tonne tonnes"),
    ),
    "volume": ((0.001, "ml millilitre millilitres milliliter milliliters"), (1, "l litre litres liter liters")),
    "teaspoon": ((1, "teaspoon teaspoons"),),
    "tablespoon": ((1, "tablespoon tablespoons"),),
    "temperature": ((1, "degree degrees celsius"),),
    "percent": ((0.01, "percent"),),
    "euro": ((1, "euro euros"), (0.01, "eurocent eurocents")),
    "dollar": ((1, "dollar dollars buck bucks"), (0.01, "cent cents")),
    "pound": ((1, "pound pounds quid"),),
}
UNIT_OF = {
    name: (dimension, size) for dimension, rows in UNIT_TABLE.items() for size, names in rows for name in names.split()
}
LIKE_MONEY = ("euro", "dollar", "pound")
DAY_MINUTES, HALF_DAY = 1440, 720


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """`kind` is number, ordinal, time (minutes of the day), date ((year, month, day), 0 where not said) or a dimension.

    `value` is in the base unit, `raw` in the unit that was said. A `weak` one may be no number at all ("one", "a").
    It came from tokens `start` to `stop`.
    """

    kind: str
    value: float
    start: int
    stop: int
    raw: float = 0.0
    weak: bool = False
    half_day: str = ""  # am or pm, where it is said
    date: tuple[int, int, int] = (0, 0, 0)


@dataclass(frozen=True)
class _Number:
    value: float
    stop: int
    weak: bool = False
    ordinal: bool = False
    spelled: bool = False


def quantities(words: Sequence[str]) -> list[Quantity]:
    """Everything that counts or dates, from left to right, without overlaps."""
    found: list[Quantity] = []
    words, at = list(words), 0
    while at < len(words):
        one = _date(words, at) or _time(words, at) or _amount(words, at)
        if one is None:
            at += 1
            continue
        found = _joined(found, one, words)
        at = one.stop
    return found


def equal(one: Quantity, other: Quantity) -> bool:
    """Whether two quantities are the same; a bare number is an amount in any unit, an hour, or a year."""
    kinds = {one.kind, other.kind}
    if kinds == {"date"}:
        return all(a == b or 0 in (a, b) for a, b in zip(one.date, other.date, strict=True))
    if "date" in kinds:
        date, plain = (one, other) if one.kind == "date" else (other, one)
        return plain.kind in ("number", "ordinal") and plain.value in date.date and plain.value > 0
    if kinds == {"time"}:
        halves = {one.half_day, other.half_day} - {""}
        return one.value % HALF_DAY == other.value % HALF_DAY and len(halves) < 2
    if "time" in kinds:
        time, plain = (one, other) if one.kind == "time" else (other, one)
        return plain.kind == "number" and _as_minutes(plain.value) == time.value % HALF_DAY
    if one.kind == other.kind or kinds == {"number", "ordinal"}:
        return math.isclose(one.value, other.value, rel_tol=1e-6, abs_tol=1e-9)
    if kinds == {"number", "percent"}:
        return any(math.isclose(one.value if a else one.raw, other.value if a else other.raw) for a in (True, False))
    return "number" in kinds and math.isclose(one.raw, other.raw, rel_tol=1e-6)


def alike(one: Quantity, other: Quantity) -> bool:
    """Whether they could stand for the same thing, so that one contradicts the other where they differ."""
    if one.kind == other.kind or (one.kind in LIKE_MONEY and other.kind in LIKE_MONEY):
        return True
    return bool({"number", "ordinal"} & {one.kind, other.kind}) or {one.kind, other.kind} == {
        "teaspoon",
        "tablespoon",
    }


def _as_minutes(value: float) -> float:
    """The minute of the half day that a number tells: 7 is seven, 1042 is ten forty two."""
    hour, minute = (value, 0.0) if value <= 24 else divmod(value, 100)
    return (hour * 60 + minute) % HALF_DAY if minute < 60 else -1.0


def _number(words: Sequence[str], at: int) -> _Number | None:
    word = words[at] if at < len(words) else ""
    if word == "minus" and (below := _number(words, at + 1)):
        return replace(below, value=-below.value)
    if digits := re.fullmatch(r"([\d,]+(?:\.\d+)?)(st|nd|rd|th)?", word):
        value, stop = float(digits[1].replace(",", "")), at + 1
        while stop < len(words) and words[stop] in SCALES:
            value, stop = value * SCALES[words[stop]], stop + 1
        return _fraction(words, _Number(value, stop, ordinal=bool(digits[2])))
    if word in ("a", "an", "one") and at + 1 < len(words) and words[at + 1] in ("dozen", "half", "quarter"):
        return _number(words, at + 1)
    if word == "half":
        dozen = [*words[at + 1 : at + 3]]
        return _Number(6, at + 3) if dozen == ["a", "dozen"] else _Number(0.5, at + 1, weak=True)
    if word == "dozen":
        return _Number(12, at + 1)
    if word == "quarter":
        return _Number(0.25, at + 1, weak=True)
    return _spelled(words, at)


def _spelled(words: Sequence[str], at: int) -> _Number | None:
    """A number in words, years and clock times told in pairs too: "nineteen sixty nine" is 1969."""
    first = _cardinal(words, at)
    if first is None:
        return None
    after = words[first.stop] if first.stop < len(words) else ""
    if first.ordinal or not 1 <= first.value < 100 or after in SCALES:
        return _fraction(words, first)
    if after in ("oh", "o") and (unit := CARDINALS.get((*words, "")[first.stop + 1], 10)) < 10:
        return _Number(first.value * 100 + unit, first.stop + 2, spelled=True)
    second = _cardinal(words, first.stop)
    counted = second is not None and abs(second.value - first.value) == 1
    if second is None or second.ordinal or counted or not 10 <= second.value < 100 or first.value % 10 > first.value:
        return _fraction(words, first)
    return _Number(first.value * 100 + second.value, second.stop, spelled=True)


def _cardinal(words: Sequence[str], at: int) -> _Number | None:
    """One number of the words' own grammar: "two hundred and five", "twenty first", "a thousand", "nine"."""
    total, group, stop, last = 0.0, 0.0, at, ""
    while stop < len(words):
        word = words[stop]
        if word in SCALES and (last or (stop > at and words[at] == "a")):
            group = max(1.0, group) * SCALES[word]
            total, group = (total + group, 0.0) if word != "hundred" else (total, group)
        elif word in ORDINALS and last in ("", "tens", "hundred", "and"):
            tens = last == "tens" and ORDINALS[word] > 9
            return None if tens else _Number(total + group + ORDINALS[word], stop + 1, ordinal=True)
        elif word in CARDINALS and _continues(last, CARDINALS[word]):
            group += CARDINALS[word]
        elif (word == "and" and last in SCALES and stop + 1 < len(words) and words[stop + 1] in CARDINALS) or (
            word == "a" and stop == at and stop + 1 < len(words) and words[stop + 1] in SCALES
        ):
            pass
        else:
            break
        last = word if word in SCALES or word == "and" else "tens" if CARDINALS.get(word, 0) >= 20 else "ones"
        last = "" if word == "a" else last
        stop += 1
    if stop == at:
        return None
    return _Number(total + group, stop, weak=words[at] == "one" and stop == at + 1, spelled=True)


def _continues(last: str, value: int) -> bool:
    return last in ("", "hundred", "thousand", "million", "billion", "and") or (last == "tens" and 0 < value < 10)


def _fraction(words: Sequence[str], number: _Number) -> _Number:
    """What may follow a number: "point five", "and a half", "quarters"."""
    rest = list(words[number.stop : number.stop + 3])
    if rest[:1] == ["point"] and len(rest) > 1:
        digits, stop = "", number.stop + 1
        while stop < len(words) and (words[stop].isdigit() or CARDINALS.get(words[stop], 10) < 10):
            digits, stop = digits + (words[stop] if words[stop].isdigit() else str(CARDINALS[words[stop]])), stop + 1
        return _Number(number.value + float(f"0.{digits}"), stop) if digits else number
    if rest == ["and", "a", "half"]:
        return _Number(number.value + 0.5, number.stop + 3)
    if rest[:1] in (["quarters"], ["thirds"], ["halves"]):
        return _Number(number.value / {"quarters": 4, "thirds": 3, "halves": 2}[rest[0]], number.stop + 1)
    return number


def _amount(words: Sequence[str], at: int) -> Quantity | None:
    number = _number(words, at)
    if number is None:
        in_words = words[at] in ("a", "an") and at + 1 < len(words) and words[at + 1] in UNIT_OF
        number = _Number(1, at + 1, weak=True) if in_words and len(words[at + 1]) > 2 else None
    if number is None or (number.ordinal and words[at] == "second" and at and words[at - 1] in ("a", "every", "per")):
        return None
    stop = number.stop + (words[number.stop : number.stop + 1] in (["a"], ["an"]) and number.value == 0.5)
    name = words[stop] if stop < len(words) else ""
    if name in UNIT_OF and not number.ordinal:
        dimension, size = UNIT_OF[name]
        half = 0.5 if list(words[stop + 1 : stop + 4]) == ["and", "a", "half"] else 0.0
        value = number.value + half
        stop += 4 if half else 1
        weak = number.weak and number.value == 1 and not half
        return Quantity(kind=dimension, value=value * size, raw=value, start=at, stop=stop, weak=weak)
    kind = "ordinal" if number.ordinal else "number"
    return Quantity(kind=kind, value=number.value, raw=number.value, start=at, stop=number.stop, weak=number.weak)


def _joined(found: list[Quantity], one: Quantity, words: Sequence[str]) -> list[Quantity]:
    """The list with `one`: "1 hour and 30 minutes" is one duration."""
    last = found[-1] if found else None
    if last and last.kind == one.kind == "duration" and last.value > one.value:
        between = list(words[last.stop : one.start])
        if between in ([], ["and"]):
            value = last.value + one.value
            return [*found[:-1], replace(last, value=value, raw=value, stop=one.stop, weak=False)]
    return [*found, one]


def _time(words: Sequence[str], at: int) -> Quantity | None:
    word = words[at]
    if clock := re.fullmatch(r"(\d{1,2}):(\d{2})", word):
        return _at_time(words, at, at + 1, int(clock[1]) * 60 + int(clock[2]))
    if word in ("noon", "midday", "midnight"):
        half = "am" if word == "midnight" else "pm"
        return Quantity(kind="time", value=0.0, start=at, stop=at + 1, half_day=half)
    number = _number(words, at)
    if number is None or number.ordinal:
        return None
    after = (*words[number.stop : number.stop + 2], "", "")
    if after[0] in ("past", "to") or (after[0] == "minutes" and after[1] in ("past", "to")):
        stop = number.stop + (after[0] == "minutes")
        hour = _cardinal(words, stop + 1) or _number(words, stop + 1)
        if hour and 1 <= hour.value <= 12 and number.value < 60:
            minutes = number.value * 60 if number.value < 1 else number.value
            signed = minutes if words[stop] == "past" else -minutes
            return _at_time(words, at, hour.stop, hour.value * 60 + signed)
    if after[0] in ("oclock", "am", "pm") or (
        1 <= number.value <= 2359 and after[0] in ("in", "at") and _half_day(words, number.stop)[0]
    ):
        minutes = _as_minutes(number.value)
        stop = number.stop + (after[0] == "oclock")
        return _at_time(words, at, stop, minutes) if minutes >= 0 else None
    return None


def _at_time(words: Sequence[str], start: int, stop: int, minutes: float) -> Quantity:
    half, end = _half_day(words, stop)
    if minutes > HALF_DAY + 59:
        half = "pm"
    return Quantity(kind="time", value=minutes % HALF_DAY, start=start, stop=end, half_day=half)


def _half_day(words: Sequence[str], at: int) -> tuple[str, int]:
    """am or pm said at `at`, and the token after it."""
    rest = list(words[at : at + 3])
    if rest[:1] in (["am"], ["pm"]):
        return rest[0], at + 1
    if rest[:2] == ["in", "the"] and len(rest) == 3 and rest[2] in ("morning", "afternoon", "evening"):
        return ("am" if rest[2] == "morning" else "pm"), at + 3
    return ("pm", at + 2) if rest[:2] == ["at", "night"] else ("", at)


def _date(words: Sequence[str], at: int) -> Quantity | None:
    if iso := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", words[at]):
        return _on(at, at + 1, int(iso[1]), int(iso[2]), int(iso[3]))
    if slashed := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{2,4})", words[at]):
        month, day, year = (int(part) for part in slashed.groups())
        month, day = (day, month) if month > 12 else (month, day)
        return _on(at, at + 1, year if year > 99 else 2000 + year, month, day)
    if words[at] in MONTHS:
        skip = at + 1 + (words[at + 1 : at + 2] == ["the"])
        day = _cardinal(words, skip) or _number(words, skip)
        if day and 1 <= day.value <= 31 and day.value == int(day.value):
            return _with_year(words, _on(at, day.stop, 0, MONTHS[words[at]], int(day.value)))
        year = _number(words, at + 1)
        if year and 1000 <= year.value < 3000:
            return _on(at, year.stop, int(year.value), MONTHS[words[at]], 0)
        return None if words[at] in ("may", "march") else _on(at, at + 1, 0, MONTHS[words[at]], 0)
    day = _cardinal(words, at) or _number(words, at)
    if day is None or not 1 <= day.value <= 31:
        return None
    stop = day.stop + (words[day.stop : day.stop + 1] == ["of"])
    if stop < len(words) and words[stop] in MONTHS and day.value == int(day.value):
        return _with_year(words, _on(at, stop + 1, 0, MONTHS[words[stop]], int(day.value)))
    return None


def _with_year(words: Sequence[str], date: Quantity) -> Quantity:
    year = _number(words, date.stop)
    if year and 1000 <= year.value < 3000:
        return replace(date, stop=year.stop, date=(int(year.value), *date.date[1:]))
    return date


def _on(start: int, stop: int, year: int, month: int, day: int) -> Quantity:
    return Quantity(kind="date", value=0.0, start=start, stop=stop, date=(year, month, day))
