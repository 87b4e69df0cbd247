"""QIVD: questions asked face to face about what the camera sees (arXiv 2503.19356)."""

from microturn.bench.constant import Constant
from microturn.bench.loaders import qivd as loader
from microturn.bench.scenarios import films
from microturn.bench.scenarios.factory import scenarios
from microturn.bench.scorers.situated import score_answer_lag, score_correct, score_short_answer
from microturn.bench.task import Measure, Official, Published, Scenario, Task

TML = "thinkingmachines.ai/blog/interaction-models, 11 May 2026; streamed, GPT-4o-mini grades"
SUITE = 35
MAKE = scenarios(
    SUITE, ("doing", "how_many", "describe", "on_screen"), films.asked, describe=films.questions, suits=films.short
)
RESULTS = {
    "TML-Interaction-Small": 54.0,
    "GPT-Realtime-2 minimal": 57.5,
    "GPT-Realtime-1.5": 41.2,
    "Gemini 3.1 Flash Live minimal": 54.7,
    "Qwen3.5-Omni-plus-realtime": 59.0,
    "GPT-Realtime-2 xhigh": 58.2,
    "Gemini 3.1 Flash Live high": 56.1,
}


def _yes(scenario: Scenario) -> list[tuple[float, str]]:
    return [(question["ready_ms"], "yes") for question in scenario.meta["questions"]]


TASK = Task(
    name="qivd",
    summary="answers spoken questions about what it sees (QIVD)",
    scenarios=MAKE,
    n=12,
    measures=(
        Measure(name="accuracy", judged=score_correct),
        Measure(name="short answer said", scorer=score_short_answer),
        Measure(name="lag", scorer=score_answer_lag, unit="s", how="median", better="low"),
    ),
    official=Official(
        title="QIVD",
        paper="arXiv 2503.19356",
        home="qualcomm.com/developer/software/qualcomm-interactive-video-dataset-qivd",
        licence="Qualcomm's own, shown at its home before the download",
        check=loader.check,
        load=loader.load,
    ),
    published=tuple(
        Published(measure="accuracy", system=system, value=value, source=TML) for system, value in RESULTS.items()
    ),
    blind=(Constant(name="always yes", says=_yes),),
)
