"""The flow head: conditional flow matching (arXiv 2210.02747) on one tick of normalised mel.

`tau` is flow time: 0 is noise, 1 is data. The path is the straight line x_tau = (1 - tau) * noise + tau * data. The network
predicts the data, and with it the velocity (data - x_tau) / (1 - tau): a tick's mel has 1280 values but few degrees of
freedom, so a narrow network can name the data, while the noise would not fit through it. A few Euler steps make the mel.

Letters: N speaking ticks, D model, W head width, X values of a tick's mel (frames x bins), J noise levels per tick,
F frames and M bins of a mel.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from microturn.features.layout import MEL_BINS, MEL_FRAMES
from microturn.model.config import FlowConfig

MEL_VALUES = MEL_FRAMES * MEL_BINS


class FlowHead(nn.Module):
    """Hidden state of a SPEAK position -> 200 ms of mel."""

    def __init__(self, config: FlowConfig, width: int) -> None:
        super().__init__()
        self.config = config
        W = config.width
        self.enter = nn.Linear(MEL_VALUES, W, bias=False)
        self.condition = nn.Linear(width, W, bias=False)
        self.time = nn.Linear(config.time_width, W)
        self.blocks = nn.ModuleList(_Block(W, config.expand) for _ in range(config.blocks))
        self.norm = nn.RMSNorm(W)
        self.leave = nn.Linear(W, MEL_VALUES)

    def data(self, x_NX: Tensor, tau_N: Tensor, h_ND: Tensor) -> Tensor:
        """The expected end of the path through x at tau: [N, X]."""
        c = functional.silu(self.condition(h_ND) + self.time(_waves(tau_N, self.config.time_width).to(h_ND.dtype)))
        y = self.enter(x_NX)
        for block in self.blocks:
            y = block(y, c)
        return self.leave(self.norm(y))

    def loss(self, mel_NFM: Tensor, h_ND: Tensor, weight_N: Tensor, generator: torch.Generator) -> Tensor:
        """Mean squared error of the data over `config.levels` noise levels per tick, late ones weighing up to five times the
        first; rows of weight 0 do not count."""
        J = self.config.levels
        data = mel_NFM.flatten(1).repeat(J, 1)
        tau = torch.rand(data.shape[0], generator=generator, device=data.device, dtype=torch.float32)
        noise = torch.randn(data.shape, generator=generator, device=data.device, dtype=torch.float32)
        x = (1 - tau[:, None]) * noise + tau[:, None] * data.float()
        error = self.data(x.to(h_ND.dtype), tau, h_ND.repeat(J, 1)).float() - data.float()
        weight = weight_N.repeat(J) / (1.25 - tau)
        return (error.square().mean(1) * weight).sum() / weight.sum().clamp(min=1)

    def sample(self, h_ND: Tensor, noise_NX: Tensor) -> Tensor:
        """Euler from `temperature` times the given standard normal noise [N, X] -> mel [N, F, M], float32."""
        x = self.config.temperature * noise_NX.float()
        steps = self.config.steps
        for i in range(steps):
            tau = torch.full((x.shape[0],), i / steps, device=x.device)
            x = x + (self.data(x.to(h_ND.dtype), tau, h_ND).float() - x) / (steps - i)
        return x.view(-1, MEL_FRAMES, MEL_BINS)


class _Block(nn.Module):
    """A residual MLP whose input is scaled and shifted by the condition."""

    def __init__(self, width: int, expand: int) -> None:
        super().__init__()
        self.norm = nn.RMSNorm(width, elementwise_affine=False)
        self.modulate = nn.Linear(width, 2 * width)
        self.up = nn.Linear(width, expand * width, bias=False)
        self.down = nn.Linear(expand * width, width, bias=False)

    def forward(self, x: Tensor, c: Tensor) -> Tensor:
        scale, shift = self.modulate(c).chunk(2, dim=-1)
        y = self.norm(x) * (1 + scale) + shift
        return x + self.down(functional.gelu(self.up(y), approximate="tanh"))


def _waves(tau_N: Tensor, width: int) -> Tensor:
    """Sinusoids of flow time, [N, width], float32."""
    half = width // 2
    rates = torch.exp(torch.arange(half, device=tau_N.device) * (math.log(100.0) / (half - 1)))
    angles = tau_N.float()[:, None] * rates * math.pi
    return torch.cat([angles.sin(), angles.cos()], dim=-1)
