"""Plain folders of media with transcripts: x.wav beside x.txt, or a metadata.csv or .jsonl that names files and texts.

A text says nothing of time. The words' times come from the caller's aligner; without one a recording is left out, or, if
the options ask for it, its words are spread evenly over the sound and marked `timed="spread"`: no truth of hearing.

Letters: S samples.
"""

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microturn.data.corpora.item import (
    Item,
    Options,
    RawWord,
    Recording,
    Source,
    Unusable,
    items,
    model_side,
    name_of,
    shared_out,
    spoken,
    timeline_of,
)
from microturn.data.corpora.sides import AUDIO, VIDEO, around, pictures, read_sides
from microturn.data.script import Timed
from microturn.protocol.events import Channel
from microturn.protocol.timeline import Track

METADATA = ("metadata.csv", "metadata.tsv", "metadata.jsonl")
FILES, TEXTS = (
    ("file", "file_name", "path", "audio", "audio_filepath"),
    ("text", "transcription", "transcript", "sentence"),
)
LOUD = 0.05  # speech begins and ends where this share of the peak is passed


Align = Callable[[NDArray[np.float32], int, str], Sequence[Timed]]  # samples [S], their rate, text -> words


def recordings(path: Path, options: Options, align: Align | None = None) -> Iterator[Recording]:
    """The recordings of a folder, by its metadata file if there is one. ValueError when there is no media."""
    if not path.is_dir():
        raise ValueError(f"{path} is no folder: give the folder that holds the media")
    metadata = next((path / name for name in METADATA if (path / name).is_file()), None)
    found = _listed(metadata) if metadata else _beside(path)
    empty = True
    for media, entry in found:
        empty = False
        name = name_of(media, path)
        yield Recording(name=name, read=partial(_source, name, media, entry, (options, align)))
    if empty:
        raise ValueError(f"{path} holds no media with transcripts: put x.txt beside x.wav, or write a metadata.csv")


def read(path: Path, options: Options, align: Align | None = None) -> Iterator[Item]:
    """All items of a folder."""
    return items(recordings(path, options, align), options)


def _beside(path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every media file, its text in a .txt of the same name."""
    for media in sorted(path.rglob("*")):
        if media.suffix.lower().lstrip(".") in (*AUDIO, *VIDEO):
            text = media.with_suffix(".txt")
            yield media, {"text": text.read_text("utf-8", errors="replace") if text.is_file() else ""}


def _listed(metadata: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The rows of a metadata file; a row that is none keeps its number as its name."""
    with metadata.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        if metadata.suffix == ".jsonl":
            rows = map(_row, lines)
        else:
            rows = csv.DictReader(lines, delimiter="\t" if metadata.suffix == ".tsv" else ",")
        for number, row in enumerate(rows, start=1):
            file = next((row[key] for key in FILES if row.get(key)), None)
            text = next((row[key] for key in TEXTS if row.get(key)), "")
            entry = {"text": text, "language": row.get("language") or "", "row": None if file else number}
            yield metadata.parent / (str(file) if file else f"row-{number}"), entry


def _row(line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError:
        return {}
    return row if isinstance(row, dict) else {}


def _source(name: str, media: Path, entry: dict[str, Any], how: tuple[Options, Align | None]) -> Source:
    options, align = how
    if entry.get("row"):
        raise Unusable("broken manifest", f"row {entry['row']} names no file in any of {', '.join(FILES)}")
    text = " ".join(str(entry["text"]).split())
    if not text:
        raise Unusable("missing transcript", f"there is no text for {media.name}")
    if align is None and not options.spread:
        raise Unusable("no times", "a text alone has no times: align it, or take it with --spread")
    tracks = read_sides(media, lambda n: around(_one_side(n, options), n))
    (who, track), *_ = tracks.items()
    raw, timed = (_aligned(track, text, align), "aligned") if align else (_spread(track, text), "spread")
    words = spoken(raw, Channel.SAY if who == Channel.MODEL else Channel.HEARD, track.duration_ms)
    return Source(
        timeline=timeline_of(name, tracks, words, timed=timed),
        frames=pictures(media, options.frames_hz),
        language=str(entry.get("language", "")),
    )


def _one_side(channels: int, options: Options) -> int | None:
    """A text is of one side: with several channels all are the user's."""
    if options.model_channel is None or options.model_channel < 0:
        return None
    if channels > 1:
        raise Unusable("two sides, one text", f"{channels} channels: give --model-channel none")
    return model_side(channels, None, options)


def _aligned(track: Track, text: str, align: Align) -> list[RawWord]:
    return [(word.text, word.at_ms, word.until_ms) for word in align(track.samples, track.rate_hz, text)]


def _spread(track: Track, text: str) -> list[RawWord]:
    """The words shared out from the first to the last loud sample."""
    level_S = np.abs(track.samples)
    loud = np.flatnonzero(level_S > LOUD * level_S.max(initial=0))
    if not len(loud):
        raise Unusable("empty audio", "it is silent from beginning to end")
    return shared_out(text, loud[0] * 1000 / track.rate_hz, (loud[-1] + 1) * 1000 / track.rate_hz)
