"""The calculator: words and symbols to exact values, and whatever is no sum to a plain sentence."""

from fractions import Fraction

import pytest

from microturn.background.brief import Brief
from microturn.background.tools.calculator import calculated, calculator, written
from microturn.background.tools.tool import Toolbox, ToolError
from microturn.protocol.events import Delegation
from microturn.protocol.timeline import Timeline

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


SUMS = [
    ("what is seven times eight", 56),
    ("fifteen percent of eighty", 12),
    ("15% of 80", 12),
    ("eighty minus fifteen percent", 68),
    ("100 - 10% - 10%", 81),
    ("200 + 10%", 220),
    ("5%", Fraction(1, 20)),
    ("10 % 3", 1),
    ("(2 + 3) ** 2 % 7", 4),
    ("-2 ** 2", -4),
    ("2 ** 3 ** 2", 512),
    ("2 ** -2", Fraction(1, 4)),
    ("2 ^ 10", 1024),
    ("two to the power of ten", 1024),
    ("three squared plus four squared", 25),
    ("the square root of one hundred and forty four", 12),
    ("sqrt(16) + 1", 5),
    ("half of ninety", 45),
    ("one third of nine", 3),
    ("two hundred and five plus one", 206),
    ("two point five plus twenty-one", Fraction(47, 2)),
    ("1,000 × 3 ÷ 4", 750),
    ("12 x 3", 36),
    ("0.1 + 0.2", Fraction(3, 10)),
    ("one divided by three times three", 1),
    ("open bracket two plus three close bracket times four", 20),
]


@pytest.mark.parametrize(("text", "value"), SUMS)
def test_sums(text: str, value: Fraction | int) -> None:
    assert calculated(text) == value


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("one divided by zero", "divided by zero"),
        ("0 ** -1", "divided by zero"),
        ("9 ** 9 ** 9 ** 9", "too large"),
        ("2 ** 100000", "too large"),
        ("9**700 * 9**700 * 9**700", "too large"),
        ("sqrt(-1)", "below zero"),
        ("(-8) ** 0.5", "below zero"),
        ("2 +", "not finished"),
        ("(1", "not closed"),
        ("1)", "not expected"),
        ("* 3", "not expected"),
        ("", "no sum"),
        ("seven lamps", "no number"),
        ("__import__('os').system('x')", "no number"),
        ("1" + "0" * 400, "too long"),
        ("(" * 100 + "1" + ")" * 100, "too many brackets"),
        ("-" * 200 + "1", "too many brackets"),
        ("sqrt " * 40 + "1", "too many brackets"),
        ("2" + "**2" * 40, "too many brackets"),
    ],
)
def test_what_has_no_value(text: str, says: str) -> None:
    with pytest.raises(ToolError, match=says):
        calculated(text)


def test_written() -> None:
    assert [written(Fraction(value)) for value in (12, Fraction(5, 2), Fraction(1, 3), Fraction(-7))] == [
        "12",
        "2.5",
        "0.3333333333",
        "-7",
    ]


@pytest.mark.parametrize(
    ("expression", "text"),
    [("7 * 8", "56 (fifty six)"), ("10 ** 12", "1000000000000"), ("1/4", "0.25 (zero point two five)")],
)
async def test_the_tool(expression: str, text: str) -> None:
    delegation = Delegation(at_ms=0.0, id="d1", task="", why="", deadline_ms=9e9)
    brief = Brief(delegation=delegation, conversation=Timeline(duration_ms=0.0))
    box = Toolbox.of(calculator())
    assert (await box.call("calculate", {"expression": expression}, brief)).text == text
    with pytest.raises(ToolError, match="calculate: expression"):
        await box.call("calculate", {"expression": 7}, brief)
