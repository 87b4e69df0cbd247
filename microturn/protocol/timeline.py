"""Timeline: a session as one value. A recording, a training example and a benchmark transcript are this same thing.

Events and media share one clock whose zero is the first sample. Saved, it is a folder: `timeline.jsonl` (a header
line, one line per event or frame, an end line) beside `user.flac`, `model.flac` and `frames/*.jpg`. Audio is int16 and
lossless; frames are JPEG (lossy) or, for exact replay, PNG. A folder without its end line was cut off: `load` says so,
and `load(folder, partial=True)` still opens what is there.
"""

import base64
import json
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, cast

import numpy as np
import soxr  # pyright: ignore[reportMissingTypeStubs]
from numpy.typing import NDArray

from microturn.protocol import wire
from microturn.protocol.clock import TICK_MS
from microturn.protocol.events import Audio, Channel, Event, Frame, Span, Word
from microturn.protocol.media import MODEL_HZ, read_media, write_flac

FORMAT = "microturn-timeline"
VERSION = 1
FILE = "timeline.jsonl"


@dataclass(frozen=True, kw_only=True, slots=True)
class Track:
    """One side's audio from time zero: mono float32 [S] in [-1, 1]."""

    samples: NDArray[np.float32]
    rate_hz: int

    @property
    def duration_ms(self) -> float:
        return len(self.samples) * 1000.0 / self.rate_hz


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """Events, audio tracks and video frames of one session on one clock; `meta` is JSON (recipe, seed, voice, ...)."""

    duration_ms: float
    tick_ms: int = TICK_MS
    second_of_day: float = 0.0
    seed: int = 0
    events: tuple[Event, ...] = ()
    audio: Mapping[Channel, Track] = field(default_factory=dict[Channel, Track])
    frames: tuple[Frame, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def __post_init__(self) -> None:
        for event in self.events:
            if isinstance(event, Audio | Frame):
                raise ValueError(
                    f"a Timeline keeps {type(event).__name__} in its tracks and frames, not among its events"
                )

    @property
    def ticks(self) -> int:
        """Whole ticks that cover the duration."""
        return -int(-self.duration_ms // self.tick_ms)

    def words(self, channel: Channel) -> list[Word]:
        """The words of one channel (`heard` or `say`) in order of time."""
        return sorted((e for e in self.events if isinstance(e, Word) and e.channel == channel), key=_start_ms)

    def spans(self, kind: str) -> list[Span]:
        """The truths of one kind (word, phone, expect, ...) in order of time."""
        return sorted((e for e in self.events if isinstance(e, Span) and e.kind == kind), key=_start_ms)

    def stereo(self, rate_hz: int = MODEL_HZ) -> NDArray[np.float32]:
        """Both sides, float32 [2, S] at `rate_hz`: user left, model right, silence where there is nothing."""
        size = round(self.duration_ms * rate_hz / 1000.0)
        both = np.zeros((2, size), np.float32)
        for row, channel in enumerate((Channel.USER, Channel.MODEL)):
            if track := self.audio.get(channel):
                samples = cast(NDArray[np.float32], soxr.resample(track.samples, track.rate_hz, rate_hz))[:size]
                both[row, : len(samples)] = samples
        return both

    def save(self, folder: str | Path, *, image: wire.ImageFormat = "jpeg") -> Path:
        """Write the folder (made if missing; other files in it stay). Until all is written there is no timeline.jsonl.

        Audio is stored as int16: samples off that grid (`media.on_grid`) come back at the nearest step.
        """
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=".saving-", dir=folder))
        try:
            _write_media(self, staging, image=image)
            _write_lines(self, staging / FILE, image=image)
            _move_in(staging, folder)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        return folder

    @classmethod
    def load(cls, folder: str | Path, *, partial: bool = False) -> Self:
        """Open a saved folder. `FileNotFoundError` or `ValueError` names the file and line and says what is wrong.

        `partial` also opens a recording that was cut off: up to its last whole line, its duration that of its media.
        """
        folder = Path(folder)
        path = folder / FILE
        if not path.is_file():
            raise FileNotFoundError(f"{path}: no such file; give a folder that holds a saved timeline")
        lines = _read_lines(path, partial=partial)
        header = _checked_header(path, lines[0])
        end = lines[-1].get("end")
        _check_end(path, end, lines=len(lines), partial=partial)
        audio = {
            _channel(path, name): _read_track(folder / spec["file"], spec["rate_hz"], end and end["samples"].get(name))
            for name, spec in header["tracks"].items()
        }
        events, frames = _read_body(path, lines[1 : -1 if end else None])
        lengths = [track.duration_ms for track in audio.values()] + [e.at_ms for e in (*events, *frames)]
        return cls(
            duration_ms=end["duration_ms"] if end else max(lengths, default=0.0),
            tick_ms=header["tick_ms"],
            second_of_day=header["second_of_day"],
            seed=header["seed"],
            events=events,
            audio=audio,
            frames=frames,
            meta=header["meta"],
        )


