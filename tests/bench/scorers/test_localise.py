"""Start and stop said aloud."""

import pytest

from microturn.bench.scorers.localise import (
    marks_ms,
    score_offset_lag,
    score_onset_lag,
    score_overlap,
    score_recall,
)
from tests.bench.worlds import Said, output, scenario

WORLD = scenario("a", meta={"window_ms": [2000.0, 8000.0], "from_ms": 1000.0, "video_end_ms": 10_000.0})


def said(*words: tuple[float, str]) -> Said:
    return [(at, at + 200.0, word) for at, word in words]


@pytest.mark.parametrize(
    ("words", "overlap"),
    [
        (said((2000.0, "start"), (8000.0, "stop")), 1.0),
        (said((3000.0, "Start"), (9000.0, "stop")), 5 / 7),
        (said((3000.0, "start")), 5 / 8),  # to the end of the video
        (said((3000.0, "stop")), 0.0),
        (said((3000.0, "stop"), (4000.0, "start")), 0.0),
        (said((500.0, "start"), (4000.0, "start"), (8000.0, "stopped")), 4 / 6),  # before the video it is no mark
        (said((4000.0, "started"), (6000.0, "stop"), (8000.0, "stop")), 2 / 6),
        ([], 0.0),
    ],
)
def test_the_first_start_and_stop_are_the_interval(words: Said, overlap: float) -> None:
    assert score_overlap(WORLD, output(words)).value == pytest.approx(overlap)


def test_lags_and_recall() -> None:
    late = output(said((3000.0, "start"), (9000.0, "stop")))
    assert marks_ms(WORLD, late) == (3000.0, 9000.0)
    assert score_onset_lag(WORLD, late).value == score_offset_lag(WORLD, late).value == 1.0
    assert score_recall(WORLD, late, threshold=0.7).value == 1 and score_recall(WORLD, late, threshold=0.75).value == 0
    assert score_onset_lag(WORLD, output()).value is None
