"""Scripts on the bench's own stage: seeds fix everything, and what lies behind a cut is gone."""

import numpy as np
import pytest

from microturn.bench.scenarios import onstage
from microturn.bench.scenarios.factory import first_seed
from microturn.bench.scenarios.onstage import LEAD_MS, cut_at, play, stage_of
from microturn.protocol.events import Channel
from microturn.protocol.timeline import Timeline
from tests.bench.worlds import CAST


@pytest.fixture(autouse=True)
def tones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onstage, "cast", lambda split: CAST)


def played(seed: int) -> Timeline:
    stage = stage_of(seed)
    stage.reply("one two", stage.tell("count to two"), task="turntaking")
    return play(stage, seed)


def test_a_seed_fixes_the_scene_and_suites_do_not_share_seeds() -> None:
    one, again = played(7), played(7)
    np.testing.assert_array_equal(one.audio[Channel.USER].samples, again.audio[Channel.USER].samples)
    assert one.events == again.events
    assert len({first_seed(suite, index) for suite in (10, 11) for index in range(100)}) == 200


def test_the_model_is_heard_a_tick_after_its_output() -> None:
    stage = stage_of(7)
    spoken = stage.reply("one two", stage.tell("count to two"), task="turntaking")
    assert play(stage, 7).words(Channel.SAY)[0].at_ms == (spoken.tick + 1) * 200


def test_a_cut_is_at_the_next_whole_tick() -> None:
    timeline = played(3)
    short = cut_at(timeline, 1101.0)
    assert short.duration_ms == 1200
    assert {channel: track.duration_ms for channel, track in short.audio.items()} == {
        Channel.USER: 1200,
        Channel.MODEL: 1200,
    }
    assert all(event.at_ms < 1200 for event in short.events) and len(short.events) < len(timeline.events)


def test_the_room_comes_first_where_it_is_asked_for() -> None:
    stage = stage_of(1, lead_ms=LEAD_MS)
    stage.tell("hello there")
    made = play(stage, 1)
    assert made.spans("word")[0].at_ms >= LEAD_MS and made.meta["split"] == "test"
    assert made.meta["setting"]["echo_db"] is None and not made.meta["setting"]["lossy"]
