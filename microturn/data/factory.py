"""The data factory: made scenes to shards, on several processes, stoppable and resumable.

Shard n holds the scenes of seeds n * sessions .. (n + 1) * sessions - 1 of one split: the same config gives the same bytes.
"""

import multiprocessing
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import cast

from microturn.data.lexicon import WORDS
from microturn.data.scene import Split, make_scene
from microturn.data.setting import MIXTURES
from microturn.data.shards import about_shard, write_shard
from microturn.data.sound import rooms
from microturn.data.voices.phones import PHONE_ID
from microturn.features.layout import Ticks
from microturn.features.sequence import ticks_of
from microturn.features.text import Tokenizer

SAME = ("sessions", "seconds", "max_ticks", "split", "settings")  # what shards of one folder must agree on


@dataclass(frozen=True, kw_only=True)
class DataConfig:
    """`shards` files of `sessions` scenes of about `seconds` each, at most `max_ticks` ticks long.

    `settings` is the mixture of `setting.MIXTURES` that says how they sound.
    """

    shards: int = 40
    sessions: int = 64
    seconds: float = 72.0
    max_ticks: int = 448
    split: str = "train"
    settings: str = "plain"

    def __post_init__(self) -> None:
        if min(self.shards, self.sessions, self.max_ticks) < 1 or self.seconds <= 0:
            raise ValueError(f"shards, sessions, seconds and max_ticks must be positive: {self}")
        if self.settings not in MIXTURES:
            raise ValueError(f"settings must be one of {', '.join(MIXTURES)}, not {self.settings!r}")


@lru_cache(maxsize=1)
def tokenizer() -> Tokenizer:
    """The vocabulary of the made world: every word of the lexicon is one token."""
    return Tokenizer.train(WORDS)


def session(seed: int, config: DataConfig) -> Ticks:
    """One made scene as ticks."""
    split = cast(Split, config.split)
    scene = make_scene(seed, split=split, seconds=config.seconds, max_ticks=config.max_ticks, setting=config.settings)
    return ticks_of(scene, tokenizer(), PHONE_ID)


def shard_path(folder: Path, number: int) -> Path:
    return folder / f"{number:05d}.npz"


def make_shard(folder: Path, number: int, config: DataConfig) -> Path:
    """Make shard `number` if it is not there yet."""
    path = shard_path(folder, number)
    if not path.exists():
        seeds = range(number * config.sessions, (number + 1) * config.sessions)
        write_shard(
            path, [session(seed, config) for seed in seeds], asdict(config) | {"seeds": [seeds.start, seeds.stop]}
        )
    return path


def _job(job: tuple[Path, int, DataConfig]) -> Path:
    return make_shard(*job)


def make_data(folder: Path, config: DataConfig, workers: int = 1) -> Iterator[Path]:
    """Make the missing shards, yielding each path when it is whole. Workers are renewed: espeak leaks a little.

    Raises ValueError when the folder holds shards that were made from another config.
    """
    for path in sorted(folder.glob("*.npz"))[: config.shards]:
        about = about_shard(path)
        about.setdefault("settings", "plain")  # older shards do not say
        made = {name: about[name] for name in SAME if "split" in about}  # other sources say nothing of a split
        if made and made != {name: getattr(config, name) for name in SAME}:
            raise ValueError(f"{path} was made from {made}: give another folder, or delete it")
    if config.settings == "world" and rooms.simulated():
        rooms.bank(config.split)  # once, not in every process
    jobs = [(folder, number, config) for number in range(config.shards)]
    missing = [job for job in jobs if not shard_path(folder, job[1]).exists()]
    yield from (shard_path(folder, job[1]) for job in jobs if job not in missing)
    if workers <= 1:
        yield from map(_job, missing)
        return
    with multiprocessing.get_context("spawn").Pool(workers, maxtasksperchild=8) as pool:
        yield from pool.imap_unordered(_job, missing)
