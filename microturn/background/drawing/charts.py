"""Charts: columns of values to a Vega-Lite spec, and a spec to SVG, in the colours and type of the page.

`svg` belongs into a process of its own (`easel`): it loads 90 MB, a hostile spec can take any time, and after one that
failed the library is no longer to be trusted.
"""

import copy
import re
from collections.abc import Mapping, Sequence
from typing import Any

WIDTH, HEIGHT = 420, 184  # px, where the spec says none: a card on a phone
FONT = "system-ui, -apple-system, Segoe UI, Roboto, sans-serif"
LINE, FAINT, MUTED, TEXT = "#dcdad4", "#efede8", "#74767b", "#1d1e20"
SERIES = ("#2f6f8f", "#c65f26", "#3f8f5f", "#8b6aa8", "#b58a2c", "#6f8791")
DARK = {  # the same in the dark
    LINE: "#2f3237",
    FAINT: "#23262a",
    MUTED: "#94969c",
    TEXT: "#eceae6",
    **dict(zip(SERIES, ("#6bb3d6", "#ec9259", "#67bd8a", "#b79ad0", "#d9b45c", "#9db3bc"), strict=True)),
}
PLAIN = {"labelColor": MUTED, "titleColor": MUTED, "labelFontSize": 13, "titleFontSize": 13, "titleFontWeight": 500}
CONFIG: dict[str, Any] = {
    "background": "transparent",
    "font": FONT,
    "view": {"stroke": None},
    "range": {"category": list(SERIES), "ramp": ["#e3eef3", SERIES[0]], "heatmap": ["#e3eef3", SERIES[0]]},
    "axis": {**PLAIN, "domainColor": LINE, "tickColor": LINE, "gridColor": FAINT, "labelPadding": 6, "titlePadding": 8},
    "axisX": {"grid": False, "labelAngle": 0, "labelLimit": 90},
    "axisY": {"domain": False, "ticks": False},
    "legend": {**PLAIN, "title": None, "orient": "top", "symbolType": "circle", "offset": 6},
    "title": {"color": TEXT, "fontSize": 14},
    "mark": {"color": SERIES[0]},
    "bar": {"cornerRadiusEnd": 4},
    "line": {"strokeWidth": 2.5, "strokeCap": "round"},
    "point": {"filled": True, "size": 46, "opacity": 0.85},
    "arc": {"stroke": None},
}
KINDS = ("line", "bar", "pie", "scatter")
MOST_POINTS = 2_000
ROOM = {
    "autosize": {"type": "fit", "contains": "padding"},
    "width": WIDTH,
    "height": HEIGHT,
    "padding": {"left": 12, "top": 5, "right": 5, "bottom": 5},
}
DATE = re.compile(r"\d{4}-\d\d(-\d\d)?\Z")
LONG, LETTER = 13, 7.0  # letters of a name that does not fit below a bar, px of each
MOST_ROWS, ROW = 16, 22  # bars one below the other, px of each
Number = int | float
Series = Sequence[Number] | Mapping[str, Sequence[Number]]


def plotted(kind: str, x: Sequence[str | Number], y: Series, *, names: tuple[str, str] = ("", "")) -> dict[str, Any]:
    """The spec of a line, bar, pie or scatter chart: `y` is one series or several by name, each as long as `x`.

    `names` are the titles of both axes. ValueError says what does not fit.
    """
    several = y if isinstance(y, Mapping) else {"": y}
    if kind not in KINDS:
        raise ValueError(f"a chart is one of {', '.join(KINDS)}, got {kind!r}")
    if not x or not several or len(x) * len(several) > MOST_POINTS:
        raise ValueError(f"a chart has 1 to {MOST_POINTS} points, got {len(x)} times {len(several)}")
    if wrong := [name for name, values in several.items() if len(values) != len(x)]:
        raise ValueError(f"x has {len(x)} values and y {wrong[0]!r} has {len(several[wrong[0]])}: give as many of each")
    if kind == "pie" and (len(several) > 1 or any(value < 0 for value in several[next(iter(several))])):
        raise ValueError("a pie shows one series of values that are not negative")
    rows = [
        {"x": at, "y": value, "of": of} for of, values in several.items() for at, value in zip(x, values, strict=True)
    ]
    return {"data": {"values": rows}, **_shape(kind, x, names, many=len(several) > 1)}


