"""`time_in` and `date_in`: what time it is in a city or a country, and which day it is some days from now.

Time zones are those of the system or of the package tzdata. A country with several is told the time of the city that
`CHOSEN` names. What is said is in plain words: "it is ten fifty two in the morning in tokyo".
"""

import asyncio
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo, available_timezones

from microturn.background.brief import Brief
from microturn.background.tools.tool import JSON, Found, Tool, ToolError
from microturn.features.numbers import MONTHS, WEEKDAYS, clock_words, ordinal_words

Now = Callable[[], datetime]
MOST_DAYS = 366_000
CHOSEN = {
    **dict.fromkeys(("america", "usa", "the us", "the states", "washington", "boston", "miami"), "America/New_York"),
    **dict.fromkeys(("atlanta", "philadelphia", "florida", "united states", "orlando"), "America/New_York"),
    **dict.fromkeys(("texas", "dallas", "houston", "austin", "new orleans", "minneapolis"), "America/Chicago"),
    **dict.fromkeys(("california", "san francisco", "seattle", "las vegas", "san diego"), "America/Los_Angeles"),
    "colorado": "America/Denver",
    "arizona": "America/Phoenix",
    "hawaii": "Pacific/Honolulu",
    "alaska": "America/Anchorage",
    **dict.fromkeys(("canada", "ottawa", "montreal", "quebec"), "America/Toronto"),
    "calgary": "America/Edmonton",
    "mexico": "America/Mexico_City",
    "brazil": "America/Sao_Paulo",
    "rio": "America/Sao_Paulo",
    "rio de janeiro": "America/Sao_Paulo",
    "brasilia": "America/Sao_Paulo",
    "argentina": "America/Argentina/Buenos_Aires",
    "chile": "America/Santiago",
    "greenland": "America/Nuuk",
    **dict.fromkeys(("england", "britain", "great britain", "uk", "united kingdom", "scotland"), "Europe/London"),
    **dict.fromkeys(
        ("wales", "edinburgh", "glasgow", "cardiff", "manchester", "birmingham", "liverpool"), "Europe/London"
    ),
    **dict.fromkeys(("germany", "munich", "hamburg", "frankfurt", "cologne", "stuttgart"), "Europe/Berlin"),
    "lyon": "Europe/Paris",
    "marseille": "Europe/Paris",
    "nice": "Europe/Paris",
    "geneva": "Europe/Zurich",
    "basel": "Europe/Zurich",
    "milan": "Europe/Rome",
    "naples": "Europe/Rome",
    "venice": "Europe/Rome",
    "florence": "Europe/Rome",
    "turin": "Europe/Rome",
    "spain": "Europe/Madrid",
    "barcelona": "Europe/Madrid",
    "valencia": "Europe/Madrid",
    "seville": "Europe/Madrid",
    "portugal": "Europe/Lisbon",
    "porto": "Europe/Lisbon",
    "holland": "Europe/Amsterdam",
    "rotterdam": "Europe/Amsterdam",
    "cyprus": "Asia/Nicosia",
    "ukraine": "Europe/Kyiv",
    "russia": "Europe/Moscow",
    "st petersburg": "Europe/Moscow",
    "saint petersburg": "Europe/Moscow",
    "turkey": "Europe/Istanbul",
    "ankara": "Europe/Istanbul",
    "tel aviv": "Asia/Jerusalem",
    "emirates": "Asia/Dubai",
    "abu dhabi": "Asia/Dubai",
    "china": "Asia/Shanghai",
    "beijing": "Asia/Shanghai",
    "shenzhen": "Asia/Shanghai",
    "korea": "Asia/Seoul",
    "south korea": "Asia/Seoul",
    "north korea": "Asia/Pyongyang",
    "osaka": "Asia/Tokyo",
    "kyoto": "Asia/Tokyo",
    "hanoi": "Asia/Ho_Chi_Minh",
    "saigon": "Asia/Ho_Chi_Minh",
    "bali": "Asia/Makassar",
    **dict.fromkeys(("delhi", "new delhi", "mumbai", "bombay", "bangalore", "chennai", "hyderabad"), "Asia/Kolkata"),
    "indonesia": "Asia/Jakarta",
    "malaysia": "Asia/Kuala_Lumpur",
    "mongolia": "Asia/Ulaanbaatar",
    "kazakhstan": "Asia/Almaty",
    "uzbekistan": "Asia/Tashkent",
    "australia": "Australia/Sydney",
    "canberra": "Australia/Sydney",
    "new zealand": "Pacific/Auckland",
    "wellington": "Pacific/Auckland",
    "cape town": "Africa/Johannesburg",
    "abuja": "Africa/Lagos",
    "congo": "Africa/Kinshasa",
    "ecuador": "America/Guayaquil",
    "utc": "UTC",
    "gmt": "UTC",
    "greenwich": "UTC",
}


