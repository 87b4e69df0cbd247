"""What training changes in a batch: other ways to sound for what is heard, and errors in the model's own past.

Levels are logarithmic (0.6 of log10 magnitude each, 12 dB), so a gain is a shift of levels, and another vocal tract is,
roughly, a shift of bins. It costs milliseconds where remaking the speech would cost a core. Everything is drawn from one
generator on the batch's device.

Letters: B rows, L positions, T ticks, F frames (of a tick, or those of all ticks in a row), M mel bins, W waves.
"""

from dataclasses import dataclass, replace

import torch
from torch import Generator, Tensor

from microturn.features.audio import DMEL_LEVELS
from microturn.features.text import Tag
from microturn.model.batch import Batch

WAVES = 4  # of the curve that a microphone or a voice lays over the spectrum


def corrupted(
    batch: Batch, generator: Generator, *, augment: bool = False, own_noise: float = 0.0, misheard: float = 0.0
) -> Batch:
    """The batch with its levels augmented, and with errors in the model's past; what it is to put out stays.

    Served, the model reads its own errors, so that it must not lean on a perfect past. With `own_noise`, its own past mel is
    corrupted: noise of a random level up to it, and dropped altogether for a fifth of the rows. With `misheard`, a share up
    to it of the words that it wrote down become others of the batch, in half of the rows.
    """
    draw = _Draw(generator, batch.dmel_BTFM.device)
    if augment:
        levels_BFM = augmented(batch.dmel_BTFM.flatten(1, 2), draw)
        batch = replace(batch, dmel_BTFM=levels_BFM.view_as(batch.dmel_BTFM))
    if own_noise:
        batch = replace(batch, own_BTFM=_noisy(batch.own_BTFM, own_noise, draw))
    if misheard:
        batch = replace(batch, token_BL=_misheard(batch.token_BL, batch.heard_BL, misheard, draw))
    return batch


def rehearsed(batch: Batch, guess_BL: Tensor) -> Batch:
    """The batch in whose first rows the model reads what it would itself have written down as heard (`InteractionModel.guesses`):
    errors that it does make. What it is to put out stays."""
    rows = len(guess_BL)
    own_BL = batch.heard_BL[:rows] & (guess_BL >= len(Tag))
    read_BL = torch.where(own_BL, guess_BL, batch.token_BL[:rows])
    return replace(batch, token_BL=torch.cat([read_BL, batch.token_BL[rows:]]))


@dataclass(frozen=True)
class _Draw:
    """Random tensors."""

    generator: Generator
    device: torch.device

    def uniform(self, *shape: int, low: float = 0.0, high: float = 1.0) -> Tensor:
        return low + (high - low) * torch.rand(shape, generator=self.generator, device=self.device)

    def normal(self, *shape: int) -> Tensor:
        return torch.randn(shape, generator=self.generator, device=self.device)

    def chance(self, share: float, *shape: int) -> Tensor:
        return self.uniform(*shape) < share

    def below(self, top: int, *shape: int) -> Tensor:
        return torch.randint(top, shape, generator=self.generator, device=self.device)


