"""ProactiveVideoQA: answers of its own accord, once what was asked about is in view (arXiv 2507.09313)."""

from microturn.bench.controls import Silent
from microturn.bench.loaders import proactive_video_qa as loader
from microturn.bench.scenarios import films
from microturn.bench.scenarios.factory import scenarios
from microturn.bench.scenarios.foresight import foreseen
from microturn.bench.scorers.pauc import pauc, score_duplicates
from microturn.bench.task import Measure, Official, Published, Task

TML = "thinkingmachines.ai/blog/interaction-models, 11 May 2026"
SUITE = 31
ACTS = ("comes_goes", "slides", "bar", "changes", "posture", "message")
MAKE = scenarios(SUITE, ACTS, films.seen, describe=films.turns, suits=films.described(("comes_goes", "bar")))
HEADLINE = "PAUC, omega 0.5"

TASK = Task(
    name="proactive-video-qa",
    summary="answers of its own accord when what was asked about comes into view (ProactiveVideoQA, PAUC)",
    scenarios=foreseen(MAKE, films.due_ms),
    n=12,
    measures=(
        Measure(name=HEADLINE, judged=pauc(0.5), how="macro"),
        Measure(name="PAUC, omega 0", judged=pauc(0.0), how="macro"),
        Measure(name="PAUC, omega 1", judged=pauc(1.0), how="macro"),
        Measure(name="duplicate replies", scorer=score_duplicates, better="low"),
    ),
    official=Official(
        title="ProactiveVideoQA",
        paper="arXiv 2507.09313",
        home="huggingface.co/datasets/wangyueqian/ProactiveVideoQA; github.com/yellow-binary-tree/ProactiveVideoQA",
        licence="see its home; the videos are those of Shot2Story, Ego4D, TVQA and UCF-Crime, under their terms",
        check=loader.check,
        load=loader.load,
    ),
    published=(
        Published(measure=HEADLINE, system="TML-Interaction-Small", value=33.5, source=TML),
        Published(measure=HEADLINE, system="GPT-Realtime-2 minimal", value=25.0, source=TML, note="silent"),
        Published(measure=HEADLINE, system="silence (blind)", value=25.0, source="by construction"),
    ),
    blind=(Silent(name="silence"),),
)
