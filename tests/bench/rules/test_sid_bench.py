"""SID-Bench: what a line costs, the notebook's totals and where the fixed ones differ."""

import pytest

from microturn.bench.rules.sid_bench import Line, Outcome, judge, totals


def line(true_s: float | None, got_s: float | None, duration_s: float = 4.0) -> Line:
    return Line(
        breaks=true_s is not None,
        true_s=-1.0 if true_s is None else true_s,
        broke=got_s is not None,
        got_s=-1.0 if got_s is None else got_s,
        duration_s=duration_s,
    )


@pytest.mark.parametrize(
    ("true_s", "got_s", "outcome", "penalty_s"),
    [
        (None, None, Outcome.RIGHT, 0.0),
        (None, 1.0, Outcome.FALSE, 4.0),
        (1.0, None, Outcome.MISSED, 3.0),
        (1.0, 1.5, Outcome.LATE, 0.5),
        (1.0, 0.5, Outcome.EARLY, 4.0),
        (0.8, 0.75, Outcome.RIGHT, 0.0),  # the edge counts, as the notebook adds and compares
        (0.8, 0.85, Outcome.RIGHT, 0.0),
        (0.8, 0.74, Outcome.EARLY, 4.0),
    ],
)
def test_one_line(true_s: float | None, got_s: float | None, outcome: Outcome, penalty_s: float) -> None:
    got = judge(line(true_s, got_s))
    assert (got.outcome, got.penalty_s) == (outcome, pytest.approx(penalty_s))


def test_a_break_at_the_end_of_a_clip_of_noise_is_right_by_the_notebook() -> None:
    noise = Line(breaks=False, true_s=4.0, broke=True, got_s=3.97, duration_s=4.0)
    assert judge(noise).outcome is Outcome.RIGHT


LINES = [line(None, 1.0), line(None, None), line(1.0, 0.2), line(1.0, 1.02), line(1.0, 1.4), line(1.0, None)]


def test_the_notebook_divides_by_all_lines_and_forgets_delays_of_zero() -> None:
    total = totals(LINES, "official")
    assert (total.fir, total.irl, total.apt) == pytest.approx((2 / 6, 0.4, (4 + 4 + 0.4 + 3) / 6))


def test_the_fixed_totals_count_what_the_readme_says() -> None:
    total = totals(LINES, "fixed")
    assert (total.fir, total.early) == (1 / 2, 1 / 4)
    assert total.irl == pytest.approx(0.2)  # the line that was right within 0.05 s is a delay of zero
    assert total.apt == totals(LINES, "official").apt


def test_nothing_to_divide_by_is_none() -> None:
    assert totals([], "official").apt is None
    assert totals([line(None, None)], "official").irl is None
    assert totals([line(1.0, 1.0)], "fixed").fir is None
