"""CueSpeak, mini: speaks at the right moment, while the user goes on."""

from microturn.bench.blind import says_at_random, says_every
from microturn.bench.scenarios import truths
from microturn.bench.scenarios.factory import scenarios
from microturn.bench.suites.accuracy import PROACTIVE, anybodys
from microturn.bench.task import Published, Task

SOURCE = "thinkingmachines.ai/blog/interaction-models, 11 May 2026"
NOTE = "sizes, windows and judge unpublished"
PUBLISHED = (
    Published(measure="accuracy, judged", system="TML-interaction-small", value=81.7, source=SOURCE, note=NOTE),
    Published(measure="accuracy, judged", system="GPT-realtime-2 minimal", value=2.9, source=SOURCE, note=NOTE),
)
BLIND = (says_every(every_s=5.0), says_at_random(per_minute=12.0))
TASK = Task(
    name="cuespeak",
    summary="speaks at cues while the user goes on talking (after CueSpeak, mini)",
    scenarios=scenarios(3, ("whenever", "tally", "halt"), truths.cues),
    measures=PROACTIVE,
    official=anybodys("CueSpeak"),
    published=PUBLISHED,
    blind=BLIND,
)
