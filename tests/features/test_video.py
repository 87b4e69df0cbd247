"""Frames keep the middle of the picture, and patches can be put together again."""

import numpy as np
import pytest

from microturn.features.video import patches, to_frame


def test_crop_keeps_the_central_square() -> None:
    picture = np.zeros((240, 640, 3), np.uint8)
    picture[:, 200:440] = (10, 20, 30)
    assert (to_frame(picture) == np.array([10, 20, 30], np.uint8)).all()


def test_pad_keeps_everything() -> None:
    picture = np.full((120, 240, 3), 200, np.uint8)
    frame = to_frame(picture, fit="pad")
    assert (frame[20:60] == 200).all() and (frame[:20] == 0).all() and (frame[60:] == 0).all()


@pytest.mark.parametrize("size", [(80, 80), (1, 1), (7, 300), (1080, 1920)])
@pytest.mark.parametrize("fit", ["crop", "pad"])
def test_any_size_gives_one_shape(size: tuple[int, int], fit: str) -> None:
    frame = to_frame(np.full((*size, 3), 9, np.uint8), fit=fit)  # pyright: ignore[reportArgumentType]
    assert frame.shape == (80, 80, 3) and frame.dtype == np.uint8 and frame.max() == 9


def test_resize_averages_areas() -> None:
    stripes = np.zeros((160, 160, 3), np.uint8)
    stripes[::2] = 200
    assert (to_frame(stripes) == 100).all()


def test_patches_put_together_give_the_frames() -> None:
    rng = np.random.default_rng(0)
    before, now = rng.integers(0, 256, (2, 80, 80, 3), dtype=np.uint8)
    got = patches(before, now)
    assert got.shape == (4, 2, 40, 40, 3)
    for pair, frame in enumerate((before, now)):
        rows = [
            np.concatenate([got[0, pair], got[1, pair]], axis=1),
            np.concatenate([got[2, pair], got[3, pair]], axis=1),
        ]
        np.testing.assert_array_equal(np.concatenate(rows), frame)


def test_first_frame_is_its_own_past() -> None:
    frame = np.random.default_rng(1).integers(0, 256, (80, 80, 3), dtype=np.uint8)
    pair = patches(None, frame)
    np.testing.assert_array_equal(pair[:, 0], pair[:, 1])


def test_wrong_pictures_are_refused() -> None:
    with pytest.raises(ValueError, match="uint8 RGB"):
        to_frame(np.zeros((80, 80, 4), np.uint8))
    with pytest.raises(ValueError, match="to_frame first"):
        patches(None, np.zeros((40, 40, 3), np.uint8))
