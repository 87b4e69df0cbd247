"""Lhotse cut manifests, in and out: cuts.jsonl(.gz) of MonoCut and MultiCut with file recordings.

The manifests are read and written as JSON, without the `lhotse` package; the tests hold them to its own loader (1.33).
As there (`lhotse.supervision`): a supervision's start is counted from the cut's, its words' starts from the recording's.
What needs that package is left out with a reason: mixed cuts, transforms. Audio sources that are commands or addresses
are refused: a manifest from elsewhere must not run programs.

Letters: C channels, S samples.
"""

import gzip
import json
import math
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from microturn.data.corpora.item import (
    Item,
    Options,
    RawWord,
    Recording,
    Source,
    Unusable,
    items,
    model_side,
    shared_out,
    spoken,
    timeline_of,
)
from microturn.data.corpora.lag import heard
from microturn.data.corpora.put import put, put_wav, told
from microturn.data.corpora.sides import read_sides
from microturn.protocol.events import Channel, Word
from microturn.protocol.media import MODEL_HZ, on_grid
from microturn.protocol.timeline import Timeline, Track

SHORT_S = 0.2  # sound shorter than stated by more than this was cut off
TURN_MS = 1000.0  # a pause as long as this ends a turn
USER, MODEL = 0, 1  # channels of what we write


def recordings(path: Path, options: Options) -> Iterator[Recording]:
    """The cuts of a manifest, or of all cut manifests of a folder. ValueError when there is none."""
    found = [path] if path.is_file() else sorted([*path.rglob("*cuts*.jsonl"), *path.rglob("*cuts*.jsonl.gz")])
    if not found:
        raise ValueError(f"{path} holds no cut manifest: give a Lhotse cuts.jsonl or cuts.jsonl.gz")
    for manifest in found:
        for number, line in enumerate(_lines(manifest), start=1):
            try:
                cut = json.loads(line)
                yield Recording(name=str(cut["id"]), read=partial(_source, manifest, cut, options))
            except (ValueError, KeyError, TypeError):
                yield Recording(name=f"{manifest.name}-line-{number}", read=partial(_no_cut, manifest, number))


def read(path: Path, options: Options) -> Iterator[Item]:
    """All items of cut manifests."""
    return items(recordings(path, options), options)


def _lines(manifest: Path) -> Iterator[str]:
    """The lines of a manifest; one that breaks off ends with a line that is no JSON."""
    open_text = gzip.open if manifest.suffix == ".gz" else open
    with open_text(manifest, "rt", encoding="utf-8") as lines:
        try:
            yield from (line for line in lines if line.strip())
        except (OSError, EOFError, ValueError) as error:
            yield f"broken off: {error}"


def _no_cut(manifest: Path, number: int) -> Source:
    raise Unusable("broken manifest", f"{manifest.name} line {number} is no cut")


def _source(manifest: Path, cut: dict[str, Any], options: Options) -> Source:
    kind = cut.get("type", "MonoCut")
    if kind not in ("MonoCut", "MultiCut") or "recording" not in cut:
        raise Unusable("needs lhotse", f"a {kind} is made when it is loaded: save its audio with lhotse first")
    supervisions = [one for one in cut.get("supervisions") or () if one.get("text") or one.get("alignment")]
    if not supervisions:
        raise Unusable("missing transcript", "no supervision has a text")
    custom = dict((cut.get("custom") or {}).get("microturn") or {})
    channels = [cut["channel"]] if isinstance(cut["channel"], int) else list(cut["channel"])
    model = _model(channels, supervisions, custom.pop("model_channel", None), options)
    tracks = _tracks(manifest, cut, channels, model)
    words: list[Word] = []
    timed = "exact"
    for channel in (Channel.SAY, Channel.HEARD):
        mine = [one for one in supervisions if _of_model(one, model, options) == (channel == Channel.SAY)]
        raw = [_words(one, cut) for one in sorted(mine, key=lambda one: one["start"])]
        timed = timed if all(exact for _, exact in raw) else "cue"
        duration_ms = cut["duration"] * 1000
        words += spoken(_inside([w for said, _ in raw for w in said], cut), channel, duration_ms)
    language = next((one["language"] for one in supervisions if one.get("language")), "")
    lasts_ms = custom.pop("duration_ms", None)
    meta = {**custom, "speakers": sorted({str(one["speaker"]) for one in supervisions if one.get("speaker")})}
    timeline = timeline_of(str(cut["id"]), tracks, words, timed=timed, meta=meta)
    return Source(timeline=timeline, language=language, lasts_ms=lasts_ms)


