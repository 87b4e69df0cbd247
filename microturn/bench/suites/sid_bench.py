"""SID-Bench: does it know from what is said whether it is being interrupted?"""

from collections.abc import Mapping
from typing import Any

from microturn.bench.blind import says_every
from microturn.bench.loaders import sid_bench as official
from microturn.bench.scenarios import overlaid, scripted, truths
from microturn.bench.scorers.sid_bench import rate, score_penalty
from microturn.bench.task import Measure, Official, Published, Task
from microturn.protocol.timeline import Timeline

SCRIPTS = {
    "stop": overlaid.stop,
    "backchannel": overlaid.backchannel,
    "topic_switch": overlaid.topic_switch,
    "third_party": overlaid.third_party,
    "negation": overlaid.negation,
    "to_others": overlaid.to_others,
    "follow_up": overlaid.follow_up,
    "noise": overlaid.noise,
}
SOURCE = "xkx-hub/SID-bench @3b479688, README"
ROWS = {
    "SID-model": (0.711, 12.4, 0.389),
    "Freeze-Omni": (2.129, 53.2, 0.173),
    "FireRedChat": (2.627, 47.6, 1.045),
    "Moshi": (3.192, 11.8, 2.517),
    "FSMN-VAD": (3.627, 84.0, 0.0),
}


def describe(timeline: Timeline) -> Mapping[str, Any]:
    """The clip is from the first sound of the disturbance to the end of what is watched; a break is right at its start."""
    meta = overlaid.describe(timeline)
    start_ms = meta["event_ms"][0]
    wanted = {"break_ms": start_ms if meta["wanted"] == "respond" else None}
    return {**meta, **wanted, "event_ms": [start_ms, meta["watch_ms"]]}


TASK = Task(
    name="sid-bench",
    summary="breaks off for those who mean to interrupt, and for nobody else (SID-Bench's rule, mini)",
    scenarios=scripted.scenarios(21, SCRIPTS, truths.scripted, describe=describe),
    n=16,
    measures=(
        Measure(name="average penalty time", scorer=score_penalty, unit="s", better="low"),
        Measure(name="false interruptions", scorer=rate("fir"), better="low"),
        Measure(name="stopped too early", scorer=rate("early"), better="low"),
        Measure(name="response latency", scorer=rate("irl"), unit="s", better="low"),
        Measure(name="false interruptions, official", scorer=rate("fir", "official"), better="low"),
        Measure(name="response latency, official", scorer=rate("irl", "official"), unit="s", better="low"),
    ),
    official=Official(
        title="SID-Bench",
        paper="arXiv 2603.24144",
        home="huggingface.co/datasets/kxxia/SID-bench; github.com/xkx-hub/SID-bench",
        licence="none is named in the repository; the terms are on the page of the data",
        check=official.check,
        load=official.load,
    ),
    published=tuple(
        Published(measure=measure, system=system, value=value, source=SOURCE, note="mean of en, zh and noise")
        for system, row in ROWS.items()
        for measure, value in zip(
            ("average penalty time", "false interruptions, official", "response latency, official"), row, strict=True
        )
    ),
    blind=(says_every(every_s=4.0, text="la la la la la la"),),
)
