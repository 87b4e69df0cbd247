"""Units: spoken names, temperatures, mistaken units."""

import pytest

from microturn.background.brief import Brief
from microturn.background.tools import units as module
from microturn.background.tools.tool import Toolbox, ToolError
from microturn.background.tools.units import converted, rounded, units
from microturn.protocol.events import Delegation
from microturn.protocol.timeline import Timeline

needed = pytest.mark.skipif(not module.available(), reason="the extra background is not installed")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@needed
@pytest.mark.parametrize(
    ("value", "one", "other", "is_"),
    [
        (3, "miles", "metres", 4828),
        (3, "Miles", "meters", 4828),
        (10, "mile", "kilometres", 16.093),
        (50, "fahrenheit", "celsius", 10),
        (0, "degrees celsius", "degrees fahrenheit", 32),
        (-40, "C", "°F", -40),
        (0, "kelvin", "centigrade", -273.15),
        (60, "miles per hour", "kilometres per hour", 96.561),
        (36, "km/h", "metres per second", 10),
        (10, "square metres", "square feet", 107.64),
        (1, "cubic metre", "litres", 1000),
        (5, "kilos", "pounds", 11.023),
        (1, "stone", "kg", 6.3503),
        (5, "grammes", "kilogrammes", 0.005),
        (2, "weeks", "days", 14),
        (1, "century", "years", 100),
        (1, "kWh", "joules", 3_600_000),
        (1, "imperial gallon", "litres", 4.5461),
        (5, "feet", "inches", 60),
        (0, "miles", "metres", 0),
    ],
)
def test_conversions(value: float, one: str, other: str, is_: float) -> None:
    assert converted(value, one, other) == is_


@needed
@pytest.mark.parametrize(
    ("value", "one", "other", "says"),
    [
        (1, "metre", "seconds", "metre can not be turned into seconds: they do not measure the same thing"),
        (1, "blorps", "metres", "there is no unit blorps"),
        (1, "cats", "metres", "there is no unit cats"),  # to pint a hundredth of an atmosphere
        (1, "metres", "metres**9999999", "there is no unit"),
        (1, "__import__('os')", "metres", "there is no unit"),
        (1, "", "metres", "no unit"),
        (1, "m" * 500, "metres", "no unit"),
        (1, "metres / ", "metres", "there is no unit"),
        (1e308, "kilometres", "nanometres", "too large"),
        (float("nan"), "metres", "feet", "too large"),
    ],
)
def test_mistaken_units(value: float, one: str, other: str, says: str) -> None:
    with pytest.raises(ToolError, match=says.replace("*", r"\*")):
        converted(value, one, other)


def test_rounded() -> None:
    assert [rounded(value) for value in (4828.032, 123456.7, 0.000621371, 16.0934, -1 / 3, 0.0)] == [
        4828,
        123457,
        0.00062137,
        16.093,
        -0.33333,
        0.0,
    ]


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "NEEDS", "no_such_package")
    with pytest.raises(ToolError, match="uv sync --extra background"):
        converted(1, "mile", "km")


@needed
@pytest.mark.anyio
async def test_the_tool() -> None:
    delegation = Delegation(at_ms=0.0, id="d1", task="", why="", deadline_ms=9e9)
    brief = Brief(delegation=delegation, conversation=Timeline(duration_ms=0.0))
    asked = {"value": 3, "from_unit": "miles", "to_unit": "metres"}
    assert (await Toolbox.of(units()).call("convert_units", asked, brief)).text == "3 miles = 4828 metres"
    with pytest.raises(ToolError, match="convert_units: value"):
        await Toolbox.of(units()).call("convert_units", asked | {"value": "three"}, brief)
