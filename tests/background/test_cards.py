"""What can be shown as a card, and what is refused with a sentence that says what to do."""

import base64
from typing import Any

import pytest

from microturn.background.cards import MOST_BYTES, checked
from microturn.protocol.events import Card

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(20)).decode()
FIELD = {"name": "town", "label": "Which town?", "kind": "text"}
BAR = {"mark": "bar", "data": {"values": [{"url": "a name", "y": 1}]}, "encoding": {"x": {"field": "url"}}}


def card(kind: str, title: str = "a title", **content: Any) -> Card:
    return Card(at_ms=0.0, id="a", delegation="d", kind=kind, title=title, content=content)


GOOD = [
    card("markdown", text="# hello"),
    card("table", columns=["day", "high"], rows=[["mon", 3], ["tue", None], ["wed", True]]),
    card("chart", spec=BAR),
    card("image", data=PNG, alt="a cat"),
    card("html", html="<b>hello</b>"),
    card("form", fields=[FIELD, {"name": "n", "label": "n", "kind": "choice", "options": ["a", "b"]}]),
    card("permission", tool="run_python", detail="print(1)"),
]


@pytest.mark.parametrize("good", GOOD, ids=[good.kind for good in GOOD])
def test_every_kind_can_be_shown(good: Card) -> None:
    assert checked(good) is good


def nested(depth: int) -> dict[str, Any]:
    return {"layer": [nested(depth - 1)]} if depth else {"mark": "bar"}


BAD = [
    (card("map"), "there is no card of kind"),
    (card("markdown", title=" ", text="x"), "a title of up to"),
    (card("markdown", text=" "), "has some text"),
    (card("markdown", text="x" * MOST_BYTES), "show less of it"),
    (card("markdown", text=3), "of type str"),
    (card("table", columns=[], rows=[]), "1 to 24 columns"),
    (card("table", columns=["a"], rows=[["x"], ["y", "z"]]), "row 2 of the table"),
    (card("table", columns=["a"], rows=[[{"x": 1}]]), "a cell in row 1"),
    (card("table", columns=["a"], rows=[[float("nan")]]), "JSON"),
    (card("chart", spec={"hello": 1}), "Vega-Lite with one of"),
    (card("chart", spec={"mark": "bar", "data": {"url": "https://evil.example/x.csv"}}), "leave out 'url'"),
    (card("chart", spec={"layer": [{"mark": {"type": "image", "url": "file:///etc/passwd"}}]}), "leave out 'url'"),
    (card("chart", spec={"mark": {"type": "bar", "href": "javascript:alert(1)"}}), "leave out 'href'"),
    (card("chart", spec={"mark": "bar", "width": 1e6}), "width is up to 2000"),
    (card("chart", spec={"mark": "bar", "data": {"sequence": {"start": 0, "stop": 1e9}}}), "10000 steps"),
    (card("chart", spec={"mark": "bar", "data": {"sequence": {"start": 0, "stop": 9, "step": 0}}}), "10000 steps"),
    (card("chart", spec=nested(60)), "nested more than"),
    (card("image", data="???", alt=""), "base64"),
    (card("image", data=base64.b64encode(b"<svg onload=alert(1)>").decode(), alt=""), "PNG or a JPEG"),
    (card("html", html=""), "some html"),
    (card("form", fields=[]), "1 to 12 fields"),
    (card("form", fields=[FIELD | {"kind": "file"}]), "one of the kinds"),
    (card("form", fields=[FIELD | {"label": ""}]), "has a label"),
    (card("form", fields=[FIELD, FIELD]), "a name of its own"),
    (card("form", fields=[FIELD | {"kind": "choice", "options": ["a", "a"]}]), "each a text of its own"),
]


@pytest.mark.parametrize(("bad", "sentence"), BAD, ids=[sentence for _, sentence in BAD])
def test_what_cannot_be_shown_is_refused_with_what_to_do(bad: Card, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence.replace("?", r"\?")):
        checked(bad)
