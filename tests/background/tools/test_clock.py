"""Times and days: in cities and countries, by tools."""

from datetime import UTC, datetime

import pytest

from microturn.background.brief import Brief
from microturn.background.tools.clock import clock, said_day, said_time, zone_of
from microturn.background.tools.tool import Toolbox, ToolError
from microturn.protocol.events import Delegation
from microturn.protocol.timeline import Timeline


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def now() -> datetime:
    return datetime(2026, 11, 22, 9, 52, tzinfo=UTC)  # a Sunday


@pytest.mark.parametrize(
    ("place", "zone"),
    [
        ("Tokyo", "Asia/Tokyo"),
        ("new york", "America/New_York"),
        ("São Paulo", "America/Sao_Paulo"),
        ("japan", "Asia/Tokyo"),
        ("India", "Asia/Kolkata"),
        ("the United States", "America/New_York"),
        ("australia", "Australia/Sydney"),
        ("Russia", "Europe/Moscow"),
        ("scotland", "Europe/London"),
        ("munich", "Europe/Berlin"),
        ("mexico city", "America/Mexico_City"),
        ("", ""),
    ],
)
def test_places(place: str, zone: str) -> None:
    assert zone_of(place) == zone


@pytest.mark.parametrize("place", ["atlantis", "../../etc/passwd", "Etc/GMT+5", "x" * 1000])
def test_unknown_places(place: str) -> None:
    with pytest.raises(ToolError, match="give a larger city or a country") as refused:
        zone_of(place)
    assert len(str(refused.value)) < 120


def test_days_and_times_are_said() -> None:
    ends = [said_day(datetime(2026, 1, day)).split(maxsplit=2)[2] for day in (1, 2, 3, 4, 12, 13, 20, 21, 30, 31)]
    assert ends == [
        *("first", "second", "third", "fourth", "twelfth", "thirteenth", "twentieth", "twenty first", "thirtieth"),
        "thirty first",
    ]
    times = [
        said_time(datetime(2026, 1, 1, hour, minute)) for hour, minute in ((0, 0), (7, 5), (12, 0), (18, 30), (23, 59))
    ]
    assert times == [
        "twelve o clock at night",
        "seven oh five in the morning",
        "twelve o clock in the afternoon",
        "six thirty in the evening",
        "eleven fifty nine at night",
    ]


@pytest.mark.anyio
async def test_the_tools() -> None:
    delegation = Delegation(at_ms=0.0, id="d1", task="", why="", deadline_ms=9e9)
    brief = Brief(delegation=delegation, conversation=Timeline(duration_ms=0.0))
    box = Toolbox.of(clock(now))
    there = await box.call("time_in", {"place": "Tokyo"}, brief)
    assert there.text == "it is 18:52 on Sunday 22 November 2026 in Tokyo (six fifty two in the evening)"
    assert (await box.call("time_in", {}, brief)).text.startswith("it is 09:52 on Sunday 22 November 2026 (")
    day = await box.call("date_in", {"days": -1}, brief)
    assert day.text == "Saturday 21 November 2026 (saturday november twenty first)"
    for days in (10**9, "ten", 1.5):
        with pytest.raises(ToolError, match="date_in: days"):
            await box.call("date_in", {"days": days}, brief)
