"""TurnBench: when a turn has ended, and when the other takes the floor, in conversations that go on by themselves."""

from functools import partial

from microturn.bench.blind import EnergyTurns, says_every
from microturn.bench.loaders import turnbench as official
from microturn.bench.scenarios.conversations import conversations
from microturn.bench.scorers.turnbench import false_alarms, latency, recall
from microturn.bench.task import Measure, Official, Published, Task

SOURCE = "SesameAILabs/turnbench @a87ffac2, test split"
NOTE = "read off the published plots, to two digits; 1,904 + 1,063 + 347 + 3,733 events"
MEASURES = (
    "EOT recall",
    "EOT false alarms",
    "EOT latency",
    "interruption recall",
    "interruption false alarms",
    "interruption latency",
)
ROWS = {
    "VAP": (85, 8, 300, 92, 6, 1130),
    "mimi_endpointer": (78, 8, 570, 84, 7, None),
    "kyutai_semantic_vad": (76, 4, 1180, None, None, None),
    "openai_server_vad": (95, 53, 280, None, None, None),
    "smart_turn_v3": (65, 3, 1026, None, None, None),
}
TASK = Task(
    name="turnbench",
    summary="knows when a turn has ended and when the other takes the floor (TurnBench's rule, mini)",
    scenarios=partial(conversations, 20),
    n=8,
    measures=(
        Measure(name="EOT recall", scorer=recall("eot")),
        Measure(name="EOT false alarms", scorer=false_alarms("eot"), better="low"),
        Measure(name="EOT latency", scorer=latency("eot"), unit="ms", how="pooled median", better="low"),
        Measure(name="EOT latency p10", scorer=latency("eot"), unit="ms", how="pooled p10", better="low"),
        Measure(name="EOT latency p90", scorer=latency("eot"), unit="ms", how="pooled p90", better="low"),
        Measure(name="interruption recall", scorer=recall("interruption")),
        Measure(name="interruption false alarms", scorer=false_alarms("interruption"), better="low"),
        Measure(
            name="interruption latency",
            scorer=latency("interruption"),
            unit="ms",
            how="pooled median",
            better="low",
        ),
    ),
    official=Official(
        title="TurnBench",
        paper="arXiv 2608.25218",
        home="huggingface.co/datasets/mundo-ai/turn-benchmark-dev (gated); github.com/SesameAILabs/turnbench",
        licence="gated: the terms are on the page of the data",
        check=official.check,
        load=official.load,
    ),
    published=tuple(
        Published(measure=measure, system=system, value=float(value), source=SOURCE, note=NOTE)
        for system, row in ROWS.items()
        for measure, value in zip(MEASURES, row, strict=True)
        if value is not None
    ),
    blind=(says_every(every_s=2.0), EnergyTurns(hang_ms=500.0), EnergyTurns(hang_ms=1000.0)),
)
