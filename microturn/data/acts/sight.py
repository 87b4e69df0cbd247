"""Sight: counting the repetitions of a moving figure, speaking up when something comes into view, saying what is there.

The frame of tick k shows the world at 200k ms; the model may answer it in tick k. Every frame has a `view` span that says
what is in it.
"""

import math
from dataclasses import dataclass

from microturn.data.lexicon import MOTIONS, SHAPES
from microturn.data.pictures import figure
from microturn.data.script import Stage, reply_tick
from microturn.features.numbers import number_words
from microturn.protocol.clock import TICK_MS
from microturn.protocol.events import Channel, Frame

TASK = "cuespeak"
REP_DONE = 0.88  # a repetition counts once the arms are this far through it, nearly down again


READABLE = tuple(
    """stop start hello yes no ready red green blue left right up down apple music door fire milk cake one two three
    house game water""".split()  # noqa: SIM905
)


def show(
    stage: Stage,
    tick: int,
    rgb: figure.Frame,
    *,
    shape: str = "",
    colour: str = "",
    motion: str = "",
    reading: str = "",
) -> None:
    """A frame, and the words for what is in it ("" for nothing)."""
    at_ms = float(tick * TICK_MS)
    stage.frames.append(Frame(at_ms=at_ms, channel=Channel.CAMERA, rgb=rgb))
    view = {"shape": shape, "colour": colour, "motion": motion, "reading": reading}
    stage.mark("view", at_ms, at_ms + TICK_MS, who="world", data=view)


def jumps(stage: Stage) -> None:
    """The user has jumps counted before the camera; the model says the number as each ends.

    Window: 0.4 s before to 1.0 s after a jump is nearly down.
    """
    look = figure.draw_look(stage.rng)
    first = math.ceil(stage.now_ms / TICK_MS)
    request = stage.pick(
        ("count my jumps", "please count | my jumps", "watch me and count my jumps", "count how often i jump")
    )
    told = stage.tell(request, task=TASK)
    start_ms = told.until_ms + stage.between(900, 2500)
    period_ms, count = stage.between(900, 2500), stage.whole(2, 9)
    ends_ms: list[float] = []
    for _ in range(count):
        ends_ms.append((ends_ms[-1] if ends_ms else start_ms) + period_ms * stage.between(0.85, 1.15))
        if stage.chance(0.1):
            ends_ms[-1] += stage.between(300, 1200)  # a slow one
    tick = first
    said = 0
    last = math.ceil(ends_ms[-1] / TICK_MS) + stage.whole(3, 8)
    before = 0.0
    while tick <= last:
        phase = _phase(tick * TICK_MS, start_ms, ends_ms)
        raised = 0.5 - 0.5 * math.cos(2 * math.pi * phase)
        motion = "up" if raised > before + 0.05 else "down" if raised < before - 0.05 else ""
        before = raised
        show(stage, tick, figure.jumper(look, raised, stage.rng), shape="man", motion=motion)
        if said < count and phase >= said + REP_DONE:
            said += 1
            stage.say(number_words(said)[0], tick)
            data = {"rep": said, "of": count, "rep_end_ms": ends_ms[said - 1]}
            stage.expect(number_words(said)[0], tick, task="repcount", early_ms=400, late_ms=1000, data=data)
        tick += 1
    stage.now_ms = max(tick, stage.free_tick + 1) * float(TICK_MS)


def _phase(now_ms: float, start_ms: float, ends_ms: list[float]) -> float:
    """Repetitions done, with the fraction of the one in hand."""
    began_ms = start_ms
    for done, end_ms in enumerate(ends_ms):
        if now_ms < end_ms:
            return done + max(0.0, (now_ms - began_ms) / (end_ms - began_ms))
        began_ms = end_ms
    return float(len(ends_ms))


VIVID = tuple(figure.RGB)[:8]
SIGHTS = {"shape": SHAPES, "colour": VIVID, "reading": READABLE}
NAMED = {"shape": "a Y", "colour": "Y", "reading": "the word Y"}


@dataclass(frozen=True)
class Exhibit:
    """One thing at rest: a shape of a colour, or a word on a screen."""

    shape: str
    colour: str
    reading: str
    at: tuple[float, float]
    scale: float


def draw_exhibit(stage: Stage, kind: str, name: str) -> Exhibit:
    """A thing that is `name` in the sense of `kind`, all else at random."""
    at = (stage.between(0.3, 0.7), stage.between(0.3, 0.7))
    colour = name if kind == "colour" else stage.pick(VIVID)
    if kind == "reading":
        return Exhibit("", "", name, (stage.between(0.46, 0.54), stage.between(0.4, 0.6)), stage.between(0.85, 1.05))
    return Exhibit(name if kind == "shape" else stage.pick(SHAPES), colour, "", at, 1.0)


