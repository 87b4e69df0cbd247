"""TimeSpeak, more kinds: at a time of day, until told to stop, how long ago, how long so far."""

from microturn.bench.scenarios import truths
from microturn.bench.scenarios.factory import scenarios
from microturn.bench.suites.accuracy import PROACTIVE
from microturn.bench.suites.timespeak import BLIND
from microturn.bench.task import Scenario, Task

LONGEST_MS = 36_000.0


def _short(index: int, scenario: Scenario) -> bool:
    del index
    return scenario.timeline.duration_ms <= LONGEST_MS


TASK = Task(
    name="timespeak-plus",
    summary="speaks at a time of day, every second until told to stop, and knows how long ago and how long so far (mini)",
    scenarios=scenarios(23, ("at_time", "until_told", "since", "so_far"), truths.more_times, suits=_short),
    n=12,
    measures=PROACTIVE,
    blind=BLIND,
)
