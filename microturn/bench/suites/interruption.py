"""Interruption: stops when interrupted, goes on through what is no interruption."""

from microturn.bench.scenarios import truths
from microturn.bench.scenarios.factory import scenarios
from microturn.bench.scorers.interruption import score_goes_on, score_stop_latency, score_stops
from microturn.bench.task import Measure, Scenario, Score, Scorer, Task
from microturn.protocol.timeline import Timeline


def _goes_on(*, echo: bool) -> Scorer:
    """Going on over what other people say, or over its own echo."""

    def score(scenario: Scenario, output: Timeline) -> Score:
        if ("echo_db" in scenario.meta) != echo:
            return Score(value=None, explanation="it is something else that goes on")
        return score_goes_on(scenario, output)

    return score


TASK = Task(
    name="interruption",
    summary="stops within 600 ms when interrupted, goes on through murmurs, background speech and its own echo",
    scenarios=scenarios(6, ("interrupted", "undisturbed", "count"), describe=truths.overlap),
    measures=(
        Measure(name="stops in 600 ms", scorer=score_stops),
        Measure(name="stop latency", scorer=score_stop_latency, unit="ms", how="median", better="low"),
        Measure(name="goes on", scorer=_goes_on(echo=False)),
        Measure(name="goes on over its own echo", scorer=_goes_on(echo=True)),
    ),
)
