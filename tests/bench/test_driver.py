"""Drivers hand over the stimulus alone and bring outputs back in order, whatever the batches."""

from collections.abc import Sequence

import pytest

from microturn.bench.driver import LiveDriver, LocalDriver
from microturn.protocol.timeline import Timeline
from tests.bench.worlds import expect, output, scenario

WORLDS = [scenario(str(i), [expect("yes", 0, 1)], duration_ms=ms) for i, ms in enumerate((3000.0, 1000.0, 2000.0))]


def echo(stimulus: Timeline) -> Timeline:
    assert stimulus.events == ()
    return output(duration_ms=stimulus.duration_ms)


@pytest.mark.parametrize("batch", [1, 2, 5])
def test_local_outputs_are_in_order(batch: int) -> None:
    sizes: list[int] = []

    def run_many(stimuli: Sequence[Timeline]) -> list[Timeline]:
        sizes.append(len(stimuli))
        return [echo(stimulus) for stimulus in stimuli]

    got = LocalDriver(run_many=run_many, batch=batch).run(WORLDS)
    assert [timeline.duration_ms for timeline in got] == [3000, 1000, 2000]
    assert sum(sizes) == 3 and max(sizes) <= batch


def test_live_outputs_are_in_order() -> None:
    got = LiveDriver(converse=echo, sessions=2).run(WORLDS)
    assert [timeline.duration_ms for timeline in got] == [3000, 1000, 2000]


def test_a_system_that_loses_a_session_is_an_error() -> None:
    with pytest.raises(ValueError, match="return one each"):
        LocalDriver(run_many=lambda stimuli: []).run(WORLDS)
