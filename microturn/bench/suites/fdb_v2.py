"""Full-Duplex-Bench v2 (arXiv 2510.07838): a conversation of several turns with an examiner who listens."""

from microturn.bench.loaders import fdb_v2 as loader
from microturn.bench.rules.fdb_v2 import BIN_S
from microturn.bench.scenarios.fdb_v2 import mini
from microturn.bench.scorers.fdb_v2 import averaged, follows_by_judge, over_time, task_by_judge
from microturn.bench.task import Measure, Official, Published, Task

MARKS = "of 5"
PAPER = "arXiv 2510.07838"
MINICPM = "MiniCPM-o 4.5 report, by a proxy"
FAST = {
    "Freeze-Omni": (2.74, 2.62, 3.94),
    "Moshi": (2.88, 2.76, 3.67),
    "GPT-Realtime": (4.02, 4.51, 4.44),
}
SLOW = {
    "Freeze-Omni": (3.50, 2.86, 4.27),
    "Moshi": (3.46, 3.84, 3.51),
    "GPT-Realtime": (3.94, 4.12, 4.53),
}
CATEGORIES = ("Correction", "EntityTracking", "Safety")
PUBLISHED = tuple(
    Published(measure=f"task score, {pace}", system=system, value=value, source=PAPER, note=category)
    for pace, table in (("fast", FAST), ("slow", SLOW))
    for system, values in table.items()
    for category, value in zip(CATEGORIES, values, strict=True)
) + tuple(
    Published(measure=measure, system=f"MiniCPM-o 4.5 ({how})", value=value, source=MINICPM, note="proxy judge")
    for how, values in (("open", (4.09, 3.90, 3.82)), ("closed", (4.39, 4.33, 4.37)))
    for measure, value in zip(("turn-taking", "instruction following", "task score"), values, strict=True)
)
CURVE_S = (0, 15, 30, 45)

TASK = Task(
    name="fdb-v2",
    summary="holds a conversation of four stages with an examiner who listens (after Full-Duplex-Bench v2)",
    scenarios=mini,
    n=8,
    measures=(
        Measure(name="task score", scorer=averaged("avg_task_specific"), unit=MARKS, how="macro"),
        Measure(name="turn-taking", scorer=averaged("avg_turn_taking"), unit=MARKS),
        Measure(name="instruction following", scorer=averaged("avg_instruction_following"), unit=MARKS),
        *(
            Measure(name=f"task score, {pace}", scorer=averaged("avg_task_specific", pace=pace), unit=MARKS)
            for pace in ("fast", "slow")
        ),
        *(
            Measure(name=f"{name}, {start}-{start + BIN_S} s", scorer=over_time(kind, start), unit=MARKS)
            for name, kind in (("turn-taking", "TT"), ("instruction following", "IF"))
            for start in CURVE_S
        ),
        Measure(name="task score by the judge", judged=task_by_judge, unit=MARKS),
        Measure(name="instruction following by the judge", judged=follows_by_judge, unit=MARKS),
    ),
    official=Official(
        title="Full-Duplex-Bench v2",
        paper="https://arxiv.org/abs/2510.07838",
        home="https://github.com/DanielLin94144/Full-Duplex-Bench",
        licence="CC BY-NC 4.0",
        check=loader.check,
        load=loader.load,
    ),
    published=PUBLISHED,
)
