"""Drivers hand over the stimulus alone and bring outputs back in order; a system that fails costs the items it fails on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from microturn.bench.driver import LiveDriver, LocalDriver
from microturn.bench.suites import tasks
from microturn.bench.task import NO_ECHO, OWN_CLOCK, score_all
from microturn.protocol.failure import Failure, SystemFailed
from microturn.protocol.timeline import Timeline
from tests.bench.worlds import expect, output, scenario

WORLDS = [scenario(str(i), [expect("yes", 0, 1)], duration_ms=ms) for i, ms in enumerate((3000.0, 1000.0, 2000.0))]
MANY = [scenario(str(i), [expect("yes", 0, 1)], duration_ms=1000.0 + i) for i in range(8)]


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


def test_live_outputs_are_in_order_and_say_what_could_not_be_given() -> None:
    got = LiveDriver(converse=echo, sessions=2).run(WORLDS)
    assert [timeline.duration_ms for timeline in got] == [3000, 1000, 2000]
    assert all(timeline.meta.items() >= {**OWN_CLOCK, **NO_ECHO}.items() for timeline in got)


def test_a_system_that_loses_a_session_is_an_error() -> None:
    with pytest.raises(ValueError, match="return one each"):
        LocalDriver(run_many=lambda stimuli: []).run(WORLDS)


@dataclass
class Failing:
    """A system that fails where `when` says so, by the number of the session."""

    when: Callable[[int], SystemFailed | None]
    sessions: int = 0
    waits: list[float] = field(default_factory=list)

    def __call__(self, stimulus: Timeline) -> Timeline:
        self.sessions += 1
        if error := self.when(self.sessions - 1):
            raise error
        return echo(stimulus)

    def run(self) -> list[str | None]:
        driver = LiveDriver(converse=self, sessions=1, wait=self.waits.append)
        outputs = driver.run(MANY[:4]) + driver.run(MANY[4:])
        assert [output.duration_ms for output in outputs] == [s.timeline.duration_ms for s in MANY]
        return [output.meta.get("failed") for output in outputs]


def test_a_session_that_breaks_off_costs_one_item_and_is_not_tried_again() -> None:
    system = Failing(lambda k: SystemFailed("it died", Failure.LOST) if k in (1, 2, 3, 4) else None)
    assert system.run() == [None, "it died", "it died", "it died", "it died", None, None, None]
    assert system.sessions == 8 and system.waits == []


def test_a_session_that_cannot_be_opened_is_tried_again_after_a_while() -> None:
    system = Failing(lambda k: SystemFailed("full", Failure.UNREACHABLE) if k in (1, 2) else None)
    assert system.run() == [None] * 8 and system.waits == [1, 2]
    asked = Failing(lambda k: SystemFailed("slower", Failure.UNREACHABLE, wait_s=600) if k == 0 else None)
    assert asked.run() == [None] * 8 and asked.waits == [60]


def test_a_server_that_is_gone_is_left_alone_after_three_items() -> None:
    system = Failing(lambda k: SystemFailed("no server", Failure.UNREACHABLE) if k >= 2 else None)
    assert system.run() == [None, None, *["no server"] * 3, *["not tried: no server"] * 3]
    assert system.sessions == 2 + 3 * 3


def test_a_wrong_key_is_tried_once() -> None:
    system = Failing(lambda k: SystemFailed("wrong key", Failure.REFUSED))
    assert system.run() == ["wrong key", *["not tried: wrong key"] * 7]
    assert system.sessions == 1


def test_a_mistake_of_ours_is_not_the_systems() -> None:
    def broken(stimulus: Timeline) -> Timeline:
        raise KeyError("ours")

    with pytest.raises(KeyError):
        LiveDriver(converse=broken).run(WORLDS)


@pytest.mark.parametrize("name", tasks())
def test_what_failed_is_unscored_on_every_measure(name: str) -> None:
    dead = LiveDriver(converse=Failing(lambda k: SystemFailed("it died", Failure.LOST))).run(WORLDS)
    for result in score_all(tasks()[name], WORLDS, dead):
        assert result.estimate.value is None and result.unscored == len(WORLDS)
        assert {score.explanation for score in result.scores.values()} == {"the system failed: it died"}


def test_at_least_one_session() -> None:
    with pytest.raises(ValueError, match="--sessions must be at least 1"):
        LiveDriver(converse=echo, sessions=0)


class Nobody:
    def next(self, heard_S: object) -> None:
        return None


def test_users_who_listen_are_met_in_order_and_fail_alone() -> None:
    def meet(stimulus: Timeline, user: object) -> Timeline:
        assert isinstance(user, Nobody)
        if stimulus.duration_ms == 1000:
            raise SystemFailed("it died", Failure.LOST)
        return echo(stimulus)

    stimuli = [world.stimulus() for world in WORLDS]
    got = LiveDriver(converse=echo, meet=meet).play(stimuli, [Nobody()] * 3)
    assert [output.meta.get("failed") for output in got] == [None, "it died", None]
    with pytest.raises(ValueError, match="takes only recordings"):
        LiveDriver(converse=echo).play(stimuli, [Nobody()] * 3)
