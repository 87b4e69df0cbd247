"""Objects: they are where and what their keys say, from the very millisecond on."""

from dataclasses import replace

import numpy as np
import pytest

from microturn.data.pictures import objects
from microturn.data.pictures.cameras import SIDE
from microturn.data.pictures.figure import RGB, draw_look
from microturn.data.pictures.objects import MOVE_MS, Item, Key

LOOK = draw_look(np.random.default_rng(0), grey=True)
RED = Item(shape="square", keys=(Key(at_ms=0, x=0.2, y=0.2, colour="red"),))


def pixel(item: Item, at_ms: float, x: float, y: float, *, box: bool = False) -> tuple[int, ...]:
    image = objects.picture(LOOK, [item], at_ms, box=box)
    return tuple(image.getpixel((round(x * SIDE), round(y * SIDE))))  # pyright: ignore


def test_a_change_is_seen_from_its_time_on_and_not_before() -> None:
    blue = RED.then(700, colour="blue").then(1500, seen=False)
    seen = [pixel(blue, at_ms, 0.2, 0.2) for at_ms in (0, 699, 700, 1499, 1500)]
    assert seen == [RGB["red"], RGB["red"], RGB["blue"], RGB["blue"], LOOK.background]


def test_a_glide_is_even_and_stays_where_it_ends() -> None:
    moved = RED.glide(1000, 0.8, 0.2)
    half = moved.at(1000 + MOVE_MS / 2)
    assert (half.x, half.y) == pytest.approx((0.5, 0.2))
    assert moved.at(999).x == 0.2 and moved.at(1000 + MOVE_MS).x == moved.at(9000).x == 0.8


def test_what_is_put_into_the_box_is_hidden_and_comes_out_again() -> None:
    stored = RED.into_box(500)
    assert stored.at(500 + 2 * MOVE_MS - 1).seen and not stored.at(500 + 2 * MOVE_MS).seen
    empty = objects.picture(LOOK, [], 0, box=True)
    np.testing.assert_array_equal(objects.picture(LOOK, [stored], 5000, box=True), empty)
    back = stored.out_of_box(6000, 0.2, 0.2)
    assert back.at(6000).seen and (back.at(6000 + 2 * MOVE_MS).x, back.at(9999).y) == (0.2, 0.2)
    assert pixel(back, 9000, 0.2, 0.2, box=True) == RGB["red"]


@pytest.mark.parametrize("box", [False, True])
def test_places_do_not_overlap(box: bool) -> None:
    for seed in range(20):
        spots = np.array(objects.places(np.random.default_rng(seed), 6, box=box))
        apart = np.abs(spots[:, None] - spots[None]).max(axis=2) + np.eye(6)
        assert apart.min() > 2 * objects.RADIUS
        assert spots.min() > objects.RADIUS and spots.max() < 1 - objects.RADIUS


def test_a_full_ground_is_refused() -> None:
    with pytest.raises(ValueError, match="room for 6 objects, got 7"):
        objects.places(np.random.default_rng(0), 7, box=True)


def test_as_many_objects_are_drawn_as_there_are() -> None:
    rng = np.random.default_rng(3)
    spots = objects.places(rng, 7)
    items = [replace(RED, keys=(Key(at_ms=0, x=x, y=y, colour="green"),)) for x, y in spots]
    image = np.asarray(objects.picture(LOOK, items, 0))
    green = (image == RGB["green"]).all(axis=2)
    assert green.sum() == pytest.approx(7 * (2 * objects.RADIUS * SIDE + 1) ** 2, rel=0.1)
    assert len(set(objects.draw_things(rng, 12))) == 12
