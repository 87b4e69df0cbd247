"""Full-Duplex-Bench v1: pauses, backchannels, turns and interruptions, by the official rules and by mended ones."""

from microturn.bench.loaders.fdb_v1 import OFFICIAL
from microturn.bench.scenarios.fdb_v1 import make
from microturn.bench.scorers.fdb_v1 import (
    judge_reply,
    score_frequency,
    score_jsd,
    score_jsd_gain,
    score_latency,
    score_listener_takeover,
    score_pause,
    score_speaking,
    score_taken,
)
from microturn.bench.task import Measure, Published, Task

README = "github.com/DanielLin94144/Full-Duplex-Bench @d7336bda, README"
TML = "Interaction Models, Thinking Machines, 11 May 2026"
GYM = "InteractionGym, proxy judge"
RL = "enochlev/text-only-duplex-model, README"
# Pauses (synthetic, Candor), backchannels (takeover, a second, JSD), turns (takeover, s), interruptions (takeover, of 5, s).
TABLE = {
    "PersonaPlex": (0.584, 0.662, 0.327, 0.025, 0.649, 0.992, 0.070, 1.000, 4.210, 0.400),
    "dGSLM": (0.934, 0.935, 0.691, 0.015, 0.934, 0.975, 0.352, 0.917, 0.201, 2.531),
    "Moshi": (0.985, 0.980, 1.000, 0.001, 0.957, 0.941, 0.265, 1.000, 0.765, 0.257),
    "Freeze-Omni": (0.642, 0.481, 0.636, 0.001, 0.997, 0.336, 0.953, 0.867, 3.615, 1.409),
    "Gemini Live 2.0": (0.255, 0.310, 0.091, 0.012, 0.896, 0.655, 1.301, 0.891, 3.376, 1.183),
    "GPT-Realtime": (0.010, 0.120, 0.000, 0.007, 0.980, 1.000, 1.470, 0.970, 3.850, 1.500),
}
OTHERS = {
    "MiniCPM-o 4.5": (0.15, 0.31, 0.0, 0.0, 1.00, 0.96, 1.28, 0.94, 4.44, 1.53),
    "MiniCPM-duplex base": (0.934, 0.916, 0.71, 0.44, 0.44, 0.992, 0.31, 1.0, 4.15, 0.71),
    "MiniCPM-duplex RL": (0.653, 0.635, 0.73, 0.15, 0.69, 0.861, 0.85, 0.98, 4.04, 1.76),
}
COLUMNS = (
    ("pause takeover", "synthetic"),
    ("pause takeover", "Candor"),
    ("backchannel takeover", "ICC"),
    ("backchannels", "ICC"),
    ("backchannel JSD", "ICC"),
    ("turn takeover", "Candor"),
    ("turn latency", "Candor"),
    ("interruption takeover", "synthetic"),
    ("interruption rating", "synthetic, 0 to 5"),
    ("interruption latency", "synthetic"),
)
LATENCY = {
    "TML-Interaction-Small": 0.40,
    "GPT-realtime-2 minimal": 1.18,
    "GPT-realtime-1.5": 0.59,
    "Gemini 3.1 Flash Live minimal": 0.57,
    "Qwen3.5-Omni-Plus realtime": 2.14,
    "GPT-realtime-2 xhigh": 1.63,
    "Gemini 3.1 Flash Live high": 0.94,
}
# On the histograms of the 55 official recordings; computed from them, no system speaks.
BLIND_JSD = {
    "uniform histogram": 0.245,
    "0.4 s at random, 0.01 a second": 0.943,
    "0.4 s at random, 0.025 a second": 0.886,
    "0.4 s at random, 0.1 a second": 0.777,
    "0.4 s at random, 0.3 a second": 0.689,
    "0.4 s where raters want it, 0.01 a second": 0.939,
    "0.4 s where raters want it, 0.025 a second": 0.881,
    "0.4 s where raters want it, 0.1 a second": 0.759,
    "0.4 s where raters want it, 0.3 a second": 0.653,
}


def _row(system: str, values: tuple[float, ...], source: str) -> tuple[Published, ...]:
    cells = zip(COLUMNS, values, strict=True)
    return tuple(
        Published(
            measure=measure,
            system=system,
            value=100 * value if measure.endswith("takeover") else value,
            source=source,
            note=note,
        )
        for (measure, note), value in cells
    )


PUBLISHED = (
    *(one for system, values in TABLE.items() for one in _row(system, values, README)),
    *(one for system, values in OTHERS.items() for one in _row(system, values, GYM if "4.5" in system else RL)),
    *(Published(measure="turn latency", system=name, value=value, source=TML) for name, value in LATENCY.items()),
    *(
        Published(measure="backchannel JSD", system=name, value=value, source="computed here", note="blind, ICC")
        for name, value in BLIND_JSD.items()
    ),
)

TASK = Task(
    name="fdb-v1",
    summary="waits in pauses, murmurs to stories, takes turns, answers interruptions (Full-Duplex-Bench v1)",
    scenarios=make,
    measures=(
        Measure(name="turn latency", scorer=score_latency("turn"), unit="s", better="low"),
        Measure(name="turn takeover", scorer=score_taken("turn")),
        Measure(name="turn takeover, fixed", scorer=score_taken("turn", mode="fixed")),
        Measure(name="pause takeover", scorer=score_pause, better="low"),
        Measure(name="backchannel takeover", scorer=score_listener_takeover(), better="low"),
        Measure(name="backchannel takeover, fixed", scorer=score_listener_takeover(mode="fixed"), better="low"),
        Measure(name="backchannels", scorer=score_frequency, unit="/s"),
        Measure(name="backchannel JSD", scorer=score_jsd, unit="of 1", better="low"),
        Measure(name="backchannel JSD below random", scorer=score_jsd_gain, unit="of 1"),
        Measure(name="interruption takeover", scorer=score_taken("interruption")),
        Measure(name="interruption takeover, fixed", scorer=score_taken("interruption", mode="fixed")),
        Measure(name="speaking when interrupted", scorer=score_speaking),
        Measure(name="interruption rating", judged=judge_reply, unit="of 5"),
        Measure(name="interruption latency", scorer=score_latency("interruption"), unit="s", better="low"),
    ),
    n=24,
    official=OFFICIAL,
    published=PUBLISHED,
)
