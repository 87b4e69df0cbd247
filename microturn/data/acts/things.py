"""Things: objects in view, several at once; how many there are, and speaking up when one goes, changes or is put away."""

from collections.abc import Callable, Sequence

from microturn.data.acts.film import (
    Cue,
    Labels,
    Wording,
    World,
    ask,
    draw_answer,
    draw_eye,
    first_tick,
    question,
    watch,
    ways,
)
from microturn.data.lexicon import SHAPES
from microturn.data.pictures import objects
from microturn.data.pictures.figure import Look, draw_look
from microturn.data.pictures.objects import MOVE_MS, VIVID, Item, Key
from microturn.data.script import Stage, reply_tick
from microturn.features.numbers import number_words
from microturn.protocol.clock import TICK_MS


def labels(items: Sequence[Item], at_ms: float) -> Labels:
    """What is in view: of one object all is known; of several only what they share."""
    seen = [(item.shape, item.at(at_ms).colour) for item in items if item.at(at_ms).seen]
    found = {"reading": ""}
    for kind, words in (("shape", {shape for shape, _ in seen}), ("colour", {colour for _, colour in seen})):
        if len(words) <= 1:
            found[kind] = next(iter(words), "")
    return found


def world_of(look: Look, items: Sequence[Item], *, box: bool = False) -> World:
    """The objects as time goes by."""
    return lambda at_ms: (objects.picture(look, items, at_ms, box=box), labels(items, at_ms))


def draw_items(stage: Stage, things: Sequence[tuple[str, str]], *, box: bool = False) -> list[Item]:
    """Objects of these shapes and colours, at rest in places of their own."""
    spots = objects.places(stage.rng, len(things), box=box)
    return [
        Item(shape=shape, keys=(Key(at_ms=0.0, x=x, y=y, colour=colour),))
        for (shape, colour), (x, y) in zip(things, spots, strict=True)
    ]


Change = Callable[[Stage, Item, float], tuple[Item, float]]  # the item with its change, and when that can be seen


def _vanishes(stage: Stage, item: Item, at_ms: float) -> tuple[Item, float]:
    del stage
    return item.then(at_ms, seen=False), at_ms


def _moves(stage: Stage, item: Item, at_ms: float) -> tuple[Item, float]:
    x, y = item.keys[-1].x, item.keys[-1].y
    away = (0.5 + 0.5 * (0.5 - x), 0.5 + 0.5 * (0.5 - y)) if abs(x - 0.5) + abs(y - 0.5) > 0.2 else (0.34, 0.34)
    del stage
    return item.glide(at_ms, *away), at_ms + 0.3 * MOVE_MS


def _boxed(stage: Stage, item: Item, at_ms: float) -> tuple[Item, float]:
    del stage
    return item.into_box(at_ms), at_ms + 2 * MOVE_MS


def _unboxed(stage: Stage, item: Item, at_ms: float) -> tuple[Item, float]:
    del stage
    x, y = item.keys[-1].x, item.keys[-1].y
    hidden = item.then(-1.0, seen=False, x=objects.BOX_X, y=objects.BOX_Y)
    hidden = Item(shape=item.shape, keys=hidden.keys[1:])
    return hidden.out_of_box(at_ms, x, y), at_ms + MOVE_MS


_CHANGES: dict[str, tuple[Change, tuple[str, ...], tuple[str, ...]]] = {
    "vanish": (_vanishes, ("there is no S", "you see no S"), ("the S vanishes", "the S disappears")),
    "move": (_moves, ("the S moves", "you see the S move"), ("the S starts moving",)),
    "into box": (_boxed, ("the S is in the box",), ("the S goes into the box",)),
    "out of box": (_unboxed, ("the S is out of the box",), ("the S comes out of the box",)),
}


