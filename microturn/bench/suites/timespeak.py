"""TimeSpeak, mini: speaks at the time asked for."""

from microturn.bench.blind import says_at_random, says_every
from microturn.bench.scenarios import truths
from microturn.bench.scenarios.factory import scenarios
from microturn.bench.suites.accuracy import PROACTIVE, anybodys
from microturn.bench.task import Published, Task

SOURCE = "thinkingmachines.ai/blog/interaction-models, 11 May 2026"
NOTE = "sizes, windows and judge unpublished"
PUBLISHED = (
    Published(measure="accuracy, judged", system="TML-interaction-small", value=64.7, source=SOURCE, note=NOTE),
    Published(measure="accuracy, judged", system="GPT-realtime-2 minimal", value=4.3, source=SOURCE, note=NOTE),
)
BLIND = (says_every(every_s=5.0), says_at_random(per_minute=12.0))
TASK = Task(
    name="timespeak",
    summary="speaks at the time asked for: timers, intervals, durations, the clock (after TimeSpeak, mini)",
    scenarios=scenarios(2, ("timer", "every", "how_long", "wall_clock"), truths.times),
    measures=PROACTIVE,
    official=anybodys("TimeSpeak"),
    published=PUBLISHED,
    blind=BLIND,
)
