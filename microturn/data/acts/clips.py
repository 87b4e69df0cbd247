"""Clips: say W when something happens in a real video (see `pictures.footage`); its file decides the split."""

from bisect import bisect_right

from PIL import Image

from microturn.data.acts.film import Cue, Eye, Labels, Wording, ask, draw_answer, first_tick, kept_apart, watch, ways
from microturn.data.pictures.cameras import Camera
from microturn.data.pictures.footage import Footage, Moment, footage_files, read_footage
from microturn.data.script import Stage, reply_tick
from microturn.protocol.clock import TICK_MS

LONGEST_MS = 20_000.0  # what is played of a video after the request
APART_MS = 1200.0  # moments of the same label nearer than this cannot both be answered


def clip(stage: Stage) -> None:
    """Say W when LABEL: the video rests on a picture until it has been asked for, then goes on.

    Raises ValueError when there is no video of this split, or one is broken (the message names the file).
    """
    files = [path for path in footage_files() if kept_apart(path.stem) == (stage.split != "train")]
    if not files:
        raise ValueError(f"no video belongs to the split {stage.split}: the name of a file decides, add more")
    footage = read_footage(stage.pick(files))
    label = stage.pick(sorted({moment.label for moment in footage.moments}))
    moments = _apart([moment for moment in footage.moments if moment.label == label])
    answer = draw_answer(stage, label)
    first = first_tick(stage)
    told = ask(stage, Wording(plain=ways(label), fill={"W": answer}))
    begin_ms = max(0.0, moments[0].at_ms - stage.between(1000, 6000))
    offset_ms = (reply_tick(told.until_ms) + 2) * float(TICK_MS) - begin_ms
    cues = [
        Cue(at_ms=at_ms, seen_ms=at_ms, name=label, answer=answer, data={"sight": label})
        for at_ms in (offset_ms + moment.at_ms for moment in moments if moment.at_ms < begin_ms + LONGEST_MS)
    ]

    def world(at_ms: float) -> tuple[Image.Image, Labels]:
        shown = bisect_right(footage.times_ms, max(at_ms - offset_ms, begin_ms)) - 1
        return footage.pictures[max(shown, 0)], {}

    watch(stage, world, cues, first=first, eye=Eye(camera=Camera()), tail_ms=stage.between(1000, 2500))
    _name_source(stage, footage, float(first * TICK_MS))


def _apart(moments: list[Moment]) -> list[Moment]:
    kept = moments[:1]
    for moment in moments[1:]:
        if moment.at_ms - kept[-1].at_ms >= APART_MS:
            kept.append(moment)
    return kept


def _name_source(stage: Stage, footage: Footage, from_ms: float) -> None:
    """A `source` span: where the pictures come from, for the provenance of the session."""
    seconds = (stage.now_ms - from_ms) / 1000
    data = {"source": footage.source, "licence": footage.licence, "seconds": seconds}
    stage.mark("source", from_ms, stage.now_ms, footage.path.name, who="world", data=data)
