"""RepCount-A's error and density label on worked numbers."""

import math

import pytest

from microturn.bench.rules.repcount import CASES, averages, count_error, density, sampled, true_count

SCORE, LABEL = CASES["TransRAC / RepCount-A"]["cases"], CASES["TransRAC / RepCount-A"]["cases_label"]


def test_a_cycle_is_a_bell_over_its_frames_and_weighs_nearly_one() -> None:
    label = density([10, 16], video_frames=64)
    assert label[13] == max(label) and label[10:17] == pytest.approx(label[10:17][::-1])
    assert sum(label) == pytest.approx(1.0, abs=0.01) and label[9] == label[17] == 0


def test_cycles_of_one_frame_weigh_one_and_a_later_one_overwrites_it() -> None:
    assert density([3, 3], video_frames=64)[3] == 1.0
    shared = [0, 1, 1, 2]
    assert sum(density(shared, 64)) < sum(density(shared, 64, mode="fixed")) <= 2.0


def test_short_cycles_lose_mass_officially_and_are_counted_as_annotated_when_fixed() -> None:
    points = [point for start in range(0, 40, 5) for point in (start, start + 5)]
    assert true_count(points, 4000, mode="official") == 1.0  # eight cycles within one sampled frame
    assert true_count(points, 4000) == 8.0


def test_frames_are_sampled_upwards_and_never_past_the_last() -> None:
    assert sampled([0, 1, 63.1, 64], 64) == [0, 1, 63, 63]


def test_errors_with_and_without_the_tenth() -> None:
    assert count_error(6, 5, mode="official") == pytest.approx(1 / 5.1)
    assert count_error(6, 5, mode="fixed") == pytest.approx(0.2)
    assert count_error(2, 0, mode="official") == pytest.approx(20.0) and count_error(2, 0, mode="fixed") is None


def test_averages_over_a_set() -> None:
    assert averages([4, 4, 4], [3, 5, 8], mode="fixed") == {
        "MAE": pytest.approx((1 / 3 + 1 / 5 + 1 / 2) / 3),
        "OBO": 2 / 3,
    }
    assert averages([], [], mode="fixed") == {"MAE": None, "OBO": None}
    assert math.isnan(averages([], [], mode="official")["OBO"] or 0)


def test_cases_round_half_to_even_and_crash_as_officially() -> None:
    got = SCORE({"pred_density_sums": [2.5, 3.5], "gt_density_sums": [2, 4], "frames": 64})
    assert got["pred_counts"] == [2.0, 4.0] and got["OBO"] == 1.0 and got["MAE"] == 0.0
    assert LABEL({"video_frames": 100, "time_points": [1, 2, 3], "num_frames": 64}) is None
    assert LABEL({"video_frames": 0, "time_points": [1, 2], "num_frames": 64}) is None
