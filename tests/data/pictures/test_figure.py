"""Pictures: deterministic, of the stated shape, and what differs to the eye differs in the pixels."""

from dataclasses import replace

import numpy as np
import pytest

from microturn.data.lexicon import COLOURS, SHAPES
from microturn.data.pictures import figure


def look(seed: int = 0) -> figure.Look:
    return figure.draw_look(np.random.default_rng(seed), grey=True)


def test_frames_are_80_by_80_rgb_and_depend_only_on_their_arguments() -> None:
    one, two = (figure.jumper(look(), 0.3, np.random.default_rng(1)) for _ in range(2))
    assert one.shape == (80, 80, 3) and one.dtype == np.uint8
    np.testing.assert_array_equal(one, two)


def test_raised_arms_put_ink_in_the_upper_corners() -> None:
    for seed in range(8):
        centred = replace(look(seed), x=0.0, y=0.0)
        down, up = (figure.jumper(centred, raised, np.random.default_rng(1)).astype(int) for raised in (0.0, 1.0))
        change = np.abs(up - down).sum(axis=2)
        assert (change[:50, :36] > 150).any() and (change[:50, 44:] > 150).any()


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_paints_its_colour_and_no_two_are_alike(shape: str) -> None:
    def drawn(name: str | None) -> figure.Frame:
        return figure.thing(look(), name, figure.RGB["red"], np.random.default_rng(0), at=(0.5, 0.5))

    painted = np.abs(drawn(shape).astype(int) - drawn(None).astype(int)).sum(axis=2) > 100
    assert painted.sum() > 100
    for other in SHAPES:
        if other != shape:
            assert np.abs(drawn(shape).astype(int) - drawn(other).astype(int)).max() > 100


def test_every_colour_of_the_lexicon_can_be_drawn_and_unknown_shapes_are_refused() -> None:
    assert set(figure.RGB) == set(COLOURS)
    with pytest.raises(ValueError, match="hexagon"):
        figure.thing(look(), "hexagon", (1, 2, 3), np.random.default_rng(0), at=(0.5, 0.5))
