"""The data factory: made scenes to shards, on several processes, stoppable and resumable.

Shard n holds the scenes of seeds n * sessions .. (n + 1) * sessions - 1 of one split: the same config gives the same bytes.
"""

import multiprocessing
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Protocol, cast

from microturn.data.acts import MIXTURES
from microturn.data.keepsakes import entry_of
from microturn.data.lexicon import WORDS
from microturn.data.scene import Split, make_scene
from microturn.data.setting import SETTINGS
from microturn.data.shards import Entry, about_shard, write_shard
from microturn.data.sound import rooms
from microturn.data.voices.phones import PHONE_ID
from microturn.features.sequence import ticks_of
from microturn.features.text import Tokenizer

SAME = ("sessions", "seconds", "max_ticks", "split", "settings", "mixture")  # what shards of one folder must agree on
OLDER = {"settings": "plain", "mixture": "nano"}  # what shards that do not say were made with


@dataclass(frozen=True, kw_only=True)
class DataConfig:
    """`shards` files of `sessions` scenes of about `seconds` each, at most `max_ticks` ticks long.

    `settings` is the one of `setting.SETTINGS` that says how they sound, `mixture` that of `acts.MIXTURES` which is played. The
    first `listen` sessions of each shard keep their sound, so that people can hear what models train on.
    """

    shards: int = 40
    sessions: int = 64
    seconds: float = 72.0
    max_ticks: int = 448
    split: str = "train"
    settings: str = "plain"
    listen: int = 2
    mixture: str = "nano"

    def __post_init__(self) -> None:
        check_positive(shards=self.shards, sessions=self.sessions, seconds=self.seconds, max_ticks=self.max_ticks)
        if self.settings not in SETTINGS:
            raise ValueError(f"settings must be one of {', '.join(SETTINGS)}, not {self.settings!r}")
        if self.mixture not in MIXTURES:
            raise ValueError(f"there is no mixture {self.mixture!r}; choose from {', '.join(MIXTURES)}")
        if self.listen < 0:
            raise ValueError(f"listen is a number of sessions from 0 on: {self}")


def check_positive(**numbers: float) -> None:
    """ValueError with those that are not."""
    wrong = [f"{name} must be positive, got {value:g}" for name, value in numbers.items() if not value > 0]
    if wrong:
        raise ValueError("; ".join(wrong))


class Many(Protocol):
    """What any config of shards says."""

    @property
    def shards(self) -> int: ...
    @property
    def split(self) -> str: ...
    @property
    def settings(self) -> str: ...


@lru_cache(maxsize=1)
def tokenizer() -> Tokenizer:
    """The vocabulary of the made world: every word of the lexicon is one token."""
    return Tokenizer.train(WORDS)


def session(seed: int, config: DataConfig, *, sound: bool = False) -> Entry:
    """One made scene: its ticks, what it is and, if `sound`, both tracks."""
    scene = make_scene(
        seed,
        split=cast(Split, config.split),
        seconds=config.seconds,
        max_ticks=config.max_ticks,
        setting=config.settings,
        mixture=config.mixture,
    )
    return entry_of(scene, ticks_of(scene, tokenizer(), PHONE_ID), sound=sound)


def shard_path(folder: Path, number: int) -> Path:
    return folder / f"{number:05d}.npz"


def make_shard(folder: Path, number: int, config: DataConfig) -> Path:
    """Make shard `number` if it is not there yet."""
    path = shard_path(folder, number)
    if not path.exists():
        seeds = range(number * config.sessions, (number + 1) * config.sessions)
        entries = (session(seed, config, sound=number < config.listen) for number, seed in enumerate(seeds))
        write_shard(path, entries, asdict(config) | {"seeds": [seeds.start, seeds.stop]})
    return path


def make_data(folder: Path, config: DataConfig, workers: int = 1) -> Iterator[Path]:
    """Make the missing shards, yielding each path when it is whole. Workers are renewed: espeak leaks a little.

    Raises ValueError when the folder holds shards that were made from another config.
    """
    for path in sorted(folder.glob("*.npz"))[: config.shards]:
        about = OLDER | about_shard(path)
        made = {name: about[name] for name in SAME if "split" in about}  # other sources say nothing of a split
        if made and made != {name: getattr(config, name) for name in SAME}:
            raise ValueError(f"{path} was made from {made}: give another folder, or delete it")
    yield from in_parallel(partial(make_shard, folder, config=config), folder, config, workers)


def in_parallel(make: Callable[[int], Path], folder: Path, config: Many, workers: int) -> Iterator[Path]:
    """The shards that are there, then the others as `make` has them whole. `make` is called in other processes: it must pickle."""
    if config.settings == "world" and rooms.simulated():
        rooms.bank(config.split)  # once, not in every process
    there = {number: shard_path(folder, number).exists() for number in range(config.shards)}
    yield from (shard_path(folder, number) for number in there if there[number])
    missing = [number for number in there if not there[number]]
    if workers <= 1:
        yield from map(make, missing)
        return
    with multiprocessing.get_context("spawn").Pool(workers, maxtasksperchild=8) as pool:
        yield from pool.imap_unordered(make, missing)
