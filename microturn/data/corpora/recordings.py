"""What our own server recorded, and any other saved Timelines: folders with a timeline.jsonl, those cut off too."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from microturn.data.corpora.item import Item, Options, Recording, Source, Unusable, items
from microturn.protocol.events import Channel, Word
from microturn.protocol.timeline import FILE, Timeline


def recordings(path: Path, options: Options) -> Iterator[Recording]:
    """Every saved Timeline below a folder. ValueError when there is none."""
    found = sorted(path.rglob(FILE))
    if not found:
        raise ValueError(f"{path} holds no {FILE}: give a folder of recordings")
    for file in found:
        name = file.parent.relative_to(path).as_posix()
        yield Recording(name=path.resolve().name if name == "." else name, read=partial(_source, file.parent, options))


def read(path: Path, options: Options) -> Iterator[Item]:
    """All items of a folder of recordings."""
    return items(recordings(path, options), options)


def _source(folder: Path, options: Options) -> Source:
    del options
    timeline = whole(folder)
    if not any(isinstance(event, Word) for event in timeline.events):
        raise Unusable("missing transcript", "nobody says a word in it, or none was written down")
    return Source(timeline=timeline, as_heard=False, language=str(timeline.meta.get("language", "")))


def whole(folder: Path) -> Timeline:
    """A saved Timeline; of one that was cut off what there is, marked `cut_off`, its words ending with its sound."""
    try:
        return Timeline.load(folder)
    except ValueError:
        timeline = Timeline.load(folder, partial=True)
    end_ms = min((track.duration_ms for who, track in timeline.audio.items() if who == Channel.USER), default=0.0)
    events = tuple(event for event in timeline.events if getattr(event, "until_ms", event.at_ms) <= end_ms)
    frames = tuple(frame for frame in timeline.frames if frame.at_ms < end_ms)
    audio = {
        who: replace(track, samples=track.samples[: round(end_ms * track.rate_hz / 1000)])
        for who, track in timeline.audio.items()
    }
    meta = {**timeline.meta, "cut_off": True}
    return replace(timeline, duration_ms=end_ms, events=events, frames=frames, audio=audio, meta=meta)
