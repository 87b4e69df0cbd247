"""Cards on their way to the page: in order, only the latest of each, and nothing waits for them."""

import asyncio

import pytest

from microturn.protocol.events import Card
from microturn.server.gallery import Gallery

pytestmark = pytest.mark.anyio


def card(id: str, title: str) -> Card:
    return Card(at_ms=0.0, id=id, delegation="d", kind="markdown", title=title, content={"text": "x"})


async def test_only_the_latest_of_a_card_is_drawn_and_all_come_in_order() -> None:
    hung: list[str] = []
    drawn = asyncio.Event()
    ready = asyncio.Event()

    async def draw(card: Card) -> str:
        drawn.set()
        await ready.wait()
        return card.title

    async with asyncio.TaskGroup() as tasks:
        gallery = Gallery(draw, lambda card, html: hung.append(f"{card.id} {html}"), tasks)
        gallery.show(card("a", "one"))
        await drawn.wait()
        for id, title in (("a", "two"), ("b", "one"), ("a", "three"), ("b", "two")):
            gallery.show(card(id, title))
        assert hung == []
        ready.set()
    assert hung == ["a one", "a three", "b two"]


async def test_after_the_session_nothing_is_shown() -> None:
    hung: list[str] = []
    ready = asyncio.Event()

    async def draw(card: Card) -> str:
        await ready.wait()
        return card.title

    async with asyncio.TaskGroup() as tasks:
        gallery = Gallery(draw, lambda card, html: hung.append(card.id), tasks)
        for id in "abc":
            gallery.show(card(id, "one"))
        await asyncio.sleep(0)
        gallery.close()
        ready.set()
    assert hung in ([], ["a"])
