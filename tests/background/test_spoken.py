"""Written text as it is spoken."""

import pytest

from microturn.background.spoken import as_spoken


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("It's 42, Zoë: room 12-B!", "it's forty two zoë room twelve b"),
        ("3.5", "three point five"),
        (
            "15% of 1,200 kg at -3.5 °C",
            "fifteen percent of one thousand two hundred kilograms at minus three point five degrees celsius",
        ),
        ("opens at 10:15, closes at 18:30.", "opens at ten fifteen closes at six thirty"),
        ("2026-03-12", "march twelve twenty twenty six"),
        ("on the 9th of May 2027", "on the ninth of may twenty twenty seven"),
        ("the 31st and the 20th", "the thirty first and the twentieth"),
        ("$24.50 or €3", "twenty four point five dollars or three euros"),
        ("planted in 2011 by 2011 men", "planted in twenty eleven by two thousand eleven men"),
        ("1e+06 m", "one million meters"),
        ("call 0142", "call zero one four two"),
        ("1e+12", "one one two"),
        ("", ""),
    ],
)
def test_as_spoken(text: str, says: str) -> None:
    assert as_spoken(text) == says
