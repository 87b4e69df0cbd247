"""BigBench Audio: spoken puzzles of four categories and the answer that the reply ends on."""

from microturn.bench.constant import replies
from microturn.bench.loaders import bigbench_audio as loader
from microturn.bench.scenarios.puzzles import AUDIO
from microturn.bench.scenarios.spoken import spoken_turns
from microturn.bench.scorers.bigbench_audio import score_final_answer, score_judged, score_unanswered
from microturn.bench.task import Measure, Official, Published, Task

SEEDS = 27
_POST = "Thinking Machines, Interaction Models, 11 May 2026"
_ACCURACY = (
    ("TML-Interaction-Small", 75.7, _POST, ""),
    ("TML-Interaction-Small", 96.5, _POST, "with a background agent"),
    ("GPT-realtime-2 minimal", 71.8, _POST, ""),
    ("GPT-realtime-1.5", 81.4, _POST, ""),
    ("Gemini-3.1-flash-live minimal", 71.3, _POST, ""),
    ("Qwen3.5-Omni-plus-realtime", 73.0, _POST, ""),
    ("GPT-realtime-2 xhigh", 96.6, _POST, ""),
    ("Gemini-3.1-flash-live high", 96.6, _POST, ""),
    ("DuplexOmni", 77.2, "arXiv 2606.09186", ""),
)
TASK = Task(
    name="bigbench-audio",
    summary="solves spoken puzzles: formal fallacies, navigation, counting objects, webs of lies",
    scenarios=spoken_turns(SEEDS, AUDIO),
    n=16,
    measures=(
        Measure(name="accuracy", scorer=score_final_answer, how="macro"),
        Measure(name="accuracy, judged", judged=score_judged, how="macro"),
        Measure(name="no answer found", scorer=score_unanswered, better="low"),
    ),
    official=Official(
        title="BigBench Audio",
        paper="Artificial Analysis, Big Bench Audio; BIG-Bench Hard: arXiv 2210.09261",
        home=loader.HOME,
        licence="MIT",
        check=loader.check,
        load=loader.load,
    ),
    published=tuple(
        Published(measure="accuracy", system=system, value=value, source=source, note=note or "judged by a model")
        for system, value, source, note in _ACCURACY
    ),
    blind=(
        replies(name="always valid, yes and 3", text="Valid. Yes. Three."),
        replies(name="always invalid, no and 2", text="Invalid. No. Two."),
    ),
)
