"""People: repetitions begin and end at rest, go all the way when they count, and look the same for the same seed."""

import itertools

import numpy as np
import pytest

from microturn.data.pictures import people
from microturn.data.pictures.people import EXERCISES, Posed, Rep, Stance


def somebody(seed: int = 0) -> tuple[people.Person, people.Room]:
    rng = np.random.default_rng(seed)
    return people.draw_person(rng), people.draw_room(rng)


def pixels(name: str, effort: float, seed: int = 0) -> np.ndarray:
    person, room = somebody(seed)
    return np.asarray(people.picture(room, [people.exercising(person, name, effort)]))


@pytest.mark.parametrize("name", EXERCISES)
def test_the_body_is_at_rest_at_the_very_end_of_a_repetition_and_at_the_peak_in_its_middle(name: str) -> None:
    reps = people.draw_reps(np.random.default_rng(1), name, 500.0, 4)
    for rep in reps:
        assert people.effort(reps, rep.until_ms) == pytest.approx(0, abs=1e-9)
        assert people.effort(reps, (rep.at_ms + rep.until_ms) / 2) == pytest.approx(rep.depth)
    rest, peak = pixels(name, 0.0), pixels(name, 1.0)
    assert (np.abs(rest.astype(int) - peak).sum(axis=2) > 60).sum() > 200
    np.testing.assert_array_equal(pixels(name, people.effort(reps, reps[-1].until_ms)), rest)


@pytest.mark.parametrize("name", people.COUNTED)
def test_as_many_repetitions_count_as_were_wanted_and_the_others_stay_shallow(name: str) -> None:
    reps = people.draw_reps(np.random.default_rng(5), name, 0.0, 40)
    partial = [rep for rep in reps if not rep.counts]
    assert sum(rep.counts for rep in reps) == 40 and partial
    assert all(rep.depth <= 0.5 for rep in partial)
    assert all(one.until_ms <= two.at_ms for one, two in itertools.pairwise(reps))
    assert any(two.at_ms - one.until_ms > 300 for one, two in itertools.pairwise(reps))


@pytest.mark.parametrize("name", people.COUNTED[:5])
def test_cycles_are_as_long_as_in_repcount(name: str) -> None:
    lengths_ms = []
    for seed in range(200):
        (rep,) = people.draw_reps(np.random.default_rng(seed), name, 0.0, 1, faults=0.0)
        lengths_ms.append(rep.until_ms - rep.at_ms)
    assert np.median(lengths_ms) == pytest.approx(EXERCISES[name].cycle_ms, rel=0.08)
    assert np.std(lengths_ms) > 0.08 * EXERCISES[name].cycle_ms


def test_the_same_seed_gives_the_same_pixels_and_another_seed_others() -> None:
    np.testing.assert_array_equal(pixels("squat", 0.4), pixels("squat", 0.4))
    assert (pixels("squat", 0.4) != pixels("squat", 0.4, seed=1)).any()


@pytest.mark.parametrize("name", EXERCISES)
def test_bodies_stand_on_the_floor_or_hang_from_the_bar_and_fit_the_picture(name: str) -> None:
    person, _ = somebody(2)
    for effort in (0.0, 0.5, 1.0):
        posed = people.exercising(person, name, effort)
        at = people.joints(posed)
        if posed.hold == "hands":
            assert at["hand0"][1] == pytest.approx(people.BAR, abs=0.02)
        else:
            assert min(y for _, y in at.values()) == pytest.approx(0)
        assert all(abs(x) < 0.62 and -0.01 <= y < 1.36 for x, y in at.values())


def test_a_squat_lowers_the_head_and_a_pull_up_lifts_it() -> None:
    person, _ = somebody(3)

    def head(name: str, effort: float) -> float:
        return people.joints(people.exercising(person, name, effort))["head"][1]

    assert head("squat", 1) < head("squat", 0.45) < head("squat", 0) - 0.05
    assert head("pull up", 1) > head("pull up", 0.45) > head("pull up", 0) + 0.02
    assert head("push up", 1) < head("push up", 0) - 0.1
    assert head("sit up", 1) > head("sit up", 0) + 0.2


def test_a_stance_is_reached_after_its_move_and_not_before() -> None:
    stances = [Stance(at_ms=-900, pose="standing"), Stance(at_ms=1000, pose="sitting")]
    assert people.stance(stances, 1000) == people.POSES["standing"]
    assert people.stance(stances, stances[1].reached_ms) == people.POSES["sitting"]
    assert people.POSES["standing"] != people.stance(stances, 1500) != people.POSES["sitting"]


def test_somebody_outside_the_picture_leaves_no_pixel() -> None:
    person, room = somebody(4)
    gone = Posed(person=person, pose=people.POSES["facing"], front=True, x=-0.3)
    np.testing.assert_array_equal(people.picture(room, [gone]), people.picture(room, []))


def test_between_repetitions_nobody_moves() -> None:
    reps = [Rep(at_ms=0, until_ms=1000), Rep(at_ms=1800, until_ms=2800)]
    assert [people.effort(reps, at_ms) for at_ms in (-5, 1000, 1500, 1799, 2800, 9000)] == [0.0] * 6
