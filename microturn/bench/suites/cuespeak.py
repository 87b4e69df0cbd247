"""CueSpeak, mini: speaks at the right moment, while the user goes on."""

from microturn.bench.scenarios import truths
from microturn.bench.scenarios.factory import scenarios
from microturn.bench.suites.accuracy import ACCURACY
from microturn.bench.task import Task

TASK = Task(
    name="cuespeak",
    summary="speaks at cues while the user goes on talking (after CueSpeak, mini)",
    scenarios=scenarios(3, ("whenever", "tally", "halt"), truths.cues),
    measures=ACCURACY,
)
