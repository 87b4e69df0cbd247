"""Keeping what an import gives: Timelines as folders, or shards ready to train on; stopped at any point, it goes on.

`import-done.ndjson` in the folder has a line for each recording that is wholly kept; the next run passes over these.
`import-skipped.ndjson` has the items that were left out, with their reasons. Timelines and shards are whole or not there.
The first sessions of a shard keep their sound, so that people can hear what they train on.
"""

import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from microturn.data.corpora.item import Options, Recording, Skipped, taken
from microturn.data.factory import shard_path, tokenizer
from microturn.data.keepsakes import entry_of, item_of
from microturn.data.shards import Entry, about_shard, write_shard
from microturn.data.voices.phones import PHONE_ID
from microturn.features.sequence import ticks_of
from microturn.protocol.events import Channel
from microturn.protocol.timeline import FILE, Timeline

JOURNAL, SKIPPED = "import-done.ndjson", "import-skipped.ndjson"
LISTEN = 2  # sessions of a shard that keep their sound
TURN_MS = 1000.0  # a pause as long as this ends a text


@dataclass
class Tally:
    """What became of the items: `new` were kept now, `old` before; `examples` has one item of each reason. `notes` counts
    what is to be known of those that came: where their words' times are from, and sides without words."""

    new: int = 0
    old: int = 0
    seconds: float = 0.0
    notes: Counter[str] = field(default_factory=Counter[str])
    skipped: Counter[str] = field(default_factory=Counter[str])
    examples: dict[str, str] = field(default_factory=dict[str, str])


def save_timelines(recordings: Iterable[Recording], options: Options, out: Path, tally: Tally) -> Iterator[str]:
    """Keep every item as a Timeline folder `out/NAME`; yields the name of each recording that is done.

    OSError when the disk does not take it: what was kept is whole.
    """
    for coming in _new(recordings, options, out, tally):
        if isinstance(coming, Done):
            _note(out, [coming])
            yield coming.recording
        elif (out / coming[0] / FILE).is_file():
            tally.old += 1
        else:
            _save(coming[1], out / coming[0])
            tally.new += 1
            tally.seconds += coming[1].duration_ms / 1000


def save_shards(
    recordings: Iterable[Recording], options: Options, out: Path, tally: Tally, sessions: int = 64
) -> Iterator[str]:
    """Keep every item as a session of a shard; yields the name of each recording that is done.

    A stopped run loses the shard that it was filling; one that goes on makes the bytes of one that never stopped.
    ValueError when `out` holds shards that are no import's.
    """
    kept, number = _ids(out)
    waiting: list[Entry] = []
    ended: list[Done] = []
    source = {"source": options.source, "licence": options.licence, "window_s": options.window_s}
    about = {"import": source, "listen": LISTEN}
    for coming in _new(recordings, options, out, tally):
        if isinstance(coming, Done):
            ended.append(coming)
            yield coming.recording
        elif coming[0] in kept:
            tally.old += 1
        else:
            waiting.append(_entry(*coming, sound=len(waiting) < LISTEN))
        if len(waiting) == sessions:
            number = _write(shard_path(out, number), waiting, about, tally)
        if not waiting:
            _note(out, ended)
            ended = []
    if waiting:
        _write(shard_path(out, number), waiting, about, tally)
    _note(out, ended)


def about_item(id: str, timeline: Timeline) -> dict[str, Any]:
    """What a shard says of a session."""
    meta = timeline.meta
    return {
        "id": id,
        "voice": str(meta.get("voice", "")),
        "others": list(meta.get("others", ())),
        "texts": texts(timeline),
        "acts": list(meta.get("acts", ())),
        "split": meta["split"],
        "provenance": meta["provenance"],
        "seconds": round(timeline.duration_ms / 1000, 3),
        "timed": meta.get("timed", ""),
        "levels": item_of(timeline)["levels"],
    }


