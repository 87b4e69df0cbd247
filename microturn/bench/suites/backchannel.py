"""Backchannels: murmurs between the sentences of a story, and does not take the turn."""

from microturn.bench.scenarios import truths
from microturn.bench.scenarios.factory import scenarios
from microturn.bench.scorers.backchannel import score_murmurs, score_murmurs_in_gaps, score_story_takeover
from microturn.bench.task import Measure, Task

TASK = Task(
    name="backchannel",
    summary="murmurs between the sentences of a long story (Full-Duplex-Bench v1 rule with its flaw fixed, mini)",
    scenarios=scenarios(9, ("story",), describe=truths.story),
    measures=(
        Measure(name="takeover in stories", scorer=score_story_takeover, better="low"),
        Measure(name="murmurs", scorer=score_murmurs, unit="per min"),
        Measure(name="murmurs between words", scorer=score_murmurs_in_gaps),
    ),
)