def header_line(
    *, tick_ms: int, second_of_day: float, seed: int, meta: Mapping[str, Any], tracks: Mapping[Channel, int]
) -> dict[str, Any]:
    """The first line of a timeline.jsonl; `tracks` gives each audio track's rate. For a recorder that writes live."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "tick_ms": tick_ms,
        "second_of_day": second_of_day,
        "seed": seed,
        "meta": dict(meta),
        "tracks": {name.value: {"file": f"{name}.flac", "rate_hz": rate_hz} for name, rate_hz in tracks.items()},
    }


def event_line(event: Event) -> dict[str, Any]:
    """One event's line."""
    return wire.encode(event)


def frame_line(frame: Frame, file: str) -> dict[str, Any]:
    """One frame's line; its picture lies in `file`, relative to the folder."""
    return {"type": "Frame", "at_ms": frame.at_ms, "channel": frame.channel.value, "file": file}


def end_line(*, lines: int, duration_ms: float, samples: Mapping[Channel, int]) -> dict[str, Any]:
    """The last line; `lines` counts all lines before it, the header too; `samples` those of each track."""
    return {"end": {"lines": lines, "duration_ms": duration_ms, "samples": {k.value: n for k, n in samples.items()}}}


def write_lines(
    path: Path,
    header: Mapping[str, Any],
    body: Sequence[Mapping[str, Any]],
    *,
    duration_ms: float,
    samples: Mapping[Channel, int],
) -> None:
    """A whole timeline.jsonl from its header and the lines of its events and frames; on disk when this returns."""
    end = end_line(lines=1 + len(body), duration_ms=duration_ms, samples=samples)
    with path.open("w", encoding="utf-8") as sink:
        for line in (header, *body, end):
            sink.write(line_text(line))
        sink.flush()
        os.fsync(sink.fileno())


def line_text(line: Mapping[str, Any]) -> str:
    """One line as it stands in the file."""
    return json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n"


def frame_file(number: int, image: wire.ImageFormat) -> str:
    """Where the picture of frame `number` lies in the folder."""
    return f"frames/{number:06d}.{'jpg' if image == 'jpeg' else 'png'}"


def _start_ms(event: Word | Span) -> float:
    return event.at_ms


def _write_media(timeline: Timeline, folder: Path, *, image: wire.ImageFormat) -> None:
    for channel, track in timeline.audio.items():
        if len(track.samples):  # FLAC has no empty stream; a track without its file and with 0 samples is empty
            write_flac(folder / f"{channel}.flac", track.samples, track.rate_hz)
    if timeline.frames:
        (folder / "frames").mkdir()
    for number, frame in enumerate(timeline.frames):
        (folder / frame_file(number, image)).write_bytes(wire.image_bytes(frame.rgb, image=image))


def _write_lines(timeline: Timeline, path: Path, *, image: wire.ImageFormat) -> None:
    header = header_line(
        tick_ms=timeline.tick_ms,
        second_of_day=timeline.second_of_day,
        seed=timeline.seed,
        meta=timeline.meta,
        tracks={channel: track.rate_hz for channel, track in timeline.audio.items()},
    )
    body = [event_line(event) for event in timeline.events]
    body += [frame_line(frame, frame_file(number, image)) for number, frame in enumerate(timeline.frames)]
    samples = {channel: len(track.samples) for channel, track in timeline.audio.items()}
    write_lines(path, header, body, duration_ms=timeline.duration_ms, samples=samples)


def _move_in(staging: Path, folder: Path) -> None:
    """Replace an older timeline in `folder`; the file that makes it one goes first and comes last."""
    (folder / FILE).unlink(missing_ok=True)
    shutil.rmtree(folder / "frames", ignore_errors=True)
    for channel in Channel:
        (folder / f"{channel}.flac").unlink(missing_ok=True)
    for part in sorted(staging.iterdir(), key=lambda part: part.name == FILE):
        os.replace(part, folder / part.name)


