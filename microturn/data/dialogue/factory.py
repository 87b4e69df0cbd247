"""Dialogues to shards, on several processes, stoppable and resumable, in the format of all shards.

Shard n holds the sessions of seeds n * sessions .. (n + 1) * sessions - 1 of one split: the same config and texts give
the same bytes. A shard's `about` has the config, one entry in `items` for each session, and `skipped`: what could not
be said, and why. The tokenizer is that of the made world; words outside its lexicon are spelled in pieces.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

from microturn.data.dialogue.dialogue import TASK, DialogueConfig, make_dialogue, written
from microturn.data.dialogue.gaps import Gaps, Spurt, Transfer, compute_gaps
from microturn.data.factory import in_parallel, shard_path, tokenizer
from microturn.data.keepsakes import entry_of, item_of
from microturn.data.shards import Entry, about_shard, write_shard
from microturn.data.voices.phones import PHONE_ID
from microturn.features.sequence import ticks_of
from microturn.protocol.timeline import Timeline

# What the shards of one folder must agree on.
SAME = ("sources", "sessions", "seconds", "max_ticks", "split", "manner", "settings")


def item(timeline: Timeline) -> dict[str, Any]:
    """What a shard says of a session: what it says of any, the dialogues, and how they are timed."""
    parts, gaps = timeline.meta["dialogues"], compute_gaps(timeline)
    return item_of(timeline) | {
        "texts": [text for part in parts for text in part["texts"]],
        "dialogues": [part["id"] for part in parts],
        "acts": [TASK] * len(parts),
        "offsets_ms": {who: gaps.offsets_ms(who).round().tolist() for who in ("user", "model")},
        "backchannels": len(gaps.backchannels),
    }


def gaps_in(paths: Iterable[Path]) -> Gaps:
    """The transfers and backchannels of all dialogues of shards, without their times."""
    items = [one for path in paths for one in about_shard(path)["items"]]
    murmur = Spurt(at_ms=0.0, until_ms=0.0, who="")
    return Gaps(
        transfers=tuple(
            Transfer(at_ms=0.0, offset_ms=offset_ms, who=who)
            for one in items
            for who, offsets_ms in one["offsets_ms"].items()
            for offset_ms in offsets_ms
        ),
        backchannels=(murmur,) * sum(one["backchannels"] for one in items),
    )


def skipped_in(paths: Iterable[Path]) -> list[str]:
    """What could not be said in shards, and why: "dialogue: reason"."""
    return [f"{one['id']}: {one['reason']}" for path in sorted(paths) for one in about_shard(path)["skipped"]]


def make_shard(folder: Path, number: int, config: DialogueConfig) -> Path:
    """Make shard `number` if it is not there yet."""
    path = shard_path(folder, number)
    if path.exists():
        return path
    skipped: list[dict[str, str]] = []
    sessions: list[Entry] = []
    seeds = range(number * config.sessions, (number + 1) * config.sessions)
    for seed in seeds:
        timeline = make_dialogue(seed, config)
        made = entry_of(timeline, ticks_of(timeline, tokenizer(), PHONE_ID), sound=len(sessions) < config.listen)
        sessions.append(replace(made, item=item(timeline)))
        skipped += timeline.meta["skipped"]
    about = asdict(config) | {"seeds": [seeds.start, seeds.stop], "skipped": skipped}
    write_shard(path, sessions, about)
    return path


def make_shards(folder: Path, config: DialogueConfig, workers: int = 1) -> Iterator[Path]:
    """Make the missing shards, yielding each path when it is whole. Workers are renewed: espeak leaks a little.

    Raises ValueError when no text can be read, or the folder holds shards that were made from another config.
    """
    written(config.sources, config.split)  # a text that cannot be read is found before any work
    wanted = {name: getattr(config, name) for name in SAME} | {"sources": list(config.sources)}
    for path in sorted(folder.glob("*.npz"))[: config.shards]:
        made = {name: value for name, value in about_shard(path).items() if name in SAME}
        if made != wanted:
            raise ValueError(f"{path} was made from {made}: give another folder, or delete it")
    yield from in_parallel(partial(make_shard, folder, config=config), folder, config, workers)
