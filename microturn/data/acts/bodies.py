"""Bodies: counting squats out loud, speaking up when somebody starts, stops, sits down or comes in, saying who does what."""

import math
from collections.abc import Sequence
from dataclasses import replace

from PIL import Image

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
from microturn.data.pictures import people
from microturn.data.pictures.people import EXERCISES, Person, Posed, Rep, Room, Stance
from microturn.data.script import Stage, reply_tick
from microturn.features.numbers import number_words
from microturn.protocol.clock import TICK_MS

REP_DONE = 0.88  # a repetition is counted this far through, as in `sight`
STARTED_MS = 300.0  # how long the body has to move before it can be told that it does
STILL_MS = 450.0  # how long it has to be at rest before it can be told that it stopped
_NAMES = {"squat": "squats", "push up": "push ups", "sit up": "sit ups", "jumping jack": "jumping jacks"}
_COUNTED = {
    "squat": ("count how often i move down", "count how many times i move down and up"),
    "push up": ("count how often i move up", "please count how often i move down and up"),
    "sit up": ("count how often i move up", "count how many times i move up and down"),
    "jumping jack": ("count my jumps", "watch me and count my jumps", "count how often i jump"),
    "pull up": ("count how often i move up", "count how many times i pull"),
    "wave": ("count how often i move my hand", "count how many times i move my hand"),
}
_WHOSE = ("my", "the", "her", "his", "our")


def labels(person: Person | None, motion: str = "") -> Labels:
    """What is in view of a person: who, the colour of the shirt, where the body moves."""
    if person is None:
        return {"shape": "", "colour": "", "motion": "", "reading": ""}
    return {"shape": person.sex, "colour": person.shirt, "motion": motion, "reading": ""}


def exercise_world(room: Room, person: Person, name: str, reps: Sequence[Rep]) -> World:
    """Somebody who does an exercise; the motion is up or down, that of the head or the arms."""
    rising, falling = ("up", "down") if EXERCISES[name].rises else ("down", "up")

    def world(at_ms: float) -> tuple[Image.Image, Labels]:
        now = people.effort(reps, at_ms)
        change = now - people.effort(reps, at_ms - TICK_MS)
        motion = rising if change > 0.05 else falling if change < -0.05 else ""
        return people.picture(room, [people.exercising(person, name, now)]), labels(person, motion)

    return world


_RAISE_MS = 350.0  # from standing to the first pose of an action, and back after it


def action_world(room: Room, person: Person, name: str, reps: Sequence[Rep]) -> World:
    """Somebody who stands, does something from the first of `reps` to the last, and stands again."""
    exercise = EXERCISES[name]
    still = people.POSES["facing" if exercise.rest in people.FRONT else "standing"]

    def world(at_ms: float) -> tuple[Image.Image, Labels]:
        begun, ended = at_ms - reps[0].at_ms, at_ms - reps[-1].until_ms
        share = min(max(begun / _RAISE_MS, 0.0), max(1 - ended / _RAISE_MS, 0.0), 1.0)
        posed = people.exercising(person, name, people.effort(reps, at_ms))
        posed = replace(posed, pose=people.blend(still, posed.pose, share))
        return people.picture(room, [posed]), _unsaid(person) if share else labels(person)

    return world


def _unsaid(person: Person) -> Labels:
    """Labels of somebody of whom it is not said how the body moves."""
    return {kind: word for kind, word in labels(person).items() if kind != "motion"}


