"""Early fusion: everything the model perceives becomes backbone positions, without encoders.

Audio is dMel (arXiv 2407.15835): one embedding per mel bin and level, summed and normalised ("bag of embeddings"), then
the frames of a position and as many before it are folded into one vector. Video is hMLP (arXiv 2203.09795): patches
folded space-to-depth, spatial first, then the temporal pair, no attention. The clock and the model's own last mel enter the audio positions.

Letters: B rows, T ticks, F dMel frames per tick, M mel bins, A audio positions per tick, D model, P patches, N anything,
C what a patch holds (two frames of 40 x 40 RGB).
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from microturn.features.audio import DMEL_LEVELS
from microturn.features.layout import DMEL_FRAMES, MEL_BINS, MEL_FRAMES
from microturn.model.config import FusionConfig

HOURS, MINUTES, SECONDS = 24, 60, 60


class AudioIn(nn.Module):
    """dMel levels of consecutive ticks to A vectors per tick."""

    def __init__(self, config: FusionConfig, width: int) -> None:
        super().__init__()
        self.positions = config.audio_positions
        self.bag = nn.Parameter(torch.empty(MEL_BINS * DMEL_LEVELS, config.bag_width))
        self.norm = nn.RMSNorm(config.bag_width)
        frames = 2 * DMEL_FRAMES // self.positions
        self.fold = nn.Linear(frames * config.bag_width, config.fold_width, bias=False)
        self.project = nn.Linear(config.fold_width, width, bias=False)

    def forward(self, dmel_NFM: Tensor, before_NFM: Tensor) -> Tensor:
        """Levels (uint8) of N ticks and of the tick before each -> [N, A, D]."""
        return self.folded(self.bags(dmel_NFM), self.bags(before_NFM))

    def bags(self, levels_NFM: Tensor) -> Tensor:
        """The sum over bins of one embedding each, normalised, [N, F, bag]: one product with a one-hot matrix, fast forward and
        backward."""
        level = torch.arange(DMEL_LEVELS, dtype=torch.uint8, device=levels_NFM.device)
        one_hot = (levels_NFM[..., None] == level).to(self.bag.dtype)
        return self.norm(one_hot.flatten(-2) @ self.bag)

    def folded(self, now: Tensor, before: Tensor) -> Tensor:
        """Bags of N ticks and of the tick before each -> [N, A, D]."""
        N, bag = now.shape[0], torch.cat([before, now], dim=1)
        per = DMEL_FRAMES // self.positions
        windows = [bag[:, DMEL_FRAMES - per + a * per : DMEL_FRAMES + per + a * per] for a in range(self.positions)]
        folded = self.fold(torch.stack(windows, 1).reshape(N, self.positions, -1))
        return self.project(functional.gelu(folded, approximate="tanh"))


class OwnVoice(nn.Module):
    """The mel that the model spoke in the tick before, as a vector: it hears itself."""

    def __init__(self, config: FusionConfig, width: int) -> None:
        super().__init__()
        self.fold = nn.Linear(MEL_FRAMES * MEL_BINS, config.own_width, bias=False)
        self.project = nn.Linear(config.own_width, width, bias=False)

    def forward(self, mel_NFM: Tensor) -> Tensor:
        return self.project(functional.gelu(self.fold(mel_NFM.flatten(1)), approximate="tanh"))


class ClockIn(nn.Module):
    """Wall time at the tick's start: one embedding each for hour, minute and second, scaled as those of words are."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.hour = nn.Embedding(HOURS, width)
        self.minute = nn.Embedding(MINUTES, width)
        self.second = nn.Embedding(SECONDS, width)

    def forward(self, second_N: Tensor) -> Tensor:
        whole = second_N.long()
        hour, minute, second = (whole // 3600) % HOURS, (whole // 60) % MINUTES, whole % SECONDS
        scale = self.hour.embedding_dim**0.5  # tables are drawn small
        return (self.hour(hour) + self.minute(minute) + self.second(second)) * scale


class VideoIn(nn.Module):
    """A pair of frames to one vector: 40x40 patches, hierarchical MLP, then all patches folded into one position."""

    def __init__(self, config: FusionConfig, width: int) -> None:
        super().__init__()
        w = config.video_width
        self.fine = nn.Linear(5 * 5 * 3, w // 2, bias=False)  # 40x40 -> 8x8 cells of 5x5 pixels
        self.fine_norm = nn.RMSNorm(w // 2)
        self.coarse = nn.Linear(16 * (w // 2), w, bias=False)  # 8x8 -> 2x2 cells
        self.coarse_norm = nn.RMSNorm(w)
        self.patch = nn.Linear(4 * w, w, bias=False)  # 2x2 -> 1
        self.patch_norm = nn.RMSNorm(w)
        self.pair = nn.Linear(2 * 4 * w, width, bias=False)  # two frames of four patches -> one position

    def forward(self, patches_NPC: Tensor) -> Tensor:
        """uint8 [N, 4 patches, 2 frames, 40, 40, 3] -> [N, D]."""
        N = patches_NPC.shape[0]
        x = patches_NPC.to(self.fine.weight.dtype) / 127.5 - 1
        x = x.reshape(N, 8, 8, 5, 8, 5, 3).permute(0, 1, 2, 4, 3, 5, 6).reshape(N, 8, 8, 8, 75)
        x = functional.gelu(self.fine_norm(self.fine(x)), approximate="tanh")
        x = x.reshape(N, 8, 2, 4, 2, 4, -1).permute(0, 1, 2, 4, 3, 5, 6).reshape(N, 8, 4, -1)
        x = functional.gelu(self.coarse_norm(self.coarse(x)), approximate="tanh")
        x = functional.gelu(self.patch_norm(self.patch(x.reshape(N, 8, -1))), approximate="tanh")
        return self.pair(x.reshape(N, -1))
