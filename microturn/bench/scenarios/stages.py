"""Scenes that only the bench plays: scripts of its own on the stage of the data factory, test voices and seeds only.

`scenarios.factory` makes scenes of the factory's acts; here a suite writes its own, with the same voices, rooms and noise.
"""

import zlib
from dataclasses import replace

import numpy as np

from microturn.bench.scenarios.factory import ITEM_SEEDS, SUITE_SEEDS, TEST_SEED
from microturn.data.scene import Cast, cast, draw_setting, recorded
from microturn.data.script import Stage, languages_of, remembering
from microturn.protocol.timeline import Timeline

SPLIT = "test"
LEAD_MS = 900.0  # the room alone, before anybody speaks


def seed_of(suite: int, index: int, seed_base: int) -> int:
    """The seed of a suite's item."""
    return TEST_SEED + suite * SUITE_SEEDS + (seed_base + index) * ITEM_SEEDS


def cast_of_tests() -> Cast:
    """The test voices and the model's own."""
    return cast(SPLIT)


def open_stage(seed: int) -> Stage:
    """An empty stage whose user speaks without hesitation and can say any English word."""
    who = cast_of_tests()
    rng = np.random.default_rng([zlib.crc32(SPLIT.encode()), seed, 2])
    able = [voice for voice in who.users if "en" in languages_of(voice)]
    return Stage(
        rng=rng,
        voice=able[int(rng.integers(len(able)))],
        own=remembering(who.own),
        split=SPLIT,
        speed=float(rng.uniform(0.85, 1.2)),
        hesitancy=0.0,
        now_ms=LEAD_MS,
    )


def played(stage: Stage, seed: int) -> Timeline:
    """What was played on a stage, in a room and noise of its own, without echo, lost audio and odd microphones."""
    drawn = draw_setting(np.random.default_rng(seed))
    setting = replace(drawn, echo_db=None, lossy=False, tone_db=0.0, low_pass_hz=None)
    return recorded(stage, stage.rng, cast_of_tests(), seed=seed, setting=setting)
