"""Constant predictors say their lines, audibly, within the session."""

from microturn.bench.audible import said
from microturn.bench.constant import Constant
from tests.bench.worlds import scenario


def test_lines_are_said_at_their_times_and_cut_at_the_end() -> None:
    [heard] = Constant(name="x", says=lambda s: [(1000.0, "twenty four"), (9800.0, "stop"), (12_000.0, "no")]).run(
        [scenario("a")]
    )
    assert [(w.text, w.at_ms, w.until_ms) for w in said(heard)] == [
        ("twenty", 1000, 1400),
        ("four", 1400, 1800),
        ("stop", 9800, 10_000),
    ]


def test_silence_is_a_constant_too() -> None:
    [quiet] = Constant(name="silence", says=lambda s: []).run([scenario("a")])
    assert said(quiet) == [] and quiet.duration_ms == 10_000
