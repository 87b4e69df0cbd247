"""A corpus on the device gives the batches of its sessions, by weight, and takes up shards that come later."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields
from pathlib import Path

import pytest
import torch

from microturn.data.shards import write_shard
from microturn.model.batch import Batch, BatchShape, collate
from microturn.model.interaction import InteractionModel
from microturn.train import resident
from microturn.train.config import TrainConfig
from microturn.train.loop import Box, train
from microturn.train.optim import OptimConfig
from microturn.train.resident import Resident
from tests.model.tiny import TOKENIZER, config, session

ROUNDED = ("own_BTFM", "mel_SFM")  # a shard keeps a mel in steps of 1 / 24
SHAPE = BatchShape(rows=8, positions=80, ticks=24, speaking=12, frames=10)


@pytest.fixture
def folders(tmp_path: Path) -> dict[Path, float]:
    """Sessions of 10 to 12 ticks in one folder, of 20 to 22 in the other."""
    for name, ticks in (("short", 10), ("long", 20)):
        write_shard(tmp_path / name / "0.npz", [session(ticks + i, i) for i in range(3)], {})
    return {tmp_path / "short": 3.0, tmp_path / "long": 1.0}


@pytest.fixture
def corpus(folders: dict[Path, float], monkeypatch: pytest.MonkeyPatch) -> Iterator[Resident]:
    monkeypatch.setattr(resident, "LOOK_EVERY_MS", 0)
    with closing(Resident(folders, SHAPE, "cpu", seed=0, workers=1)) as made:
        yield made


def lengths(corpus: Resident, steps: range) -> list[int]:
    return [int(n) for step in steps for n in corpus.batch(step).real_BT.sum(1)]


def test_batches_are_of_its_sessions_by_weight_and_by_seed_and_step(corpus: Resident) -> None:
    found = lengths(corpus, range(40))
    assert set(found) == {10, 11, 12, 20, 21, 22}
    assert 0.65 < sum(n < 15 for n in found) / len(found) < 0.85
    assert lengths(corpus, range(7, 9)) == found[56:72]
    one = corpus.batch(3)
    alike = collate([session(int(n), int(n) % 10) for n in one.real_BT.sum(1)], SHAPE)
    for f in fields(Batch):
        step = 0.022 if f.name in ROUNDED else 0
        torch.testing.assert_close(getattr(one, f.name), getattr(alike, f.name), atol=step, rtol=0)


def test_shards_that_come_later_are_taken_up(corpus: Resident, folders: dict[Path, float]) -> None:
    write_shard(next(iter(folders)) / "1.npz", [session(5, 9)], {})
    step, found = 0, list[int]()
    while 5 not in found:
        found, step = lengths(corpus, range(step, step + 1)), step + 1
    assert len(corpus) == 7


def test_a_run_on_it_trains_and_resumes(corpus: Resident, tmp_path: Path) -> None:
    run = TrainConfig(name="tiny", model=config(), shape=SHAPE, optim=OptimConfig(warmup=1), rehearsed=0.5)
    for steps in (2, 3):
        train(run, InteractionModel(config(), TOKENIZER), corpus, tmp_path / "run", Box(steps=steps))
        assert int(torch.load(tmp_path / "run" / "state.pt")["step"]) == steps


def test_a_folder_without_shards_and_a_weight_of_nothing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="holds no shards: make some"):
        Resident({tmp_path: 1.0}, SHAPE, "cpu", seed=0)
    with pytest.raises(ValueError, match="must be positive"):
        Resident({tmp_path: 0.0}, SHAPE, "cpu", seed=0)
