"""Numbers, days and times of day as the words in which they are spoken, and back."""

# ruff: noqa: SIM905  (a row of quoted strings is no easier to read)

from collections.abc import Sequence
from fractions import Fraction

UNITS = tuple("zero one two three four five six seven eight nine ten eleven twelve".split())
TEENS = tuple("thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split())
TENS = tuple("twenty thirty forty fifty sixty seventy eighty ninety".split())

SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
LARGEST = 10**9  # what is smaller has words
WEEKDAYS = tuple("monday tuesday wednesday thursday friday saturday sunday".split())
MONTHS = tuple("january february march april may june july august september october november december".split())
_ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth"}
_ORDINALS["twelve"] = "twelfth"
_VALUES = {word: value for value, word in enumerate((*UNITS, *TEENS))} | {
    word: 10 * (index + 2) for index, word in enumerate(TENS)
}


def number_words(number: int) -> list[str]:
    """The words of a whole number from 0 to 100: 42 is ["forty", "two"], 100 is ["hundred"]."""
    if not 0 <= number <= 100:
        raise ValueError(f"number_words knows 0 to 100, got {number}")
    if number < 20:
        return [(*UNITS, *TEENS)[number]]
    if number == 100:
        return ["hundred"]
    tens, ones = divmod(number, 10)
    return [TENS[tens - 2], *([UNITS[ones]] if ones else [])]


def large_words(number: int) -> list[str]:
    """The words of 0 to 999,999,999: "one hundred fifty six", "two thousand five". ValueError beyond."""
    if not 0 <= number < LARGEST:
        raise ValueError(f"numbers are spoken up to {LARGEST}, got {number:.3g}")
    for name, scale in reversed(SCALES.items()):
        if number >= scale:
            rest = number % scale
            return [*large_words(number // scale), name, *(large_words(rest) if rest else [])]
    return number_words(number)


def ordinal_words(number: int) -> list[str]:
    """The words of a place in a row: 21 is ["twenty", "first"]. ValueError as for `large_words`."""
    *before, last = large_words(number)
    if last not in _ORDINALS and last.endswith("y"):
        return [*before, f"{last[:-1]}ieth"]
    return [*before, _ORDINALS.get(last, f"{last}th")]


def spoken(value: Fraction) -> str:
    """A number in words, to two decimals: "minus two point five". ValueError beyond a thousand million."""
    rounded = round(value * 100)
    whole, cents = divmod(abs(rounded), 100)
    words = (["minus"] if rounded < 0 else []) + large_words(whole)
    if cents:
        digits = f"{cents:02}".rstrip("0")
        words += ["point", *(number_words(int(digit))[0] for digit in digits)]
    return " ".join(words)


def number_value(words: Sequence[str]) -> int:
    """The number that `words` spell: the inverse of `number_words`. ValueError when they spell none."""
    if list(words) == ["hundred"]:
        return 100
    values = [_VALUES.get(word, -1) for word in words]
    if len(values) == 1 and values[0] >= 0:
        return values[0]
    if len(values) == 2 and values[0] in range(20, 100, 10) and values[1] in range(1, 10):
        return sum(values)
    raise ValueError(f"not a number from zero to hundred: {' '.join(words)!r}")


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


def clock_words(second_of_day: float) -> list[str]:
    """The 12-hour time: 10:42 is "ten forty two", 22:05 is "ten oh five", 3:00 is "three"."""
    minutes_of_day = int(second_of_day // 60) % 1440
    hour, minute = divmod(minutes_of_day, 60)
    words = number_words((hour - 1) % 12 + 1)
    if minute == 0:
        return words
    return [*words, *(["oh"] if minute < 10 else []), *number_words(minute)]
