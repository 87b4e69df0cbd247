"""Overlaps and response gaps, on numbers of our own."""

import numpy as np

from microturn.bench.rules.fdb_v15_timing import merged, overlaps, response_gaps


def test_short_gaps_are_joined() -> None:
    assert merged([(0, 1), (1.5, 2), (2.51, 3)], 0.5) == [(0, 2), (2.51, 3)]
    assert merged([(1, 2), (0, 3)], 0.5) == [(0, 3)]
    assert merged([], 0.5) == []


def test_an_overlap_is_as_long_as_the_model_takes_to_stop() -> None:
    assert overlaps([(4, 6)], [(2, 4.3)]) == [(4, 4.3)]
    assert overlaps([(4, 6)], [(2, 9)]) == [(4, 6)]
    assert overlaps([(4, 6)], [(0, 4), (6, 8)]) == []


def test_of_overlaps_that_end_together_the_shortest_counts() -> None:
    assert overlaps([(0, 2), (1.9, 2.0001)], [(0, 2), (2.00001, 2.0002)]) == [(2.0, 2.0)]


def test_a_response_belongs_to_the_last_user_before_it() -> None:
    assert response_gaps([(0, 2), (2.7, 3.0)], [(3.5, 4)]) == [(3.0, 3.5)]
    assert response_gaps([(0, 2)], [(1, 5), (6, 7)]) == [(2, 6)]
    assert response_gaps([(0, 2)], [(2, 5)]) == []


def test_overlaps_lie_in_both_and_hold_all_of_what_both_hold() -> None:
    rng = np.random.default_rng(0)
    for _ in range(100):
        user, model = (
            [
                (float(a), float(b))
                for a, b in np.sort(rng.choice(300, 2 * int(rng.integers(1, 6)), replace=False)).reshape(-1, 2) / 10
            ]
            for _ in range(2)
        )
        moments = np.arange(0.05, 30, 0.1)
        inside = [
            np.any([(moments >= a) & (moments < b) for a, b in segments] or [moments < 0], axis=0)
            for segments in (user, model, overlaps(user, model))
        ]
        np.testing.assert_array_equal(inside[0] & inside[1], inside[2])