def _model(channels: list[int], supervisions: list[dict[str, Any]], said: int | None, options: Options) -> int | None:
    """The recording's channel that is the model's. Raises `Unusable` where nobody says."""
    if options.model_channel is None and options.model_speaker is not None and len(channels) > 1:
        said = next((_first(one) for one in supervisions if one.get("speaker") == options.model_speaker), None)
    chosen = model_side(len(channels), channels.index(said) if said in channels else None, options)
    return None if chosen is None else channels[chosen]


def _first(supervision: dict[str, Any]) -> int:
    channel = supervision["channel"]
    return channel if isinstance(channel, int) else channel[0]


def _of_model(supervision: dict[str, Any], model: int | None, options: Options) -> bool:
    if options.model_speaker is not None and supervision.get("speaker"):
        return supervision["speaker"] == options.model_speaker
    return model is not None and _first(supervision) == model


def _words(supervision: dict[str, Any], cut: dict[str, Any]) -> tuple[list[RawWord], bool]:
    """A supervision's words in ms of the cut, and whether they have times of their own."""
    aligned = (supervision.get("alignment") or {}).get("word")
    if not aligned:
        at_ms = supervision["start"] * 1000
        return shared_out(supervision["text"], at_ms, at_ms + supervision["duration"] * 1000), False
    rows = [list(one.values()) if isinstance(one, dict) else one for one in aligned]
    at_ms = [(row[1] - cut["start"]) * 1000 for row in rows]
    return [(str(row[0]), at, at + row[2] * 1000) for row, at in zip(rows, at_ms, strict=True)], True


def _inside(words: list[RawWord], cut: dict[str, Any]) -> list[RawWord]:
    """The words within the cut, for a cut may end inside of a supervision. Raises `Unusable` for words that lie past the
    end of the recording itself."""
    start_ms, duration_ms = cut["start"] * 1000, cut["duration"] * 1000
    whole_ms = cut["recording"]["duration"] * 1000
    kept: list[RawWord] = []
    for text, at_ms, until_ms in words:
        past = until_ms > duration_ms and start_ms + until_ms <= whole_ms
        before = at_ms < 0 <= start_ms + at_ms
        if until_ms < at_ms or not (past or before):
            kept.append((text, at_ms, until_ms))
        elif 0 <= (at_ms + until_ms) / 2 < duration_ms:
            kept.append((text, max(0.0, at_ms), min(until_ms, duration_ms)))
    return kept


def _tracks(manifest: Path, cut: dict[str, Any], channels: list[int], model: int | None) -> dict[Channel, Track]:
    """Both sides of a cut: of one file, or of files with some of the channels each."""
    recording = cut["recording"]
    if recording.get("transforms"):
        raise Unusable("needs lhotse", "the recording has transforms: save its audio with lhotse first")
    tracks: dict[Channel, list[Track]] = {}
    for source in recording["sources"]:
        if source["type"] != "file":
            raise Unusable("no file", f"its audio is a {source['type']!r}: only files are read")
        plan: dict[Channel, list[int]] = {}
        for index, channel in enumerate(source["channels"]):
            if channel in channels:
                plan.setdefault(Channel.MODEL if channel == model else Channel.USER, []).append(index)
        path = Path(source["source"])
        path = path if path.is_absolute() or path.is_file() else manifest.parent / path
        if plan:
            read_here = read_sides(path, lambda _, plan=plan: plan, start_s=cut["start"], duration_s=cut["duration"])
            for who, track in read_here.items():
                tracks.setdefault(who, []).append(track)
    shortest_ms = min((track.duration_ms for parts in tracks.values() for track in parts), default=0.0)
    if shortest_ms < (cut["duration"] - SHORT_S) * 1000:
        raise Unusable("broken media", f"it lasts {shortest_ms / 1000:.2f} s, {cut['duration']} s are stated")
    return {who: _mean(parts) for who, parts in tracks.items()}


