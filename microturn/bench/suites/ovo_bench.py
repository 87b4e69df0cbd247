"""OVO-Bench: what was seen, what is seen, and what has to be waited for (arXiv 2501.05510)."""

from microturn.bench.constant import Constant
from microturn.bench.loaders import ovo_bench as loader
from microturn.bench.rules.ovobench import BACKWARD, REALTIME
from microturn.bench.scenarios import ovo
from microturn.bench.scorers.moment import score_choice
from microturn.bench.scorers.standing import score_standing, score_timing_precision, score_timing_recall
from microturn.bench.task import Measure, Official, Published, Scenario, Score, Scorer, Task
from microturn.protocol.timeline import Timeline

REPO = "official scorer on the answer files of OVO-Bench @c34093f9; offline, asked at every test point"
OWN = "constant predictor, computed on the annotations of OVO-Bench @c34093f9"
PARTS = ("real-time", "backward", "forward")
RESULTS = {  # real-time, backward, forward
    "Gemini": (69.32, 62.54, 57.15),
    "GPT": (64.46, 60.75, 52.92),
    "QWen2VL 72B": (61.92, 57.58, 49.30),
    "LLaVA-Video": (63.52, 40.40, 54.82),
    "LLaVA-OneVision": (64.02, 43.71, 50.50),
    "QWen2VL 7B": (55.98, 46.46, 48.74),
    "InternVL2": (60.39, 43.44, 46.60),
    "LongVU": (57.61, 35.01, 47.50),
    "Flash-VStream": (28.37, 27.38, 45.09),
}


def _of(tasks: tuple[str, ...]) -> Scorer:
    """Multiple choice of one category."""

    def score(scenario: Scenario, output: Timeline) -> Score:
        if scenario.meta["task"] not in tasks:
            return Score(value=None, explanation=f"not one of {', '.join(tasks)}")
        return score_choice(scenario, output)

    return score


def _always_yes(scenario: Scenario) -> list[tuple[float, str]]:
    return [(scenario.meta.get("from_ms", 0.0), "yes")]


def _always_one(scenario: Scenario) -> list[tuple[float, str]]:
    return [(scenario.meta.get("from_ms", 0.0), "one")]


TASK = Task(
    name="ovo-bench",
    summary="says what was seen, what is seen, and answers when it can (OVO-Bench)",
    scenarios=ovo.make,
    n=12,
    measures=(
        Measure(name="forward", scorer=score_standing, how="macro"),
        Measure(name="real-time", scorer=_of(REALTIME), how="macro"),
        Measure(name="backward", scorer=_of(BACKWARD), how="macro"),
        Measure(name="timing recall, 2 s", scorer=score_timing_recall, how="macro"),
        Measure(name="timing precision, 2 s", scorer=score_timing_precision, how="macro"),
    ),
    official=Official(
        title="OVO-Bench",
        paper="arXiv 2501.05510",
        home="github.com/JoeLeelyf/OVO-Bench; videos: huggingface.co/datasets/JoeLeelyf/OVO-Bench",
        licence="data CC BY-NC-SA 4.0",
        check=loader.check,
        load=loader.load,
    ),
    published=(
        *(
            Published(measure=part, system=system, value=value, source=REPO)
            for system, values in RESULTS.items()
            for part, value in zip(PARTS, values, strict=True)
            if (system, part) != ("GPT", "forward")
        ),
        Published(measure="forward", system="GPT", value=52.92, source=REPO, note="CRR only"),
        Published(measure="forward", system="always yes (blind), SSR", value=67.25, source=OWN, note="629 points"),
        Published(measure="forward", system="always yes (blind), CRR", value=60.00, source=OWN, note="240 points"),
        Published(measure="forward", system="constant 1 (blind), REC", value=20.49, source=OWN, note="698 points"),
    ),
    blind=(Constant(name="always yes", says=_always_yes), Constant(name="constant 1", says=_always_one)),
)
