"""The factory makes what is missing, keeps what is there, and checks its numbers. Nothing is spoken here."""

from dataclasses import asdict, fields
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from microturn.data import factory
from microturn.data.factory import DataConfig, make_data, make_shard, shard_path, tokenizer
from microturn.data.lexicon import WORDS
from microturn.data.scene import make_scene
from microturn.data.shards import Shard, write_shard
from microturn.features.layout import Ticks
from tests.data.test_acts import CAST
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
    for wrong in (0, -1, float("nan")):
        with pytest.raises(ValueError, match=f"^{name} must be positive, got {wrong:g}$"):
            DataConfig(**{name: wrong})  # pyright: ignore[reportArgumentType]


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


def test_a_listen_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="listen"):
        DataConfig(listen=-1)


def test_the_first_sessions_keep_their_sound_and_nothing_else_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(factory, "make_scene", partial(make_scene, cast_of=CAST))
    config = {"shards": 1, "sessions": 2, "seconds": 10.0}
    made = [make_shard(tmp_path / str(n), 0, DataConfig(**config, listen=n)) for n in (0, 1)]  # pyright: ignore
    again = make_shard(tmp_path / "again", 0, DataConfig(**config, listen=1))  # pyright: ignore
    assert made[1].read_bytes() == again.read_bytes()
    without, with_sound = map(Shard, made)
    assert [with_sound.extra(i, "user_sound") is not None for i in range(2)] == [True, False]
    assert without.extra(0, "user_sound") is None and without.about["items"] == with_sound.about["items"]
    assert [item["seed"] for item in without.about["items"]] == [0, 1]
    for field in fields(Ticks):
        np.testing.assert_array_equal(getattr(without[1], field.name), getattr(with_sound[1], field.name))


def test_the_mixture_is_part_of_what_shards_agree_on(tmp_path: Path) -> None:
    config = DataConfig(shards=1, sessions=1)
    about = {name: value for name, value in asdict(config).items() if name != "mixture"}  # of an older version
    write_shard(shard_path(tmp_path, 0), [session(8, 0)], about)
    assert list(make_data(tmp_path, config)) == [shard_path(tmp_path, 0)]
    with pytest.raises(ValueError, match="made from"):
        list(make_data(tmp_path, DataConfig(shards=1, sessions=1, mixture="all")))
    with pytest.raises(ValueError, match="no mixture 'none'; choose from nano, all"):
        DataConfig(mixture="none")
