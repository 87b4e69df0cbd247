"""The measures of suites in which something has to be said in a window."""

from microturn.bench.loaders import proactive
from microturn.bench.scorers.expect import score_expect, score_expect_judged, score_expect_strict, score_reaction
from microturn.bench.task import Measure, Official

ACCURACY = (
    Measure(name="accuracy", scorer=score_expect, how="macro"),
    Measure(name="strict accuracy", scorer=score_expect_strict, how="macro"),
    Measure(name="reaction", scorer=score_reaction, unit="s", how="median", better="low"),
)
# Where others' items may be run as well: what they expect may be said in other words.
PROACTIVE = (*ACCURACY, Measure(name="accuracy, judged", judged=score_expect_judged, how="macro"))


def anybodys(name: str) -> Official:
    """The layout in which anybody can bring items of a protocol whose own data are unpublished."""
    return Official(
        title=f"{name} items of your own (its data are unpublished)",
        paper="thinkingmachines.ai/blog/interaction-models, 11 May 2026",
        home="a folder with spec.jsonl and sound files, see microturn.bench.loaders.proactive",
        licence="that of the items",
        check=proactive.check,
        load=proactive.load,
    )
