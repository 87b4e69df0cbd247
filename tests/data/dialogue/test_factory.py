"""Shards of dialogues: the same bytes, resumed and with workers; what is in them; what must not be mixed."""

from pathlib import Path

import pytest

from microturn.data.dialogue import dialogue, factory
from microturn.data.dialogue.dialogue import DialogueConfig
from microturn.data.dialogue.gaps import Gaps
from microturn.data.scene import Cast
from microturn.data.shards import Shard
from tests.data.dialogue.beeps import CAST, write_texts


@pytest.fixture(autouse=True)
def beeping(monkeypatch: pytest.MonkeyPatch) -> None:
    def cast(split: str) -> Cast:
        return CAST

    monkeypatch.setattr(dialogue, "cast", cast)


def config(folder: Path, **options: object) -> DialogueConfig:
    texts = folder / "mine.jsonl"
    source = str(texts) if texts.exists() else write_texts(texts)
    return DialogueConfig(sources=(source,), shards=2, sessions=2, seconds=20, **options)  # pyright: ignore


def test_a_stopped_run_goes_on_with_the_same_bytes(tmp_path: Path) -> None:
    wanted = list(factory.make_shards(tmp_path / "a", config(tmp_path)))
    assert [path.name for path in wanted] == ["00000.npz", "00001.npz"]
    next(iter(factory.make_shards(tmp_path / "b", config(tmp_path))))
    assert [path.name for path in (tmp_path / "b").iterdir()] == ["00000.npz"]
    again = list(factory.make_shards(tmp_path / "b", config(tmp_path)))
    assert [path.read_bytes() for path in wanted] == [path.read_bytes() for path in again]
    assert wanted[0].read_bytes() != wanted[1].read_bytes()


def test_a_shard_says_what_is_in_it(tmp_path: Path) -> None:
    paths = list(factory.make_shards(tmp_path / "a", config(tmp_path)))
    shard = Shard(paths[1])
    assert len(shard) == 2 and len(shard[0]) > 50 and shard[1].out.size
    assert shard.about["seeds"] == [2, 4] and shard.about["manner"] == "responsive"
    one = shard.about["items"][0]
    assert one["seed"] == 2 and one["split"] == "train" and one["voice"] == "beeper" and one["acts"]
    assert one["texts"] and one["provenance"][0]["licence"] == "CC0-1.0" and one["seconds"] == len(shard[0]) * 0.2
    gaps = factory.gaps_in(paths)
    assert len(gaps.transfers) > 10 and set(one["offsets_ms"]) == {"user", "model"}
    assert factory.skipped_in(paths) == []
    assert factory.gaps_in([]) == Gaps()


def test_a_folder_keeps_to_one_config(tmp_path: Path) -> None:
    list(factory.make_shards(tmp_path / "a", config(tmp_path)))
    for other in (config(tmp_path, split="test"), config(tmp_path, manner=dialogue.Manner.HUMAN)):
        with pytest.raises(ValueError, match="give another folder"):
            list(factory.make_shards(tmp_path / "a", other))


def test_a_text_that_is_not_there_stops_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is no text"):
        list(factory.make_shards(tmp_path / "a", DialogueConfig(sources=(str(tmp_path / "gone.jsonl"),))))
    assert not (tmp_path / "a").exists()