def changes(stage: Stage) -> None:
    """Say W when the star is gone, moves, is put into the box or taken out of it; other objects do so before."""
    kind = stage.pick(tuple(_CHANGES))
    box = kind.endswith("box") or stage.chance(0.3)
    change, plain, named = _CHANGES[kind]
    shapes = [SHAPES[int(index)] for index in stage.rng.permutation(len(SHAPES))[: stage.whole(2, 4)]]
    things = [(shape, stage.pick(VIVID)) for shape in shapes]
    items = draw_items(stage, things, box=box)
    target = things[0][0]
    answer = draw_answer(stage, f"{target} {kind}", avoid=SHAPES)
    asked = Wording(
        plain=tuple(way for text in plain for way in ways(text)),
        named=tuple(way for text in named for way in ways(text)),
        fill={"W": answer, "S": target},
    )
    first = first_tick(stage)
    told = ask(stage, asked)
    at_ms = (reply_tick(told.until_ms) + 2) * float(TICK_MS) + stage.between(600, 2000)
    if len(items) > 2 and kind != "out of box":  # another one does the same first
        items[1], seen_ms = change(stage, items[1], at_ms)
        stage.mark("event", seen_ms, seen_ms, f"{kind} {things[1][0]}", who="world")
        at_ms = seen_ms + MOVE_MS + stage.between(300, 1500)
    items[0], seen_ms = change(stage, items[0], at_ms)
    began_ms = at_ms if kind in ("vanish", "move") else seen_ms
    cue = Cue(at_ms=began_ms, seen_ms=seen_ms, name=f"{kind} {target}", answer=answer, data={"sight": target})
    look = draw_look(stage.rng, grey=True)
    eye = draw_eye(stage)
    watch(stage, world_of(look, items, box=box), [cue], first=first, eye=eye, tail_ms=stage.between(1200, 2500))


def recolours(stage: Stage) -> None:
    """Say W when the star is red: its colour changes once or twice, others keep theirs."""
    colours = [VIVID[int(index)] for index in stage.rng.permutation(len(VIVID))[: stage.whole(2, 3)]]
    target = colours[-1]
    shapes = [SHAPES[int(index)] for index in stage.rng.permutation(len(SHAPES))[: stage.whole(1, 3)]]
    others = [colour for colour in VIVID if colour not in colours]
    items = draw_items(stage, [(shape, colours[0] if not i else stage.pick(others)) for i, shape in enumerate(shapes)])
    answer = draw_answer(stage, f"{shapes[0]} {target}", avoid=(*SHAPES, *VIVID))
    fill = {"W": answer, "S": shapes[0], "C": target}
    first = first_tick(stage)
    told = ask(
        stage, Wording(plain=ways("the S is C"), named=(*ways("the S turns C"), *ways("the S becomes C")), fill=fill)
    )
    at_ms = (reply_tick(told.until_ms) + 2) * float(TICK_MS)
    for colour in colours[1:]:
        at_ms += stage.between(1000, 3000)
        items[0] = items[0].then(at_ms, colour=colour)
        if colour != target:
            stage.mark("event", at_ms, at_ms, f"{shapes[0]} {colour}", who="world")
    cue = Cue(at_ms=at_ms, seen_ms=at_ms, name=f"{shapes[0]} {target}", answer=answer, data={"sight": target})
    world = world_of(draw_look(stage.rng, grey=True), items)
    watch(stage, world, [cue], first=first, eye=draw_eye(stage), tail_ms=stage.between(1200, 2500))


def plural(shape: str) -> str:
    return f"{shape}es" if shape.endswith("s") else f"{shape}s"


def how_many(stage: Stage) -> None:
    """How many are there: all of them, those of a colour or those of a shape."""
    kind = stage.pick(("all", "colour", "shape"))
    count = stage.whole(1, 6)
    shape, colour = stage.pick(SHAPES), stage.pick(VIVID)
    things = [
        (shape if kind == "shape" else stage.pick(SHAPES), colour if kind == "colour" else stage.pick(VIVID))
        for _ in range(count)
    ]
    for _ in range(0 if kind == "all" else stage.whole(0, 8 - count)):
        other = stage.pick([s for s in SHAPES if s != shape]), stage.pick([c for c in VIVID if c != colour])
        things.append(other)
    items = draw_items(stage, things)
    answer = number_words(count)[0]
    plain: dict[str, tuple[str, ...]] = {
        "all": ("how many are there", "how many do you see", "count them"),
        "colour": ("how many are C", "how many of them are C"),
        "shape": ("how many times do you see a S", "how often do you see a S"),
    }
    named = {"all": ("how many things are there",), "colour": ("how many C things are there",)}
    fill = {"C": colour, "S": shape, "P": plural(shape)}
    asked = Wording(plain=plain[kind], named=named.get(kind, ("how many P are there", "count the P")), fill=fill)
    world = world_of(draw_look(stage.rng, grey=True), items)
    question(stage, world, asked, eye=draw_eye(stage), answer=answer)
