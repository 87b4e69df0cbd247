"""TimeSpeak, mini: speaks at the time asked for."""

from microturn.bench.scenarios import truths
from microturn.bench.scenarios.factory import scenarios
from microturn.bench.suites.accuracy import ACCURACY
from microturn.bench.task import Task

TASK = Task(
    name="timespeak",
    summary="speaks at the time asked for: timers, intervals, durations, the clock (after TimeSpeak, mini)",
    scenarios=scenarios(2, ("timer", "every", "how_long", "wall_clock"), truths.times),
    measures=ACCURACY,
)