def repetitions(stage: Stage) -> None:
    """Count my squats: the number is said as each repetition ends; one given up half way does not count."""
    name = stage.pick(people.COUNTED)
    room, person = people.draw_room(stage.rng), people.draw_person(stage.rng)
    plural = _NAMES.get(name, f"{name}s")
    first = first_tick(stage)
    whose = stage.pick(_WHOSE)
    named = (f"count {whose} {plural}", f"count {whose} {plural} out loud", f"please count | {whose} {plural}")
    told = ask(stage, Wording(plain=_COUNTED[name], named=named))
    count = stage.whole(2, 10)
    reps = people.draw_reps(stage.rng, name, told.until_ms + stage.between(900, 2500), count)
    for rep in reps:
        if not rep.counts:
            stage.mark("event", rep.until_ms, rep.until_ms, f"partial {name}", who="world")
    cues = [_counted(rep, number, count, name) for number, rep in enumerate((r for r in reps if r.counts), start=1)]
    eye = draw_eye(stage, fast=True)
    world = exercise_world(room, person, name, reps)
    watch(stage, world, cues, first=first, eye=eye, tail_ms=stage.between(800, 1800))


def _counted(rep: Rep, number: int, count: int, name: str) -> Cue:
    return Cue(
        at_ms=rep.until_ms,
        seen_ms=rep.at_ms + REP_DONE * (rep.until_ms - rep.at_ms),
        name=name,
        answer=number_words(number)[0],
        task="repcount",
        early_ms=400.0,
        data={"rep": number, "of": count, "rep_end_ms": rep.until_ms},
    )


_DOINGS = {  # exercise: what "i" and "she" are said to do, and the answer to what she is doing
    "jumping jack": ("jump", "jumping"),
    "wave": ("wave", "waving"),
    "step": ("walk", "walking"),
}


def starts_stops(stage: Stage) -> None:
    """Say W when I start, or when she stops: an action begins after a while, goes on for a while, ends."""
    name = stage.pick(tuple(_DOINGS))
    which = stage.pick(("start", "stop"))
    room, person = people.draw_room(stage.rng), people.draw_person(stage.rng)
    she = "she" if person.sex == "woman" else "he"
    answer = draw_answer(stage, which)
    plain = ways(f"i {which}")
    named = (*ways(f"{she} {which}s {_DOINGS[name][1]}"), *ways(f"{she} {which}s"))
    if stage.chance(0.3):
        answer = "now"
        plain, named = (f"tell me when i {which}",), (f"tell me when {she} {which}s", f"tell me | when {she} {which}s")
    first = first_tick(stage)
    told = ask(stage, Wording(plain=plain, named=named, fill={"W": answer}))
    ready_ms = (reply_tick(told.until_ms) + 2) * float(TICK_MS)
    start_ms = ready_ms + stage.between(800, 3000) if which == "start" else stage.now_ms - stage.between(1500, 4000)
    reps = people.draw_reps(stage.rng, name, start_ms, stage.whole(3, 6), faults=0.0)
    while reps[-1].until_ms < ready_ms + 1000:
        reps += people.draw_reps(stage.rng, name, reps[-1].until_ms, 1, faults=0.0)
    ended_ms = reps[-1].until_ms
    at_ms, seen_ms = (start_ms, start_ms + STARTED_MS) if which == "start" else (ended_ms, ended_ms + STILL_MS)
    cue = Cue(at_ms=at_ms, seen_ms=seen_ms, name=f"{which} {name}", answer=answer, data={"sight": which})
    world = action_world(room, person, name, reps)
    watch(stage, world, [cue], first=first, eye=draw_eye(stage), tail_ms=stage.between(1200, 2500))


