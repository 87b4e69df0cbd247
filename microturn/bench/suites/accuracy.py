"""The measures of suites in which something has to be said in a window."""

from microturn.bench.scorers.expect import score_expect, score_expect_strict, score_reaction
from microturn.bench.task import Measure

ACCURACY = (
    Measure(name="accuracy", scorer=score_expect, how="macro"),
    Measure(name="strict accuracy", scorer=score_expect_strict, how="macro"),
    Measure(name="reaction", scorer=score_reaction, unit="s", how="median", better="low"),
)
