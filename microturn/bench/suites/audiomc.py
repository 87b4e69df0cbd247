"""Audio MultiChallenge (arXiv 2512.14865): the last turn of a conversation, judged by rubrics."""

from microturn.bench.loaders import audiomc as loader
from microturn.bench.scenarios.audiomc import mini
from microturn.bench.scorers.audiomc import rubrics
from microturn.bench.task import Measure, Official, Published, Task

POST = "Interaction Models, thinkingmachines.ai, 11 May 2026"
PAPER = "arXiv 2512.14865"
APR = {
    "Gemini 3 Pro Preview (thinking)": (54.65, PAPER, ""),
    "GPT-realtime-2 xhigh": (48.5, POST, ""),
    "TML-interaction-small": (43.4, POST, ""),
    "GPT-realtime-2 minimal": (37.6, POST, ""),
    "Gemini 3.1 flash live high": (36.1, POST, ""),
    "GPT-realtime-1.5": (34.7, POST, ""),
    "Gemini 3.1 flash live minimal": (26.8, POST, ""),
    "Qwen3-Omni": (25.9, "third party", "Gemma as the judge"),
    "MiniCPM-o 4.5 (open)": (6.5, "MiniCPM-o 4.5 report", "proxy judge"),
    "MiniCPM-o 4.5 (closed)": (7.5, "MiniCPM-o 4.5 report", "proxy judge"),
}
ARS = {
    "Qwen3-Omni": (52.8, "third party", "Gemma as the judge"),
    "MiniCPM-o 4.5 (open)": (24.1, "MiniCPM-o 4.5 report", "proxy judge"),
    "MiniCPM-o 4.5 (closed)": (28.5, "MiniCPM-o 4.5 report", "proxy judge"),
}

TASK = Task(
    name="audiomc",
    summary="answers the last turn of a conversation as its rubrics want (after Audio MultiChallenge)",
    scenarios=mini,
    n=12,
    measures=(
        Measure(name="APR", judged=rubrics(whole=True)),
        Measure(name="ARS", judged=rubrics(whole=False)),
        Measure(name="APR, fixed", judged=rubrics(whole=True, mode="fixed")),
    ),
    official=Official(
        title="Audio MultiChallenge",
        paper="https://arxiv.org/abs/2512.14865",
        home="https://huggingface.co/datasets/ScaleAI/audiomc",
        licence="MIT",
        check=loader.check,
        load=loader.load,
    ),
    published=tuple(
        Published(measure=measure, system=system, value=value, source=source, note=note)
        for measure, table in (("APR", APR), ("ARS", ARS))
        for system, (value, source, note) in table.items()
    ),
)
