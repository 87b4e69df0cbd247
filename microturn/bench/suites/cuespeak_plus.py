"""CueSpeak, more kinds: two rules, a rule revoked or replaced, words in another language or mispronounced."""

from microturn.bench.scenarios import truths
from microturn.bench.scenarios.factory import scenarios
from microturn.bench.suites.accuracy import PROACTIVE
from microturn.bench.suites.cuespeak import BLIND
from microturn.bench.task import Task

TASK = Task(
    name="cuespeak-plus",
    summary="keeps two rules apart, drops and changes rules, gets foreign and mispronounced words (mini)",
    scenarios=scenarios(
        24, ("two_rules", "revoked", "replaced", "code_switch", "mispronounced"), truths.cues_or_answers
    ),
    n=15,
    measures=PROACTIVE,
    blind=BLIND,
)
