"""Scorers for some of a suite's sub-types: elsewhere the scenario gives no occasion to score."""

from collections.abc import Callable

from microturn.bench.task import Scenario, Score, Scorer
from microturn.protocol.timeline import Timeline


def of_kind(*kinds: str) -> Callable[[Scorer], Scorer]:
    """Makes a scorer leave all other sub-types unscored."""

    def only(scorer: Scorer) -> Scorer:
        def score(scenario: Scenario, output: Timeline) -> Score:
            return scorer(scenario, output) if scenario.kind in kinds else elsewhere(kinds)

        return score

    return only


def elsewhere(kinds: tuple[str, ...]) -> Score:
    return Score(value=None, explanation=f"only for {', '.join(kinds)}")
