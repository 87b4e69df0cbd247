"""The training loop: one loop for CPU and GPU, time-boxed, resumable to the bit.

The order of sessions, the corruption of the past and the flow's noise are functions of (seed, step), so a run that was
stopped and resumed sees what an uninterrupted one sees. Shapes are fixed and gradients kept, so no step touches fresh memory.
"""

import math
import pickle
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from microturn.data.mixture import Mixture
from microturn.model import checkpoint
from microturn.model.batch import Batch, collate
from microturn.model.interaction import InteractionModel
from microturn.protocol.whole import whole
from microturn.train.augment import augment
from microturn.train.config import TrainConfig
from microturn.train.metrics import Meter
from microturn.train.optim import Optimizer


@dataclass(frozen=True, kw_only=True)
class Box:
    """How long to train: `minutes` of wall time from now, or up to `steps` in all; whichever comes first."""

    minutes: float | None = None
    steps: int | None = None

    def __post_init__(self) -> None:
        if self.minutes is None and self.steps is None:
            raise ValueError("say how long to train: --minutes or --steps")

    def share(self, step: int, elapsed_s: float) -> float:
        """How full the box is: 1 and above is full."""
        by_time = elapsed_s / (self.minutes * 60) if self.minutes else float(self.minutes is not None)
        return max(by_time, step / self.steps if self.steps else float(self.steps is not None))


def batches(corpus: Mixture, config: TrainConfig, first: int) -> Iterator[Batch]:
    """Batches from step `first` on, made one ahead on a thread."""

    def make(step: int) -> Batch:
        rng = np.random.default_rng([config.seed, 1, step])
        rows = corpus.rows(step, config.shape.rows)
        if config.augment:
            rows = [replace(ticks, dmel_TFM=augment(ticks.dmel_TFM, rng)) for ticks in rows]
        return collate(rows, config.shape, rng, own_noise=config.own_noise, misheard=config.misheard)

    with ThreadPoolExecutor(1) as pool:
        ahead = pool.submit(make, first)
        while True:
            batch, first = ahead.result(), first + 1
            ahead = pool.submit(make, first)
            yield batch


def train(
    config: TrainConfig,
    model: InteractionModel,
    corpus: Mixture,
    folder: Path,
    box: Box,
    device: str = "cpu",
) -> dict[str, float]:
    """Train on the corpus until the box is full; saves to `folder` and resumes from what it holds.

    Returns the mean losses last reported, every `REPORT_EVERY` steps; empty when the run was shorter than that.
    """
    torch.manual_seed(config.seed)
    model.to(device=device, dtype=torch.bfloat16).train()
    model.vocoder.requires_grad_(False)
    optimizer = Optimizer(model, config.optim)
    if config.compile:
        for block in model.backbone.blocks:
            block.compile(dynamic=False)
    step = resume(folder, optimizer)
    start = saved = time.monotonic()
    with Meter(folder) as meter:
        about = f"{config.name}: {len(corpus)} sessions, {_millions(model)}M parameters, from step {step}"
        meter.console.print(about, highlight=False)
        if box.share(step, 0.0) >= 1:
            meter.console.print(f"nothing to do: {folder} is at step {step} already")
            return meter.means
        for batch in batches(corpus, config, step):
            losses = model.loss(batch.to(device, torch.bfloat16), _noise(config.seed, step, device))
            losses["total"].backward()
            elapsed = time.monotonic() - start
            norm = optimizer.step(_rate(config, box.share(step, elapsed)))
            if not math.isfinite(norm):
                kept = f"{folder} keeps the last save: lower the rates"
                raise ValueError(f"the gradient of step {step} is not finite; {kept}")
            step += 1
            done = box.share(step, elapsed)
            meter.add(step, losses, norm, elapsed, done)
            if done >= 1 or time.monotonic() - saved > config.save_every_s:
                save(folder, model, optimizer, config)
                saved = time.monotonic()
            if done >= 1:
                return meter.means
    raise AssertionError("batches never end")


def _noise(seed: int, step: int, device: str) -> torch.Generator:
    return torch.Generator(device).manual_seed(seed * 1_000_003 + step)


def _rate(config: TrainConfig, done: float) -> float:
    """The learning rate's factor at a share of the box: 1, then down to a tenth over its last `cooldown` part."""
    return 1.0 - 0.9 * float(np.clip((done - 1 + config.cooldown) / max(config.cooldown, 1e-9), 0, 1))


def resume(folder: Path, optimizer: Optimizer) -> int:
    """Load the optimiser's state if there is one; the step to go on from. ValueError when it is of another model."""
    path = folder / "state.pt"
    if path.exists():
        try:
            optimizer.load(torch.load(path, weights_only=True))
        except (RuntimeError, KeyError, EOFError, pickle.UnpicklingError) as error:
            raise ValueError(f"{path} is not a state of this model ({error}): give the run a new folder") from error
    return optimizer.step_count


def save(folder: Path, model: InteractionModel, optimizer: Optimizer, config: TrainConfig) -> None:
    """The optimiser's state, and the averaged weights as a model that can be loaded."""
    folder.mkdir(parents=True, exist_ok=True)
    with whole(folder / "state.pt") as part:
        torch.save(optimizer.state(), part)
    checkpoint.save(model, folder / "model", weights=dict(optimizer.averaged()))


def _millions(model: torch.nn.Module) -> float:
    return round(sum(p.numel() for p in model.parameters()) / 1e6, 1)
