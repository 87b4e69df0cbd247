"""Turn-taking: answers when the user has finished, and waits while the user only pauses."""

from microturn.bench.scenarios import truths
from microturn.bench.scenarios.factory import scenarios
from microturn.bench.scorers.expect import score_expect
from microturn.bench.scorers.takeover import (
    score_latency,
    score_official_latency,
    score_pause_sound,
    score_pause_takeover,
    score_turn_takeover,
)
from microturn.bench.task import Measure, Task

TASK = Task(
    name="turntaking",
    summary="answers when the user has finished, waits in mid-sentence pauses (Full-Duplex-Bench v1 rules, mini)",
    scenarios=scenarios(1, ("repeat", "count"), truths.answers, describe=truths.turn, suits=truths.suits_turntaking),
    measures=(
        Measure(name="latency", scorer=score_latency, unit="s", how="median", better="low"),
        Measure(name="takeover in pauses", scorer=score_pause_takeover, better="low"),
        Measure(name="any sound in pauses", scorer=score_pause_sound, better="low"),
        Measure(name="takeover of turns", scorer=score_turn_takeover),
        Measure(name="official latency", scorer=score_official_latency, unit="s", better="low"),
        Measure(name="right answer in time", scorer=score_expect),
    ),
)