def _read_lines(path: Path, *, partial: bool) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    raw = path.read_bytes().split(b"\n")
    if raw[-1] == b"":
        raw.pop()
    for number, text in enumerate(raw, start=1):
        try:
            line = json.loads(text)
        except ValueError as error:
            if partial and number == len(raw) > 1:
                break
            raise ValueError(f"{path} line {number}: not JSON, the file is damaged or cut off ({error})") from error
        if not isinstance(line, dict):
            raise ValueError(f"{path} line {number}: every line of a timeline is a JSON object")
        lines.append(cast(dict[str, Any], line))
    if not lines:
        raise ValueError(f"{path} line 1: the file is empty; the recording was never begun")
    return lines


def _checked_header(path: Path, header: dict[str, Any]) -> dict[str, Any]:
    if header.get("format") != FORMAT:
        raise ValueError(f"{path} line 1: not a microturn timeline, its header has no format {FORMAT!r}")
    if header.get("version") != VERSION:
        raise ValueError(
            f"{path} line 1: timeline version {header.get('version')!r}, this program reads version {VERSION}; "
            "open it with the microturn that wrote it"
        )
    kinds = {"tick_ms": int, "second_of_day": int | float, "seed": int, "meta": dict, "tracks": dict}
    for name, kind in kinds.items():
        if not isinstance(header.get(name), kind):
            raise ValueError(f"{path} line 1: the header's {name!r} is missing or of the wrong type")
    for name, spec in header["tracks"].items():
        named = isinstance(spec, dict) and spec.keys() >= {"file", "rate_hz"}
        if not named or not _inside(spec["file"]) or not isinstance(spec["rate_hz"], int):
            raise ValueError(f"{path} line 1: track {name!r} needs a 'file' in the folder and a 'rate_hz'")
    return header


def _check_end(path: Path, end: Any, *, lines: int, partial: bool) -> None:
    if end is None and partial:
        return
    if end is None:
        raise ValueError(
            f"{path} line {lines}: the end line is missing, the recording was cut off; open it with --partial (partial=True)"
        )
    kinds = {"lines": int, "duration_ms": int | float, "samples": dict}
    if not isinstance(end, dict) or not all(isinstance(cast(Any, end).get(k), kind) for k, kind in kinds.items()):
        raise ValueError(f"{path} line {lines}: the end line needs 'lines', 'duration_ms' and 'samples'")
    counted = cast(dict[str, Any], end).get("lines")
    if counted != lines - 1:
        raise ValueError(f"{path} line {lines}: the end line counts {counted} lines before it, there are {lines - 1}")


def _channel(path: Path, name: str) -> Channel:
    try:
        return Channel(name)
    except ValueError:
        raise ValueError(f"{path} line 1: unknown track {name!r}; known are {', '.join(Channel)}") from None


def _inside(file: Any) -> bool:
    """A relative path that stays in its folder: a timeline from elsewhere must not read other files."""
    return isinstance(file, str) and file != "" and not Path(file).is_absolute() and ".." not in Path(file).parts


def _read_track(path: Path, rate_hz: int, expected: int | None) -> Track:
    """One track of `expected` samples; None (a recording that was cut off) takes what there is."""
    if expected == 0 or (expected is None and (not path.is_file() or path.stat().st_size == 0)):
        return Track(samples=np.zeros(0, np.float32), rate_hz=rate_hz)
    samples, _ = read_media(path, rate_hz, partial=expected is None)
    if expected is not None and len(samples) != expected:
        raise ValueError(
            f"{path}: cut off or foreign, it has {len(samples)} samples where the timeline counts {expected}"
        )
    return Track(samples=samples, rate_hz=rate_hz)


def _read_body(path: Path, lines: list[dict[str, Any]]) -> tuple[tuple[Event, ...], tuple[Frame, ...]]:
    events: list[Event] = []
    frames: list[Frame] = []
    for number, line in enumerate(lines, start=2):
        try:
            if line.get("type") == "Frame":
                frames.append(_read_frame(path.parent, line))
            else:
                events.append(wire.decode(line))
        except (ValueError, FileNotFoundError) as error:
            raise type(error)(f"{path} line {number}: {error}") from error
    return tuple(events), tuple(frames)


def _read_frame(folder: Path, line: dict[str, Any]) -> Frame:
    file = line.get("file")
    if not isinstance(file, str) or not _inside(file):
        raise ValueError(f"a frame line names its picture in 'file', a path in the folder, got {file!r:.80}")
    if not (folder / file).is_file():
        raise FileNotFoundError(f"its picture {file} is missing; copy the whole folder")
    picture = base64.b64encode((folder / file).read_bytes()).decode("ascii")
    event = wire.decode({**{key: value for key, value in line.items() if key != "file"}, "rgb": picture})
    assert isinstance(event, Frame)
    return event
