"""OVO-Bench in miniature: things seen before, things seen now, and answers that have to wait, six tasks in turn.

EPM asks what was shown first, of two things that are both gone; OCR and ATR ask for the word or the colour in view; REC
counts repetitions, SSR follows somebody who begins and ends something, CRR waits for what the user asked about. Test
points of the last three have the official kinds: 0 where No is right, 1 where Yes is.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from microturn.bench.scenarios import films
from microturn.bench.scenarios.factory import ITEM_SEEDS, first_seed, scenarios
from microturn.bench.scenarios.foresight import on_time
from microturn.bench.scenarios.onstage import play, stage_of
from microturn.bench.scenarios.options import choices
from microturn.bench.task import Scenario
from microturn.data.acts import sight
from microturn.data.pictures import figure
from microturn.data.script import LATE_MS, Stage
from microturn.protocol.clock import TICK_MS
from microturn.protocol.timeline import Timeline

SUITE = 33
SIGHTS: Mapping[str, Sequence[str]] = {"colour": sight.VIVID, "reading": sight.READABLE}
TASKS = ("EPM", "REC", "OCR", "SSR", "ATR", "CRR")
POINT_MS = 1200.0  # a test point is this long after what it asks about
POINT_SHARE = 0.8  # ... or this share of the time to the next, where that is less
STATES = {"start": 1, "stop": 0}


def make(n: int, seed_base: int) -> list[Scenario]:
    """`n` items, the tasks in turn."""
    return [_item(index, seed_base) for index in range(n)]


def _item(index: int, seed_base: int) -> Scenario:
    task = TASKS[index % len(TASKS)]
    seed = first_seed(SUITE, seed_base + index)
    if task in _FILMED:
        return _filmed(task, index, seed_base)
    script, kind = _ASKED[task]
    stage = stage_of(seed)
    script(stage, kind=kind)
    stage.now_ms += LATE_MS
    timeline = play(stage, seed)
    meta: dict[str, Any] = {"task": task, "seed": seed}
    meta["questions"] = [
        {**one, **choices(one["answer"], SIGHTS[kind], seed // ITEM_SEEDS)}
        for one in films.questions(timeline)["questions"]
    ]
    return Scenario(id=f"{index:04d}-{task}-{seed}", kind=task, timeline=timeline, meta=meta)


def shown_before(stage: Stage, *, kind: str) -> None:
    """Two things are shown, one after the other; when both are gone the user asks which came first."""
    first, second = _two(stage, kind)
    look, tick = figure.draw_look(stage.rng, grey=True), math.ceil(stage.now_ms / TICK_MS)
    for name in (first, None, second, None):
        stop = tick + stage.whole(5, 8)
        sight.exhibit(stage, look, sight.draw_exhibit(stage, kind, name) if name else None, tick, stop)
        tick = stop
    stage.now_ms = tick * float(TICK_MS)
    stage.reply(first, stage.tell(stage.pick(_FIRST).replace("Y", _noun(kind))), task="cuespeak")
    sight.exhibit(stage, look, None, tick, math.ceil(stage.now_ms / TICK_MS))


def shown_now(stage: Stage, *, kind: str) -> None:
    """A thing is shown, another takes its place, and the user asks what is there now."""
    before, now = _two(stage, kind)
    look, tick = figure.draw_look(stage.rng, grey=True), math.ceil(stage.now_ms / TICK_MS)
    stop = tick + stage.whole(5, 8)
    sight.exhibit(stage, look, sight.draw_exhibit(stage, kind, before), tick, stop)
    stage.now_ms = (stop + 3) * float(TICK_MS)
    stage.reply(now, stage.tell(stage.pick(_NOW).replace("Y", _noun(kind))), task="cuespeak")
    sight.exhibit(stage, look, sight.draw_exhibit(stage, kind, now), stop, math.ceil(stage.now_ms / TICK_MS))


_FIRST = ("what Y did you see first", "what was the first Y", "tell me what Y you saw first")
_NOW = ("what Y is it now", "what Y do you see now", "tell me what Y you see")


def _noun(kind: str) -> str:
    return "word" if kind == "reading" else kind


def _two(stage: Stage, kind: str) -> tuple[str, str]:
    first = stage.pick(SIGHTS[kind])
    return first, stage.pick([name for name in SIGHTS[kind] if name != first])


_ASKED: Mapping[str, tuple[Any, str]] = {
    "EPM": (shown_before, "colour"),
    "OCR": (shown_now, "reading"),
    "ATR": (shown_now, "colour"),
}


def _after(times_ms: Sequence[float], end_ms: float) -> list[float]:
    """A test point after each of these times, and before the next."""
    nexts_ms = [*times_ms[1:], end_ms]
    return [
        at_ms + min(POINT_MS, POINT_SHARE * (next_ms - at_ms))
        for at_ms, next_ms in zip(times_ms, nexts_ms, strict=True)
    ]


def _counted(timeline: Timeline) -> Mapping[str, Any]:
    ends_ms = films.rep_ends_ms(timeline)
    points = [
        {"at_ms": at_ms, "count": number} for number, at_ms in enumerate(_after(ends_ms, timeline.duration_ms), start=1)
    ]
    return {"task": "REC", "points": points, "due_ms": ends_ms, "from_ms": films.request_end_ms(timeline)}


def _followed(timeline: Timeline) -> Mapping[str, Any]:
    start_ms, stop_ms = films.event_times_ms(timeline)
    during_ms = _after([start_ms, stop_ms], timeline.duration_ms)
    kinds = [(start_ms - 200.0, 0), (during_ms[0], 1), ((start_ms + stop_ms) / 2, 1), (during_ms[1], 0)]
    points = [{"at_ms": at_ms, "type": kind, "step": 1} for at_ms, kind in sorted(kinds)]
    from_ms = films.request_end_ms(timeline)
    return {"task": "SSR", "points": points, "states": STATES, "due_ms": [start_ms, stop_ms], "from_ms": from_ms}


def _awaited(timeline: Timeline) -> Mapping[str, Any]:
    due_ms, from_ms = films.due_ms(timeline)[0], films.request_end_ms(timeline)
    later_ms = _after([due_ms], timeline.duration_ms)[0]
    kinds = [(from_ms, 0), ((from_ms + due_ms) / 2, 0), (later_ms, 1), (timeline.duration_ms, 1)]
    points = [{"at_ms": at_ms, "type": kind} for at_ms, kind in kinds]
    return {"task": "CRR", "points": points, "due_ms": [due_ms], "from_ms": from_ms}


_FILMED = {
    "REC": ("repetitions", _counted, films.rep_ends_ms),
    "SSR": ("start_to_stop", _followed, films.event_times_ms),
    "CRR": ("comes_goes", _awaited, films.due_ms),
}


def _filmed(task: str, index: int, seed_base: int) -> Scenario:
    """An item that the data factory's acts make."""
    act, describe, onsets = _FILMED[task]
    made = scenarios(SUITE, (act,), films.seen, describe=describe, suits=films.short)(1, seed_base + index)[0]
    timeline = on_time(made.timeline, onsets(made.timeline))
    return Scenario(id=f"{index:04d}-{task}-{made.meta['seed']}", kind=task, timeline=timeline, meta=made.meta)
