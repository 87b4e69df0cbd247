"""Drawn people: bodies with proportions and clothes in a room, who exercise, wave, walk, sit, stand and lie.

A pose is ten angles in degrees, 0 pointing down, 90 to the side the person faces, 180 up: torso, head, then upper arm
and forearm, thigh and shin, the far limb before the near one. Poses are blended; the lowest joint stands on the floor
or the hands hang from a bar. Cycle lengths are medians of RepCount-A by action (Hu et al. 2022, TransRAC), in frames
at about 27.5 a second.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from PIL import Image, ImageDraw

from microturn.data.pictures.cameras import SIDE
from microturn.data.pictures.figure import RGB

Rgb = tuple[int, int, int]
Point = tuple[float, float]
Pose = tuple[float, ...]
Hold = Literal["feet", "middle", "hands"]  # what stays where it is while the person moves

POSES: dict[str, Pose] = {
    "facing": (180, 180, -14, -8, 14, 8, -5, -2, 5, 2),
    "open": (180, 180, -145, -165, 145, 165, -28, -22, 28, 22),
    "hanging": (180, 180, -168, -177, 168, 177, -4, -2, 4, 2),
    "pulled": (180, 180, -52, -176, 52, 176, -5, -18, 5, -12),
    "waving out": (180, 180, -14, -8, 118, 118, -5, -2, 5, 2),
    "waving in": (180, 180, -14, -8, 132, 212, -5, -2, 5, 2),
    "standing": (180, 180, -4, 4, 4, 12, -2, -2, 2, 2),
    "squatting": (150, 165, 82, 86, 86, 90, 90, -26, 94, -28),
    "plank": (113, 118, 6, -6, 10, -8, -67, -67, -66, -66),
    "pressed": (97, 105, -92, 44, -95, 46, -83, -83, -82, -82),
    "on the back": (-92, -95, 112, -150, 116, -146, 142, 36, 146, 34),
    "sat up": (-195, -200, 6, 108, 10, 112, 142, 36, 146, 34),
    "sitting": (180, 178, 20, 74, 26, 78, 86, 0, 90, 4),
    "lying": (270, 272, 84, 88, 88, 92, 90, 91, 92, 93),
    "striding": (176, 178, -26, -10, 26, 42, 26, 10, -24, -36),
    "striding too": (176, 178, 26, 42, -26, -10, -24, -36, 26, 10),
}
FRONT = ("facing", "open", "hanging", "pulled", "waving out", "waving in")
BAR = 1.24  # the height of the pull-up bar, where a standing person is 1 high
_CYCLE_HZ = 27.5


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """A repetition goes from `rest` to `peak` and back in about `cycle_ms`; `rises` where the peak is the higher end.

    `foot_x` is where the feet stay, in heights in front of the middle.
    """

    rest: str
    peak: str
    cycle_ms: float
    rises: bool
    hold: Hold = "feet"
    foot_x: float = 0.0


EXERCISES: dict[str, Exercise] = {
    "squat": Exercise(rest="standing", peak="squatting", cycle_ms=50_000 / _CYCLE_HZ, rises=False),
    "push up": Exercise(rest="plank", peak="pressed", cycle_ms=28_000 / _CYCLE_HZ, rises=False, foot_x=-0.42),
    "sit up": Exercise(rest="on the back", peak="sat up", cycle_ms=43_000 / _CYCLE_HZ, rises=True, foot_x=0.34),
    "jumping jack": Exercise(rest="facing", peak="open", cycle_ms=26_000 / _CYCLE_HZ, rises=True, hold="middle"),
    "pull up": Exercise(rest="hanging", peak="pulled", cycle_ms=48_000 / _CYCLE_HZ, rises=True, hold="hands"),
    "wave": Exercise(rest="waving out", peak="waving in", cycle_ms=900.0, rises=True, hold="middle"),
    "step": Exercise(rest="striding", peak="striding too", cycle_ms=1100.0, rises=True, hold="middle"),
}
COUNTED = tuple(EXERCISES)[:6]


@dataclass(frozen=True, kw_only=True)
class Person:
    """Who: `sex` is man or woman (short or long hair), `shirt` a colour word, lengths as shares of the height."""

    sex: str
    shirt: str
    trousers: Rgb
    skin: Rgb
    hair: Rgb
    tall: float
    torso: float
    leg: float
    arm: float
    girth: float
    mirrored: bool


@dataclass(frozen=True, kw_only=True)
class Room:
    """Where: colours of wall and floor, and what hangs on the wall as (left, top, right, bottom, colour)."""

    wall: Rgb
    floor: Rgb
    horizon: int
    hung: tuple[tuple[int, int, int, int, Rgb], ...]


@dataclass(frozen=True, kw_only=True)
class Posed:
    """A person in a pose; `x` is where in the picture, 0 left edge to 1 right edge."""

    person: Person
    pose: Pose
    front: bool
    x: float = 0.5
    hold: Hold = "middle"
    foot_x: float = 0.0
    chair: bool = False


SKINS: tuple[Rgb, ...] = ((250, 215, 185), (232, 184, 145), (198, 140, 98), (146, 96, 62), (96, 62, 42))
HAIRS: tuple[Rgb, ...] = ((30, 24, 20), (85, 55, 30), (190, 150, 80), (150, 70, 35), (170, 170, 170))
TROUSERS: tuple[Rgb, ...] = ((40, 50, 90), (35, 35, 40), (110, 90, 60), (70, 75, 80), (30, 80, 70))
SHIRTS = ("red", "green", "blue", "yellow", "orange", "purple", "pink")


def draw_person(rng: np.random.Generator) -> Person:
    """Somebody at random; proportions vary by about a tenth."""
    return Person(
        sex="woman" if rng.random() < 0.5 else "man",
        shirt=SHIRTS[int(rng.integers(len(SHIRTS)))],
        trousers=TROUSERS[int(rng.integers(len(TROUSERS)))],
        skin=SKINS[int(rng.integers(len(SKINS)))],
        hair=HAIRS[int(rng.integers(len(HAIRS)))],
        tall=float(rng.uniform(0.86, 1.04)),
        torso=float(rng.uniform(0.28, 0.32)),
        leg=float(rng.uniform(0.22, 0.25)),
        arm=float(rng.uniform(0.15, 0.17)),
        girth=float(rng.uniform(0.85, 1.3)),
        mirrored=bool(rng.random() < 0.5),
    )


def draw_room(rng: np.random.Generator) -> Room:
    """A room with pale or dark walls, a floor of another colour, up to two pictures or windows."""
    level = rng.uniform(150, 225) if rng.random() < 0.7 else rng.uniform(60, 95)
    wall, floor = level + rng.uniform(-32, 32, 3), rng.uniform(0.55, 0.8) * level + rng.uniform(-15, 15, 3)
    hung: list[tuple[int, int, int, int, Rgb]] = []
    for left in rng.choice((6, 44, 82, 120), size=int(rng.integers(0, 3)), replace=False):
        top, wide, high = int(rng.integers(6, 24)), int(rng.integers(18, 32)), int(rng.integers(16, 34))
        hung.append((int(left), top, int(left) + wide, top + high, _rgb(wall + rng.uniform(-45, 35, 3))))
    return Room(wall=_rgb(wall), floor=_rgb(floor), horizon=int(rng.integers(112, 132)), hung=tuple(hung))


def blend(one: Pose, two: Pose, share: float) -> Pose:
    """`one` where `share` is 0, `two` where it is 1."""
    return tuple(a + (b - a) * share for a, b in zip(one, two, strict=True))


def exercising(person: Person, name: str, effort: float, x: float = 0.5) -> Posed:
    """The person `effort` (0 to 1) of the way to the peak of an exercise."""
    exercise = EXERCISES[name]
    pose = blend(POSES[exercise.rest], POSES[exercise.peak], effort)
    front = exercise.rest in FRONT
    return Posed(person=person, pose=pose, front=front, x=x, hold=exercise.hold, foot_x=exercise.foot_x)


# Repetitions.


@dataclass(frozen=True, kw_only=True, slots=True)
class Rep:
    """One repetition; it counts if it goes all the way (`depth` 1), not when it is given up half way."""

    at_ms: float
    until_ms: float
    depth: float = 1.0

    @property
    def counts(self) -> bool:
        return self.depth >= 1.0


def draw_reps(rng: np.random.Generator, name: str, at_ms: float, count: int, *, faults: float = 0.12) -> list[Rep]:
    """`count` whole repetitions from `at_ms` on, with a tempo of their own that tires, pauses, and partial ones.

    `faults` is the chance before each of a pause (0.3 to 1.6 s), and again of a repetition that does not count.
    """
    cycle_ms = max(850.0, EXERCISES[name].cycle_ms * float(np.exp(rng.normal(0, 0.2))))
    tires = float(rng.uniform(1.0, 1.03))
    reps: list[Rep] = []
    while sum(rep.counts for rep in reps) < count:
        if reps and rng.random() < faults:
            at_ms += float(rng.uniform(300, 1600))
        partial = bool(rng.random() < faults)
        length_ms = cycle_ms * float(rng.uniform(0.88, 1.12)) * (0.75 if partial else 1.0)
        depth = float(rng.uniform(0.3, 0.5)) if partial else 1.0
        reps.append(Rep(at_ms=at_ms, until_ms=at_ms + length_ms, depth=depth))
        at_ms, cycle_ms = at_ms + length_ms, cycle_ms * tires
    return reps


def effort(reps: Sequence[Rep], at_ms: float) -> float:
    """How far the body is from rest (0) to the peak (1): a raised cosine in each repetition, 0 between them."""
    for rep in reps:
        if rep.at_ms <= at_ms < rep.until_ms:
            phase = (at_ms - rep.at_ms) / (rep.until_ms - rep.at_ms)
            return rep.depth * (0.5 - 0.5 * math.cos(2 * math.pi * phase))
    return 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Stance:
    """From `at_ms` on, `MOVE_MS` long, the person goes over to the pose; then stays in it."""

    at_ms: float
    pose: str

    @property
    def reached_ms(self) -> float:
        return self.at_ms + MOVE_MS


MOVE_MS = 900.0


def stance(stances: Sequence[Stance], at_ms: float) -> Pose:
    """The pose at a moment, from stances in order of time; the first holds before its time."""
    pose = POSES[stances[0].pose]
    for one in stances[1:]:
        share = min(1.0, max(0.0, (at_ms - one.at_ms) / MOVE_MS))
        pose = blend(pose, POSES[one.pose], share * share * (3 - 2 * share))
    return pose


# Drawing.


def picture(room: Room, people: Sequence[Posed]) -> Image.Image:
    """The room with the people in it, RGB `SIDE` x `SIDE`."""
    image = _backdrop(room).copy()
    draw = ImageDraw.Draw(image)
    for posed in people:
        _draw_posed(draw, posed, room)
    return image


@lru_cache(maxsize=8)
def _backdrop(room: Room) -> Image.Image:
    image = Image.new("RGB", (SIDE, SIDE), room.wall)
    draw = ImageDraw.Draw(image)
    for left, top, right, bottom, colour in room.hung:
        draw.rectangle((left, top, right, bottom), fill=colour, outline=_shade(room.wall, 0.6), width=2)
    draw.rectangle((0, room.horizon, SIDE, SIDE), fill=room.floor)
    draw.rectangle((0, room.horizon, SIDE, room.horizon + 2), fill=_shade(room.floor, 0.75))
    return image


def joints(posed: Posed) -> dict[str, Point]:
    """Where the joints are: x to the right and y up, in heights of a standing person, from the point on the floor."""
    body, angles = posed.person, posed.pose
    turn = -1.0 if body.mirrored else 1.0
    wide = 0.075 * body.girth if posed.front else 0.0

    def reach(start: Point, angle: float, length: float) -> Point:
        radians = math.radians(angle)
        return start[0] + turn * length * math.sin(radians), start[1] - length * math.cos(radians)

    at: dict[str, Point] = {"hip": (0.0, 0.0)}
    at["neck"] = reach(at["hip"], angles[0], body.torso)
    at["head"] = reach(at["neck"], angles[1], 0.105)
    chest = reach(at["hip"], angles[0], body.torso * 0.9)
    for index, side in enumerate((-1, 1)):
        shoulder = (chest[0] + turn * side * wide, chest[1])
        hip = (turn * side * 0.55 * wide, 0.0)
        at[f"shoulder{index}"], at[f"hip{index}"] = shoulder, hip
        at[f"elbow{index}"] = reach(shoulder, angles[2 + 2 * index], body.arm)
        at[f"hand{index}"] = reach(at[f"elbow{index}"], angles[3 + 2 * index], body.arm)
        at[f"knee{index}"] = reach(hip, angles[6 + 2 * index], body.leg)
        at[f"foot{index}"] = reach(at[f"knee{index}"], angles[7 + 2 * index], body.leg)
    return _placed(at, posed.hold, turn * posed.foot_x)


def _placed(at: dict[str, Point], hold: Hold, foot_x: float) -> dict[str, Point]:
    if hold == "hands":
        up = BAR - (at["hand0"][1] + at["hand1"][1]) / 2
    else:
        up = -min(y for _, y in at.values())
    xs = [x for x, _ in at.values()]
    still = (at["foot0"][0] + at["foot1"][0]) / 2 - foot_x if hold == "feet" else (min(xs) + max(xs)) / 2
    return {name: (x - still, y + up) for name, (x, y) in at.items()}


def _draw_posed(draw: ImageDraw.ImageDraw, posed: Posed, room: Room) -> None:
    scale = (0.88 if posed.foot_x else 0.72) * SIDE * posed.person.tall  # nearer to who lies on the floor
    ground = 0.94 * SIDE
    if posed.hold == "hands":
        scale = min(scale, 0.66 * SIDE)
        bar = ground - BAR * scale
        draw.rectangle((0.15 * SIDE, bar - 3, 0.85 * SIDE, bar + 1), fill=_shade(room.wall, 0.45))
    at = {name: (posed.x * SIDE + x * scale, ground - y * scale) for name, (x, y) in joints(posed).items()}
    if posed.chair:
        _chair(draw, scale, room, turn=-1 if posed.person.mirrored else 1)
    _draw_body(draw, posed, at, scale)


def _chair(draw: ImageDraw.ImageDraw, scale: float, room: Room, *, turn: int) -> None:
    """A chair where somebody who sits in the middle of the picture has it."""
    wood = _shade(room.floor, 0.5)
    x, seat, ground = 0.5 * SIDE, 0.94 * SIDE - 0.2 * scale, 0.95 * SIDE
    back, front = x - turn * 0.24 * scale, x + turn * 0.1 * scale
    draw.line((back, seat - 0.32 * scale, back, ground), fill=wood, width=4)
    draw.line((front, seat, front, ground), fill=wood, width=4)
    draw.line((back, seat, front, seat), fill=wood, width=6)


def _draw_body(draw: ImageDraw.ImageDraw, posed: Posed, at: dict[str, Point], scale: float) -> None:
    body = posed.person
    shirt = RGB[body.shirt]
    thick = scale * body.girth

    def limb(names: str, colour: Rgb, width: float) -> None:
        one, two = (at[name] for name in names.split())
        draw.line((*one, *two), fill=colour, width=max(2, round(width)))
        for x, y in (one, two):
            draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=colour)

    def arm(side: int, light: float) -> None:
        limb(f"shoulder{side} elbow{side}", _shade(shirt, light * 0.92), 0.062 * thick)
        limb(f"elbow{side} hand{side}", _shade(body.skin, light), 0.05 * thick)

    def leg(side: int, light: float) -> None:
        limb(f"hip{side} knee{side}", _shade(body.trousers, light), 0.09 * thick)
        limb(f"knee{side} foot{side}", _shade(body.trousers, light), 0.068 * thick)
        x, y = at[f"foot{side}"]
        draw.ellipse((x - 0.045 * scale, y - 0.03 * scale, x + 0.045 * scale, y + 0.03 * scale), fill=(25, 25, 28))

    far = 1.0 if posed.front else 0.72
    leg(0, far)
    arm(0, far)
    leg(1, 1.0)
    limb("hip neck", shirt, (0.16 if posed.front else 0.13) * thick)
    _head(draw, at, body, 0.082 * scale)
    arm(1, 1.0)


def _head(draw: ImageDraw.ImageDraw, at: dict[str, Point], body: Person, radius: float) -> None:
    (x, y), (neck_x, neck_y) = at["head"], at["neck"]
    length = math.hypot(x - neck_x, y - neck_y) or 1.0
    up_x, up_y = (x - neck_x) / length, (y - neck_y) / length
    if body.sex == "woman":  # long hair falls towards the shoulders
        for share in (0.1, 0.6, 1.1):
            hair_x, hair_y, wide = x - share * radius * up_x, y - share * radius * up_y, 1.2 * radius
            draw.ellipse((hair_x - wide, hair_y - wide, hair_x + wide, hair_y + wide), fill=body.hair)
    crown_x, crown_y = x + 0.3 * radius * up_x, y + 0.3 * radius * up_y
    draw.ellipse((crown_x - radius, crown_y - radius, crown_x + radius, crown_y + radius), fill=body.hair)
    face = 0.86 * radius
    low_x, low_y = x - 0.12 * radius * up_x, y - 0.12 * radius * up_y
    draw.ellipse((low_x - face, low_y - face, low_x + face, low_y + face), fill=body.skin)


def _shade(colour: Rgb, light: float) -> Rgb:
    red, green, blue = (int(min(255.0, part * light)) for part in colour)
    return red, green, blue


def _rgb(values: np.ndarray) -> Rgb:
    red, green, blue = (int(value) for value in np.clip(values, 0, 255))
    return red, green, blue
