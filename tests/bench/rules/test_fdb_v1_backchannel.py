"""Backchannels: what counts as one, where they lie, and what is wrong with the official rule."""

import numpy as np
import pytest

from microturn.bench.rules.fdb_v1_backchannel import (
    distance,
    histogram,
    jsd,
    listen,
    random_jsd,
    resampled,
    table,
    uniform_jsd,
)

MURMUR, TALK, SPEECH = (6.0, 6.4), (1.0, 2.5), (3.0, 6.5)
RATERS = [0.0, 1.0, 0.0, 0.0, 3.0, 0.0]


def test_the_official_rule_forgets_a_takeover_when_a_murmur_follows() -> None:
    assert not listen([TALK, MURMUR], []).taken
    assert listen([TALK, MURMUR], []).events == (TALK, MURMUR)
    fixed = listen([TALK, MURMUR], [], mode="fixed")
    assert fixed.taken and fixed.events == (MURMUR,)


def test_a_long_speech_ends_the_official_count() -> None:
    assert listen([MURMUR, (7.0, 10.5), (11.0, 11.2)], []).events == (MURMUR,)
    assert listen([MURMUR, (7.0, 10.5), (11.0, 11.2)], [], mode="fixed").events == (MURMUR, (11.0, 11.2))
    assert listen([(1.0, 4.0)], []).events == ((1.0, 4.0),)  # three seconds exactly are not long


@pytest.mark.parametrize(("words", "taken"), [(0, False), (2, False), (3, True), (4, True)])
def test_a_backchannel_has_at_most_two_words(words, taken) -> None:
    inside = [(6.0 + 0.1 * i, 6.1 + 0.1 * i) for i in range(words)]
    assert listen([MURMUR], inside).taken is taken


def test_words_that_only_touch_a_stretch_are_not_in_it() -> None:
    assert not listen([MURMUR], [(5.8, 6.0), (5.9, 6.1), (6.3, 6.6), (6.4, 6.6)]).taken


def test_an_event_fills_every_bin_that_it_touches() -> None:
    filled = histogram([(0.3, 0.5)], 1.0)
    assert len(filled) == 6 and filled.sum() == pytest.approx(1)
    np.testing.assert_allclose(filled, [0, 0.5, 0.5, 0, 0, 0], atol=1e-9)


def test_the_distance_is_a_metric_with_a_known_end() -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        one, other, third = rng.dirichlet(np.ones(8), size=3)
        assert distance(one, other) == pytest.approx(distance(other, one))
        assert distance(one, one) == pytest.approx(0, abs=1e-7)
        assert distance(one, other) <= distance(one, third) + distance(third, other)
    apart = distance(np.array([1.0, 0.0]), np.array([0.0, 1.0]))
    assert apart == pytest.approx(np.sqrt(np.log(2)))


def test_silence_is_as_far_as_can_be_and_the_right_place_is_near() -> None:
    assert jsd([], 1.0, RATERS) == 1
    assert random_jsd([], 1.0, RATERS) == 1
    here, elsewhere = jsd([(0.8, 0.9)], 1.0, RATERS), jsd([(0.0, 0.1)], 1.0, RATERS)
    assert here < uniform_jsd(1.0, RATERS) < elsewhere
    assert here < random_jsd([(0.8, 0.9)], 1.0, RATERS) < elsewhere


def test_more_events_come_nearer_wherever_they_lie() -> None:
    rng, raters = np.random.default_rng(2), np.random.default_rng(3).dirichlet(np.ones(100)).tolist()
    means = []
    for count in (1, 4, 16):
        starts = rng.uniform(0, 19.6, size=(20, count))
        means.append(np.mean([jsd([(s, s + 0.4) for s in row], 20.0, raters) for row in starts]))
    assert means == sorted(means, reverse=True)


def test_the_raters_are_stretched_to_the_sound() -> None:
    np.testing.assert_allclose(resampled([0.0, 1.0], 0.8), [0, 0.25, 0.5, 0.75, 1])


def test_a_speaker_without_an_output_is_left_out_and_not_given_the_last_ones_verdict() -> None:
    said = {"duration": 10.0, "vad": [{"start": 1.0, "end": 2.5}], "chunks": [], "gt_distribution": RATERS}
    lost = {**said, "chunks": None}
    silent = {**said, "vad": []}
    assert table([said, lost, silent])["TOR_mean"] == pytest.approx(2 / 3, abs=1e-4)
    assert table([said, lost, silent], mode="fixed")["TOR_mean"] == 0.5
    assert table([lost], mode="fixed")["JSD_mean"] is None
    assert table([silent])["JSD_mean"] == 1 and table([silent])["freq_mean"] == 0
