"""The stage: times add up, cutting cuts, rolling back leaves no trace."""

import numpy as np
import pytest

from microturn.data.script import Stage, reply_tick
from microturn.protocol.events import Clear, Span, Word
from tests.data.test_acts import Beeper, OwnBeep


def stage(seed: int = 0, hesitancy: float = 0.0) -> Stage:
    return Stage(rng=np.random.default_rng(seed), voice=Beeper(), own=OwnBeep, hesitancy=hesitancy, now_ms=1000)


@pytest.mark.parametrize(("until_ms", "tick"), [(0, 0), (139, 0), (140, 1), (339.9, 1), (340, 2)])
def test_the_reply_tick_is_the_first_whose_input_holds_the_end_plus_60_ms(until_ms: float, tick: int) -> None:
    assert reply_tick(until_ms) == tick


def test_hesitation_moves_words_but_loses_none() -> None:
    smooth = stage().tell("count from | one | to three")
    assert [word.text for word in smooth.words] == "count from one to three".split()  # noqa: SIM905
    one = stage(3, hesitancy=1.0)
    halting = one.tell("count from | one | to three")
    kept = [word.text for word in halting.words if word.text not in ("um", "uh")]
    assert kept == [word.text for word in smooth.words]
    holes = [event for event in one.events if isinstance(event, Span) and event.kind == "pause"]
    assert len(holes) == 2 and all(300 <= hole.until_ms - hole.at_ms <= 1200 for hole in holes)
    assert one.now_ms == halting.until_ms


def test_a_cut_utterance_ends_at_the_cut_and_frees_the_model() -> None:
    one = stage()
    spoken = one.say("one two three", 10)
    assert (spoken.end, one.free_tick) == (16, 16)
    one.cut(spoken, 13)
    assert one.free_tick == 13
    assert [event.at_ms for event in one.events if isinstance(event, Clear)] == [2600.0]


def test_the_model_finishes_one_utterance_before_the_next() -> None:
    one = stage()
    one.say("one two", 10)
    assert one.say("three", 11).tick == 14


def test_rolling_back_leaves_no_trace() -> None:
    one = stage()
    one.tell("hello")
    before, now_ms = (list(one.clips), list(one.events)), one.now_ms
    lengths = one.lengths()
    one.say("hello", reply_tick(one.tell("hi there").until_ms))
    one.rollback(lengths)
    assert (one.clips, one.events) == before and one.now_ms == now_ms and not one.spoken
    assert sum(isinstance(event, Word) for event in one.events) == 1