def start_to_stop(stage: Stage) -> None:
    """Say start when she starts and stop when she stops (after the reference's use of Charades, one spoken interval)."""
    name = stage.pick(tuple(_DOINGS))
    room, person = people.draw_room(stage.rng), people.draw_person(stage.rng)
    she, doing_it = "she" if person.sex == "woman" else "he", _DOINGS[name][1]
    plain = ("say start when i start | and stop when i stop", "say start when i start | then say stop when i stop")
    named = (f"say start when {she} starts {doing_it} | then say stop when {she} stops",)
    first = first_tick(stage)
    told = ask(stage, Wording(plain=plain, named=named))
    start_ms = (reply_tick(told.until_ms) + 2) * float(TICK_MS) + stage.between(800, 3000)
    reps = people.draw_reps(stage.rng, name, start_ms, stage.whole(3, 9), faults=0.0)
    events = (("start", start_ms, STARTED_MS), ("stop", reps[-1].until_ms, STILL_MS))
    cues = [
        Cue(at_ms=at_ms, seen_ms=at_ms + seen, name=f"{which} {name}", answer=which, data={"sight": which})
        for which, at_ms, seen in events
    ]
    world = action_world(room, person, name, reps)
    watch(stage, world, cues, first=first, eye=draw_eye(stage), tail_ms=stage.between(1200, 2500))


_CHANGES = {  # posture: what is said of "i" in the lexicon's words, and of her in usual ones
    "sitting": (("i am on the chair",), ("sits down", "is sitting")),
    "standing": (("i leave the chair",), ("stands up", "is standing")),
    "lying": (("i am on the floor",), ("lies down", "is lying down")),
}


def posture_world(room: Room, person: Person, stances: Sequence[Stance]) -> World:
    """Somebody beside, on or before a chair."""

    def world(at_ms: float) -> tuple[Image.Image, Labels]:
        pose = people.stance(stances, at_ms)
        posed = Posed(person=person, pose=pose, front=False, chair=True)
        return people.picture(room, [posed]), labels(person)

    return world


def posture(stage: Stage) -> None:
    """Say W when she sits down, stands up or lies down; other changes come before."""
    target = stage.pick(tuple(_CHANGES))
    order = ["sitting" if target == "standing" else stage.pick([pose for pose in _CHANGES if pose != target])]
    if target == "lying" and stage.chance(0.5):
        order.append("standing" if order[0] == "sitting" else "sitting")
    elif target == "sitting" and stage.chance(0.5) and order == ["standing"]:
        order.append("lying")
    order.append(target)
    room, person = people.draw_room(stage.rng), people.draw_person(stage.rng)
    she = "she" if person.sex == "woman" else "he"
    plain, named = _CHANGES[target]
    answer = draw_answer(stage, target, avoid=("chair",))
    asked = Wording(
        plain=tuple(way for text in plain for way in ways(text)),
        named=tuple(way for text in named for way in ways(f"{she} {text}")),
        fill={"W": answer},
    )
    first = first_tick(stage)
    told = ask(stage, asked)
    at_ms = (reply_tick(told.until_ms) + 2) * float(TICK_MS)
    stances = [Stance(at_ms=-people.MOVE_MS, pose=order[0])]
    for pose in order[1:]:
        at_ms += stage.between(800, 2500)
        stances.append(Stance(at_ms=at_ms, pose=pose))
        at_ms += people.MOVE_MS
    for one in stances[1:-1]:
        stage.mark("event", one.reached_ms, one.reached_ms, one.pose, who="world")
    reached_ms = stances[-1].reached_ms
    cue = Cue(at_ms=reached_ms, seen_ms=reached_ms, name=target, answer=answer, data={"sight": target})
    world = posture_world(room, person, stances)
    watch(stage, world, [cue], first=first, eye=draw_eye(stage), tail_ms=stage.between(1000, 2500))


_OUTSIDE, _EDGE = -0.16, 0.06  # where nobody is seen any more, and where the whole person is in the picture


