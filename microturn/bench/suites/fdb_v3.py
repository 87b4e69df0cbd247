"""Full-Duplex-Bench v3 (arXiv 2604.04847): tool calls for requests that are full of disfluencies."""

from microturn.bench.loaders import fdb_v3 as loader
from microturn.bench.scenarios.fdb_v3 import DIFFICULTIES, DISFLUENCIES, mini
from microturn.bench.scorers import fdb_v3 as scorers
from microturn.bench.task import Measure, Official, Published, Task
from microturn.bench.tools.controls import OneCall

PAPER = "arXiv 2604.04847"
POST = "Interaction Models, thinkingmachines.ai, 11 May 2026"
COLUMNS = (
    "tool selection F1",
    "argument accuracy",
    "response quality",
    "Pass@1",
    "turn taken",
    "interruption rate",
    *(f"Pass@1, {name.lower().replace('_', ' ')}" for name in DISFLUENCIES),
    *(f"Pass@1, {name}" for name in DIFFICULTIES),
)
PERCENT = {  # shares of the paper's tables times 100
    "GPT-Realtime-1.5": (87.6, 68.0, 79.2, 60.0, 96.0, 13.5, 62.1, 55.6, 70.0, 66.7, 58.8, 75.0, 58.8, 43.3),
    "Gemini 2.5": (78.6, 59.3, 55.4, 49.0, 92.0, 14.1, 62.1, 44.4, 60.0, 41.7, 47.1, 66.7, 50.0, 26.7),
    "Gemini 3.1": (81.7, 58.8, 71.8, 54.0, 78.0, 19.2, 58.6, 50.0, 60.0, 58.3, 35.3, 69.4, 58.8, 30.0),
    "Grok": (79.7, 54.2, 61.7, 43.0, 94.0, 25.5, 48.3, 33.3, 50.0, 58.3, 29.4, 58.3, 47.1, 20.0),
    "Ultravox v0.7": (79.4, 51.3, 51.0, 41.0, 96.0, 47.9, 41.4, 33.3, 50.0, 25.0, 35.3, 55.6, 38.2, 26.7),
    "Cascaded": (80.3, 56.2, 60.0, 45.0, 100.0, 33.0, 44.8, 44.4, 60.0, 50.0, 17.6, 63.9, 44.1, 23.3),
}
FIRST_CALL_S = {
    "GPT-Realtime-1.5": 3.89,
    "Gemini 2.5": 4.61,
    "Gemini 3.1": 2.21,
    "Grok": 0.63,
    "Ultravox v0.7": 6.01,
    "Cascaded": 3.15,
}
TML = {  # response quality, Pass@1
    "TML-interaction-small, with a background agent": (82.8, 68.0),
    "GPT-realtime-2 minimal": (80.0, 52.0),
    "GPT-realtime-1.5": (77.9, 55.0),
    "Gemini 3.1 flash live minimal": (68.5, 48.0),
    "Qwen3.5-Omni-plus realtime": (60.0, 50.0),
    "GPT-realtime-2 xhigh": (81.0, 58.0),
    "Gemini 3.1 flash live high": (71.4, 48.0),
}
PUBLISHED = (
    *(
        Published(measure=measure, system=system, value=value, source=PAPER)
        for system, values in PERCENT.items()
        for measure, value in zip(COLUMNS, values, strict=True)
    ),
    *(
        Published(measure="first tool call", system=system, value=value, source=PAPER, note="mean")
        for system, value in FIRST_CALL_S.items()
    ),
    *(
        Published(measure=measure, system=system, value=value, source=POST)
        for system, values in TML.items()
        for measure, value in zip(("response quality", "Pass@1"), values, strict=True)
    ),
)

TASK = Task(
    name="fdb-v3",
    summary="calls the right tools for requests with disfluencies (after Full-Duplex-Bench v3)",
    scenarios=mini,
    n=12,
    measures=(
        Measure(name="Pass@1", scorer=scorers.passes()),
        Measure(name="tool selection F1", scorer=scorers.selection()),
        Measure(name="argument accuracy", scorer=scorers.right_arguments()),
        Measure(name="response quality", judged=scorers.response_quality),
        Measure(name="turn taken", scorer=scorers.turn_taken),
        Measure(name="latency", scorer=scorers.waiting, unit="s", better="low"),
        Measure(name="interruption rate", scorer=scorers.interrupts, better="low"),
        Measure(name="first tool call", scorer=scorers.first_call, unit="s", how="median", better="low"),
        *(
            Measure(name=f"Pass@1, {name}", scorer=scorers.passes(scorers.of("difficulty", name)))
            for name in DIFFICULTIES
        ),
        *(
            Measure(
                name=f"Pass@1, {name.lower().replace('_', ' ')}",
                scorer=scorers.passes(scorers.of("disfluency_features", name)),
            )
            for name in DISFLUENCIES
        ),
        Measure(name="Pass@1, rollback", scorer=scorers.passes(scorers.of("state_rollback_test", True))),
        Measure(name="Pass@1, fixed", scorer=scorers.passes(mode="fixed")),
        Measure(name="tool selection F1, all", scorer=scorers.selection(taken=False)),
        Measure(name="argument accuracy, all", scorer=scorers.right_arguments(taken=False)),
    ),
    official=Official(
        title="Full-Duplex-Bench v3",
        paper="https://arxiv.org/abs/2604.04847",
        home="https://daniellin94144.github.io/FDB-v3-demo",
        licence="code CC BY-NC 4.0; data as its archive says",
        check=loader.check,
        load=loader.load,
    ),
    published=PUBLISHED,
    blind=(OneCall(),),
)
