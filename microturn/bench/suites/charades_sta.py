"""Charades-STA, spoken: "start" and "stop" as somebody does something (ICCV 2017; protocol of *Interaction Models*)."""

from functools import partial

from microturn.bench.constant import Constant
from microturn.bench.loaders import charades_sta as loader
from microturn.bench.scenarios import films
from microturn.bench.scenarios.factory import scenarios
from microturn.bench.scenarios.foresight import foreseen
from microturn.bench.scorers.localise import score_offset_lag, score_onset_lag, score_overlap, score_recall
from microturn.bench.task import Measure, Official, Published, Scenario, Task

TML = "thinkingmachines.ai/blog/interaction-models, 11 May 2026"
OWN = "constant predictor, computed on the 3,720 test annotations"
SUITE = 32
WINDOW_S = 14.0
SHARE = 0.45
MAKE = scenarios(SUITE, ("start_to_stop",), films.seen, describe=films.window, suits=films.short)


def _first_seconds(scenario: Scenario) -> list[tuple[float, str]]:
    from_ms = scenario.meta["from_ms"]
    return [(from_ms, "start"), (from_ms + 1000 * WINDOW_S, "stop")]


def _first_part(scenario: Scenario) -> list[tuple[float, str]]:
    from_ms = scenario.meta["from_ms"]
    return [(from_ms, "start"), (from_ms + SHARE * (scenario.meta["video_end_ms"] - from_ms), "stop")]


def _blind(system: str, *values: float) -> tuple[Published, ...]:
    names = ("mIoU", "R@1, IoU 0.3", "R@1, IoU 0.5", "R@1, IoU 0.7")
    return tuple(
        Published(measure=name, system=f"{system} (blind)", value=value, source=OWN)
        for name, value in zip(names, values, strict=True)
    )


TASK = Task(
    name="charades-sta",
    summary='says "start" and "stop" as somebody does something (Charades-STA, spoken)',
    scenarios=foreseen(MAKE, films.event_times_ms),
    n=10,
    measures=(
        Measure(name="mIoU", scorer=score_overlap),
        *(
            Measure(name=f"R@1, IoU {level}", scorer=partial(score_recall, threshold=level))
            for level in (0.3, 0.5, 0.7)
        ),
        Measure(name="onset lag", scorer=score_onset_lag, unit="s", how="median", better="low"),
        Measure(name="offset lag", scorer=score_offset_lag, unit="s", how="median", better="low"),
    ),
    official=Official(
        title="Charades-STA",
        paper="Gao et al., TALL, ICCV 2017; arXiv 1705.02101",
        home="github.com/jiyanggao/TALL; videos: prior.allenai.org/projects/charades",
        licence="videos: Allen Institute, non-commercial",
        check=loader.check,
        load=loader.load,
    ),
    published=(
        Published(measure="mIoU", system="TML-Interaction-Small", value=32.4, source=TML),
        Published(measure="mIoU", system="GPT-Realtime-2 minimal", value=0.0, source=TML, note="silent"),
        Published(measure="R@1, IoU 0.5", system="CTRL (reg-np)", value=21.42, source="TALL README", note="offline"),
        Published(measure="R@1, IoU 0.7", system="CTRL (reg-np)", value=7.15, source="TALL README", note="offline"),
        *_blind("0 to 14 s", 29.93, 51.56, 23.68, 8.66),
        *_blind("first 45 %", 30.55, 48.79, 27.69, 11.85),
        *_blind("whole video", 27.13, 35.0, 0.43, 0.0),
    ),
    blind=(
        Constant(name="0 to 14 s", says=_first_seconds),
        Constant(name="first 45 %", says=_first_part),
    ),
)
