"""The training loop: a stopped and resumed run equals an uninterrupted one to the bit, and a box is kept to."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from microturn.data.mixture import Mixture
from microturn.data.shards import write_shard
from microturn.model.batch import Batch, BatchShape
from microturn.model.interaction import InteractionModel
from microturn.train import loop, metrics
from microturn.train.config import TrainConfig
from microturn.train.loop import Box, batches, train
from microturn.train.optim import OptimConfig
from tests.model.tiny import TOKENIZER, config, session

CONFIG = TrainConfig(
    name="tiny",
    model=config(),
    shape=BatchShape(rows=2, positions=24, ticks=10, speaking=5, frames=3),
    optim=OptimConfig(warmup=2),
)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Mixture:
    folder = tmp_path_factory.mktemp("shards")
    for number in range(2):
        write_shard(folder / f"{number}.npz", [session(8, 10 * number + i) for i in range(3)], {})
    return Mixture({folder: 1.0}, CONFIG.seed)


def model() -> InteractionModel:
    torch.manual_seed(0)
    return InteractionModel(config(), TOKENIZER)


class Stopped(Exception):
    """Somebody pulled the plug."""


class Cut(InteractionModel):
    """A model whose machine goes down in the step after `left` more."""

    left = 2

    def loss(self, batch: Batch, generator: torch.Generator) -> dict[str, Tensor]:
        if self.left == 0:
            raise Stopped
        self.left -= 1
        return super().loss(batch, generator)


def cut() -> Cut:
    torch.manual_seed(0)
    return Cut(config(), TOKENIZER)


def test_a_stopped_and_resumed_run_equals_an_uninterrupted_one_to_the_bit(corpus: Mixture, tmp_path: Path) -> None:
    box = Box(steps=4)
    train(CONFIG, model(), corpus, tmp_path / "whole", box)
    often = replace(CONFIG, save_every_s=0.0)
    with pytest.raises(Stopped):
        train(often, cut(), corpus, tmp_path / "parts", box)
    assert int(torch.load(tmp_path / "parts" / "state.pt")["step"]) == 2
    train(often, model(), corpus, tmp_path / "parts", box)
    whole, parts = (torch.load(tmp_path / name / "state.pt") for name in ("whole", "parts"))
    assert set(whole) == set(parts) and int(whole["step"]) == 4
    for name, tensor in whole.items():
        assert torch.equal(tensor, parts[name]), name
    released = [(tmp_path / name / "model" / "model.safetensors").read_bytes() for name in ("whole", "parts")]
    assert released[0] == released[1]
    assert not list(tmp_path.rglob("*.part"))


def test_what_is_saved_is_the_average_and_opens(corpus: Mixture, tmp_path: Path) -> None:
    train(CONFIG, model(), corpus, tmp_path, Box(steps=2))
    state, saved = torch.load(tmp_path / "state.pt"), InteractionModel.load(tmp_path / "model").state_dict()
    for name, tensor in saved.items():
        if not name.startswith("vocoder."):
            assert torch.equal(tensor, state[f"average/{name}"].bfloat16().float()), name
    assert not any("vocoder" in name for name in state)
    assert any(not torch.equal(saved[name], x) for name, x in model().state_dict().items() if "backbone" in name)
    card = (tmp_path / "model" / "README.md").read_text(encoding="utf-8")
    assert card.startswith("# tiny\n") and "to step 2 of" in card
    assert all(f"100% of {folder}" in card and f"data card {folder}`" in card for folder in corpus.folders)


def test_a_full_box_trains_no_step(corpus: Mixture, tmp_path: Path) -> None:
    train(CONFIG, model(), corpus, tmp_path, Box(steps=2))
    before = (tmp_path / "state.pt").read_bytes()
    never = cut()
    never.left = 0
    train(CONFIG, never, corpus, tmp_path, Box(steps=2))
    train(CONFIG, never, corpus, tmp_path, Box(minutes=0.0))
    assert (tmp_path / "state.pt").read_bytes() == before


def test_minutes_stop_a_run_and_the_first_bound_wins(corpus: Mixture, tmp_path: Path) -> None:
    train(CONFIG, model(), corpus, tmp_path, Box(minutes=1e-6, steps=1000))
    assert int(torch.load(tmp_path / "state.pt")["step"]) == 1
    train(CONFIG, model(), corpus, tmp_path, Box(minutes=60.0, steps=2))
    assert int(torch.load(tmp_path / "state.pt")["step"]) == 2
    with pytest.raises(ValueError, match="--minutes or --steps"):
        Box()


def test_reports_are_means_over_the_steps_since(
    corpus: Mixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "REPORT_EVERY", 2)
    means = train(CONFIG, model(), corpus, tmp_path / "whole", Box(steps=2))
    train(CONFIG, model(), corpus, tmp_path / "odd", Box(steps=1))
    late = train(replace(CONFIG, cooldown=0.0), model(), corpus, tmp_path / "odd", Box(steps=2))
    (line,) = [json.loads(text) for text in (tmp_path / "whole" / "metrics.jsonl").read_text().splitlines()]
    assert line["step"] == 2 and line["total"] == pytest.approx(means["total"], abs=1e-3)
    # One step since the resuming: its own loss, not half of it.
    assert late["total"] == pytest.approx(means["total"], rel=0.2)


def test_the_rate_falls_to_a_tenth_over_the_cooldown() -> None:
    box = Box(steps=100)
    assert [round(loop._rate(CONFIG, box.share(step, 0.0)), 3) for step in (0, 75, 100)] == [1.0, 1.0, 0.1]
    assert loop._rate(CONFIG, Box(minutes=1.0).share(0, 60.0)) == pytest.approx(0.1)


def test_a_batch_depends_on_the_seed_and_its_step_alone(corpus: Mixture) -> None:
    def own(seed: int, first: int, count: int) -> list[Tensor]:
        made = batches(Mixture(corpus.sources, seed), replace(CONFIG, seed=seed), first)
        return [next(made).own_BTFM for _ in range(count)]

    run = own(0, 0, 4)
    assert torch.equal(own(0, 2, 1)[0], run[2]) and torch.equal(own(0, 3, 1)[0], run[3])
    assert not torch.equal(own(1, 0, 1)[0], run[0])
    assert all(bool(x.isfinite().all()) for x in run)


def test_a_state_of_another_model_is_refused(corpus: Mixture, tmp_path: Path) -> None:
    for state in ({"step": torch.tensor(3)}, {"master/token.weight": torch.zeros(2), "step": torch.tensor(3)}):
        torch.save(state, tmp_path / "state.pt")
        with pytest.raises(ValueError, match="give the run a new folder"):
            train(CONFIG, model(), corpus, tmp_path, Box(steps=1))
    (tmp_path / "state.pt").write_bytes(b"half a file")
    with pytest.raises(ValueError, match="not a state of this model"):
        train(CONFIG, model(), corpus, tmp_path, Box(steps=1))