def augmented(levels_BFM: Tensor, draw: _Draw) -> Tensor:
    """Rows of levels (uint8), each changed as a whole.

    Another throat: bins moved by up to 3 and stretched by up to 8%; for a quarter neighbouring bins run together, as in a muffled or
    a coarse voice. Another microphone: a gain of up to one level, for half a curve of a level or so over the bins; up to two
    bands masked, for a tenth nothing above some bin. Another room: for a sixth each frame is half the one before. Somebody far
    away: for an eighth another row's sound, two or three levels down. A poor line: for half, up to a frame in twelve lost; a
    twentieth of the values off by one level.
    """
    B, F, M = levels_BFM.shape
    floor_B11 = levels_BFM.amin((1, 2), keepdim=True).float()
    levels = _other_throat(levels_BFM, draw)
    late = torch.cat([levels[:, :1], (levels[:, 1:] + levels[:, :-1]) / 2], 1)
    levels = torch.where(draw.chance(1 / 6, B, 1, 1), torch.maximum(levels - 1, late), levels)
    levels = levels + _curve(B, M, draw)
    far = levels.roll(1, 0).roll(F // 3, 1) - 2 - draw.chance(0.5, B, 1, 1).float()
    levels = torch.where(draw.chance(1 / 8, B, 1, 1), torch.maximum(levels, far), levels)
    levels = torch.where(_masked(B, M, draw), floor_B11, levels)
    lost = draw.uniform(B, F, 1) < draw.uniform(B, 1, 1, high=0.08) * draw.chance(0.5, B, 1, 1)
    levels = torch.where(lost, floor_B11, levels)
    off = draw.uniform(B, F, M)
    levels = levels + (off < 0.025).float() - (off > 0.975).float()
    return levels.round().clamp(0, DMEL_LEVELS - 1).to(torch.uint8)


def _other_throat(levels_BFM: Tensor, draw: _Draw) -> Tensor:
    """Bins moved and stretched, and for a quarter of the rows smeared; float32."""
    B, F, M = levels_BFM.shape
    stretch, shift = draw.uniform(B, 1, low=0.92, high=1.08), draw.uniform(B, 1, low=-3, high=3)
    bin_BM = (torch.arange(M, device=draw.device) * stretch + shift).round().clamp(0, M - 1).long()
    levels = levels_BFM.float().gather(2, bin_BM[:, None].expand(B, F, M))
    reach_B = torch.where(draw.chance(0.25, B), 1 + draw.below(3, B), 0)
    return smeared(levels, reach_B)


def smeared(levels_BFM: Tensor, reach_B: Tensor) -> Tensor:
    """Each bin the mean of those within its row's reach; 0 leaves a row as it is. Beyond the edge lies the edge's bin."""
    most, M = 3, levels_BFM.shape[-1]
    padded = torch.nn.functional.pad(levels_BFM, (most + 1, most), mode="replicate")
    total = padded.cumsum(-1)
    at_M = torch.arange(M, device=levels_BFM.device) + most + 1
    last_BM, first_BM = at_M + reach_B[:, None], at_M - reach_B[:, None] - 1
    shape = levels_BFM.shape
    sums = total.gather(2, last_BM[:, None].expand(shape)) - total.gather(2, first_BM[:, None].expand(shape))
    return sums / (2 * reach_B + 1)[:, None, None]


def _curve(B: int, M: int, draw: _Draw) -> Tensor:
    """What a microphone adds to each bin [B, 1, M]: a gain, for half of the rows slow waves of about a level, and a dither that
    makes fractions of a level count."""
    gain_B1 = draw.below(5, B, 1).sub(2).div(2, rounding_mode="trunc").float()  # -1, 0, 0, 0, 1
    cycle_W = torch.arange(1, WAVES + 1, device=draw.device) / (2 * M)
    bin_M = torch.arange(M, device=draw.device)
    phase, size = draw.uniform(B, WAVES, 1), draw.normal(B, WAVES, 1) * 0.45
    waves_BM = (size * torch.cos(2 * torch.pi * (cycle_W[:, None] * bin_M + phase))).sum(1)
    waves_BM = torch.where(draw.chance(0.5, B, 1), waves_BM + draw.uniform(B, M, low=-0.49, high=0.49), 0.0)
    return (gain_B1 + waves_BM)[:, None]


def _masked(B: int, M: int, draw: _Draw) -> Tensor:
    """Which bins of a row are lost, [B, 1, M]: up to two bands of up to 8, for a tenth everything above some bin."""
    bin_M = torch.arange(M, device=draw.device)
    bands = draw.below(3, B, 1)
    lost = torch.where(draw.chance(0.1, B, 1), M // 2 + draw.below(M - M // 2, B, 1), M) <= bin_M
    for band in range(2):
        width, start = 1 + draw.below(8, B, 1), draw.uniform(B, 1)
        first = (start * (M - width)).floor()
        lost = lost | ((bands > band) & (bin_M >= first) & (bin_M < first + width))
    return lost[:, None]


def _noisy(own_BTFM: Tensor, most: float, draw: _Draw) -> Tensor:
    B = len(own_BTFM)
    spoke = own_BTFM.flatten(2).any(2)[..., None, None]
    noise = draw.normal(*own_BTFM.shape) * draw.uniform(B, 1, 1, 1, high=most)
    noisy = torch.where(spoke, own_BTFM + noise, own_BTFM)
    return torch.where(draw.chance(0.2, B, 1, 1, 1), 0.0, noisy)


def _misheard(token_BL: Tensor, heard_BL: Tensor, most: float, draw: _Draw) -> Tensor:
    """Other words for some of those that were written down, of the words written anywhere in the batch."""
    B, L = token_BL.shape
    share_B1 = draw.uniform(B, 1, high=most) * draw.chance(0.5, B, 1)
    wrong_BL = heard_BL & (draw.uniform(B, L) < share_B1)
    heard = heard_BL.flatten()
    ranked = torch.where(heard, token_BL.flatten(), 0)[heard.int().argsort(descending=True, stable=True)]
    other_BL = ranked[(draw.uniform(B, L) * heard.sum()).long()]
    return torch.where(wrong_BL, other_BL, token_BL)
