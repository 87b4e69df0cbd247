"""Counting aloud, repetition by repetition: RepCount's streaming rule gives one number, these say when each was said.

A number is paired with a repetition whose end it is within 1 s of, whatever number it is: `count` looks at which. The
last number said is an error of so many repetitions by TransRAC's formula; nothing said is a count of none.
"""

from functools import partial

from microturn.bench.rules import Mode
from microturn.bench.rules.ovobench import f1, paired
from microturn.bench.rules.repcount import count_error
from microturn.bench.scorers.count import score_count
from microturn.bench.task import Scenario, Score
from microturn.protocol.timeline import Timeline

WITHIN_MS = 1000.0


def _spoken(scenario: Scenario, output: Timeline) -> list[tuple[float, int]] | None:
    """Every number said and when, in ms; None where there is nothing to count."""
    evidence = score_count(scenario, output).evidence
    return [(at_ms, value) for at_ms, value in evidence["spoken"]] if "spoken" in evidence else None


def _lags_ms(scenario: Scenario, spoken: list[tuple[float, int]]) -> list[float]:
    ends_ms, onsets_ms = scenario.meta.get("rep_times_ms", []), [at_ms for at_ms, _ in spoken]
    return [onsets_ms[said] - ends_ms[rep] for rep, said in paired(ends_ms, onsets_ms, WITHIN_MS)]


def score_events(scenario: Scenario, output: Timeline) -> Score:
    """F1 of the numbers said as events at the ends of repetitions; weighted by repetitions."""
    spoken = _spoken(scenario, output)
    if spoken is None:
        return Score(value=None, explanation="nothing to count")
    reps, lags_ms = len(scenario.meta["rep_times_ms"]), _lags_ms(scenario, spoken)
    recall, precision = len(lags_ms) / reps, len(lags_ms) / len(spoken) if spoken else 0.0
    why = f"{len(lags_ms)} of {reps} repetitions counted within 1 s, by {len(spoken)} numbers"
    return Score(
        value=f1(recall, precision), weight=float(reps), explanation=why, evidence={"lags_ms": lags_ms, "said": spoken}
    )


def score_event_lag(scenario: Scenario, output: Timeline) -> Score:
    """Mean seconds from the end of a repetition to its number's onset, below zero if said before; over paired ones."""
    lags_ms = _lags_ms(scenario, _spoken(scenario, output) or [])
    if not lags_ms:
        return Score(value=None, explanation="no repetition was counted within 1 s")
    mean_s = sum(lags_ms) / len(lags_ms) / 1000
    return Score(value=mean_s, weight=float(len(lags_ms)), explanation=f"{len(lags_ms)} counted, {mean_s:.2f} s late")


def _score_error(scenario: Scenario, output: Timeline, *, mode: Mode) -> Score:
    spoken = _spoken(scenario, output)
    if spoken is None:
        return Score(value=None, explanation="nothing to count")
    got, truth = spoken[-1][1] if spoken else 0, len(scenario.meta["rep_times_ms"])
    error = count_error(got, truth, mode=mode)
    return Score(value=error, explanation=f"{truth} repetitions, last number said {got if spoken else None}")


score_official_error = partial(_score_error, mode="official")
score_error = partial(_score_error, mode="fixed")
