"""The factory makes what is missing, keeps what is there, and checks its numbers. Nothing is spoken here."""

from dataclasses import asdict
from pathlib import Path

import pytest

from microturn.data.factory import DataConfig, make_data, make_shard, shard_path, tokenizer
from microturn.data.lexicon import WORDS
from microturn.data.shards import write_shard
from tests.model.tiny import session


def test_shards_that_are_there_are_kept(tmp_path: Path) -> None:
    config = DataConfig(shards=3, sessions=1)
    paths = [shard_path(tmp_path, number) for number in range(3)]
    for number, path in enumerate(paths):
        write_shard(path, [session(8, number)], asdict(config))
    before = [path.read_bytes() for path in paths]
    assert list(make_data(tmp_path, config)) == paths
    assert list(make_data(tmp_path, config, workers=2)) == paths
    assert make_shard(tmp_path, 1, config) == paths[1]
    assert [path.read_bytes() for path in paths] == before
    assert sorted(tmp_path.iterdir()) == paths


def test_shards_of_another_config_are_refused(tmp_path: Path) -> None:
    write_shard(shard_path(tmp_path, 0), [session(8, 0)], asdict(DataConfig(sessions=1, split="test")))
    with pytest.raises(ValueError, match="made from"):
        list(make_data(tmp_path, DataConfig(shards=1, sessions=1)))


def test_shards_sort_by_number(tmp_path: Path) -> None:
    paths = [shard_path(tmp_path, number) for number in (0, 9, 10, 99, 12_345)]
    assert paths == sorted(paths) and len(set(paths)) == 5


def test_the_vocabulary_is_the_lexicon() -> None:
    assert all(len(tokenizer().encode(word)) == 1 for word in WORDS)
    assert tokenizer() is tokenizer()


@pytest.mark.parametrize("name", ["shards", "sessions", "max_ticks", "seconds"])
def test_numbers_must_be_positive(name: str) -> None:
    with pytest.raises(ValueError, match="must be positive"):
        DataConfig(**{name: 0})  # pyright: ignore[reportArgumentType]


def test_settings_must_be_a_mixture_and_older_shards_are_plain(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="one of plain, world, not 'moon'"):
        DataConfig(settings="moon")
    older = asdict(DataConfig(shards=1, sessions=1))
    del older["settings"]
    write_shard(shard_path(tmp_path, 0), [session(8, 0)], older)
    assert list(make_data(tmp_path, DataConfig(shards=1, sessions=1))) == [shard_path(tmp_path, 0)]
    world = DataConfig(shards=1, sessions=1, settings="world")
    with pytest.raises(ValueError, match="made from"):
        list(make_data(tmp_path, world))
