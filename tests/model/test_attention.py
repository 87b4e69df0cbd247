"""The parts of attention against plain formulas: taps, rotations, and what a ring's slots hold."""

from dataclasses import replace

import torch
from torch.nn import functional as F

from microturn.model.attention import Rotation, ShortConv, _Rotate, _Taps, ring_reach, whole_reach
from microturn.model.config import nano_backbone

CONFIG = replace(nano_backbone(window=5), max_chunk=3)


def test_short_conv_is_a_causal_depthwise_convolution_plus_its_input() -> None:
    conv = ShortConv(6, 4)
    torch.nn.init.normal_(conv.weight_KD)
    x_BLD = torch.randn(2, 9, 6)
    want = x_BLD + F.conv1d(F.pad(x_BLD.mT, (3, 0)), conv.weight_KD.T[:, None], groups=6).mT
    torch.testing.assert_close(conv(x_BLD)[0], want)


def test_hand_written_gradients_are_right() -> None:
    padded, weight = (torch.randn(s, dtype=torch.float64, requires_grad=True) for s in [(2, 7, 3), (4, 3)])
    assert torch.autograd.gradcheck(_Taps.apply, (padded, weight))
    x = torch.randn(1, 4, 2, 8, dtype=torch.float64, requires_grad=True)
    angle = torch.randn(1, 4, 1, 4, dtype=torch.float64)
    assert torch.autograd.gradcheck(_Rotate.apply, (x, angle.cos(), angle.sin()))


def test_rotation_keeps_scores_when_time_shifts_and_lengths_always() -> None:
    pos_BL, tick_BL = torch.tensor([[3, 9]]), torch.tensor([[1, 4]])
    x_BLNH = torch.randn(1, 2, 1, 64)

    def score(shift: int) -> torch.Tensor:
        turned = Rotation.of(CONFIG, pos_BL + shift, tick_BL + 2 * shift, torch.float32).turn(x_BLNH)
        torch.testing.assert_close(turned.norm(dim=-1), x_BLNH.norm(dim=-1))
        return (turned[0, 0] * turned[0, 1]).sum()

    torch.testing.assert_close(score(0), score(1_000_000), atol=1e-4, rtol=0.0)


def test_a_ring_reaches_exactly_the_window() -> None:
    whole = whole_reach(CONFIG, 0, torch.arange(20)[None])
    assert whole.mask_BLC is not None
    for first in range(18):
        index_BL = torch.arange(first, first + 3)[None]
        ring = ring_reach(CONFIG, 0, index_BL)
        assert ring.mask_BLC is not None and ring.distance_BLC is not None
        for query in range(3):
            seen = ring.distance_BLC[0, query][ring.mask_BLC[0, query]]
            if first + query < 20:
                assert len(seen) == whole.mask_BLC[0, first + query].sum()
            assert sorted(seen.tolist()) == list(range(min(first + query + 1, 5)))