def notes(timeline: Timeline) -> list[str]:
    """What is to be known of an imported Timeline before one trains on it."""
    told = [f"the words' times: {timeline.meta['timed']}"] if "timed" in timeline.meta else []
    return told + [f"no words of the {side}'s written down" for side in timeline.meta.get("untranscribed", ())]


def texts(timeline: Timeline) -> list[str]:
    """What the user said, a text for each stretch without a long pause."""
    said: list[list[str]] = []
    before_ms = -TURN_MS
    for word in timeline.words(Channel.HEARD):
        if word.at_ms - before_ms >= TURN_MS or not said:
            said.append([])
        said[-1].append(word.text)
        before_ms = word.until_ms
    return [" ".join(one) for one in said]


@dataclass(frozen=True)
class Done:
    """All items of a recording have come; `items` of them are Timelines."""

    recording: str
    items: int


def _new(
    recordings: Iterable[Recording], options: Options, out: Path, tally: Tally
) -> Iterator[tuple[str, Timeline] | Done]:
    """The Timelines (path, Timeline) of every recording that is not done, and where one is; skipped items are noted."""
    out.mkdir(parents=True, exist_ok=True)
    done, seen = _journal(out), set[str]()
    with (out / SKIPPED).open("w", encoding="utf-8") as sink:
        for recording in recordings:
            if recording.name in done:
                tally.old += done[recording.name]
                continue
            here = 0
            for name, item in taken(recording, options):
                id = file_name(name)
                if isinstance(item, Timeline) and id in seen:
                    item = Skipped(reason="name taken", detail="another item has this name")
                seen.add(id)
                if isinstance(item, Skipped):
                    tally.skipped[item.reason] += 1
                    tally.examples.setdefault(item.reason, f"{name}: {item.detail}")
                    sink.write(json.dumps({"id": name, "reason": item.reason, "detail": item.detail}) + "\n")
                    sink.flush()
                else:
                    here += 1
                    tally.notes.update(notes(item))
                    yield id, item
            if here:
                yield Done(recording.name, here)


def file_name(name: str) -> str:
    """An item's name as a path below a folder, whatever stands in it."""
    parts = [re.sub(r"[^\w.-]", "_", part) for part in name.split("/")]
    return "/".join("_" if part.strip(".") == "" else part for part in parts)[:200]


def _save(timeline: Timeline, folder: Path) -> None:
    """Save beside the place and move it there: a stopped run leaves no half folder."""
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        timeline.save(part)
        os.replace(part, folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _entry(id: str, timeline: Timeline, *, sound: bool) -> Entry:
    made = entry_of(timeline, ticks_of(timeline, tokenizer(), PHONE_ID), sound=sound)
    return replace(made, item=about_item(id, timeline))


def _write(path: Path, waiting: list[Entry], about: dict[str, Any], tally: Tally) -> int:
    """Write what is waiting as a shard and forget it; the number of the next one."""
    write_shard(path, waiting, about)
    tally.new += len(waiting)
    tally.seconds += sum(entry.item["seconds"] for entry in waiting)
    waiting.clear()
    return int(path.stem) + 1


def _ids(out: Path) -> tuple[set[str], int]:
    """The items in the shards of a folder, and the number of the next shard."""
    kept: set[str] = set()
    paths = sorted(out.glob("*.npz"))
    for path in paths:
        about = about_shard(path)
        if "import" not in about:
            raise ValueError(f"{path} was not imported: give --out another folder")
        kept |= {item["id"] for item in about["items"]}
    return kept, int(paths[-1].stem) + 1 if paths else 0


def _journal(out: Path) -> dict[str, int]:
    """The recordings that are done, with the number of their items; a last line that is cut off does not count."""
    path = out / JOURNAL
    done: dict[str, int] = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        try:
            entry = json.loads(line)
            done[entry["recording"]] = entry["items"]
        except ValueError:
            continue
    return done


def _note(out: Path, done: list[Done]) -> None:
    if not done:
        return
    with (out / JOURNAL).open("a", encoding="utf-8") as sink:
        for one in done:
            sink.write(json.dumps({"recording": one.recording, "items": one.items}, ensure_ascii=False) + "\n")
