"""StreamingBench: an output at the right moment, and questions at theirs (arXiv 2411.03628)."""

from microturn.bench.constant import Constant
from microturn.bench.loaders import streamingbench as loader
from microturn.bench.scenarios import films
from microturn.bench.scenarios.factory import scenarios
from microturn.bench.scenarios.foresight import foreseen
from microturn.bench.scenarios.options import with_options
from microturn.bench.scorers.moment import score_choice, score_moment, score_moment_lag, score_output
from microturn.bench.task import Measure, Official, Published, Scenario, Task

OWN = "constant predictor, computed on the 250 questions of Tyronita/StreamingBench"
PAPER = "StreamingBench paper; offline, polled every second"
SUITE = 34
DELAY_S = 7.0  # after the question: the best constant on the official questions
ACTS = ("reads", "bar", "appears", "how_many", "typing", "changes")
MAKE = scenarios(SUITE, ACTS, films.seen_or_asked, describe=films.moment, suits=films.short)


def _delayed(scenario: Scenario) -> list[tuple[float, str]]:
    return [(scenario.meta.get("question_ms", 0.0) + 1000 * DELAY_S, "now")]


TASK = Task(
    name="streamingbench",
    summary="speaks within 2 s of the right moment, answers questions about what it sees (StreamingBench)",
    scenarios=with_options(foreseen(MAKE, films.due_ms)),
    n=12,
    measures=(
        Measure(name="proactive output", scorer=score_moment),
        Measure(name="proactive output, right words too", judged=score_output),
        Measure(name="lag", scorer=score_moment_lag, unit="s", how="median", better="low"),
        Measure(name="multiple choice", scorer=score_choice),
    ),
    official=Official(
        title="StreamingBench",
        paper="arXiv 2411.03628",
        home="streamingbench.github.io; huggingface.co/datasets/mjuicem/StreamingBench",
        licence="code and questions MIT; videos under their own terms",
        check=loader.check,
        load=loader.load,
    ),
    published=(
        Published(measure="proactive output", system="Seed1.5-VL", value=82.80, source="as reported by its authors"),
        Published(measure="proactive output", system="7 s after the question (blind)", value=52.4, source=OWN),
        Published(measure="multiple choice", system="human", value=91.66, source=PAPER, note="all tasks"),
        Published(measure="multiple choice", system="Gemini 1.5 Pro", value=67.07, source=PAPER, note="all tasks"),
        Published(measure="multiple choice", system="MiniCPM-o 2.6", value=66.01, source=PAPER, note="all tasks"),
        Published(measure="multiple choice", system="GPT-4o", value=60.15, source=PAPER, note="all tasks"),
        Published(measure="multiple choice", system="Claude 3.5 Sonnet", value=57.68, source=PAPER, note="all tasks"),
        Published(measure="multiple choice", system="LLaVA-OneVision", value=56.36, source=PAPER, note="all tasks"),
        Published(measure="multiple choice", system="Dispider", value=53.12, source=PAPER, note="all tasks"),
        Published(measure="multiple choice", system="VideoLLM-online", value=32.48, source=PAPER, note="all tasks"),
        Published(measure="multiple choice", system="Flash-VStream", value=24.04, source=PAPER, note="all tasks"),
    ),
    blind=(Constant(name="7 s after", says=_delayed),),
)
