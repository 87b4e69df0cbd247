"""The answer that a reply ends on."""

import pytest

from microturn.bench.rules.bigbench_audio import (
    CATEGORIES,
    NUMBER,
    VALID,
    YES_NO,
    category_of,
    correct,
    final_answer,
    whole_numbers,
)


@pytest.mark.parametrize(
    ("reply", "form", "found"),
    [
        ("The argument is valid.", VALID, "valid"),
        ("It looks valid, but it is invalid.", VALID, "invalid"),
        ("This is not deductively valid", VALID, "invalid"),
        ("it is not invalid", VALID, "valid"),
        ("It may be validated.", VALID, None),
        ("Yes. Well, no.", YES_NO, "no"),
        ("The answer is yes, no doubt.", YES_NO, "yes"),
        ("Final answer: **No**", YES_NO, "no"),
        ("You know nothing.", YES_NO, None),
        ("two drums and one flute make three", NUMBER, "3"),
        ("The answer is 12, that is 7 and 5.", NUMBER, "12"),
        ("The answer is plain. It is 4.", NUMBER, "4"),
        ("twenty-one", NUMBER, "21"),
        ("", NUMBER, None),
    ],
)
def test_final_answers(reply: str, form: str, found: str | None) -> None:
    assert final_answer(reply, form) == found


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("a hundred and five", [105]),
        ("two thousand three hundred and forty one", [2341]),
        ("1,024 and 3.5 and 7", [1024, 7]),
        ("one, two and three", [1, 2, 3]),
        ("two three", [2, 3]),
        ("twenty twelve", [20, 12]),
        ("this and that", []),
        ("hundred", [100]),
        ("eleven.", [11]),
    ],
)
def test_whole_numbers(text: str, numbers: list[int]) -> None:
    assert whole_numbers(text) == numbers


def test_right_and_wrong() -> None:
    assert correct("I count three of them.", "3", "Object Counting")
    assert not correct("I count three of them.", "4", "object_counting")
    assert not correct("", "no", "web of lies")
    with pytest.raises(ValueError, match="is not yes or no"):
        correct("yes", "7", "navigate")
    with pytest.raises(ValueError, match="no category 'poetry'"):
        category_of("poetry")
    assert category_of("Formal-Fallacies") in CATEGORIES