def exhibit(stage: Stage, look: figure.Look, thing: Exhibit | None, first: int, stop: int) -> None:
    """Show one thing, or only the background, in the ticks from `first` to before `stop`."""
    for tick in range(first, stop):
        if thing is None:
            rgb = figure.thing(look, None, (0, 0, 0), stage.rng, at=(0.5, 0.5))
            show(stage, tick, rgb)
        elif thing.reading:
            rgb = figure.page(look, thing.reading, stage.rng, at=thing.at, scale=thing.scale)
            show(stage, tick, rgb, reading=thing.reading)
        else:
            rgb = figure.thing(look, thing.shape, figure.RGB[thing.colour], stage.rng, at=thing.at)
            show(stage, tick, rgb, shape=thing.shape, colour=thing.colour)


def appears(stage: Stage) -> None:
    """The user wants to hear X when a colour or shape comes into view; the model says it then.

    Window: from the first frame that shows it to 1.2 s after.
    """
    _cue(stage, "colour" if stage.chance(0.5) else "shape")


def reads(stage: Stage) -> None:
    """The user wants to hear X when a certain word is on the screen; the model says it then.

    Window: as for appears.
    """
    _cue(stage, "reading")


def _cue(stage: Stage, kind: str) -> None:
    target = stage.pick(SIGHTS[kind])
    others = [name for name in SIGHTS[kind] if name != target]
    word = stage.pick_words(1, avoid=(target,))[0]
    carrier = stage.pick(
        ("say W when you see Y", "say W | when you see Y", "tell me W when you see Y", "when you see Y | say W")
    )
    names = [None, *[stage.pick(others) for _ in range(stage.whole(0, 3))], target]
    if stage.chance(0.3):
        names += [stage.pick(others), None, target]
    look = figure.draw_look(stage.rng, grey=True)
    tick = math.ceil(stage.now_ms / TICK_MS)
    told = stage.tell(carrier.replace("Y", NAMED[kind].replace("Y", target)).replace("W", word), task=TASK)
    ready = reply_tick(told.until_ms) + 2
    for name in names:
        stop = max(tick, ready if name is None else 0) + stage.whole(4, 12)
        if name == target:
            stage.say(word, tick)
            stage.expect(word, tick, task=TASK, early_ms=0, late_ms=1200, data={"sight": target})
        exhibit(stage, look, draw_exhibit(stage, kind, name) if name else None, tick, stop)
        tick = stop
    stage.now_ms = max(tick, stage.free_tick + 1) * float(TICK_MS)


def describe(stage: Stage) -> None:
    """The user asks which colour, shape or word is there, while things change; the model says what it sees now."""
    look = figure.draw_look(stage.rng, grey=True)
    for _ in range(stage.whole(1, 3)):
        kind = stage.pick(("shape", "colour", "reading"))
        name = stage.pick(SIGHTS[kind])
        asked = stage.pick(("what Y is it", "what Y do you see", "tell me what Y you see"))
        tick = math.ceil(stage.now_ms / TICK_MS)
        stage.pause(200, 1000)
        told = stage.tell(asked.replace("Y", "word" if kind == "reading" else kind), task=TASK)
        spoken = stage.say(name, reply_tick(told.until_ms))
        stage.expect(name, spoken.tick, task=TASK, early_ms=200, late_ms=1200, data={"sight": name})
        stop = spoken.end + stage.whole(1, 3)
        exhibit(stage, look, draw_exhibit(stage, kind, name), tick, stop)
        stage.now_ms = stop * float(TICK_MS)


def moves(stage: Stage) -> None:
    """The user wants to hear X when a resting shape moves left, right, up or down; the model says it then.

    Window: 0.2 s before to 1.2 s after the second step.
    """
    target = stage.pick(MOTIONS)
    word = stage.pick_words(1, avoid=MOTIONS)[0]
    carrier = stage.pick(("say W when it moves D", "say W | when you see it move D", "when it moves D | say W"))
    order = [*[stage.pick([way for way in MOTIONS if way != target]) for _ in range(stage.whole(0, 2))], target]
    look = figure.draw_look(stage.rng, grey=True)
    tick = math.ceil(stage.now_ms / TICK_MS)
    told = stage.tell(carrier.replace("W", word).replace("D", target), task=TASK)
    ready = reply_tick(told.until_ms) + 2
    shape, colour = stage.pick(SHAPES), stage.pick(VIVID)
    speed = stage.between(0.04, 0.08)
    for way in order:
        rest = max(tick, ready) + stage.whole(4, 12)
        steps = 6
        for offset in range(rest - tick + steps + 1):
            moved = max(0, offset - (rest - tick))
            at = (0.5 + speed * moved * _STEP[way][0], 0.5 + speed * moved * _STEP[way][1])
            rgb = figure.thing(look, shape, figure.RGB[colour], stage.rng, at=at)
            show(stage, tick + offset, rgb, shape=shape, colour=colour, motion=way if moved else "")
        if way == target:
            # one step could be a tremble: the second is motion
            stage.say(word, rest + 2)
            stage.expect(word, rest + 2, task=TASK, early_ms=200, late_ms=1200, data={"sight": target})
        tick = rest + steps + 1
    stage.now_ms = max(tick, stage.free_tick + 1) * float(TICK_MS)


_STEP = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
