"""Words as the scorers compare them: lower case, no punctuation, digits spelled."""

import re
from collections.abc import Sequence

from microturn.features.numbers import number_value, number_words

FILLERS = frozenset({"uh", "um", "er", "ah"})


def normalised(text: str) -> list[str]:
    """`"Twenty-3 reps, um!"` is `["twenty", "three", "reps"]`: fillers carry no meaning. Letters of any language count."""
    tokens: list[str] = []
    for token in re.findall(r"(?:[^\W\d_]|')+|\d+", text.lower()):
        if token.isdigit() and int(token) <= 100:
            tokens += number_words(int(token))
        else:
            tokens.append(token.replace("'", ""))
    return [token for token in tokens if token and token not in FILLERS]


def find(wanted: Sequence[str], tokens: Sequence[str]) -> list[int]:
    """Where `wanted` occurs as a run in `tokens`: the first indices, in order."""
    size = len(wanted)
    return [i for i in range(len(tokens) - size + 1) if size and list(tokens[i : i + size]) == list(wanted)]


def numbers(tokens: Sequence[str]) -> list[tuple[int, int]]:
    """The numbers spelled in `tokens` as (index of the first word, value), the longest reading first."""
    found: list[tuple[int, int]] = []
    index = 0
    while index < len(tokens):
        for size in (2, 1):
            try:
                value = number_value(list(tokens[index : index + size]))
            except ValueError:
                continue
            found.append((index, value))
            index += min(size, len(tokens) - index) - 1
            break
        index += 1
    return found
