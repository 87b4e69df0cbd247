"""Videos of a benchmark: where they lie in a folder, and their pictures as a session sees them, sound or no sound.

Shapes: H height, W width.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from microturn.bench.task import Gap
from microturn.protocol.media import FRAME_EVERY_MS, MAX_SIDE

SUFFIXES = frozenset({".mp4", ".mkv", ".webm", ".avi", ".mov"})
NAMED = 5  # missing files that a gap names
SHORT_S = 1.0  # how much shorter than its header says a whole video may be
Picture = tuple[float, NDArray[np.uint8]]  # (ms, RGB [H, W, 3])


@dataclass(frozen=True, kw_only=True)
class Clip:
    """Pictures at five a second, in ms from the clip's begin; `duration_ms` of the clip, `fps` of the file."""

    pictures: Sequence[Picture]
    duration_ms: float
    fps: float


def read_video(path: Path, *, from_s: float = 0.0, until_s: float | None = None) -> Clip:
    """The part of a video from `from_s` to `until_s` (or its end), the longer side at most 320.

    Raises FileNotFoundError, and ValueError for what is no video or breaks off before that part ends.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such video; see where the benchmark's data are with --check")
    try:
        return _read(path, from_s, until_s)
    except FFmpegError as error:
        raise ValueError(f"{path}: not a readable video ({error.strerror}); fetch it again") from error


def _read(path: Path, from_s: float, until_s: float | None) -> Clip:
    with av.open(str(path)) as container:
        if not container.streams.video:
            raise ValueError(f"{path}: the file has no pictures; fetch it again")
        stream = container.streams.video[0]
        fps = float(stream.average_rate or 0.0)
        if from_s > 0:
            container.seek(int(from_s * av.time_base), backward=True)
        pictures: list[Picture] = []
        end_ms = 0.0
        for frame in container.decode(stream):
            at_ms = ((frame.time or 0.0) - from_s) * 1000
            if until_s is not None and at_ms >= (until_s - from_s) * 1000:
                break
            end_ms = max(end_ms, at_ms + (1000 / fps if fps else FRAME_EVERY_MS))
            if at_ms >= 0 and (not pictures or at_ms >= pictures[-1][0] + FRAME_EVERY_MS - 1e-3):
                pictures.append((at_ms, _small(frame)))
        else:
            ended_s, told_s = from_s + end_ms / 1000, _told_s(stream)
            if ended_s < told_s - SHORT_S:
                raise ValueError(
                    f"{path}: its pictures end at {ended_s:.1f} s of {told_s:.1f} s, it is cut off; fetch it again"
                )
    if not pictures:
        raise ValueError(f"{path}: no picture from {from_s} s on; the file is cut off, fetch it again")
    return Clip(pictures=pictures, duration_ms=end_ms, fps=fps)


def _told_s(stream: VideoStream) -> float:
    """When the last picture ends by the header, where the pictures' own length is in it (MP4); else 0."""
    if stream.duration is None or stream.time_base is None:
        return 0.0
    return float((stream.duration + (stream.start_time or 0)) * stream.time_base)


def _small(frame: VideoFrame) -> NDArray[np.uint8]:
    share = min(1.0, MAX_SIDE / max(frame.width, frame.height))
    width, height = (max(1, round(side * share)) for side in (frame.width, frame.height))
    return np.asarray(frame.reformat(width=width, height=height, format="rgb24").to_ndarray(), np.uint8)


def videos_in(folder: Path) -> dict[str, Path]:
    """Every video under a folder, by its path in it and, where no other has it, by its name with and without suffix."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    stems, names = Counter(path.stem for path in paths), Counter(path.name for path in paths)
    found = {path.stem: path for path in paths if stems[path.stem] == 1}
    found |= {path.name: path for path in paths if names[path.name] == 1}
    return found | {path.relative_to(folder).as_posix(): path for path in paths}


def video_named(videos: Mapping[str, Path], name: str) -> Path | None:
    """The video that an annotation names: by the end of its path, then its file name, then without the suffix."""
    parts = [part for part in name.split("/") if part not in (".", "")]
    for start in range(len(parts)):
        if (tail := "/".join(parts[start:])) in videos:
            return videos[tail]
    ends = [path for path in videos.values() if path.as_posix().endswith("/" + "/".join(parts))]
    return ends[0] if ends else videos.get(Path(parts[-1]).stem) if parts else None


def video_paths(folder: Path, names: Sequence[str], home: str) -> list[Path]:
    """Where the videos lie that an annotation names; a missing one would lie in the folder itself.

    ValueError where none is there.
    """
    videos = videos_in(folder)
    found = [video_named(videos, name) for name in names]
    if not any(found):
        raise ValueError(f"{folder} has annotations and no video of theirs; they are at {home}")
    return [path or folder / name for path, name in zip(found, names, strict=True)]


def missing(videos: Mapping[str, Path], names: Sequence[str], home: str) -> Iterator[Gap]:
    """A gap for the videos that are not there, and one for empty ones; `names` has one entry for each item."""
    lost = [name for name in names if video_named(videos, name) is None]
    empty = [name for name in names if (path := video_named(videos, name)) and path.stat().st_size == 0]
    for what, those in (("missing", lost), ("empty, so cut off", empty)):
        if those:
            distinct = sorted(set(those))
            shown = ", ".join(distinct[:NAMED]) + (" and others" if len(distinct) > NAMED else "")
            yield Gap(what=f"{len(distinct)} videos are {what} ({shown}); they are at {home}", items=len(those))
