"""HumDial-FDBench (ICASSP 2026 HumDial challenge, arXiv 2604.21406; ASLP-lab/HumDial-FDBench): 40 + 40 + 20.

In our words, after the organisers' notes on scoring: interruption is the mean over its sub-scenarios of the share of
"respond", rejection that of "resume"; the delay is the mean of three means over sub-scenarios, of the time until the
voice stops, of the time until the new answer, and of the first answer's; the total weighs the two rates 0.4 each and the
delay's score 0.2. How a delay becomes a score is not written anywhere: the formula here was inferred from the thirteen
published rows, which it fits to 0.06 (100 at the best team's 0.624 s, 60 at the baseline's 2.531 s, even in the logarithm).
Mode "official" goes above 100 and below 0 as the inferred formula does; "fixed" stays within.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from microturn.bench.rules import Mode

BEST_S, BASELINE_S = 0.624, 2.531
BASELINE_SCORE = 60.0
RATE_WEIGHT, DELAY_WEIGHT = 0.4, 0.2


def delay_score(delay_s: float, mode: Mode = "fixed") -> float:
    """0 to 100 for a mean delay in seconds (see module). A delay of nothing is the best there is, in either mode."""
    if delay_s <= 0:
        return 100.0
    lost = (100.0 - BASELINE_SCORE) * math.log(delay_s / BEST_S) / math.log(BASELINE_S / BEST_S)
    return 100.0 - lost if mode == "official" else min(100.0, max(0.0, 100.0 - lost))


def mean_delay_s(
    stop_s: Mapping[str, Sequence[float]],
    response_s: Mapping[str, Sequence[float]],
    first_s: Mapping[str, Sequence[float]],
) -> float | None:
    """The delay of a system from its latencies by sub-scenario; None where one of the three was never measured."""
    parts = [_macro(part) for part in (stop_s, response_s, first_s)]
    known = [part for part in parts if part is not None]
    return sum(known) / 3 if len(known) == 3 else None


def total(interruption: float, rejection: float, delay_s: float, mode: Mode = "fixed") -> float:
    """The challenge's score, 0 to 100, from two rates in percent and the delay in seconds."""
    return RATE_WEIGHT * (interruption + rejection) + DELAY_WEIGHT * delay_score(delay_s, mode)


def _macro(by_kind: Mapping[str, Sequence[float]]) -> float | None:
    means = [sum(values) / len(values) for values in by_kind.values() if values]
    return sum(means) / len(means) if means else None


def _case(given: Mapping[str, Any]) -> dict[str, Any]:
    score = delay_score(given["delay_s"], "official")
    whole = total(given["interruption"], given["rejection"], given["delay_s"], "official")
    return {"delay_score_published": score, "delay_score_formula": score, "total_published": whole}


CASES = {"HumDial-FDBench total score": {"cases": _case}}
