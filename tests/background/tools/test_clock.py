"""Times and days: in cities and countries, by tools and in words."""

from datetime import UTC, datetime

import pytest

from microturn.background.brief import Brief
from microturn.background.tools.clock import clock, day_answer, said_day, said_time, time_answer, zone_of
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


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("what time is it", "it is nine fifty two in the morning"),
        ("what time is it in tokyo", "it is six fifty two in the evening in tokyo"),
        ("find out what time it is in cairo", "it is eleven fifty two in the morning in cairo"),
        ("what is the time in paris now", "it is ten fifty two in the morning in paris"),
        ("tell me the time in new york please", "it is four fifty two at night in new york"),
        ("what time does the shop open", ""),
        ("how much time is left", ""),
        ("what time is it in three days", ""),
        ("the weather in the town", ""),
    ],
)
def test_the_time_in_words(text: str, says: str) -> None:
    assert time_answer(text, now) == says


def test_the_time_in_an_unknown_place() -> None:
    with pytest.raises(ToolError, match="time zone of atlantis"):
        time_answer("what time is it in atlantis", now)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("what day is it today", "it is sunday"),
        ("what day is it", "it is sunday"),
        ("what day it will be tomorrow", "it will be monday"),
        ("which day yesterday was", "it was saturday"),
        ("what day is the day after tomorrow", "it will be tuesday"),
        ("what is the date", "it is sunday november twenty second"),
        ("what is the date tomorrow", "it will be monday november twenty third"),
        ("what day is it in ten days", "it will be wednesday december second"),
        ("what date is in a hundred days", "it will be tuesday march second"),
        ("what day was two weeks ago", "it was sunday november eighth"),
        ("which day is it twenty five days from now", "it will be thursday december seventeenth"),
        ("the date of the concert", ""),
        ("the best day of the year", ""),
        ("the weather tomorrow", ""),
    ],
)
def test_the_day_in_words(text: str, says: str) -> None:
    assert day_answer(text, now) == says


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