def clock(now: Now = datetime.now) -> list[Tool]:
    """The tools `time_in` and `date_in`; `now` is the wall clock of the user, local where it has no zone."""

    async def time_in(arguments: JSON, brief: Brief) -> Found:
        del brief
        place = arguments.get("place", "")
        there = await asyncio.to_thread(time_at, place, now)  # the zones are read from the disk
        where = f" in {place}" if place.strip() else ""
        return Found(text=f"it is {there:%H:%M} on {there:%A} {there.day} {there:%B %Y}{where} ({said_time(there)})")

    async def date_in(arguments: JSON, brief: Brief) -> Found:
        del brief
        day = day_after(arguments["days"], now)
        return Found(text=f"{day:%A} {day.day} {day:%B %Y} ({said_day(day)})")

    days = {"type": "integer", "minimum": -MOST_DAYS, "maximum": MOST_DAYS}
    place = {"type": "string", "maxLength": 80, "description": "a city or a country; empty where the user is"}
    return [
        Tool(
            name="time_in",
            summary="The time and date now in a city or country, or where the user is.",
            parameters={"type": "object", "properties": {"place": place}, "additionalProperties": False},
            run=time_in,
        ),
        Tool(
            name="date_in",
            summary="The weekday and date so many days from today: 0 is today, -1 yesterday, 7 in a week.",
            parameters={
                "type": "object",
                "properties": {"days": days},
                "required": ["days"],
                "additionalProperties": False,
            },
            run=date_in,
        ),
    ]


def time_at(place: str, now: Now) -> datetime:
    """The time at a place; the user's own for none. `ToolError` when the place is not known."""
    zone = zone_of(place)
    return now().astimezone(ZoneInfo(zone)) if zone else now()


def zone_of(place: str) -> str:
    """The zone of a city or a country; empty for no place. `ToolError` when it is not known."""
    name = _plain(place)
    if not name:
        return ""
    places = _places()
    found = places.get(name) or places.get(name.removeprefix("the ")) or places.get(name.removesuffix(" city"))
    if not found:
        raise ToolError(f"i do not know the time zone of {name:.40}; give a larger city or a country")
    return found


def day_after(days: int, now: Now) -> datetime:
    """The day so many days from now. `ToolError` beyond the calendar."""
    try:
        return now() + timedelta(days=days)
    except OverflowError:
        raise ToolError("that day is beyond the calendar") from None


def said_time(there: datetime) -> str:
    """ "ten fifty two in the morning"."""
    hour = there.hour
    part = "at night" if hour < 5 or hour > 21 else "in the morning" if hour < 12 else "in the afternoon"
    part = "in the evening" if 18 <= hour < 22 else part
    clock = " ".join(clock_words(there.hour * 3600.0 + there.minute * 60.0))
    return f"{clock}{'' if there.minute else ' o clock'} {part}"


def said_day(day: datetime) -> str:
    """ "thursday november twenty sixth"."""
    return " ".join([WEEKDAYS[day.weekday()], MONTHS[day.month - 1], *ordinal_words(day.day)])


def _plain(text: str) -> str:
    """Small letters without accents, single spaces, no signs."""
    letters = "".join(sign for sign in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(sign))
    return " ".join(re.findall(r"[^\W_]+(?:'[^\W_]+)?", letters))


@cache
def _places() -> Mapping[str, str]:
    """Zones by the names of cities and countries."""
    zones = available_timezones()
    cities = {_plain(zone.rsplit("/", 1)[-1].replace("_", " ")): zone for zone in sorted(zones) if "/" in zone}
    etc = {name for name, zone in cities.items() if zone.startswith("Etc/")}
    known = {name: zone for name, zone in cities.items() if name not in etc}
    return known | _countries() | {name: zone for name, zone in CHOSEN.items() if zone in zones}


def _countries() -> dict[str, str]:
    """The first zone of each country, by its name (the tables of tzdata)."""
    lines = {name: _table(name) for name in ("iso3166.tab", "zone1970.tab")}
    first: dict[str, str] = {}
    for codes, _, zone, *_ in lines["zone1970.tab"]:
        for code in codes.split(","):
            first.setdefault(code, zone)
    names = {_plain(re.sub(r"\(.*?\)", "", name)): code for code, name, *_ in lines["iso3166.tab"]}
    return {name: first[code] for name, code in names.items() if code in first}


def _table(name: str) -> list[list[str]]:
    spec = find_spec("tzdata")
    package = [Path(spec.origin).parent / "zoneinfo"] if spec and spec.origin else []
    for folder in [*map(Path, TZPATH), *package]:
        if (folder / name).is_file():
            lines = (folder / name).read_text(encoding="utf-8").splitlines()
            return [line.split("\t") for line in lines if line and not line.startswith("#")]
    return []
