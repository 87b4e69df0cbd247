"""moshi-finetune folders, in and out: a .jsonl of {"path", "duration"}, stereo WAV, and beside each its JSON of words.

The format is that of github.com/kyutai-labs/moshi-finetune (README, `finetune/data/interleaver.py`): left is the model
(Moshi), right the user; {"alignments": [[word, [start_s, end_s], speaker], ...]} in order of start, where SPEAKER_MAIN is
the model and the trainer drops all others. Paths are relative to the .jsonl. What we write has one more key, "microturn",
which that trainer does not read.
"""

import json
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from microturn.data.corpora.item import (
    Item,
    Options,
    Recording,
    Source,
    Unusable,
    items,
    model_side,
    spoken,
    timeline_of,
)
from microturn.data.corpora.lag import heard
from microturn.data.corpora.put import put, put_wav, told
from microturn.data.corpora.sides import around, read_sides
from microturn.protocol.events import Channel, Word
from microturn.protocol.media import MODEL_HZ
from microturn.protocol.timeline import Timeline

MAIN, OTHER = "SPEAKER_MAIN", "SPEAKER_USER"
SHORT_S = 0.2  # a file shorter than stated by more than this was cut off


def recordings(path: Path, options: Options) -> Iterator[Recording]:
    """The recordings of a folder with .jsonl files (or one such file). ValueError when there is none."""
    manifests = [path] if path.is_file() else sorted(path.rglob("*.jsonl"))
    if not manifests:
        raise ValueError(f"{path} holds no .jsonl: give a moshi-finetune folder or its .jsonl file")
    for manifest in manifests:
        with manifest.open(encoding="utf-8", errors="replace") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield _recording(manifest, number, line, options)


def read(path: Path, options: Options) -> Iterator[Item]:
    """All items of a moshi-finetune folder."""
    return items(recordings(path, options), options)


def _recording(manifest: Path, number: int, line: str, options: Options) -> Recording:
    try:
        entry = json.loads(line)
        name = Path(entry["path"]).with_suffix("").as_posix()
        return Recording(name=name, read=partial(_source, manifest.parent / entry["path"], name, entry, options))
    except (ValueError, KeyError, TypeError):
        return Recording(name=f"{manifest.stem}-line-{number}", read=partial(_no_line, manifest, number))


def _no_line(manifest: Path, number: int) -> Source:
    raise Unusable("broken manifest", f'{manifest.name} line {number} is no {{"path": ..., "duration": ...}}')


def _source(wav: Path, name: str, entry: dict[str, Any], options: Options) -> Source:
    beside = wav.with_suffix(".json")
    if not beside.is_file():
        raise Unusable("missing transcript", f"{beside.name} is not there")
    try:
        said = json.loads(beside.read_text(encoding="utf-8"))
        alignments = [(str(word), float(at), float(until), who) for word, (at, until), who in said["alignments"]]
    except (ValueError, KeyError, TypeError) as error:
        raise Unusable("broken transcript", f"{beside.name}: {type(error).__name__}: {error}") from error
    if not alignments:
        raise Unusable("missing transcript", f"{beside.name} holds no words")
    tracks = read_sides(wav, lambda n: around(model_side(n, 0 if n > 1 else None, options), n))
    duration_ms = max((track.duration_ms for track in tracks.values()), default=0.0)
    if duration_ms < (float(entry.get("duration") or 0) - SHORT_S) * 1000:
        raise Unusable("broken media", f"{wav.name} lasts {duration_ms / 1000:.2f} s, {entry['duration']} s are stated")
    main = options.model_speaker or MAIN
    words: list[Word] = []
    for channel in (Channel.SAY, Channel.HEARD):
        mine = [(w, at * 1000, until * 1000) for w, at, until, who in alignments if (who == main) == (channel == "say")]
        words += spoken(mine, channel, duration_ms)
    meta = dict(said.get("microturn") or {})
    if not any(word.channel == Channel.HEARD for word in words):
        meta["untranscribed"] = ["user"]  # the format's own annotator writes down the model's side alone
    lasts_ms = meta.pop("duration_ms", None)
    timeline = timeline_of(name, tracks, words, timed="exact", meta=meta)
    return Source(timeline=timeline, language=str(meta.get("language", "")), lasts_ms=lasts_ms)


def write(timelines: Iterable[tuple[str, Timeline]], out: Path, rate_hz: int = MODEL_HZ) -> Iterator[Path]:
    """Write Timelines as a moshi-finetune folder, yielding each WAV; those that are there are kept. 24 kHz is what Mimi
    takes. data.jsonl is written last, over all of them."""
    entries: list[dict[str, Any]] = []
    for name, timeline in timelines:
        wav = out / "data_stereo" / f"{name}.wav"
        late = heard(timeline)
        if not wav.is_file() or not wav.with_suffix(".json").is_file():
            put(wav.with_suffix(".json"), json.dumps(_said(timeline, late), ensure_ascii=False).encode())
            put_wav(wav, late.stereo(rate_hz)[::-1], rate_hz)
        entries.append({"path": wav.relative_to(out).as_posix(), "duration": round(late.duration_ms / 1000, 6)})
        yield wav
    put(out / "data.jsonl", "".join(json.dumps(entry) + "\n" for entry in entries).encode())


def _said(timeline: Timeline, late: Timeline) -> dict[str, Any]:
    words = [(word, MAIN) for word in late.words(Channel.SAY)] + [(word, OTHER) for word in late.words(Channel.HEARD)]
    words.sort(key=lambda one: one[0].at_ms)
    alignments = [[w.text, [round(w.at_ms / 1000, 6), round(w.until_ms / 1000, 6)], who] for w, who in words]
    return {"alignments": alignments, "microturn": told(timeline)}
