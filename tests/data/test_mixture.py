"""A mixture is a function of the seed and the step; one source is the plain order of its epochs."""

from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from microturn.data import mixture
from microturn.data.mixture import Mixture, Source
from microturn.data.shards import Shard, write_shard
from microturn.features.layout import Ticks
from tests.model.tiny import session


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three folders of 2 shards with 3, 2 and 1 sessions each."""
    root = tmp_path_factory.mktemp("mixture")
    for source, sessions in enumerate((3, 2, 1)):
        for number in range(2):
            made = [session(4, 100 * source + 10 * number + i) for i in range(sessions)]
            write_shard(root / "abc"[source] / f"{number:05d}.npz", made, {})
    return sorted(root.iterdir())


@cache
def names(folders: tuple[Path, ...]) -> dict[bytes, tuple[str, int]]:
    """Which session a row is: its folder, and its place in the order of the shards."""
    known: dict[bytes, tuple[str, int]] = {}
    for folder in folders:
        sessions = [Shard(path)[i] for path in sorted(folder.iterdir()) for i in range(len(Shard(path)))]
        known |= {ticks.dmel_TFM.tobytes(): (folder.name, place) for place, ticks in enumerate(sessions)}
    return known


def named(rows: list[Ticks], folders: list[Path]) -> list[tuple[str, int]]:
    known = names(tuple(folders))
    return [known[ticks.dmel_TFM.tobytes()] for ticks in rows]


def test_one_folder_is_consecutive_parts_of_a_fresh_permutation_each_epoch(folders: list[Path]) -> None:
    corpus = Mixture({folders[0]: 0.3}, seed=5)
    order = named([ticks for step in range(9) for ticks in corpus.rows(step, 2)], folders)
    expected = [np.random.default_rng([5, epoch]).permutation(6) for epoch in range(3)]
    assert order == [("a", int(place)) for epoch in expected for place in epoch]
    assert len(corpus) == 6 and len({tuple(epoch) for epoch in expected}) > 1
    assert named(corpus.rows(4, 2), folders) == order[8:10]


def test_a_step_needs_no_steps_before_it(folders: list[Path]) -> None:
    weights = {folders[0]: 2.0, folders[1]: 1.0, folders[2]: 0.1}
    corpus = Mixture(weights, seed=1)
    run = {step: named(corpus.rows(step, 3), folders) for step in (*range(8), 340, 341, 342)}
    for step in (342, 0, 341, 340):  # rows of two blocks too
        assert named(Mixture(weights, seed=1).rows(step, 3), folders) == run[step]
    other = Mixture(weights, seed=2)
    assert [named(other.rows(step, 3), folders) for step in range(8)] != [run[step] for step in range(8)]


def test_each_source_has_its_share_and_goes_through_its_epochs(
    folders: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mixture, "BLOCK", 40)
    corpus = Mixture({folders[0]: 5.0, folders[1]: 3.5, folders[2]: 0.13}, seed=3)
    rows = named(corpus.rows(0, 400), folders)
    total = 5.0 + 3.5 + 0.13
    for upto in range(40, 401, 40):
        counts = Counter(source for source, _ in rows[:upto])
        for source, weight in zip("abc", (5.0, 3.5, 0.13), strict=True):
            assert abs(counts[source] - upto * weight / total) <= 1
    for source, size in (("a", 6), ("b", 4), ("c", 2)):
        places = [place for name, place in rows if name == source]
        epochs = [places[i : i + size] for i in range(0, len(places) - size + 1, size)]
        assert all(sorted(epoch) == list(range(size)) for epoch in epochs)
        assert len(epochs) < 3 or len({tuple(epoch) for epoch in epochs}) > 1
    firsts = [source for source, _ in rows[:40]]
    assert firsts != sorted(firsts), "a block is shuffled"


def test_few_shards_are_open_at_a_time(folders: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mixture, "OPEN", 2)
    corpus = Mixture(dict.fromkeys(folders, 1.0), seed=0)
    assert not corpus._open
    few = named(corpus.rows(0, 30), folders)
    assert len(corpus._open) == 2
    monkeypatch.setattr(mixture, "OPEN", 9)
    assert named(Mixture(dict.fromkeys(folders, 1.0), seed=0).rows(0, 30), folders) == few


def test_only_the_shards_that_are_named(folders: list[Path]) -> None:
    corpus = Mixture([Source((folders[0] / "00001.npz",))], seed=0)
    assert sorted(named(corpus.rows(0, 3), folders)) == [("a", 3), ("a", 4), ("a", 5)]


def test_what_cannot_be_mixed_is_refused(folders: list[Path], tmp_path: Path) -> None:
    for sources in ({}, [], [Source(())], [Source.folder(folders[0]), Source(())]):
        with pytest.raises(ValueError, match="make some first"):
            Mixture(sources, seed=0)
    for weight in (0.0, -1.0, float("nan")):
        with pytest.raises(ValueError, match="positive"):
            Mixture({folders[0]: weight, folders[1]: 1.0}, seed=0)
    with pytest.raises(ValueError, match="holds no shards"):
        Mixture({tmp_path: 1.0}, seed=0)
