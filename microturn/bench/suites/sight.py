"""Sight: counts repetitions, speaks at what it sees, says what is there when asked."""

from dataclasses import replace

from microturn.bench.scenarios import truths
from microturn.bench.scenarios.factory import scenarios
from microturn.bench.scorers.count import score_count, score_count_exact
from microturn.bench.suites.accuracy import ACCURACY
from microturn.bench.task import Measure, Task
from microturn.data.acts import SIGHT

TASK = Task(
    name="sight",
    summary="counts repetitions it sees (RepCount's streaming rule, mini), speaks when it sees a cue, says what it sees",
    scenarios=scenarios(7, SIGHT, truths.sights, describe=truths.repetitions),
    measures=(
        Measure(name="count off by one", scorer=score_count),
        Measure(name="count exact", scorer=score_count_exact),
        *(replace(measure, name=f"cues: {measure.name}") for measure in ACCURACY),
    ),
)
