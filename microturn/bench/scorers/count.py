"""Counting what moves, after the streaming rule of *Interaction Models* (11 May 2026) for RepCount-A."""

from microturn.bench.audible import said
from microturn.bench.rules.proactive import OFF_BY, counted, last_number
from microturn.bench.task import Scenario, Score
from microturn.bench.words import normalised, numbers
from microturn.protocol.timeline import Timeline


def _counted(scenario: Scenario, output: Timeline) -> tuple[int | None, list[tuple[float, int]]]:
    tokens: list[str] = []
    times: list[float] = []
    for word in said(output):
        for token in normalised(word.text):
            tokens.append(token)
            times.append(word.at_ms)
    spoken = [(times[index], value) for index, value in numbers(tokens)]
    return last_number(scenario.meta["rep_times_ms"], spoken), spoken


def score_count(scenario: Scenario, output: Timeline, *, off_by: int = OFF_BY) -> Score:
    """1 if the last number said after the penultimate repetition is within `off_by` of the truth."""
    if not scenario.meta.get("rep_times_ms"):
        return Score(value=None, explanation="nothing to count")
    truth = len(scenario.meta["rep_times_ms"])
    got, spoken = _counted(scenario, output)
    return Score(
        value=float(counted(got, truth, off_by=off_by)),
        explanation=f"{truth} repetitions, last number said {got}",
        evidence={"spoken": spoken},
    )


def score_count_exact(scenario: Scenario, output: Timeline) -> Score:
    return score_count(scenario, output, off_by=0)
