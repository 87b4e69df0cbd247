"""Filming: a world that moves is seen through a camera, and the model speaks in the tick whose frame first shows why.

What happens has an exact time in the world (an `event` span); what is due has the tick of a frame.
"""

import math
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from PIL import Image

from microturn.data.acts.sight import TASK
from microturn.data.pictures.cameras import Camera, Shot, draw_camera, photograph, shots
from microturn.data.script import Stage, Told, reply_tick
from microturn.protocol.clock import TICK_MS
from microturn.protocol.events import Channel, Frame

T = TypeVar("T")
Labels = Mapping[str, str]
World = Callable[[float], tuple[Image.Image, Labels]]  # the drawing at a moment, and words for what is in view
KEPT = 7  # one text in seven is kept for the tests


@dataclass(frozen=True, kw_only=True)
class Cue:
    """At `at_ms` in the world something happens that asks for `answer`; it can be seen from `seen_ms` on."""

    at_ms: float
    seen_ms: float
    name: str
    answer: str
    task: str = TASK
    early_ms: float = 0.0
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, kw_only=True)
class Eye:
    """What the world is seen through: a camera, or a screen that is shared."""

    camera: Camera
    channel: Channel = Channel.CAMERA


def draw_eye(stage: Stage, *, fast: bool = False) -> Eye:
    """A camera at random (see `draw_camera`)."""
    return Eye(camera=draw_camera(stage.rng, fast=fast))


def first_tick(stage: Stage) -> int:
    """The tick at which a film that begins now has its first frame."""
    return math.ceil(stage.now_ms / TICK_MS)


def film(stage: Stage, world: World, eye: Eye, *, first: int, until_ms: float) -> list[Shot]:
    """Frames of the world from tick `first` to `until_ms`, with a `view` span for the last one of each tick."""
    taken = shots(eye.camera, float(first * TICK_MS), until_ms)
    views: dict[int, Labels] = {}
    for shot in taken:
        picture, labels = world(shot.world_ms)
        rgb = photograph(eye.camera, picture, shot.world_ms)
        stage.frames.append(Frame(at_ms=shot.at_ms, channel=eye.channel, rgb=rgb))
        views[int(shot.at_ms // TICK_MS)] = labels
    for tick, labels in views.items():
        stage.mark("view", float(tick * TICK_MS), float((tick + 1) * TICK_MS), who="world", data=dict(labels))
    return taken


def seen_tick(taken: Sequence[Shot], world_ms: float) -> int:
    """The tick in which the first frame arrives that shows the world at `world_ms` or later. ValueError if none does."""
    for shot in taken:
        if shot.world_ms >= world_ms:
            return int(shot.at_ms // TICK_MS)
    raise ValueError(f"no frame shows the world at {world_ms} ms: film for longer")


def watch(stage: Stage, world: World, cues: Sequence[Cue], *, first: int, eye: Eye, tail_ms: float) -> None:
    """Film until `tail_ms` after the last cue (or after now, where there is none) and answer each where it is seen."""
    until_ms = max([stage.now_ms, *(cue.seen_ms + eye.camera.interval_ms for cue in cues)]) + tail_ms
    taken = film(stage, world, eye, first=first, until_ms=until_ms)
    for cue in cues:
        tick = seen_tick(taken, cue.seen_ms)
        stage.mark("event", cue.at_ms, cue.at_ms, cue.name, who="world", data=dict(cue.data))
        stage.say(cue.answer, tick)
        stage.expect(
            cue.answer,
            tick,
            task=cue.task,
            early_ms=cue.early_ms,
            late_ms=1000.0 if cue.task == "repcount" else 1200.0,
            data={"event_ms": cue.at_ms, **cue.data},
        )
    stage.now_ms = max(until_ms, (stage.free_tick + 1) * float(TICK_MS))


def question(stage: Stage, world: World, asked: "Wording", *, eye: Eye, answer: str) -> None:
    """The user asks about what is in view and is answered at once."""
    first = first_tick(stage)
    stage.pause(200, 1200)
    told = ask(stage, asked)
    spoken = stage.say(answer, reply_tick(told.until_ms))
    data = {"sight": answer, "request_end_ms": told.until_ms}
    stage.expect(answer, spoken.tick, task=TASK, early_ms=200, late_ms=1200, data=data)
    until_ms = (spoken.end + stage.whole(1, 3)) * float(TICK_MS)
    film(stage, world, eye, first=first, until_ms=until_ms)
    stage.now_ms = until_ms


@dataclass(frozen=True, kw_only=True)
class Wording:
    """Ways to ask the same: `named` with words of its own, `plain` in words of the lexicon. Capitals are filled in."""

    plain: tuple[str, ...]
    named: tuple[str, ...] = ()
    fill: Mapping[str, str] = field(default_factory=dict[str, str])


def ask(stage: Stage, asked: Wording) -> Told:
    """The user asks. A voice spliced from recordings says only the lexicon: it asks in plain words."""
    if asked.named and stage.chance(0.5):
        before = stage.lengths()
        try:
            return stage.tell(_filled(stage.pick(asked.named), asked.fill), task=TASK)
        except ValueError:
            stage.rollback(before)
    return stage.tell(_filled(stage.pick(asked.plain), asked.fill), task=TASK)


def _filled(text: str, fill: Mapping[str, str]) -> str:
    return " ".join(fill.get(word, word) for word in text.split())


def kept_apart(text: str) -> bool:
    """Whether a text is for the tests only."""
    return zlib.crc32(text.encode()) % KEPT == 0


def draw_apart(stage: Stage, draw: Callable[[], T], text_of: Callable[[T], str] = str) -> T:
    """Something drawn at random whose text belongs to this split: one in seven is never trained on."""
    for _ in range(200):
        drawn = draw()
        if kept_apart(text_of(drawn)) == (stage.split != "train"):
            return drawn
    raise ValueError(f"200 draws gave nothing for the split {stage.split}: there are too few different ones")


def draw_answer(stage: Stage, cue: str, *, avoid: Sequence[str] = ()) -> str:
    """A word to be said at a cue; which word goes with which cue is kept apart between the splits."""
    avoided = (*avoid, *cue.split())
    return draw_apart(stage, lambda: stage.pick_words(1, avoid=avoided)[0], lambda word: f"{cue}: {word}")


def ways(condition: str) -> tuple[str, ...]:
    """The usual ways to ask for W when a condition holds."""
    return (
        f"say W when {condition}",
        f"say W | when {condition}",
        f"tell me W when {condition}",
        f"when {condition} | say W",
    )
