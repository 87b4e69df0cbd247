"""The training loop: one loop for CPU and GPU, time-boxed, resumable to the bit.

The order of sessions, the corruption of the past and the flow's noise are functions of (seed, step), so a run that was
stopped and resumed sees what an uninterrupted one sees. Shapes are fixed and gradients kept, so no step touches fresh memory.
"""

import math
import pickle
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import numpy as np
import torch

from microturn.data.mixture import Mixture
from microturn.model.batch import Batch, collate
from microturn.model.interaction import InteractionModel
from microturn.protocol.whole import whole
from microturn.train.augment import corrupted, rehearsed
from microturn.train.config import TrainConfig
from microturn.train.metrics import Meter
from microturn.train.optim import Optimizer
from microturn.train.resident import Resident


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


def batches(corpus: Mixture | Resident, config: TrainConfig, first: int, device: str = "cpu") -> Iterator[Batch]:
    """Batches from step `first` on, on the device; those of a mixture are made one ahead on a thread."""

    def changed(step: int, batch: Batch) -> Batch:
        draw = _draw(config.seed, 2 * step, batch.dmel_BTFM.device)
        return corrupted(batch, draw, augment=config.augment, own_noise=config.own_noise, misheard=config.misheard).to(
            device, torch.bfloat16
        )

    if isinstance(corpus, Resident):
        return (changed(step, corpus.batch(step)) for step in count(first))
    rows, shape = corpus.rows, config.shape
    return _ahead(lambda step: changed(step, collate(rows(step, shape.rows), shape)), first)


def _ahead(make: Callable[[int], Batch], step: int) -> Iterator[Batch]:
    with ThreadPoolExecutor(1) as pool:
        ahead = pool.submit(make, step)
        while True:
            batch, step = ahead.result(), step + 1
            ahead = pool.submit(make, step)
            yield batch


def train(
    config: TrainConfig,
    model: InteractionModel,
    corpus: Mixture | Resident,
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
        # Each layer is compiled twice, with gradients and, for a rehearsal, without.
        torch._dynamo.config.recompile_limit = 8 * config.model.backbone.layers
        for block in model.backbone.blocks:
            block.compile(dynamic=False)
    step, rehearsing = resume(folder, optimizer), round(config.rehearsed * config.shape.rows)
    start = saved = time.monotonic()
    with Meter(folder) as meter:
        about = f"{config.name}: {len(corpus)} sessions, {_millions(model)}M parameters, from step {step}"
        meter.console.print(about, highlight=False)
        if box.share(step, 0.0) >= 1:
            meter.console.print(f"nothing to do: {folder} is at step {step} already")
            return meter.means
        for batch in batches(corpus, config, step, device):
            draw = _draw(config.seed, 2 * step + 1, device)
            if rehearsing:
                batch = rehearsed(batch, model.guesses(batch, rehearsing, draw))
            losses = model.loss(batch, draw)
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
                save(folder, model, optimizer, card(config, model, corpus, step))
                saved = time.monotonic()
            if done >= 1:
                return meter.means
    raise AssertionError("batches never end")


def _draw(seed: int, number: int, device: torch.device | str) -> torch.Generator:
    return torch.Generator(device).manual_seed(seed * 1_000_003 + number)


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


def save(folder: Path, model: InteractionModel, optimizer: Optimizer, card: str) -> None:
    """The optimiser's state, and the averaged weights as a model that can be loaded, with its card."""
    folder.mkdir(parents=True, exist_ok=True)
    with whole(folder / "state.pt") as part:
        torch.save(optimizer.state(), part)
    model.save(folder / "model", weights=dict(optimizer.averaged()), card=card)


def card(config: TrainConfig, model: InteractionModel, corpus: Mixture | Resident, step: int) -> str:
    """What a model's folder says of it to whoever finds it."""
    backbone, folders = config.model.backbone, corpus.folders
    share = {path: 100 * weight / sum(folders.values()) for path, weight in folders.items()}
    return f"""# {config.name}

An interaction model of microturn, {_millions(model)}M parameters: a backbone of {backbone.layers} layers of {backbone.dim}, {model.tokenizer.size} tokens.

* **Trained** to step {step} of `microturn train {config.name}`, {config.shape.rows} sessions a step, seed {config.seed}; weights are the exponential average of the last steps, in bfloat16.
* **Heard** {len(corpus)} sessions: {", ".join(f"{percent:.0f}% of {path}" for path, percent in share.items())}. Whose they are and under which licences: `microturn data card {" ".join(map(str, folders))}`.
* **Opens** with `InteractionModel.load(folder)` of `microturn.model.interaction`, and `--model FOLDER` of every command.
* **Measured** by nothing yet: `microturn bench all --model FOLDER`.
"""


def _millions(model: torch.nn.Module) -> float:
    return round(sum(p.numel() for p in model.parameters()) / 1e6, 1)
