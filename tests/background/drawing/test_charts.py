"""Columns become the charts that were meant; a spec becomes a picture in which nothing is fetched."""

import re
from typing import Any

import pytest

from microturn.background.cards import checked
from microturn.background.drawing.charts import DARK, SERIES, plotted, svg
from microturn.protocol.events import Card

DAYS = ("mon", "tue", "wed")


def test_a_line_has_names_below_and_values_up() -> None:
    spec = plotted("line", DAYS, {"high": [3, 4, 5], "low": [1, 2, 3]}, names=("day", "degrees"))
    assert spec["data"]["values"][3] == {"x": "mon", "y": 1, "of": "low"} and len(spec["data"]["values"]) == 6
    encoding = spec["encoding"]
    assert (
        encoding["x"]["type"] == "nominal"
        and encoding["y"]["title"] == "degrees"
        and encoding["color"]["field"] == "of"
    )
    assert plotted("line", [1, 2], [1, 2])["encoding"]["x"]["type"] == "quantitative"
    assert plotted("line", ["2026-01-02", "2026-01-03"], [1, 2])["encoding"]["x"]["type"] == "temporal"


def test_bars_with_long_names_lie_down() -> None:
    assert plotted("bar", DAYS, [1, 2, 3])["encoding"]["y"]["field"] == "y"
    assert plotted("bar", ["the republic of korea", "oslo"], [1, 2])["encoding"]["y"]["field"] == "x"
    assert plotted("bar", [f"month {n}" for n in range(12)], list(range(12)))["encoding"]["y"]["field"] == "x"


@pytest.mark.parametrize(
    ("kind", "x", "y", "sentence"),
    [
        ("radar", DAYS, [1, 2, 3], "a chart is one of line, bar, pie, scatter"),
        ("line", [], [], "1 to 2000 points"),
        ("line", DAYS, [1, 2], "x has 3 values and y '' has 2"),
        ("line", DAYS, {"low": [1]}, "y 'low' has 1"),
        ("pie", DAYS, [1, -2, 3], "not negative"),
        ("line", list(range(3000)), list(range(3000)), "1 to 2000 points"),
    ],
)
def test_what_does_not_fit_is_said(kind: str, x: Any, y: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        plotted(kind, x, y)


@pytest.mark.parametrize("kind", ["line", "bar", "pie", "scatter"])
def test_every_kind_is_drawn(kind: str) -> None:
    pytest.importorskip("vl_convert")
    spec = plotted(kind, DAYS, [1, 2, 3])
    checked(Card(at_ms=0, id="a", delegation="d", kind="chart", title="t", content={"spec": spec}))
    drawn = svg(spec)
    assert drawn.startswith("<svg") and SERIES[0] in drawn
    assert "mon" in drawn and not re.search(r'<svg[^>]* width="', drawn)


def test_a_broken_spec_says_what_is_wrong() -> None:
    pytest.importorskip("vl_convert")
    with pytest.raises(ValueError, match="no chart that Vega-Lite can draw: .*filled"):
        svg({"mark": "nope"})


def test_every_colour_has_one_for_the_dark() -> None:
    assert set(SERIES) <= set(DARK) and not set(DARK) & set(DARK.values())
