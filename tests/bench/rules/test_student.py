"""Student's t against closed forms and printed tables."""

import math

import pytest

from microturn.bench.rules.student import critical, incomplete_beta, two_sided_p


@pytest.mark.parametrize("t", [0.0, 1e-6, 0.3, 1.0, 2.5, 40.0])
def test_one_and_two_degrees_of_freedom_have_closed_forms(t) -> None:
    assert two_sided_p(t, 1) == pytest.approx(1 - 2 / math.pi * math.atan(t), rel=1e-11)
    assert two_sided_p(t, 2) == pytest.approx(1 - t / math.sqrt(2 + t * t), rel=1e-11, abs=1e-15)


@pytest.mark.parametrize(("df", "table"), [(1, 12.706), (2, 4.303), (4, 2.776), (9, 2.262), (29, 2.045), (1000, 1.962)])
def test_critical_values_are_those_of_the_tables(df, table) -> None:
    assert critical(df) == pytest.approx(table, abs=5e-4)
    assert two_sided_p(critical(df), df) == pytest.approx(0.05)


def test_the_beta_function_is_a_distribution() -> None:
    assert incomplete_beta(2.0, 3.0, 0.0) == 0 and incomplete_beta(2.0, 3.0, 1.0) == 1
    values = [incomplete_beta(2.0, 3.0, x / 20) for x in range(21)]
    assert values == sorted(values)
    assert incomplete_beta(2.0, 3.0, 0.3) == pytest.approx(1 - incomplete_beta(3.0, 2.0, 0.7))
