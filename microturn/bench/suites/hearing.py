"""Hearing: what the system writes of what the user says, in voices of two splits."""

from microturn.bench.scenarios.factory import scenarios
from microturn.bench.scorers.wer import score_wer
from microturn.bench.task import Measure, Scenario, Score, Scorer, Task
from microturn.protocol.timeline import Timeline


def _wer_of(split: str) -> Scorer:
    """Word errors on the scenarios of one split of voices."""

    def score(scenario: Scenario, output: Timeline) -> Score:
        if scenario.meta["split"] != split:
            return Score(value=None, explanation=f"not of the {split} voices")
        return score_wer(scenario, output)

    return score


TASK = Task(
    name="hearing",
    summary="writes what the user says, in voices and from a synthesiser it was not trained on",
    scenarios=scenarios(5, ("plain", "repeat", "nth_word", "chatter"), splits=("test", "unseen")),
    measures=(
        Measure(name="word error rate", scorer=_wer_of("test"), better="low"),
        Measure(name="word error rate, unseen synthesiser", scorer=_wer_of("unseen"), better="low"),
    ),
)
