"""Ordinary minutes: what goes on in a session before the item that is measured, and what a crowd says."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from microturn.bench.scenarios.factory import SUITE_SEEDS, TEST_SEED, draw
from microturn.data.scene import cast, murmurs
from microturn.protocol.events import Channel

SUITE = 41
ACTS = ("plain", "hello", "silence", "count", "plain", "elsewhere", "thanks", "last_word", "silence", "repeat")
SCENES = 20


@cache
def filler() -> NDArray[np.float32]:
    """Some minutes of a user who talks, asks small things and is quiet: float32 [S] at 16 kHz, to be looped; test voices."""
    first = TEST_SEED + SUITE * SUITE_SEEDS
    scenes = [draw(first + index, ACTS[index % len(ACTS)], "test") for index in range(SCENES)]
    return np.concatenate([scene.audio[Channel.USER].samples for scene in scenes])


def murmuring() -> tuple[NDArray[np.float32], ...]:
    """What the test voices say at a time in the background."""
    return murmurs(cast("test"))
