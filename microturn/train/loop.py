"""The training loop: one loop for CPU and GPU, time-boxed, resumable to the bit.

The order of sessions, the corruption of the past and the flow's noise are functions of (seed, step), so a run that was
stopped and resumed sees what an uninterrupted one sees. Shapes are fixed and gradients kept, so no step touches fresh memory.
"""

import json
import math
import os
import pickle
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from rich.console import Console

from microturn.data.shards import read_shard
from microturn.features.layout import Ticks
from microturn.model import checkpoint
from microturn.model.batch import Batch, collate
from microturn.model.interaction import InteractionModel
from microturn.train.augment import augment
from microturn.train.config import TrainConfig
from microturn.train.optim import Optimizer

REPORT_EVERY = 20


@dataclass(frozen=True, kw_only=True)
class Box:
    """How long to train: `minutes` of wall time from now, or up to `steps` in all; whichever comes first."""

    minutes: float | None = None
    steps: int | None = None

    def __post_init__(self) -> None:
        if self.minutes is None and self.steps is None:
            raise ValueError("say how long to train: --minutes or --steps")


class Corpus:
    """All sessions of some shards in memory, in an order that is a function of the seed and the step."""

    def __init__(self, shards: Sequence[Path], seed: int) -> None:
        self.sessions: list[Ticks] = [ticks for path in shards for ticks in read_shard(path)[0]]
        self.seed = seed
        if not self.sessions:
            raise ValueError("no training sessions: make some first with `microturn data`")

    def rows(self, step: int, rows: int) -> list[Ticks]:
        """The sessions of one step: consecutive parts of a fresh permutation each epoch."""
        return [self._pick(step * rows + i) for i in range(rows)]

    def _pick(self, i: int) -> Ticks:
        epoch, at = divmod(i, len(self.sessions))
        return self.sessions[self._order(epoch)[at]]

    def _order(self, epoch: int) -> np.ndarray:
        if getattr(self, "_epoch", None) != epoch:
            self._epoch, self._kept = epoch, np.random.default_rng([self.seed, epoch]).permutation(len(self.sessions))
        return self._kept


def batches(corpus: Corpus, config: TrainConfig, first: int) -> Iterator[Batch]:
    """Batches from step `first` on, made one ahead on a thread."""

    def make(step: int) -> Batch:
        rng = np.random.default_rng([config.seed, 1, step])
        rows = corpus.rows(step, config.shape.rows)
        if config.augment:
            rows = [replace(ticks, dmel_TFM=augment(ticks.dmel_TFM, rng)) for ticks in rows]
        return collate(rows, config.shape, rng, config.own_noise)

    with ThreadPoolExecutor(1) as pool:
        ahead = pool.submit(make, first)
        while True:
            batch, first = ahead.result(), first + 1
            ahead = pool.submit(make, first)
            yield batch


def train(
    config: TrainConfig,
    model: InteractionModel,
    shards: Sequence[Path],
    folder: Path,
    box: Box,
    device: str = "cpu",
) -> dict[str, float]:
    """Train until the box is full; saves to `folder` and resumes from what it holds.

    Returns the mean losses last reported, every `REPORT_EVERY` steps; empty when the run was shorter than that.
    """
    torch.manual_seed(config.seed)
    corpus = Corpus(shards, config.seed)
    model.to(device=device, dtype=torch.bfloat16).train()
    model.vocoder.requires_grad_(False)
    optimizer = Optimizer(model, config.optim)
    if config.compile:
        for block in model.backbone.blocks:
            block.compile(dynamic=False)
    step = resume(folder, optimizer)
    console = Console(stderr=True)
    console.print(f"{config.name}: {len(corpus.sessions)} sessions, {_millions(model)}M parameters, from step {step}")
    start = saved = time.monotonic()
    summed, sums, means = 0, dict[str, float](), dict[str, float]()
    if _full(box, step, 0.0):
        console.print(f"nothing to do: {folder} is at step {step} already")
        return means
    for batch in batches(corpus, config, step):
        losses = model.loss(batch.to(device, torch.bfloat16), _noise(config.seed, step, device))
        losses["total"].backward()
        elapsed = time.monotonic() - start
        norm = optimizer.step(_rate(config, box, step, elapsed))
        if not math.isfinite(norm):
            raise ValueError(
                f"the gradient of step {step} is not finite; {folder} keeps the last save: lower the rates"
            )
        step, summed = step + 1, summed + 1
        for name, value in losses.items():
            sums[name] = sums.get(name, 0.0) + float(value.detach())
        if step % REPORT_EVERY == 0:
            means = {name: value / summed for name, value in sums.items()}
            _report(console, folder, step, means, norm, elapsed)
            summed, sums = 0, {}
        full = _full(box, step, elapsed)
        if full or time.monotonic() - saved > config.save_every_s:
            save(folder, model, optimizer, config)
            saved = time.monotonic()
        if full:
            return means
    raise AssertionError("batches never end")


def _noise(seed: int, step: int, device: str) -> torch.Generator:
    return torch.Generator(device).manual_seed(seed * 1_000_003 + step)


def _full(box: Box, step: int, elapsed_s: float) -> bool:
    late = box.minutes is not None and elapsed_s >= box.minutes * 60
    return late or (box.steps is not None and step >= box.steps)


def _rate(config: TrainConfig, box: Box, step: int, elapsed_s: float) -> float:
    """The learning rate's factor: 1, then down to a tenth over the last `cooldown` share of the box."""
    done = elapsed_s / (box.minutes * 60) if box.minutes else step / (box.steps or 1)
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
    torch.save(optimizer.state(), folder / ".state.part")
    os.replace(folder / ".state.part", folder / "state.pt")
    checkpoint.save(model, folder / "model", weights=dict(optimizer.averaged()))


def _report(console: Console, folder: Path, step: int, means: dict[str, float], norm: float, elapsed_s: float) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    line = {"step": step, "minutes": round(elapsed_s / 60, 2), "norm": round(norm, 3)}
    line |= {name: round(value, 4) for name, value in means.items()}
    with (folder / "metrics.jsonl").open("a") as file:
        file.write(json.dumps(line) + "\n")
    console.print("  ".join(f"{name} {value}" for name, value in line.items()), highlight=False, soft_wrap=True)


def _millions(model: torch.nn.Module) -> float:
    return round(sum(p.numel() for p in model.parameters()) / 1e6, 1)
