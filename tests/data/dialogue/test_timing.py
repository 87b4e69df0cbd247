"""The target is what the published figures say, and what is drawn has its histogram."""

import math

import numpy as np
import pytest

from microturn.data.dialogue import timing
from microturn.data.dialogue.gaps import EDGES_MS, MURMURS, histogram, jsd
from microturn.data.dialogue.timing import AMI, TARGET, Offsets, draw_pause_ms


def normal(x: float) -> float:
    return (1 + math.erf(x / math.sqrt(2))) / 2


def below(offset_ms: float) -> float:
    """The share of offsets below one, of the two log-normals."""
    if offset_ms < 0:
        return timing.OVERLAP_SHARE * (
            1 - normal(math.log(-offset_ms / timing.OVERLAP_MEDIAN_MS) / timing.OVERLAP_SIGMA)
        )
    late = normal(math.log(offset_ms / timing.GAP_MEDIAN_MS) / timing.GAP_SIGMA) if offset_ms else 0.0
    return timing.OVERLAP_SHARE + (1 - timing.OVERLAP_SHARE) * late


def test_the_target_is_the_two_log_normals() -> None:
    edges = [0.0, *(below(edge) for edge in EDGES_MS), 1.0]
    assert np.abs(np.diff(edges) - TARGET).max() < 1e-4 and sum(TARGET) == pytest.approx(1, abs=1e-3)
    assert sum(AMI) == pytest.approx(1, abs=1e-3) and jsd(TARGET, AMI) > 0.15


def test_the_target_agrees_with_what_is_published() -> None:
    assert sum(TARGET[:6]) == pytest.approx(0.301, abs=1e-3)  # Levinson and Torreira: overlaps
    assert 0.51 <= below(200) <= 0.55  # their review: shorter than 200 ms
    assert 100 <= timing.GAP_MEDIAN_MS * math.exp(-(timing.GAP_SIGMA**2)) <= 200  # the commonest
    overlap_mode_ms = timing.OVERLAP_MEDIAN_MS * math.exp(-(timing.OVERLAP_SIGMA**2))
    assert overlap_mode_ms == pytest.approx(96, abs=25)
    assert below(80) < 0.5 < below(264)  # the medians of Reece et al. and of telephone gaps


def test_what_is_drawn_has_the_histogram_and_keeps_the_bound() -> None:
    rng = np.random.default_rng(1)
    offsets = Offsets()
    drawn = np.array([offsets.draw_ms(rng) for _ in range(4000)])
    assert jsd(histogram(drawn), TARGET) < 0.005
    assert drawn.min() > -6000 and drawn.max() < 7000
    late = [offsets.draw_ms(rng, earliest_ms=-150.0) for _ in range(500)]
    assert min(late) >= -150 and max(late) > 300
    never = Offsets(shares=(1.0, *[0.0] * 16))
    assert never.draw_ms(rng, earliest_ms=-10.0) == -10.0


def test_shares_must_fit_the_bins() -> None:
    for shares in ((1.0,), (0.0,) * 17, (-1.0, *[1.0] * 16)):
        with pytest.raises(ValueError, match="give 17 shares"):
            Offsets(shares=shares)


def test_pauses_are_longer_than_gaps_and_have_bounds() -> None:
    rng = np.random.default_rng(2)
    pauses = [draw_pause_ms(rng) for _ in range(2000)]
    assert np.median(pauses) > timing.GAP_MEDIAN_MS
    assert timing.PAUSE_MS[0] <= min(pauses) and max(pauses) <= timing.PAUSE_MS[1]


def test_every_murmur_is_known_to_the_measure() -> None:
    assert all(MURMURS.issuperset(text.split()) for text in timing.MURMURED)
