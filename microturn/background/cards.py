"""Cards: what the background may show on the page beside the talk, and how large it may be.

The content of each kind, as JSON: markdown {"text"}; table {"columns": [str], "rows": [[cell]]}, a cell being a text, a number,
yes or no, or nothing; chart {"spec": Vega-Lite, its data inline}; image {"data": base64 of a PNG or JPEG, "alt"};
html {"html"}; form {"fields": [{"name", "label", "kind", "options"}]}; permission {"tool", "detail"}.
`checked` refuses what no page could show, with a sentence that says what to do instead.
"""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from microturn.protocol.events import Card

CONTENT = {
    "markdown": {"text": str},
    "table": {"columns": list, "rows": list},
    "chart": {"spec": dict},
    "image": {"data": str, "alt": str},
    "html": {"html": str},
    "form": {"fields": list},
    "permission": {"tool": str, "detail": str},
}
KINDS = tuple(CONTENT)
QUESTIONS = ("form", "permission")
MOST_BYTES = 256 << 10  # of a card's content, as JSON
MOST_TITLE = 120
MOST_COLUMNS = 24
MOST_FIELDS, MOST_OPTIONS, MOST_LABEL = 12, 30, 200
FIELDS = ("text", "number", "choice", "yes_no")  # the kinds of a form's fields
MOST_DEEP, MOST_STEPS, MOST_PIXELS = 40, 10_000, 2_000  # of a chart: nesting, what a sequence makes, its sides
ROOTS = ("mark", "layer", "concat", "hconcat", "vconcat", "facet", "repeat")  # a Vega-Lite spec has one of them
OUTSIDE = ("url", "href", "usermeta")  # what leads a spec to somewhere else
PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
JSON = Mapping[str, Any]


def checked(card: Card) -> Card:
    """The card. ValueError, with what to do, when no page could show it."""
    if card.kind not in CONTENT:
        raise ValueError(f"there is no card of kind {card.kind!r}; there are {', '.join(KINDS)}")
    if not card.id or not card.title.strip() or len(card.title) > MOST_TITLE:
        raise ValueError(f"a card has an id, and a title of up to {MOST_TITLE} characters")
    for name, kind in CONTENT[card.kind].items():
        if not isinstance(card.content.get(name), kind):
            raise ValueError(f"a {card.kind} card has content {name!r} of type {kind.__name__}")
    try:
        size = len(json.dumps(dict(card.content), allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"a card's content is JSON: {error}") from error
    if size > MOST_BYTES:
        raise ValueError(f"a card may have {MOST_BYTES >> 10} kB of content, got {size >> 10} kB: show less of it")
    if (check := CHECKS.get(card.kind)) is not None:
        check(card.content)
    return card


def _check_markdown(content: JSON) -> None:
    if not content["text"].strip():
        raise ValueError("a markdown card has some text")


def _check_table(content: JSON) -> None:
    columns, rows = content["columns"], content["rows"]
    if not 0 < len(columns) <= MOST_COLUMNS or not all(isinstance(name, str) for name in columns):
        raise ValueError(f"a table has 1 to {MOST_COLUMNS} columns, each a text")
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, list) or len(cast(list[Any], row)) != len(columns):
            raise ValueError(f"row {number} of the table is no list of {len(columns)} cells, one for each column")
        if not all(cell is None or isinstance(cell, str | int | float) for cell in cast(list[Any], row)):
            raise ValueError(f"a cell in row {number} of the table is no text, number, true, false or null")


def _check_chart(content: JSON) -> None:
    spec = content["spec"]
    if not any(root in spec for root in ROOTS):
        raise ValueError(f"a chart's spec is Vega-Lite with one of {', '.join(ROOTS)}")
    _check_spec(spec, 0)


def _check_spec(part: Any, depth: int) -> None:
    """No way out, no generator of endless data, no wall of a picture."""
    if depth > MOST_DEEP:
        raise ValueError(f"the chart's spec is nested more than {MOST_DEEP} deep: make it simpler")
    if isinstance(part, list):
        for item in cast(list[Any], part):
            _check_spec(item, depth + 1)
    if not isinstance(part, dict):
        return
    for name, value in cast(JSON, part).items():
        if name in OUTSIDE:
            raise ValueError(
                f"a chart loads nothing: leave out {name!r} and put the data into the spec, as data.values"
            )
        if name in ("width", "height") and isinstance(value, int | float) and not 0 < value <= MOST_PIXELS:
            raise ValueError(f"a chart's {name} is up to {MOST_PIXELS}; leave it out for one that fits")
        if name == "sequence":
            _check_sequence(value)
        if name not in ("values", "datasets") or not isinstance(value, list):  # rows may have any names
            _check_spec(value, depth + 1)


def _check_sequence(value: Any) -> None:
    try:
        steps = (value["stop"] - value.get("start", 0)) / value.get("step", 1)
    except (TypeError, KeyError, AttributeError, ZeroDivisionError):
        steps = float("inf")
    if not abs(steps) <= MOST_STEPS:
        raise ValueError(f"a sequence has numbers start, stop and step, and up to {MOST_STEPS} steps")


def _check_image(content: JSON) -> None:
    try:
        start = base64.b64decode(content["data"], validate=True)[:16]
    except (binascii.Error, ValueError):
        raise ValueError("an image's data is the base64 of a whole PNG or JPEG, with no 'data:' before it") from None
    if not start.startswith(PICTURES):
        raise ValueError("an image is a PNG or a JPEG; convert it first")


def _check_html(content: JSON) -> None:
    if not content["html"].strip():
        raise ValueError("an html card has some html")


def _check_form(content: JSON) -> None:
    fields = content["fields"]
    if not 0 < len(fields) <= MOST_FIELDS or not all(isinstance(field, dict) for field in fields):
        raise ValueError(f"a form has 1 to {MOST_FIELDS} fields, each an object with name, label and kind")
    for field in fields:
        _check_field(field)
    if len({field["name"] for field in fields}) < len(fields):
        raise ValueError("each field of a form has a name of its own")


def _check_field(field: JSON) -> None:
    for name in ("name", "label"):
        if not isinstance(field.get(name), str) or not 0 < len(field[name]) <= MOST_LABEL:
            raise ValueError(f"a form's field has a {name} of up to {MOST_LABEL} characters")
    if field.get("kind") not in FIELDS:
        raise ValueError(f"the field {field['name']!r} has one of the kinds {', '.join(FIELDS)}")
    options: Sequence[Any] = field.get("options") or ()
    if field["kind"] == "choice" and not _are_options(options):
        raise ValueError(f"the choice {field['name']!r} has 1 to {MOST_OPTIONS} options, each a text of its own")


def _are_options(options: Any) -> bool:
    if not isinstance(options, list) or not 0 < len(cast(list[Any], options)) <= MOST_OPTIONS:
        return False
    texts = [option for option in cast(list[Any], options) if isinstance(option, str) and 0 < len(option) <= MOST_LABEL]
    return len(set(texts)) == len(cast(list[Any], options))


CHECKS: Mapping[str, Callable[[JSON], None]] = {
    "markdown": _check_markdown,
    "table": _check_table,
    "chart": _check_chart,
    "image": _check_image,
    "html": _check_html,
    "form": _check_form,
}
