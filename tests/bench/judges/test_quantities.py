"""Quantities in digits and in words are the same, and different ones are not."""

import pytest

from microturn.bench.judges.quantities import Quantity, alike, equal, quantities
from microturn.bench.judges.tokens import tokens


def only(text: str) -> Quantity:
    (one,) = quantities(tokens(text))
    return one


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("one hundred and five", "105"),
        ("two thousand and twelve", "2012"),
        ("nineteen sixty nine", "1969"),
        ("a dozen", "12"),
        ("minus five degrees", "-5 degrees"),
        ("three quarters", "0.75"),
        ("zero point seven five", "0.75"),
        ("half an hour", "30 minutes"),
        ("an hour and a half", "ninety minutes"),
        ("1 hour and 30 minutes", "5400 seconds"),
        ("two kilograms", "2000 g"),
        ("the twenty first", "21st"),
        ("fifty percent", "50%"),
        ("half past three", "3:30"),
        ("quarter to eight", "7:45"),
        ("ten forty two", "10:42"),
        ("ten oh five", "five past ten"),
        ("noon", "twelve o'clock"),
        ("3 pm", "three in the afternoon"),
        ("15:30", "3:30 pm"),
        ("nine", "9 o'clock"),
        ("August 20", "the twentieth of August"),
        ("2024-08-20", "August 20, 2024"),
        ("8/20/2024", "20 August"),
        ("five seconds", "five"),
    ],
)
def test_the_same_in_two_ways(one: str, other: str) -> None:
    assert equal(only(one), only(other)) and equal(only(other), only(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("five seconds", "six seconds"),
        ("five seconds", "five minutes"),
        ("twenty four", "forty two"),
        ("ten euros", "ten dollars"),
        ("3:30 pm", "3:30 am"),
        ("half past three", "half past four"),
        ("noon", "midnight"),
        ("May third", "March 3"),
        ("8:05", "eight fifty"),
        ("two teaspoons", "two tablespoons"),
        ("1945", "nineteen fifty four"),
    ],
)
def test_different_and_contradicting(one: str, other: str) -> None:
    assert not equal(only(one), only(other)) and alike(only(one), only(other))


def test_lists_are_not_sums() -> None:
    assert [one.value for one in quantities(tokens("one two three"))] == [1, 2, 3]
    assert [one.value for one in quantities(tokens("ten eleven twelve, 5, 6"))] == [10, 11, 12, 5, 6]


def test_what_is_no_quantity() -> None:
    assert not [one for one in quantities(tokens("may I march on the table for a moment")) if not one.weak]
    assert only("no one").weak
