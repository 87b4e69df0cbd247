"""Delegation: hands work over, says results when there is room, drops what was called off, does as it is instructed."""

from microturn.bench.scenarios.delegation import ACTS, suits, windows
from microturn.bench.scenarios.factory import scenarios
from microturn.bench.scorers import delegation as scorers
from microturn.bench.task import Measure, Task

SUITE = 42
TASK = Task(
    name="delegation",
    summary="hands work over, says what comes back when there is room, nothing of what was called off (mini)",
    scenarios=scenarios(SUITE, ACTS, windows, suits=suits),
    n=20,
    measures=(
        Measure(name="handed over", scorer=scorers.handed_over()),
        Measure(name="handed over, word for word", scorer=scorers.handed_over(exact=True)),
        Measure(name="called off", scorer=scorers.called_off),
        Measure(name="result said in time", scorer=scorers.result_said),
        Measure(name="words of the result in time", scorer=scorers.result_words),
        Measure(name="from room to result", scorer=scorers.result_wait, unit="s", how="median", better="low"),
        Measure(name="not over the user", scorer=scorers.not_over_the_user),
        Measure(name="nothing of what was called off", scorer=scorers.nothing_stale),
        Measure(name="silent until asked", scorer=scorers.silent_unasked),
        Measure(name="answers when asked", scorer=scorers.asked_for),
        Measure(name="obeys instructions", scorer=scorers.obeyed),
    ),
)
