"""Answers: right, in time, and in words that an independent recogniser understands."""

from microturn.bench.scenarios import truths
from microturn.bench.scenarios.factory import scenarios
from microturn.bench.scorers.intelligibility import score_intelligibility
from microturn.bench.suites.accuracy import ACCURACY
from microturn.bench.task import Measure, Task

ANSWERS = ("hello", "thanks", "repeat", "count", "nth_word", "yes_no", "last_word", "how_many_words")
TASK = Task(
    name="answers",
    summary="answers spoken requests rightly and in time",
    scenarios=scenarios(4, ANSWERS, truths.answers),
    measures=(*ACCURACY, Measure(name="words understood", scorer=score_intelligibility)),
)