def _mean(parts: list[Track]) -> Track:
    """One track of files that were recorded together."""
    size = min(len(part.samples) for part in parts)
    mean_S = np.stack([part.samples[:size] for part in parts]).mean(axis=0, dtype=np.float32)
    return Track(samples=on_grid(mean_S), rate_hz=parts[0].rate_hz) if len(parts) > 1 else parts[0]


def write(timelines: Iterable[tuple[str, Timeline]], out: Path, rate_hz: int = MODEL_HZ) -> Iterator[Path]:
    """Write Timelines as Lhotse manifests (recordings, supervisions, cuts) beside `audio/`, yielding each WAV; those
    that are there are kept. Channel 0 is the user, 1 the model; a supervision is a turn, with its words. The manifests
    are written last, over all of them, with paths relative to where they lie unless `out` is absolute."""
    cuts: list[dict[str, Any]] = []
    for name, timeline in timelines:
        wav, late = out / "audio" / f"{name}.wav", heard(timeline)
        stereo_CS = late.stereo(rate_hz)
        if not wav.is_file():
            put_wav(wav, stereo_CS, rate_hz)
        cuts.append(_cut(name, wav, stereo_CS.shape[1], rate_hz, (timeline, late)))
        yield wav
    _manifest(out / "recordings.jsonl.gz", [cut["recording"] for cut in cuts])
    _manifest(out / "supervisions.jsonl.gz", [one for cut in cuts for one in cut["supervisions"]])
    _manifest(out / "cuts.jsonl.gz", cuts)


def _cut(name: str, wav: Path, size: int, rate_hz: int, timelines: tuple[Timeline, Timeline]) -> dict[str, Any]:
    timeline, late = timelines
    recording = {
        "id": name,
        "sources": [{"type": "file", "channels": [USER, MODEL], "source": str(wav)}],
        "sampling_rate": rate_hz,
        "num_samples": size,
        "duration": size / rate_hz,
        "channel_ids": [USER, MODEL],
    }
    language = timeline.meta.get("language")
    supervisions = [
        {
            "id": f"{name}-{number:04d}",
            "recording_id": name,
            "start": _seconds(turn[0].at_ms),
            "duration": _seconds(turn[-1].until_ms - turn[0].at_ms),
            "channel": MODEL if turn[0].channel == Channel.SAY else USER,
            "text": " ".join(word.text for word in turn),
            "speaker": "model" if turn[0].channel == Channel.SAY else str(timeline.meta.get("voice", "user")),
            "alignment": {"word": [[w.text, _seconds(w.at_ms), _seconds(w.until_ms - w.at_ms), None] for w in turn]},
            **({"language": language} if language else {}),
        }
        for number, turn in enumerate(turns(late))
    ]
    custom = {"microturn": {**told(timeline), "model_channel": MODEL}}
    return {
        "id": name,
        "start": 0.0,
        "duration": size / rate_hz,
        "channel": [USER, MODEL],
        "supervisions": supervisions,
        "recording": recording,
        "custom": custom,
        "type": "MultiCut",
    }


def turns(timeline: Timeline) -> list[list[Word]]:
    """The words of each turn, in order of time: a turn ends where its speaker pauses for `TURN_MS`."""
    found: list[list[Word]] = []
    for channel in (Channel.HEARD, Channel.SAY):
        before_ms = -math.inf
        for word in timeline.words(channel):
            if word.at_ms - before_ms >= TURN_MS:
                found.append([])
            found[-1].append(word)
            before_ms = word.until_ms
    return sorted(found, key=lambda turn: turn[0].at_ms)


def _seconds(ms: float) -> float:
    return round(ms / 1000, 6)


def _manifest(path: Path, lines: list[dict[str, Any]]) -> None:
    """A gzipped .jsonl; without a time in its header, so that the same lines give the same bytes."""
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    put(path, gzip.compress(text.encode(), mtime=0))
