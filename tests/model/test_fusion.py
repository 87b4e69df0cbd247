"""The front ends equal plain loops, and each vector depends on just what it is said to."""

import numpy as np
import pytest
import torch
from torch import Tensor

from microturn.features.audio import DMEL_LEVELS
from microturn.features.video import patches
from microturn.model.config import FusionConfig
from microturn.model.fusion import AudioIn, ClockIn, VideoIn

CONFIG = FusionConfig(bag_width=8, fold_width=12, own_width=8, video_width=8)


def levels(ticks: int, seed: int = 0) -> Tensor:
    return torch.randint(
        0, DMEL_LEVELS, (ticks, 4, 80), generator=torch.Generator().manual_seed(seed), dtype=torch.uint8
    )


def audio_in(audio_positions: int) -> AudioIn:
    torch.manual_seed(0)
    module = AudioIn(FusionConfig(audio_positions=audio_positions, bag_width=8, fold_width=12), 16)
    torch.nn.init.normal_(module.bag)
    return module.requires_grad_(False)


def test_a_bag_is_the_sum_of_one_embedding_per_bin() -> None:
    module, dmel = audio_in(1), levels(1)
    table = module.bag.view(80, DMEL_LEVELS, 8)
    expected = torch.stack(
        [torch.stack([sum(table[m, int(frame[m])] for m in range(80)) for frame in tick]) for tick in dmel]  # pyright: ignore
    )
    torch.testing.assert_close(module.bags(dmel), module.norm(expected), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("audio_positions", [1, 2, 4])
def test_a_position_sees_its_frames_and_as_many_before(audio_positions: int) -> None:
    module, dmel, before = audio_in(audio_positions), levels(1), levels(1, seed=1)
    plain = module(dmel, before)
    assert plain.shape == (1, audio_positions, 16)
    per = 4 // audio_positions
    for frame in range(8):
        changed = torch.cat([before, dmel], dim=1)
        changed[:, frame] = (changed[:, frame] + 1) % DMEL_LEVELS
        moved = (module(changed[:, 4:], changed[:, :4]) != plain).any(-1)[0]
        expected = [4 - per + a * per <= frame < 4 + per + a * per for a in range(audio_positions)]
        assert moved.tolist() == expected


def test_a_position_of_a_fine_fold_does_not_see_the_future() -> None:
    module, dmel = audio_in(4), levels(1)
    changed = dmel.clone()
    changed[:, 2:] = levels(1, seed=2)[:, 2:]
    assert torch.equal(module(dmel, dmel)[:, :2], module(changed, dmel)[:, :2])


def test_the_clock_reads_hours_minutes_and_seconds_and_wraps_at_midnight() -> None:
    clock = ClockIn(4)
    at = torch.tensor([3661.0, 3661.9, 3662.0, 86_400.0 + 3661.0])
    out = clock(at)
    assert torch.equal(out[0], (clock.hour.weight[1] + clock.minute.weight[1] + clock.second.weight[1]) * 2)  # sqrt(4)
    assert torch.equal(out[0], out[1]) and torch.equal(out[0], out[3]) and not torch.equal(out[0], out[2])


def test_a_patch_is_folded_from_cells_of_five_pixels() -> None:
    """One 5x5 cell changes exactly one fine vector: the fold keeps neighbours together."""
    torch.manual_seed(0)
    video = VideoIn(CONFIG, 16).requires_grad_(False)
    seen: list[Tensor] = []
    video.fine.register_forward_hook(lambda _module, _inputs, y: seen.append(y))  # pyright: ignore[reportArgumentType]
    rng = np.random.default_rng(0)
    frame = rng.integers(0, 256, (80, 80, 3)).astype(np.uint8)
    changed = frame.copy()
    changed[45:50, 10:15] ^= 255  # patch 2 (lower left), cell row 1, cell column 2
    one, other = (video(torch.from_numpy(patches(frame, f))[None]) for f in (frame, changed))
    differs = (seen[0] != seen[1]).any(-1).nonzero()
    assert one.shape == (1, 16) and not torch.equal(one, other)
    assert differs.tolist() == [[0, 2 * 2 + 1, 1, 2]]


def test_video_takes_each_pair_alone() -> None:
    torch.manual_seed(0)
    video = VideoIn(CONFIG, 16).requires_grad_(False)
    rng = np.random.default_rng(0)
    frames = rng.integers(0, 256, (4, 80, 80, 3)).astype(np.uint8)
    pairs = torch.from_numpy(np.stack([patches(frames[i], frames[i + 1]) for i in range(3)]))
    together = video(pairs)
    for i in range(3):
        torch.testing.assert_close(video(pairs[i : i + 1])[0], together[i], atol=1e-6, rtol=1e-4)