def _shape(kind: str, x: Sequence[str | Number], names: tuple[str, str], *, many: bool) -> dict[str, Any]:
    across: dict[str, Any] = {"field": "x", "title": names[0] or None, **_scale(kind, x)}
    up: dict[str, Any] = {"field": "y", "title": names[1] or None, "type": "quantitative", "axis": {"tickCount": 5}}
    colour: dict[str, Any] = {"color": {"field": "of", "type": "nominal", "sort": None}} if many else {}
    if kind == "pie":  # in the order given, from the top
        theta = {"field": "y", "type": "quantitative", "stack": True}
        slices = {"field": "x", "type": "nominal", "sort": None, "legend": {"orient": "right"}}
        order = {"field": "at", "type": "quantitative"}
        return {
            "transform": [{"window": [{"op": "row_number", "as": "at"}]}],
            "mark": {"type": "arc", "innerRadius": 50, "padAngle": 0.02},
            "encoding": {"theta": theta, "color": slices, "order": order},
        }
    longest = max(len(str(at)) for at in x) + 1
    names_fit = longest < LONG and len(x) * longest * LETTER < WIDTH
    if kind == "bar" and not names_fit and len(x) <= MOST_ROWS:
        across["axis"] = {"labelLimit": 150, "grid": False, "domain": False, "ticks": False}
        up["axis"] = {"tickCount": 5, "grid": True}
        offset = {"yOffset": {"field": "of"}} if many else {}
        room = {"height": max(HEIGHT, ROW * len(x))}
        return {**room, "mark": "bar", "encoding": {"y": across, "x": up, **colour, **offset}}
    if not names_fit:
        across["axis"] = {"labelOverlap": "greedy", "labelSeparation": 20}
    offset = {"xOffset": {"field": "of"}} if many and kind == "bar" else {}
    marks = {"line": {"type": "line", "point": {"size": 36}}, "bar": {"type": "bar"}, "scatter": {"type": "point"}}
    if kind == "scatter":
        up["scale"] = {"zero": False}
    return {"mark": marks[kind], "encoding": {"x": across, "y": up, **colour, **offset}}


def _scale(kind: str, x: Sequence[str | Number]) -> dict[str, Any]:
    if kind != "bar" and all(not isinstance(at, str) for at in x):
        return {"type": "quantitative", "scale": {"zero": False, "nice": False} if kind == "line" else {"zero": False}}
    if kind != "bar" and all(isinstance(at, str) and DATE.match(at) for at in x):
        return {"type": "temporal"}
    return {"type": "nominal", "sort": None}


def svg(spec: Mapping[str, Any]) -> str:
    """The picture of a spec, as wide as a card. ValueError says what is wrong with the spec, or what is missing here."""
    try:
        import vl_convert
    except ImportError:
        raise ValueError("charts need: uv sync --extra background") from None
    whole = copy.deepcopy(dict(spec))
    whole.pop("$schema", None)
    own = whole.get("config")
    whole["config"] = CONFIG | (own if isinstance(own, dict) else {})
    whole.setdefault("background", "transparent")
    if "mark" in whole or "layer" in whole:
        whole = ROOM | whole
    try:
        drawn = vl_convert.vegalite_to_svg(whole, allowed_base_urls=[])
    except Exception as error:
        raise ValueError(f"this is no chart that Vega-Lite can draw: {_first(str(error))}") from error
    return re.sub(r'(<svg[^>]*?) width="[^"]*" height="[^"]*"', r"\1", drawn, count=1)


def _first(error: str) -> str:
    """What is said before the trace."""
    lines = [line.strip() for line in error.splitlines() if line.strip() and not line.strip().startswith("at ")]
    return " ".join(lines[1:] or lines)[:200]
