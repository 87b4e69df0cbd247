"""Start and stop said aloud: how well the interval between them fits, and how late each was.

After *Interaction Models* (11 May 2026) on Charades: the first "start" to the first "stop" after it, from the video's begin
on; without a "stop" to the end of the video; without a "start", or where a "stop" comes first, an overlap of zero. A
system that says both a second late still has most of the overlap, hence the lags.
"""

from functools import partial

from microturn.bench.audible import said
from microturn.bench.rules.proactive import overlap, spoken_interval
from microturn.bench.task import Scenario, Score
from microturn.bench.words import normalised
from microturn.protocol.timeline import Timeline

STARTS = frozenset({"start", "starts", "started", "starting"})
STOPS = frozenset({"stop", "stops", "stopped", "stopping"})


def marks_ms(scenario: Scenario, output: Timeline) -> tuple[float | None, float | None]:
    """When "start" and "stop" are first said, from the video's begin on; None for what is not."""
    first: dict[str, float] = {}
    for word in said(output):
        for token in normalised(word.text) if word.at_ms >= scenario.meta["from_ms"] else ():
            for name, forms in (("start", STARTS), ("stop", STOPS)):
                if token in forms:
                    first.setdefault(name, word.at_ms)
    return first.get("start"), first.get("stop")


def score_overlap(scenario: Scenario, output: Timeline) -> Score:
    """Intersection over union of the spoken interval with the true one."""
    start_ms, stop_ms = marks_ms(scenario, output)
    marked = spoken_interval(start_ms, stop_ms, scenario.meta["video_end_ms"])
    value = overlap(marked, scenario.meta["window_ms"])
    true_s = " to ".join(f"{ms / 1000:.2f}" for ms in scenario.meta["window_ms"])
    return Score(
        value=value,
        explanation=f"start said at {_seconds(start_ms)}, stop at {_seconds(stop_ms)}; true from {true_s} s",
        evidence={"start_ms": start_ms, "stop_ms": stop_ms},
    )


def _seconds(ms: float | None) -> str:
    return "no time" if ms is None else f"{ms / 1000:.2f} s"


def score_recall(scenario: Scenario, output: Timeline, *, threshold: float) -> Score:
    """1 if the overlap reaches the threshold."""
    score = score_overlap(scenario, output)
    value = float(score.value is not None and score.value >= threshold)
    return Score(value=value, explanation=score.explanation, evidence=score.evidence)


def _score_lag(scenario: Scenario, output: Timeline, *, which: int) -> Score:
    at_ms = marks_ms(scenario, output)[which]
    if at_ms is None:
        return Score(value=None, explanation=f"{('start', 'stop')[which]!r} was not said")
    lag_s = (at_ms - scenario.meta["window_ms"][which]) / 1000
    return Score(value=lag_s, explanation=f"{lag_s:.2f} s late")


score_onset_lag = partial(_score_lag, which=0)
score_offset_lag = partial(_score_lag, which=1)