def walk_world(room: Room, person: Person, walks: Sequence[tuple[float, float, float, float]]) -> World:
    """Somebody who walks from x to x in each of `walks` (from_ms, until_ms, from_x, to_x), and stands in between."""

    def world(at_ms: float) -> tuple[Image.Image, Labels]:
        x, walking, right = walks[0][2], False, True
        for from_ms, until_ms, from_x, to_x in walks:
            if at_ms >= from_ms:
                share = min(1.0, (at_ms - from_ms) / (until_ms - from_ms))
                x, walking, right = from_x + (to_x - from_x) * share, share < 1, to_x > from_x
        if not _OUTSIDE < x < 1 - _OUTSIDE:
            return people.picture(room, []), labels(None)
        if not walking:
            posed = Posed(person=person, pose=people.POSES["facing"], front=True, x=x)
            return people.picture(room, [posed]), labels(person)
        stride = 0.5 - 0.5 * math.cos(2 * math.pi * at_ms / 1000)
        posed = people.exercising(replace(person, mirrored=not right), "step", stride, x=x)
        return people.picture(room, [posed]), labels(person, "right" if right else "left")

    return world


def comes_goes(stage: Stage) -> None:
    """Say W when somebody comes in, or when she leaves."""
    goes = stage.chance(0.4)
    room, person = people.draw_room(stage.rng), people.draw_person(stage.rng)
    she = "she" if person.sex == "woman" else "he"
    answer = draw_answer(stage, "goes" if goes else "comes", avoid=(person.sex,))
    if goes:
        plain, named = ways(f"you see no {person.sex}"), (*ways("somebody leaves"), *ways(f"{she} leaves"))
    else:
        plain, named = ways(f"you see a {person.sex}"), (*ways("somebody comes in"), *ways("there is somebody"))
    if stage.chance(0.3):
        answer = ("he left" if she == "he" else "she left") if goes else f"there is a {person.sex}"
        plain = (f"tell me when there is {'no' if goes else 'a'} {person.sex}",)
        named = (f"tell me when {she} leaves",) if goes else ("tell me when somebody comes in",)
    first = first_tick(stage)
    told = ask(stage, Wording(plain=plain, named=named, fill={"W": answer}))
    start_ms = (reply_tick(told.until_ms) + 2) * float(TICK_MS) + stage.between(800, 3500)
    takes_ms, place, right = stage.between(1400, 3000), stage.between(0.35, 0.65), stage.chance(0.5)
    outside, edge = (_OUTSIDE, _EDGE) if right else (1 - _OUTSIDE, 1 - _EDGE)
    if goes:
        walk, at_ms = (start_ms, start_ms + takes_ms, place, outside), start_ms + takes_ms
    else:
        walk = (start_ms, start_ms + takes_ms, outside, place)
        at_ms = start_ms + takes_ms * (edge - outside) / (place - outside)
    name = "leaves" if goes else "comes in"
    cue = Cue(at_ms=at_ms, seen_ms=at_ms, name=name, answer=answer, data={"sight": "" if goes else person.sex})
    world = walk_world(room, person, [walk])
    watch(stage, world, [cue], first=first, eye=draw_eye(stage), tail_ms=stage.between(1500, 3000))


def doing(stage: Stage) -> None:
    """What is she doing: standing, sitting, lying down, jumping, waving, walking; or the colour of her sweater."""
    for _ in range(stage.whole(1, 2)):
        room, person = people.draw_room(stage.rng), people.draw_person(stage.rng)
        she = "she" if person.sex == "woman" else "he"
        name = stage.pick((*_CHANGES, *_DOINGS))
        if name in _DOINGS:
            reps = people.draw_reps(stage.rng, name, stage.now_ms - stage.between(0, 800), 16, faults=0.0)
            world, answer = action_world(room, person, name, reps), _DOINGS[name][1]
        else:
            world = posture_world(room, person, [Stance(at_ms=0, pose=name)])
            answer = "lying down" if name == "lying" else name
        asked = Wording(plain=("what do you see me do",), named=(f"what is {she} doing", "what am i doing"))
        if stage.chance(0.25):
            plain = ("what colour is my sweater", "tell me what colour my sweater is")
            whose = "her" if she == "she" else "his"
            asked, answer = Wording(plain=plain, named=(f"what colour is {whose} shirt",)), person.shirt
        question(stage, world, asked, eye=draw_eye(stage), answer=answer)
        stage.pause(200, 800)
