"""Cameras: the seed and the time decide every pixel, each fault does what it says, frames arrive in order."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from microturn.data.pictures.cameras import SIDE, Camera, Shot, draw_camera, photograph, shots
from microturn.features.video import to_frame


def drawing() -> Image.Image:
    image = np.full((SIDE, SIDE, 3), 120, np.uint8)
    image[40:120, 60:100] = (200, 60, 40)
    image[:, 76:80] = 20
    return Image.fromarray(image)


STILL = Camera(seed=4)


def test_a_still_camera_gives_the_picture_as_the_model_sees_it() -> None:
    np.testing.assert_array_equal(photograph(STILL, drawing(), 0), to_frame(np.asarray(drawing())))
    np.testing.assert_array_equal(photograph(STILL, drawing(), 0, size=SIDE), np.asarray(drawing()))


@pytest.mark.parametrize("seed", range(12))
def test_a_camera_is_a_function_of_its_seed_and_the_time(seed: int) -> None:
    camera = draw_camera(np.random.default_rng(seed))
    assert camera == draw_camera(np.random.default_rng(seed))
    one, two = (photograph(camera, drawing(), 3400.0) for _ in range(2))
    np.testing.assert_array_equal(one, two)
    assert one.shape == (80, 80, 3) and one.dtype == np.uint8
    assert photograph(camera, drawing(), 0, size=200).shape == (200, 200, 3)
    # what was there is still to be seen
    assert np.corrcoef(one.reshape(-1), photograph(STILL, drawing(), 0).reshape(-1))[0, 1] > 0.5


FAULTS = {
    "tremble": {"tremble_px": 3.0},
    "wander": {"wander_px": 6.0},
    "lean": {"lean_deg": 6.0},
    "noise": {"noise": 8.0},
    "hunt": {"hunt": 0.4},
    "flicker": {"flicker": 0.15},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_change_with_time_and_with_the_seed(fault: str) -> None:
    camera = replace(STILL, **FAULTS[fault])
    frames = [photograph(camera, drawing(), at_ms) for at_ms in (0.0, 3100.0)]
    frames.append(photograph(replace(camera, seed=5), drawing(), 0.0))
    assert all((one != two).any() for one, two in itertools.combinations(frames, 2))


def test_light_blur_and_compression_do_what_they_say() -> None:
    plain = photograph(STILL, drawing(), 0).astype(float)
    dark = photograph(replace(STILL, light=0.5), drawing(), 0)
    assert dark.mean() == pytest.approx(plain.mean() / 2, rel=0.02)
    blurred = photograph(replace(STILL, blur_px=4), drawing(), 0).astype(float)
    assert np.abs(np.diff(blurred, axis=1)).max() < 0.6 * np.abs(np.diff(plain, axis=1)).max()
    packed = photograph(replace(STILL, quality=20), drawing(), 0).astype(float)
    assert 0.5 < np.abs(packed - plain).mean() < 15


def test_a_moving_camera_sees_no_black_beyond_the_edge() -> None:
    grey = Image.new("RGB", (SIDE, SIDE), (120, 120, 120))
    camera = Camera(seed=1, tremble_px=3, wander_px=8, lean_deg=5, skew=1.5)
    assert all(photograph(camera, grey, at_ms).min() == 120 for at_ms in range(0, 20_000, 700))


def test_every_frame_arrives_where_none_is_lost() -> None:
    assert shots(STILL, 400, 1000) == [Shot(world_ms=at_ms, at_ms=at_ms) for at_ms in (400.0, 600.0, 800.0)]
    assert len(shots(replace(STILL, interval_ms=500), 0, 3000)) == 6


def test_lost_frames_are_missing_and_late_ones_stay_in_order() -> None:
    camera = replace(STILL, drop=0.2, late=0.3, late_ms=500)
    taken = shots(camera, 0, 60_000)
    assert 150 < len(taken) < 280
    assert all(one.at_ms < two.at_ms and one.world_ms < two.world_ms for one, two in itertools.pairwise(taken))
    assert any(shot.at_ms > shot.world_ms for shot in taken) and all(shot.at_ms >= shot.world_ms for shot in taken)
    assert (taken[0].at_ms, taken[-1].at_ms) == (0, 59_800)


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match="later until_ms"):
        shots(STILL, 1000, 1000)
    with pytest.raises(ValueError, match="RGB and 160 x 160"):
        photograph(STILL, Image.new("L", (SIDE, SIDE)), 0)
    with pytest.raises(ValueError, match="drop from 0 to below 1"):
        Camera(drop=1.0)
