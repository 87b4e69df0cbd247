"""How fast sessions are made: times real time per core, from voices to shards, and the memory it takes.

Processor time of this one process is counted, not the clock on the wall: other work on the machine costs little.
Sessions are made twice: the first time the model's phrases are spoken where they are not kept, the second time they are.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from microturn.data.acts import ACTS, SIGHT
from microturn.data.factory import DataConfig, tokenizer
from microturn.data.scene import Split, make_scene
from microturn.data.shards import write_shard
from microturn.data.voices.phones import PHONE_ID
from microturn.features.layout import Ticks
from microturn.features.sequence import ticks_of
from microturn.protocol.clock import TICK_MS

SHARD = 16  # sessions
WHAT = {"audio": tuple(name for name in ACTS if name not in SIGHT), "video": SIGHT, "all": None}


@dataclass(frozen=True, kw_only=True)
class Speed:
    """One pass: media seconds made, processor seconds they took, the most memory the process has had until then."""

    name: str
    media_s: float
    cpu_s: float
    peak_mb: float

    @property
    def times_real_time(self) -> float:
        return self.media_s / max(self.cpu_s, 1e-9)


def measure(sessions: int, *, what: str, settings: str, split: Split = "train", first: int = 0) -> Iterator[Speed]:
    """Make sessions of seeds `first` on, two passes of shards, and say how fast each pass was.

    `what` is a name of `WHAT`: sessions without pictures, only acts with pictures, or all as they come.
    """
    if what not in WHAT or sessions < 1:
        raise ValueError(f"give at least one session, of {', '.join(WHAT)}; got {sessions} of {what!r}")
    config = DataConfig(settings=settings, split=split)

    def made(seed: int) -> Ticks:
        scene = make_scene(
            seed,
            split=split,
            seconds=config.seconds,
            max_ticks=config.max_ticks,
            acts=WHAT[what],
            setting=settings,
        )
        return ticks_of(scene, tokenizer(), PHONE_ID)

    made(first + sessions)  # engines, rooms and tables are loaded here
    for name in ("first", "again"):
        began_s = time.process_time()
        ticks = _to_shards(made, range(first, first + sessions))
        yield Speed(name=name, media_s=ticks * TICK_MS / 1000, cpu_s=time.process_time() - began_s, peak_mb=peak_mb())


def _to_shards(make: Callable[[int], Ticks], seeds: range) -> int:
    """Write the sessions as shards into a folder that is thrown away; returns their ticks."""
    ticks = 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(0, len(seeds), SHARD):
            shard = [make(seed) for seed in seeds[number : number + SHARD]]
            write_shard(Path(folder) / f"{number}.npz", shard, {"seeds": [seeds.start, seeds.stop]})
            ticks += sum(len(session) for session in shard)
    return ticks


def peak_mb() -> float:
    """The most memory that this process has had, in MB (1e6 bytes)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6
