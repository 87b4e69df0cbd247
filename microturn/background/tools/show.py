"""Tools that put something on the page while both talk, and one that asks the user there.

A card shown again with the same `id` takes the place of the earlier one: what is not whole yet can be shown as it grows.
"""

import asyncio
import base64
import itertools
from collections.abc import Mapping
from typing import Any

from microturn.background.brief import Brief, Unanswered
from microturn.background.cards import FIELDS, MOST_BYTES, MOST_FIELDS, checked
from microturn.background.drawing.charts import KINDS, plotted
from microturn.background.drawing.document import fitted
from microturn.background.drawing.easel import Easel
from microturn.background.tools.tool import Found, Tool, ToolError
from microturn.protocol.events import Card

JSON = Mapping[str, Any]
TEXT = {"type": "string"}
TEXTS = {"type": "array", "items": TEXT}
NUMBERS = {"type": "array", "items": {"type": "number"}}
ROWS = {"type": "array", "items": {"type": "array", "items": {"type": ["string", "number", "boolean", "null"]}}}
CHART = {
    "kind": {"enum": list(KINDS)},
    "x": {"type": "array", "items": {"type": ["string", "number"]}, "description": "names, numbers or dates"},
    "y": {
        "anyOf": [NUMBERS, {"type": "object", "additionalProperties": NUMBERS}],
        "description": "a number for each x, or several such lists by name",
    },
    "x_title": TEXT,
    "y_title": TEXT,
    "spec": {"type": "object", "description": "Vega-Lite with its data inline, in the place of all the others"},
}
FIELD = {
    "type": "object",
    "properties": {"name": TEXT, "label": TEXT, "kind": {"enum": list(FIELDS)}, "options": TEXTS},
    "required": ["name", "label", "kind"],
    "additionalProperties": False,
}
SIDES = (800, 500, 320)  # pixels: what an image is made smaller to, until it fits into a card
FORM_S = 180.0  # longer than the user has for an answer (`desk.Budget`)


def shown(easel: Easel | None = None) -> list[Tool]:
    """The tools. `easel` is where a Vega-Lite spec is tried, so that the model is told when it is broken."""
    show = _Show(easel or Easel(idle_s=10.0))
    html = "Show HTML with CSS on the page. No script runs, no link works, nothing is loaded."
    chart = "Show a chart on the page."
    ask = f"Ask the user on the page, with 1 to {MOST_FIELDS} fields, and wait for what they answer."
    return [
        _tool("show_markdown", "Show a text in markdown on the page.", show.markdown, text=TEXT),
        _tool("show_table", "Show a table on the page.", show.table, columns=TEXTS, rows=ROWS),
        _tool("show_chart", chart, show.chart, needed=("title",), **CHART),
        _tool("show_image", "Show a PNG or JPEG (base64).", show.image, needed=("title", "data"), data=TEXT, alt=TEXT),
        _tool("show_html", html, show.html, html=TEXT),
        _tool("ask_form", ask, show.form, timeout_s=FORM_S, fields={"type": "array", "items": FIELD}),
    ]


def _tool(
    name: str, summary: str, run: Any, *, needed: tuple[str, ...] = (), timeout_s: float = 20.0, **own: JSON
) -> Tool:
    """Arguments are a title, maybe an id, and its `own`; all but the id must be there if none is named in `needed`."""
    id = {"type": "string", "maxLength": 40, "description": "of an earlier card, to show this in its place"}
    parameters = {
        "type": "object",
        "properties": {"title": TEXT, **own, "id": id},
        "required": list(needed or ("title", *own)),
        "additionalProperties": False,
    }
    return Tool(name=name, summary=summary, parameters=parameters, run=run, timeout_s=timeout_s)


class _Show:
    def __init__(self, easel: Easel) -> None:
        self.easel, self.numbers = easel, itertools.count(1)

    async def markdown(self, arguments: JSON, brief: Brief) -> Found:
        return self._found("markdown", {"text": arguments["text"]}, arguments, brief)

    async def table(self, arguments: JSON, brief: Brief) -> Found:
        return self._found("table", {"columns": arguments["columns"], "rows": arguments["rows"]}, arguments, brief)

    async def html(self, arguments: JSON, brief: Brief) -> Found:
        return self._found("html", {"html": arguments["html"]}, arguments, brief)

    async def chart(self, arguments: JSON, brief: Brief) -> Found:
        own = arguments.get("spec")
        found = self._found("chart", {"spec": own or _plotted(arguments)}, arguments, brief)
        if own is not None:
            try:
                await asyncio.to_thread(self.easel.draw, found.cards[0])
            except ValueError as error:
                raise ToolError(str(error)) from None
        return found

    async def image(self, arguments: JSON, brief: Brief) -> Found:
        content = {"data": await asyncio.to_thread(_small, arguments["data"]), "alt": arguments.get("alt", "")}
        return self._found("image", content, arguments, brief)

    async def form(self, arguments: JSON, brief: Brief) -> Found:
        card = self._card("form", {"fields": arguments["fields"]}, arguments, brief)
        try:
            answer = await brief.ask(card)
        except Unanswered as error:
            raise ToolError(str(error)) from None
        given = [
            f"{f['label']}: {_said(answer.values[f['name']])}"
            for f in arguments["fields"]
            if f["name"] in answer.values
        ]
        return Found(text="\n".join(given) or "the user did not want to answer")

    def _found(self, kind: str, content: JSON, arguments: JSON, brief: Brief) -> Found:
        card = self._card(kind, content, arguments, brief)
        return Found(text=f"the page shows it, with the id {card.id}", cards=(card,))

    def _card(self, kind: str, content: JSON, arguments: JSON, brief: Brief) -> Card:
        id = arguments.get("id") or f"{kind}-{next(self.numbers)}"
        card = Card(
            at_ms=0.0,
            id=id,
            delegation=brief.delegation.id,
            kind=kind,
            title=" ".join(arguments["title"].split()),
            content=content,
        )
        try:
            return checked(card)
        except ValueError as error:
            raise ToolError(str(error)) from None


def _plotted(arguments: JSON) -> JSON:
    if missing := [name for name in ("kind", "x", "y") if name not in arguments]:
        raise ToolError(f"a chart has kind, x and y, or a Vega-Lite spec; {', '.join(missing)} is missing")
    names = (arguments.get("x_title", ""), arguments.get("y_title", ""))
    try:
        return plotted(arguments["kind"], arguments["x"], arguments["y"], names=names)
    except ValueError as error:
        raise ToolError(str(error)) from None


def _small(data: str) -> str:
    """An image that fits into a card, as base64."""
    try:
        raw = base64.b64decode(data.removeprefix("data:").split("base64,")[-1], validate=True)
        for side in SIDES:
            shown = base64.b64encode(fitted(raw, side)[1]).decode("ascii")
            if len(shown) < MOST_BYTES - 2_000:
                return shown
    except ValueError as error:
        raise ToolError(f"that is no image: {error}") from None
    raise ToolError("the image is too large; make it smaller, or a JPEG")


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)
