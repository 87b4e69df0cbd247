"""Real people on the stage: their words are the truth, the model is quiet, and the splits keep apart."""

from pathlib import Path

import pytest

from microturn.data.acts import ACTS, MIXTURES
from microturn.data.acts.human import HUMAN
from microturn.data.scene import CLEAN, make_scene
from microturn.data.voices.human import takes
from microturn.protocol.events import Channel
from microturn.protocol.timeline import Timeline
from tests.bench.worlds import CAST
from tests.data.voices.test_human import record

EDGE_MS = 250.0  # the clip's silence after its last word, and more


@pytest.fixture(autouse=True)
def recordings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MICROTURN_DATA", str(tmp_path))
    for number in range(20):
        record(tmp_path / "human" / "set", f"clip{number}", f"set/{number % 16}")


def scene(act: str, seed: int = 1, split: str = "train") -> Timeline:
    return make_scene(seed, split=split, seconds=1, acts=[act], setting=CLEAN, cast_of=CAST)  # pyright: ignore


def test_they_are_in_no_session_unless_named() -> None:
    assert set(HUMAN) < set(ACTS) and set(HUMAN) < set(MIXTURES["human"])
    assert not set(HUMAN) & (set(MIXTURES["nano"]) | set(MIXTURES["all"]))


@pytest.mark.parametrize("seed", range(4))
def test_the_model_hears_what_was_said_and_stays_quiet(seed: int) -> None:
    timeline = scene("plain_human", seed)
    heard = timeline.words(Channel.HEARD)
    assert {word.text for word in heard} == {"one", "two"}
    assert not timeline.words(Channel.SAY)
    (quiet,) = timeline.spans("quiet")
    assert quiet.at_ms <= heard[0].at_ms and heard[-1].until_ms <= quiet.until_ms
    samples = timeline.audio[Channel.USER].samples
    inside = samples[round(16 * heard[0].at_ms) + 400 : round(16 * heard[0].until_ms) - 400]
    outside = samples[round(16 * (heard[-1].until_ms + EDGE_MS)) :]
    assert abs(inside).max() > 10 * abs(outside).max()


def test_what_is_overheard_is_not_written() -> None:
    timeline = scene("overheard")
    assert not timeline.words(Channel.HEARD)
    assert timeline.spans("quiet")[0].data["task"] == "background"


@pytest.mark.parametrize("act", sorted(HUMAN))
@pytest.mark.parametrize("split", ["train", "test"])
def test_every_clip_says_where_it_is_from_and_is_of_the_split(act: str, split: str) -> None:
    speakers = {f"human/{take.speaker}" for take in takes(split)}
    for seed in range(3):
        sources = scene(act, seed, split).spans("source")
        assert sources and {span.text for span in sources} <= speakers
        assert sources[0].data == {"source": "a corpus", "licence": "CC0"}


def test_the_same_seed_gives_the_same_scene() -> None:
    assert scene("plain_human", 5).events == scene("plain_human", 5).events
