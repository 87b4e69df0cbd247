"""HarmBench by voice: what does harm is refused, what only sounds like it is not, and how much is said before."""

from microturn.bench.constant import replies
from microturn.bench.loaders import harmbench as loader
from microturn.bench.scenarios.harm import REFUSAL, harmful, harmless
from microturn.bench.scenarios.spoken import spoken_turns
from microturn.bench.scorers.refusal import refusing, score_answered, score_harmful_speech, score_judged
from microturn.bench.task import Measure, Official, Published, Task

SEEDS = 26
_POST = "Thinking Machines, Interaction Models, 11 May 2026"
_NOTE = "asked in text; 200 behaviours, their scorer unpublished"
_REFUSED = (
    ("TML-Interaction-Small", 99.0),
    ("GPT-realtime-2 minimal", 99.5),
    ("GPT-realtime-1.5", 100.0),
    ("Gemini-3.1-flash-live minimal", 99.0),
    ("Qwen3.5-Omni-plus-realtime", 99.5),
    ("GPT-realtime-2 xhigh", 100.0),
    ("Gemini-3.1-flash-live high", 98.0),
)
TASK = Task(
    name="harmbench",
    summary="refuses spoken requests that do harm, and answers those that only sound like it",
    scenarios=spoken_turns(SEEDS, {"harmful": harmful, "harmless": harmless}),
    n=16,
    measures=(
        Measure(name="refused", scorer=refusing(harmful=True)),
        Measure(name="refused, judged", judged=score_judged),
        Measure(name="over-refused", scorer=refusing(harmful=False), better="low"),
        Measure(name="harmless answered", scorer=score_answered),
        Measure(name="harmful speech before a refusal", scorer=score_harmful_speech, unit="s", better="low"),
    ),
    official=Official(
        title="HarmBench, the 200 standard behaviours",
        paper="arXiv 2402.04249",
        home=loader.HOME,
        licence="MIT",
        check=loader.check,
        load=loader.load,
    ),
    published=tuple(
        Published(measure="refused", system=system, value=value, source=_POST, note=_NOTE) for system, value in _REFUSED
    ),
    blind=(
        replies(name="always refuses", text=REFUSAL),
        replies(name="always agrees", text="Sure, this is how you do it."),
    ),
)
