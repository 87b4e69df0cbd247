"""`convert_units`: a value in one unit as a value in another (`pint`, in the extra `background`).

Units have their spoken names, in the singular or plural, British or American ("miles per hour", "square metres",
"degrees fahrenheit"), or a usual short form ("km", "lb"). No expression is evaluated: a name is looked up.
Gallons, pints and fluid ounces are American where "imperial" does not stand before them.
"""

import asyncio
import math
import re
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from typing import Any

from microturn.background.brief import Brief
from microturn.background.tools.tool import JSON, Found, Tool, ToolError

NEEDS = "pint"
LONGEST_NAME = 60
DIGITS = 5  # significant ones of a value that is not whole; all digits before the point are kept
SHORT = {
    **dict.fromkeys(("km", "m", "cm", "mm", "kg", "g", "mg", "ml", "l", "ft", "lb", "oz", "mph", "kph", "h", "s")),
    **dict.fromkeys(
        ("min", "psi", "bar", "kwh", "yd", "mi", "ha", "rpm", "ton", "day", "cup", "pint", "year", "cal", "bit")
    ),
    "c": "degree_Celsius",
    "f": "degree_Fahrenheit",
    "k": "kelvin",
    "kb": "kilobyte",
    "mb": "megabyte",
    "gb": "gigabyte",
    "tb": "terabyte",
    "kmh": "kph",
    "lbs": "lb",
    "ml": "milliliter",
    "mi": "mile",
    "cal": "calorie",
    "kwh": "kilowatt_hour",
    "w": "watt",
    "kw": "kilowatt",
    "hp": "horsepower",
    "hz": "hertz",
    "l": "liter",
}
SPOKEN = {
    "celsius": "degree_Celsius",
    "centigrade": "degree_Celsius",
    "fahrenheit": "degree_Fahrenheit",
    "kilo": "kilogram",
    "kilos": "kilogram",
    "stone": "stone",
    "feet": "foot",
    "foot": "foot",
    "inches": "inch",
    "tonne": "metric_ton",
    "tonnes": "metric_ton",
    "kilowatt hour": "kilowatt_hour",
    "kilowatt hours": "kilowatt_hour",
    "fluid ounce": "fluid_ounce",
    "fluid ounces": "fluid_ounce",
    "light years": "light_year",
    "light year": "light_year",
    "nautical miles": "nautical_mile",
    "nautical mile": "nautical_mile",
    "calories": "calorie",
    "knots": "knot",
    "kilocalories": "kilocalorie",
    "horsepower": "horsepower",
    "dozen": "dozen",
    "atmospheres": "atmosphere",
    **{f"imperial {one}{s}": f"imperial_{one}" for one in ("gallon", "pint", "cup", "quart") for s in ("", "s")},
    **{f"imperial fluid ounce{s}": "imperial_fluid_ounce" for s in ("", "s")},
}
PREFIXES = ("kilo", "centi", "milli", "mega", "giga", "tera", "micro", "nano", "deci", "hecto")


def available() -> bool:
    """Whether the package that knows the units is installed."""
    return find_spec(NEEDS) is not None


def units() -> list[Tool]:
    """The tool `convert_units`."""
    name = {"type": "string", "maxLength": LONGEST_NAME}
    return [
        Tool(
            name="convert_units",
            summary="Convert a value from one unit to another: lengths, weights, temperatures, times, speeds, areas, volumes.",
            parameters={
                "type": "object",
                "properties": {"value": {"type": "number"}, "from_unit": name, "to_unit": name},
                "required": ["value", "from_unit", "to_unit"],
                "additionalProperties": False,
            },
            run=_convert_units,
        )
    ]


async def _convert_units(arguments: JSON, brief: Brief) -> Found:
    del brief
    value, one, other = arguments["value"], arguments["from_unit"], arguments["to_unit"]
    result = await asyncio.to_thread(converted, value, one, other)  # the first time takes long
    return Found(text=f"{value:.10g} {one} = {result:.10g} {other}")


def converted(value: float, from_unit: str, to_unit: str) -> float:
    """The value in the other unit, rounded as it would be said. `ToolError` for an unknown unit, for two that do not
    measure the same thing, and for a value that is not finite."""
    if not available():
        raise ToolError("units are not installed: uv sync --extra background")
    one, other = unit(from_unit), unit(to_unit)
    if one.dimensionality != other.dimensionality:
        raise ToolError(f"{from_unit} can not be turned into {to_unit}: they do not measure the same thing")
    try:
        result = float(_registry().Quantity(float(value), one).to(other).magnitude)
    except Exception as error:
        raise ToolError(f"{from_unit} can not be turned into {to_unit}") from error
    if not math.isfinite(result):
        raise ToolError("that value is too large")
    return rounded(result)


def unit(name: str) -> Any:
    """The unit of `pint` that has this name. `ToolError` when there is none."""
    words = re.sub(r"[°\s_]+", " ", name).strip().lower()
    if not words or len(name) > LONGEST_NAME:
        raise ToolError("that is no unit")
    over = re.split(r"\s*/\s*|\s+per\s+|^per\s+", words)
    try:
        found = _product(over[0])
        for below in over[1:]:
            found = found / _product(below)
    except LookupError:
        raise ToolError(f"there is no unit {name:.40}") from None
    return found


def rounded(value: float) -> float:
    """To five significant digits, or to a whole number where that has more of them."""
    if value == 0.0:
        return 0.0
    return round(value, max(0, DIGITS - 1 - math.floor(math.log10(abs(value)))))


def _product(words: str) -> Any:
    """One unit with "square" or "cubic" before it, "squared" or "cubed" after it, "degrees" anywhere; else LookupError."""
    power = 1
    for word, raises in (("square", 2), ("squared", 2), ("cubic", 3), ("cubed", 3), ("cube", 3)):
        if re.search(rf"^{word} | {word}$", words):
            words, power = re.sub(rf"^{word} | {word}$", "", words), raises
    if match := re.fullmatch(r"(.+?)\^?([23])", words):
        words, power = match[1], int(match[2])
    words = re.sub(r"^(?:degrees?|deg) (?=.)", "", words)
    return _one(words) ** power


@cache
def _one(name: str) -> Any:
    """The unit of one spoken name; LookupError when it is none."""
    known = _registry()
    if name in SPOKEN:
        return known.Unit(SPOKEN[name])
    if name in SHORT:
        return known.Unit(SHORT[name] or name)
    for one in _singulars(name.replace(" ", "_")):
        if one in SHORT and len(one) > 2:
            return known.Unit(SHORT[one] or one)
        prefix = next((prefix for prefix in PREFIXES if one.startswith(prefix)), "")
        for before in {prefix, ""}:
            base = one.removeprefix(before)
            if len(base) > 3 and base in known._units:  # pyright: ignore[reportPrivateUsage]
                return known.Unit(one)
    raise LookupError(name)


def _singulars(name: str) -> Iterator[str]:
    yield name
    if name.endswith("ies"):
        yield f"{name[:-3]}y"
    if name.endswith("es"):
        yield name[:-2]
    if name.endswith("s"):
        yield name[:-1]
    if name.endswith(("gramme", "grammes")):
        yield f"{name.removesuffix('s')[:-2]}"


@cache
def _registry() -> Any:
    import pint  # in the extra; slow to load

    return pint.UnitRegistry()
