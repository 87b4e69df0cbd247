"""Stages of the bench's own: one seed, one stage; the room is there before anybody speaks."""

import numpy as np
import pytest

from microturn.bench.scenarios import stages
from microturn.bench.scenarios.stages import LEAD_MS, open_stage, played, seed_of
from microturn.protocol.events import Channel
from microturn.protocol.timeline import Timeline
from tests.bench.worlds import CAST


@pytest.fixture(autouse=True)
def _tones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "cast_of_tests", lambda: CAST)


def hello(seed: int) -> Timeline:
    stage = open_stage(seed)
    stage.tell("hello there")
    return played(stage, seed)


def test_one_seed_is_one_scene() -> None:
    one, again, other = (hello(seed_of(15, index, 0)) for index in (0, 0, 1))
    assert one.events == again.events
    np.testing.assert_array_equal(one.audio[Channel.USER].samples, again.audio[Channel.USER].samples)
    assert not np.array_equal(one.audio[Channel.USER].samples, other.audio[Channel.USER].samples)


def test_seeds_of_suites_and_items_are_apart() -> None:
    assert len({seed_of(suite, index, base) for suite in (15, 16) for index in (0, 1) for base in (0, 2)}) == 8
    assert seed_of(15, 1, 2) == seed_of(15, 3, 0)


def test_the_room_comes_first() -> None:
    made = hello(1)
    assert made.spans("word")[0].at_ms >= LEAD_MS and made.meta["split"] == "test"
    setting = made.meta["setting"]
    assert setting["echo_db"] is None and not setting["lossy"]
