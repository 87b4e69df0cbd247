"""The tools that show: what they put on the page, and what they say when they cannot."""

import base64
import io
from typing import Any

import pytest
from PIL import Image

from microturn.background.brief import Brief, Unanswered
from microturn.background.cards import checked
from microturn.background.drawing.easel import Easel
from microturn.background.tools.show import shown
from microturn.background.tools.tool import Found, Toolbox, ToolError
from microturn.protocol.events import Answer, Card, Delegation
from microturn.protocol.timeline import Timeline

pytestmark = pytest.mark.anyio
TASK = Delegation(at_ms=0.0, id="delegation_1", task="show me", why="show me", deadline_ms=1e6)
FORM = {
    "title": "where do you live",
    "fields": [
        {"name": "town", "label": "Town", "kind": "choice", "options": ["oslo", "rome"]},
        {"name": "long", "label": "For years", "kind": "number"},
        {"name": "own", "label": "Own house", "kind": "yes_no"},
    ],
}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def box() -> Toolbox:
    return Toolbox.of(shown())


async def use(name: str, **arguments: Any) -> Found:
    return await box().call(name, arguments, Brief(delegation=TASK, conversation=Timeline(duration_ms=0.0)))


async def test_all_of_them_are_offered_by_their_names() -> None:
    names = ["show_markdown", "show_table", "show_chart", "show_image", "show_html", "ask_form"]
    assert [tool.name for tool in box().offered()] == names


async def test_what_is_shown_is_a_card_that_can_be_shown() -> None:
    for name, content in {
        "show_markdown": {"text": "# hello"},
        "show_table": {"columns": ["a", "b"], "rows": [["x", 1], [None, True]]},
        "show_chart": {"kind": "pie", "x": ["a", "b"], "y": [1, 2]},
        "show_html": {"html": "<b>hello</b>"},
    }.items():
        found = await use(name, title="a title", **content)
        assert checked(found.cards[0]).title == "a title" and found.cards[0].kind in name
        assert found.cards[0].id in found.text


async def test_the_same_id_shows_it_in_the_place_of_the_earlier_one() -> None:
    first, second = [await use("show_markdown", title="t", text=text, id="news") for text in "ab"]
    assert first.cards[0].id == second.cards[0].id == "news"
    tools = box()
    brief = Brief(delegation=TASK, conversation=Timeline(duration_ms=0.0))
    ids = {(await tools.call("show_html", {"title": "t", "html": "x"}, brief)).cards[0].id for _ in range(3)}
    assert len(ids) == 3


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("show_markdown", {"text": ""}, "has some text"),
        ("show_markdown", {"text": "x" * 300_000}, "show less of it"),
        ("show_table", {"columns": ["a"], "rows": [["x", "y"]]}, "row 1 of the table"),
        ("show_table", {"columns": ["a"], "rows": "x"}, "not of type 'array'"),
        ("show_chart", {"kind": "line", "x": [1, 2]}, "y is missing"),
        ("show_chart", {"kind": "line", "x": [1, 2], "y": [1]}, "x has 2 values"),
        ("show_chart", {"spec": {"mark": "bar", "data": {"url": "https://x.example/a.csv"}}}, "loads nothing"),
        ("show_image", {"data": "aGVsbG8="}, "that is no image"),
        ("show_image", {"data": "%%%"}, "that is no image"),
        ("show_map", {}, "there is no tool"),
    ],
)
async def test_what_cannot_be_shown_is_said(name: str, content: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ToolError, match=sentence):
        await use(name, title="a title", **content)


async def test_a_spec_is_tried_before_it_is_shown() -> None:
    pytest.importorskip("vl_convert")
    data = {"values": [{"a": 1}]}
    easel = Easel()
    tools = Toolbox.of(shown(easel))
    brief = Brief(delegation=TASK, conversation=Timeline(duration_ms=0.0))
    good = {"mark": "bar", "data": data, "encoding": {"x": {"field": "a", "type": "quantitative"}}}
    assert (await tools.call("show_chart", {"title": "t", "spec": good}, brief)).cards[0].content["spec"] == good
    with pytest.raises(ToolError, match="no chart that Vega-Lite can draw"):
        await tools.call("show_chart", {"title": "t", "spec": {"mark": "nope", "data": data}}, brief)
    easel.close()


async def test_a_large_image_is_made_to_fit() -> None:
    sink = io.BytesIO()
    Image.effect_noise((1600, 1200), 80).save(sink, "PNG")
    found = await use("show_image", title="noise", data=base64.b64encode(sink.getvalue()).decode(), alt="noise")
    shown = Image.open(io.BytesIO(base64.b64decode(checked(found.cards[0]).content["data"])))
    assert max(shown.size) in (800, 500, 320)


async def answering(values: dict[str, Any] | None) -> tuple[str, list[Card]]:
    asked: list[Card] = []

    async def ask(card: Card) -> Answer:
        asked.append(checked(card))
        if values is None:
            raise Unanswered("the user did not answer in time")
        return Answer(at_ms=0.0, card=card.id, values=values)

    brief = Brief(delegation=TASK, conversation=Timeline(duration_ms=0.0), ask=ask)
    return (await box().call("ask_form", FORM, brief)).text, asked


async def test_a_form_gives_its_answers_back() -> None:
    text, [asked] = await answering({"town": "oslo", "long": 3.0, "own": True})
    assert text == "Town: oslo\nFor years: 3\nOwn house: yes" and asked.kind == "form"
    assert (await answering({}))[0] == "the user did not want to answer"
    with pytest.raises(ToolError, match="did not answer in time"):
        await answering(None)
