"""Optimiser for low-precision training: Muon for the backbone's matrices, Adam for everything else.

Parameters may be bfloat16; a float32 master copy takes the update and is copied back. Gradients and states are allocated
once. Muon: momentum, then orthogonalised by Newton-Schulz iterations (kellerjordan.github.io/posts/muon).
"""

# pyright: reportPrivateImportUsage=false, reportArgumentType=false
# (torch's stubs neither export its foreach functions nor take lists of parameters for lists of tensors)

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)


@dataclass(frozen=True, kw_only=True)
class OptimConfig:
    """Learning rates are peaks: up over `warmup` steps, then constant but for the loop's factor (its cooldown)."""

    muon: float = 0.01
    adam: float = 2e-3
    momentum: float = 0.95
    betas: tuple[float, float] = (0.9, 0.98)
    decay: float = 0.02
    clip: float = 1.0
    warmup: int = 100
    average: float = 0.998  # exponential moving average of the weights: what is released


class Optimizer:
    """One step updates `model` in place from its `.grad`s and zeroes them."""

    def __init__(self, model: nn.Module, config: OptimConfig) -> None:
        self.config = config
        self.names = [name for name, p in model.named_parameters() if p.requires_grad]
        self.params = [p for p in model.parameters() if p.requires_grad]
        for p in self.params:
            p.grad = torch.zeros_like(p)
        self.master = [p.detach().float().clone() for p in self.params]
        self.average = [m.clone() for m in self.master]
        self.first = [torch.zeros_like(m) for m in self.master]
        self.second = [
            torch.zeros_like(m) if not self._is_muon(i) else torch.zeros(0) for i, m in enumerate(self.master)
        ]
        self.step_count = 0
        self._adams = [i for i in range(len(self.params)) if not self._is_muon(i)]
        self._muons: dict[torch.Size, list[int]] = {}  # by shape: alike matrices are orthogonalised together
        for i in filter(self._is_muon, range(len(self.params))):
            self._muons.setdefault(self.params[i].shape, []).append(i)

    def _is_muon(self, i: int) -> bool:
        return self.names[i].startswith("backbone.") and self.params[i].ndim == 2

    @torch.no_grad()
    def step(self, scale: float = 1.0) -> float:
        """Apply one update with all rates multiplied by `scale`; returns the gradient's norm before clipping."""
        self.step_count += 1
        t, c = self.step_count, self.config
        grads = [p.grad.float() for p in self.params if p.grad is not None]
        norm = torch.nn.utils.get_total_norm(grads)
        torch._foreach_mul_(grads, torch.clamp(c.clip / (norm + 1e-6), max=1.0))
        scale *= min(1.0, t / c.warmup)
        for alike in self._muons.values():
            self._muon(alike, [grads[i] for i in alike], c.muon * scale)
        self._adam([grads[i] for i in self._adams], c.adam * scale, t)
        keep = min(c.average, t / (t + 10))
        torch._foreach_lerp_(self.average, self.master, 1 - keep)
        torch._foreach_copy_(self.params, self.master)
        torch._foreach_zero_([p.grad for p in self.params])
        return float(norm)

    def _muon(self, alike: list[int], grads: list[Tensor], rate: float) -> None:
        """Move matrices of one shape."""
        masters, momenta = ([kind[i] for i in alike] for kind in (self.master, self.first))
        torch._foreach_lerp_(momenta, grads, 1 - self.config.momentum)
        updates = orthogonalize(torch.stack(torch._foreach_lerp(grads, momenta, self.config.momentum)))
        rows, columns = masters[0].shape
        torch._foreach_mul_(masters, 1 - rate * self.config.decay)
        torch._foreach_add_(masters, list(updates), alpha=-rate * max(1, rows / columns) ** 0.5)

    def _adam(self, grads: list[Tensor], rate: float, t: int) -> None:
        (b1, b2) = self.config.betas
        masters, means, squares = ([kind[i] for i in self._adams] for kind in (self.master, self.first, self.second))
        torch._foreach_lerp_(means, grads, 1 - b1)
        torch._foreach_mul_(squares, b2)
        torch._foreach_addcmul_(squares, grads, grads, 1 - b2)
        torch._foreach_mul_([m for m in masters if m.ndim == 2], 1 - rate * self.config.decay)
        sizes = torch._foreach_sqrt(squares)
        torch._foreach_div_(sizes, (1 - b2**t) ** 0.5)
        torch._foreach_add_(sizes, 1e-8)
        torch._foreach_addcdiv_(masters, means, sizes, -rate / (1 - b1**t))

    def state(self) -> dict[str, Tensor]:
        lists = {"master": self.master, "average": self.average, "first": self.first, "second": self.second}
        flat = {f"{kind}/{name}": x for kind, xs in lists.items() for name, x in zip(self.names, xs, strict=True)}
        return flat | {"step": torch.tensor(self.step_count)}

    @torch.no_grad()
    def load(self, state: dict[str, Tensor]) -> None:
        for kind, xs in (
            ("master", self.master),
            ("average", self.average),
            ("first", self.first),
            ("second", self.second),
        ):
            for name, x in zip(self.names, xs, strict=True):
                x.copy_(state[f"{kind}/{name}"])
        self.step_count = int(state["step"])
        torch._foreach_copy_(self.params, self.master)

    def averaged(self) -> Iterable[tuple[str, Tensor]]:
        """Name and averaged float32 value of every trained parameter."""
        return zip(self.names, self.average, strict=True)


def orthogonalize(matrix: Tensor, steps: int = 5) -> Tensor:
    """The nearest (roughly) orthogonal matrix, or one for each of a stack, by Newton-Schulz in bfloat16."""
    a, b, c = NEWTON_SCHULZ
    x = matrix.bfloat16()
    tall = x.shape[-2] > x.shape[-1]
    x = x.mT if tall else x
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(steps):
        s = x @ x.mT
        x = a * x + (b * s + c * s @ s) @ x
    return (x.mT if tall else x).to(matrix.dtype)
