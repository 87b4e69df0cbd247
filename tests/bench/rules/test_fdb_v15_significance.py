"""Paired tests and cut-offs, on numbers of our own."""

import math

import numpy as np
import pytest

from microturn.bench.rules.fdb_v15_significance import compared, cut_offs, intensity, paired

RATE_HZ = 16_000


def tone(*parts: tuple[float, float]) -> np.ndarray:
    time = [np.arange(round(seconds * RATE_HZ)) / RATE_HZ for seconds, _ in parts]
    return np.concatenate([loud * np.sin(2 * np.pi * 200 * t) for t, (_, loud) in zip(time, parts, strict=True)])


def test_a_paired_test_by_hand() -> None:
    got = paired([10.0, 20.0, 30.0], [11.0, 22.0, 33.0], rule="none")
    assert got["mean_diff"] == pytest.approx(2.0) and got["df"] == 2
    assert got["t"] == pytest.approx(2 / (1 / math.sqrt(3)))
    assert got["cohen_dz"] == pytest.approx(2.0)
    assert (got["ci95_low"], got["ci95_high"]) == pytest.approx(
        (2 - 4.30265 / math.sqrt(3), 2 + 4.30265 / math.sqrt(3)), abs=1e-4
    )


def test_what_is_missing_is_dropped_and_what_cannot_be_computed_is_none() -> None:
    got = paired([1.0, math.nan, 3.0, 4.0], [1.5, 2.0, math.nan, 4.9])
    assert (got["n_raw"], got["n_valid"], got["n_used"]) == (4, 2, 2)
    assert paired([1.0], [2.0])["t"] is None and paired([1.0], [2.0])["mean_diff"] == 1.0
    assert paired([], [])["n_used"] == 0 and paired([], [])["mean_before"] is None
    assert paired([1.0, 2.0, 3.0], [2.0, 3.0, 4.0])["p_t"] is None  # equal differences


def test_an_outlier_among_the_differences_is_dropped_whole() -> None:
    before = [100.0] * 8
    after = [101.0, 99.0, 102.0, 98.0, 101.5, 98.5, 100.5, 900.0]
    assert paired(before, after)["n_dropped"] == 1
    assert paired(before, after, rule="none")["n_dropped"] == 0


def sample(tag: str, **post: float) -> dict[str, object]:
    voice = {"wpm": 150.0, "mean_intensity": -20.0}
    return {"behaviour": [tag], "pre": voice, "clean": voice, "post": {**voice, **post}}


def test_only_responses_with_a_voice_are_tested() -> None:
    rows = compared(
        [
            sample("C_RESPOND", wpm=140.0),
            sample("C_RESPOND", wpm=145.0),
            sample("C_RESPOND", wpm=0.0),
            sample("C_RESPOND", wpm=141.0, mean_intensity=-195.0),
            sample("C_RESUME", wpm=90.0),
        ]
    )
    assert [row["measure"] for row in rows] == [
        f"{pair}:{metric}" for metric in ("wpm", "mean_intensity") for pair in ("pre_vs_post", "clean_vs_post")
    ]
    assert [row["n_raw"] for row in rows] == [4] * 4
    assert [row["n_valid"] for row in rows] == [3, 3, 3, 3]
    assert rows[0]["mean_after"] == pytest.approx((140 + 145 + 141) / 3)


def test_a_voice_that_breaks_off_is_found_and_one_that_fades_is_not() -> None:
    broken = tone((0.6, 0.0005), (0.3, 0.3), (0.3, 0.0005))
    assert cut_offs(broken, RATE_HZ) == [pytest.approx(0.9)]
    steps = [(0.06, 0.3 * 10 ** (-db / 20)) for db in range(0, 60, 6)]
    assert cut_offs(tone((0.6, 0.0005), *steps), RATE_HZ) == []
    assert cut_offs(tone((0.6, 0.3), (0.6, 0.0005)), RATE_HZ) == []  # nothing quiet came before


def test_intensity_is_of_frames_of_10_ms() -> None:
    mean, deviation = intensity(tone((1.0, 0.1)), RATE_HZ)
    assert mean == pytest.approx(20 * math.log10(0.1 / math.sqrt(2)), abs=1e-3) and deviation == pytest.approx(
        0, abs=1e-3
    )
    assert intensity(np.zeros(0), RATE_HZ) == (-200.0, 0.0)
