"""Sight: counting the repetitions of a moving figure, and speaking up when something comes into view.

The frame of tick k shows the world at 200k ms; the model may answer it in tick k.
"""

import math

from microturn.data import figure
from microturn.data.lexicon import MOTIONS, SHAPES, number_words
from microturn.data.script import Stage, reply_tick
from microturn.protocol.clock import TICK_MS
from microturn.protocol.events import Channel, Frame

TASK = "cuespeak"
REP_DONE = 0.88  # a repetition counts once the arms are this far through it, nearly down again


def show(stage: Stage, tick: int, rgb: figure.Frame) -> None:
    stage.frames.append(Frame(at_ms=float(tick * TICK_MS), channel=Channel.CAMERA, rgb=rgb))


def jumps(stage: Stage) -> None:
    """Count my jumps: the number is said as each repetition ends."""
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
    while tick <= last:
        phase = _phase(tick * TICK_MS, start_ms, ends_ms)
        show(stage, tick, figure.jumper(look, 0.5 - 0.5 * math.cos(2 * math.pi * phase), stage.rng))
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


def appears(stage: Stage) -> None:
    """Say X when you see Y: a colour or a shape appears among others."""
    colours = stage.chance(0.5)
    pool = [name for name in (figure.RGB if colours else SHAPES) if name not in ("black", "white", "grey")]
    target = stage.pick(pool)
    word = stage.pick_words(1, avoid=(target,))[0]
    carrier = stage.pick(
        ("say W when you see Y", "say W | when you see Y", "tell me W when you see Y", "when you see Y | say W")
    )
    named = target if colours else f"a {target}"
    others = [name for name in pool if name != target]
    show_list = [None, *[stage.pick(others) for _ in range(stage.whole(0, 3))], target]
    if stage.chance(0.3):
        show_list += [stage.pick(others), None, target]
    _exhibit(stage, carrier.replace("W", word).replace("Y", named), show_list, target, word, colours=colours)


def _exhibit(stage: Stage, request: str, show_list: list[str | None], target: str, word: str, *, colours: bool) -> None:
    look = figure.draw_look(stage.rng, grey=True)
    tick = math.ceil(stage.now_ms / TICK_MS)
    told = stage.tell(request, task=TASK)
    ready = reply_tick(told.until_ms) + 2
    for name in show_list:
        stop = max(tick, ready if name is None else 0) + stage.whole(4, 14)
        shape = stage.pick(SHAPES) if colours else name
        rgb = figure.RGB[stage.pick(tuple(figure.RGB)[:8]) if not colours or name is None else name]
        at = (stage.between(0.3, 0.7), stage.between(0.3, 0.7))
        if name == target:
            stage.say(word, tick)
            stage.expect(word, tick, task=TASK, early_ms=0, late_ms=1200, data={"sight": target})
        while tick < stop:
            show(stage, tick, figure.thing(look, shape if name else None, rgb, stage.rng, at=at))
            tick += 1
    stage.now_ms = max(tick, stage.free_tick + 1) * float(TICK_MS)


def moves(stage: Stage) -> None:
    """Say X when it moves left, right, up or down: a shape rests, then drifts off."""
    target = stage.pick(MOTIONS)
    word = stage.pick_words(1, avoid=MOTIONS)[0]
    carrier = stage.pick(("say W when it moves D", "say W | when you see it move D", "when it moves D | say W"))
    order = [*[stage.pick([way for way in MOTIONS if way != target]) for _ in range(stage.whole(0, 2))], target]
    look = figure.draw_look(stage.rng, grey=True)
    tick = math.ceil(stage.now_ms / TICK_MS)
    told = stage.tell(carrier.replace("W", word).replace("D", target), task=TASK)
    ready = reply_tick(told.until_ms) + 2
    shape, rgb = stage.pick(SHAPES), figure.RGB[stage.pick(tuple(figure.RGB)[:8])]
    speed = stage.between(0.04, 0.08)
    for way in order:
        rest = max(tick, ready) + stage.whole(4, 12)
        steps = 6
        for offset in range(rest - tick + steps + 1):
            moved = max(0, offset - (rest - tick))
            at = (0.5 + speed * moved * _STEP[way][0], 0.5 + speed * moved * _STEP[way][1])
            show(stage, tick + offset, figure.thing(look, shape, rgb, stage.rng, at=at))
        if way == target:
            # one step could be a tremble: the second is motion
            stage.say(word, rest + 2)
            stage.expect(word, rest + 2, task=TASK, early_ms=200, late_ms=1200, data={"sight": target})
        tick = rest + steps + 1
    stage.now_ms = max(tick, stage.free_tick + 1) * float(TICK_MS)


_STEP = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
