"""Numbers and times of day as the words in which they are spoken, and back."""

# ruff: noqa: SIM905  (a row of quoted strings is no easier to read)

from collections.abc import Sequence

UNITS = tuple("zero one two three four five six seven eight nine ten eleven twelve".split())
TEENS = tuple("thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split())
TENS = tuple("twenty thirty forty fifty sixty seventy eighty ninety".split())

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
    """The words of 0 to 99,999: "one hundred fifty six", "two thousand five"."""
    thousands, below = divmod(number, 1000)
    hundreds, rest = divmod(below, 100)
    words = [*number_words(thousands), "thousand"] if thousands else []
    words += [*number_words(hundreds), "hundred"] if hundreds else []
    return words + (number_words(rest) if rest or not words else [])


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


def clock_words(second_of_day: float) -> list[str]:
    """The 12-hour time: 10:42 is "ten forty two", 22:05 is "ten oh five", 3:00 is "three"."""
    minutes_of_day = int(second_of_day // 60) % 1440
    hour, minute = divmod(minutes_of_day, 60)
    words = number_words((hour - 1) % 12 + 1)
    if minute == 0:
        return words
    return [*words, *(["oh"] if minute < 10 else []), *number_words(minute)]
