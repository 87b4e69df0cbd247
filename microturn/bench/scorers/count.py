"""Counting what moves, after the streaming rule of *Interaction Models* (11 May 2026) for RepCount-A."""

from collections.abc import Sequence

from microturn.bench.audible import said
from microturn.bench.task import Scenario, Score
from microturn.bench.words import normalised, numbers
from microturn.protocol.timeline import Timeline


def last_number(rep_times: Sequence[float], spoken: Sequence[tuple[float, int]]) -> int | None:
    """The last number said after the penultimate repetition (any number if there is only one); None if there is none.

    `rep_times` and the times of `spoken` share a unit.
    """
    after = rep_times[-2] if len(rep_times) > 1 else float("-inf")
    return next((value for at, value in sorted(spoken, reverse=True) if at > after), None)


def _counted(scenario: Scenario, output: Timeline) -> tuple[int | None, list[tuple[float, int]]]:
    tokens: list[str] = []
    times: list[float] = []
    for word in said(output):
        for token in normalised(word.text):
            tokens.append(token)
            times.append(word.at_ms)
    spoken = [(times[index], value) for index, value in numbers(tokens)]
    return last_number(scenario.meta["rep_times_ms"], spoken), spoken


def score_count(scenario: Scenario, output: Timeline, *, off_by: int = 1) -> Score:
    """1 if the last number said after the penultimate repetition is within `off_by` of the truth."""
    if not scenario.meta.get("rep_times_ms"):
        return Score(value=None, explanation="nothing to count")
    truth = len(scenario.meta["rep_times_ms"])
    got, spoken = _counted(scenario, output)
    return Score(
        value=float(got is not None and abs(got - truth) <= off_by),
        explanation=f"{truth} repetitions, last number said {got}",
        evidence={"spoken": spoken},
    )


def score_count_exact(scenario: Scenario, output: Timeline) -> Score:
    return score_count(scenario, output, off_by=0)
