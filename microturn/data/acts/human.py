"""Real people: recordings of `voices/human.py` on the stage. The model writes what they say and stays quiet.

These acts need recordings (MICROTURN_DATA), so they are in no session by themselves: name them in `make_scene(acts=...)`
or in a mixture. A span `source` on the world's line says whose recording sounds when, and under which licence.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import numpy as np

from microturn.data.script import Stage
from microturn.data.voices.human import HumanTake, Played, clip, speakers

Act = Callable[[Stage], None]
T = TypeVar("T")


def plain_human(stage: Stage) -> None:
    """A real person says a thing or two that are not for the model, which hears them."""
    start_ms = stage.now_ms
    for take in _some(stage):
        with _speaking(stage, take) as voice:
            told = stage.tell(voice.clip.text, task="silence")
            _mark(stage, voice, told.at_ms, told.until_ms)
        stage.pause(300, 2500)
    stage.mark("quiet", start_ms, stage.now_ms, data={"task": "silence"})


def overheard(stage: Stage) -> None:
    """Real people at another table, which the model does not write down."""
    start_ms = stage.now_ms
    gain_db = stage.between(-20, -12)
    for take in _some(stage):
        with _nearby(stage, take) as voice:
            began_ms = stage.now_ms
            stage.now_ms = stage.other(voice.clip.text, at_ms=began_ms, gain_db=gain_db)
            _mark(stage, voice, began_ms, stage.now_ms)
        stage.pause(200, 1500)
    stage.mark("quiet", start_ms, stage.now_ms, data={"task": "background"})


HUMAN: dict[str, tuple[Act, float]] = {"plain_human": (plain_human, 2.0), "overheard": (overheard, 0.6)}


def _some(stage: Stage) -> list[HumanTake]:
    """One or two clips of one speaker; longer ones are drawn more often, speakers by the root of their words."""
    people = speakers(stage.split)
    person = _weighted(stage, people, [_words(own) ** 0.5 for own in people])
    chosen: list[HumanTake] = []
    for _ in range(min(stage.whole(1, 2), len(person))):
        rest = [take for take in person if take not in chosen]
        chosen.append(_weighted(stage, rest, [len(take.words) for take in rest]))
    return chosen


def _words(own: tuple[HumanTake, ...]) -> int:
    return sum(len(take.words) for take in own)


def _weighted(stage: Stage, options: Sequence[T], weights: Sequence[float]) -> T:
    edges = np.cumsum(weights)
    return options[int(np.searchsorted(edges, stage.between(0, float(edges[-1])), side="right"))]


@contextmanager
def _speaking(stage: Stage, take: HumanTake) -> Iterator[Played]:
    """The user has the voice of a clip for a moment."""
    before, played = stage.voice, Played(clip(take))
    stage.voice = played
    try:
        yield played
    finally:
        stage.voice = before


@contextmanager
def _nearby(stage: Stage, take: HumanTake) -> Iterator[Played]:
    before, played = stage.others, Played(clip(take))
    stage.others = [played]
    try:
        yield played
    finally:
        stage.others = before


def _mark(stage: Stage, voice: Played, at_ms: float, until_ms: float) -> None:
    data = {"source": voice.clip.source, "licence": voice.clip.licence}
    stage.mark("source", at_ms, until_ms, voice.name, who="world", data=data)
