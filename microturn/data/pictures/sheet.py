"""A contact sheet: rows of frames of every kind of picture, as a camera gives them, to be looked at by a person."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from microturn.data.pictures import cameras, objects, people, programs, screens
from microturn.data.pictures.figure import draw_look

COLUMNS = 8
_LABEL_PX, _GAP_PX = 90, 4

Row = tuple[str, list[Image.Image]]
_Draw = Callable[[int], Image.Image]


def contact_sheet(path: str | Path, seed: int = 0, size: int = 80) -> Path:
    """Write a PNG with eight frames of `size` x `size` in each row, one row for each kind; returns its path."""
    rows = [*_people(seed), *_objects(seed), *_screens(seed), *_cameras(seed)]
    step = size + _GAP_PX
    sheet = Image.new("RGB", (_LABEL_PX + COLUMNS * step, len(rows) * step), (90, 90, 90))
    draw = ImageDraw.Draw(sheet)
    for index, (name, frames) in enumerate(rows):
        draw.text((4, index * step + size / 2), name, fill=(255, 255, 255), anchor="lm")
        for column, frame in enumerate(frames):
            small = frame if frame.width == size else frame.resize((size, size), Image.Resampling.BOX)
            sheet.paste(small, (_LABEL_PX + column * step, index * step))
    path = Path(path)
    sheet.save(path)
    return path


def _row(name: str, draw: _Draw) -> Row:
    return name, [draw(column) for column in range(COLUMNS)]


def _people(seed: int) -> list[Row]:
    rows: list[Row] = []
    for index, name in enumerate(people.EXERCISES):
        rng = np.random.default_rng([seed, index])
        cast, rooms = [people.draw_person(rng) for _ in range(2)], [people.draw_room(rng) for _ in range(2)]

        def exercise(column: int, cast: list = cast, rooms: list = rooms, name: str = name) -> Image.Image:
            who, share = column // 4, column % 4 / 3
            return people.picture(rooms[who], [people.exercising(cast[who], name, share)])

        rows.append(_row(name, exercise))
    rng = np.random.default_rng([seed, 20])
    person, other, room = people.draw_person(rng), people.draw_person(rng), people.draw_room(rng)
    poses = ("standing", "sitting", "lying")
    stances = [people.Stance(at_ms=1400.0 * index, pose=pose) for index, pose in enumerate(poses)]

    def posture(column: int) -> Image.Image:
        pose = people.stance(stances, 500.0 * column)
        return people.picture(room, [people.Posed(person=person, pose=pose, front=False, chair=True)])

    def entering(column: int) -> Image.Image:
        walker = people.exercising(other, "step", column % 3 / 2, x=-0.1 + 0.1 * column)
        return people.picture(room, [walker])

    return [*rows, _row("postures", posture), _row("comes in", entering)]


def _objects(seed: int) -> list[Row]:
    rng = np.random.default_rng([seed, 30])
    look = draw_look(rng, grey=True)
    things, spots = objects.draw_things(rng, 6), objects.places(rng, 6, box=True)
    items = [
        objects.Item(shape=shape, keys=(objects.Key(at_ms=0, x=x, y=y, colour=colour),))
        for (shape, colour), (x, y) in zip(things, spots, strict=True)
    ]
    items[0] = items[0].into_box(500).out_of_box(3200, *spots[0])
    items[1] = items[1].then(1500, colour="red").then(3000, colour="blue")
    items[2] = items[2].then(2000, seen=False)

    def many(column: int) -> Image.Image:
        things = objects.draw_things(np.random.default_rng([seed, 31, column]), column + 1)
        spots = objects.places(np.random.default_rng([seed, 32, column]), column + 1)
        row = [
            objects.Item(shape=shape, keys=(objects.Key(at_ms=0, x=x, y=y, colour=colour),))
            for (shape, colour), (x, y) in zip(things, spots, strict=True)
        ]
        return objects.picture(look, row, 0)

    return [
        _row("a box", lambda column: objects.picture(look, items, 600.0 * column, box=True)),
        _row("one to eight", many),
    ]


def _screens(seed: int) -> list[Row]:
    rng = np.random.default_rng([seed, 40])
    styles = [screens.draw_style(rng) for _ in range(COLUMNS)]
    buggy = [programs.draw_program(rng, bug=programs.BUGS[column % 4]) for column in range(COLUMNS)]
    logs = [programs.draw_log(rng, passes=column % 2 == 0) for column in range(COLUMNS)]
    words = ("apple", "music", "holiday", "river", "piano", "castle", "honey", "village")
    keys = screens.keystrokes(rng, buggy[0].text, 0)

    def chatting(column: int) -> Image.Image:
        talk = tuple((word, index % 3 == 0) for index, word in enumerate(words[: column + 1]))
        return screens.chat(styles[1], talk)

    def typing(column: int) -> Image.Image:
        return screens.editor(styles[0], screens.typed(buggy[0].text, keys, keys[-1] * column / 7))

    return [
        _row("typing", typing),
        _row("bugs", lambda column: screens.editor(styles[column], buggy[column].text)),
        _row("builds", lambda column: screens.terminal(styles[column], logs[column])),
        _row("slides", lambda column: screens.slide(styles[column], words[column], words[: column % 3])),
        _row("chat", chatting),
        _row("bar", lambda column: screens.bar(styles[column], round(100 * column / 7))),
        _row("clock", lambda column: screens.clock(styles[column], 5 + column, 7 * column)),
        _row("words", lambda column: screens.text_page(styles[column], "\n".join(words[: column % 4 + 1]))),
    ]


def _cameras(seed: int) -> list[Row]:
    rng = np.random.default_rng([seed, 50])
    picture = people.picture(people.draw_room(rng), [people.exercising(people.draw_person(rng), "jumping jack", 0.6)])
    cams = {
        "shake": cameras.Camera(seed=seed, tremble_px=2.5, wander_px=7, lean_deg=5, skew=1.0),
        "exposure": cameras.Camera(seed=seed, hunt=0.4, flicker=0.15),
        "low light": cameras.Camera(seed=seed, light=0.45, noise=12),
        "webcam": cameras.Camera(seed=seed, blur_px=1.5, noise=4, quality=25),
    }

    def seen(name: str) -> _Draw:
        return lambda column: Image.fromarray(cameras.photograph(cams[name], picture, 1300.0 * column))

    return [_row(name, seen(name)) for name in cams]
