"""Speech that nobody asked for, per minute."""

import pytest

from microturn.bench.scorers.silence import score_false_speech, score_quiet
from tests.bench.worlds import expect, output, scenario


def test_utterances_outside_windows_count() -> None:
    world = scenario("a", [expect("yes", 2000, 3000)], duration_ms=30_000)
    said = output(
        [(2500.0, 2900.0, "yes"), (8000.0, 8400.0, "oh"), (8700.0, 9000.0, "no"), (20000.0, 20400.0, "well")],
        duration_ms=30_000,
    )
    score = score_false_speech(world, said)
    assert score.value == pytest.approx(2 / 0.5)
    assert score.weight == pytest.approx(0.5)
    assert score_quiet(world, said).value == 0


def test_silence_is_quiet() -> None:
    world = scenario("a")
    assert score_false_speech(world, output()).value == 0
    assert score_quiet(world, output()).value == 1
