"""Silence: nothing is asked, and nothing ought to be said."""

from microturn.bench.scenarios.factory import scenarios
from microturn.bench.scorers.silence import score_false_speech, score_quiet
from microturn.bench.task import Measure, Task

TASK = Task(
    name="silence",
    summary="stays silent when nothing is asked of it",
    scenarios=scenarios(8, ("plain", "silence", "elsewhere")),
    measures=(
        Measure(name="false speech", scorer=score_false_speech, unit="/min", better="low"),
        Measure(name="silent throughout", scorer=score_quiet),
    ),
)
