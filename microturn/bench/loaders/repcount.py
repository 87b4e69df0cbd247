"""RepCount-A: `annotation/{test,valid}.csv` (or the open set's `new_test.csv`) with the videos anywhere beside it.

A row is type, name, count, L1 ... L2k: first and last frame of each repetition. Frames become seconds by the video's own
rate. The prompt is that of *Interaction Models*: the action is named, then the mute video runs.
"""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from microturn.bench.loaders.opening import Content, opened
from microturn.bench.loaders.prompted import asked_before
from microturn.bench.loaders.records import found
from microturn.bench.loaders.video import missing, read_video, video_paths, videos_in
from microturn.bench.task import Gap, Scenario

HOME = "svip-lab.github.io/dataset/RepCount_dataset.html"
FILES = ("test.csv", "new_test.csv", "valid.csv", "new_valid.csv")
COUNTS = {
    "new_test.csv": 250,
    "new_valid.csv": 128,
}  # of the open set @68bdd4da; those of the full split are not published
QUIET_MS, TAIL_MS = 1000.0, 3000.0
WORDS = {
    "squant": "squats",
    "squat": "squats",
    "situp": "sit ups",
    "sit_up": "sit ups",
    "pullups": "pull ups",
    "pull_up": "pull ups",
    "pushups": "push ups",
    "push_up": "push ups",
    "jumpjacks": "jumping jacks",
    "jump_jack": "jumping jacks",
    "benchpressing": "bench presses",
    "bench_pressing": "bench presses",
    "frontraise": "front raises",
    "front_raise": "front raises",
    "pommelhorse": "circles on the pommel horse",
    "battle_rope": "battle rope swings",
    "others": "the exercise",
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One video: its action, its annotated count and the frames in which repetitions begin and end, in pairs."""

    action: str
    name: str
    count: int
    frames: tuple[float, ...]

    @property
    def whole(self) -> bool:
        """Whether there are as many repetitions as are counted."""
        return len(self.frames) == 2 * self.count


def rows_of(path: Path) -> list[Row]:
    """The rows of an annotation file. ValueError names the line that is none."""
    rows: list[Row] = []
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            try:
                points = [float(row[key]) for key in row if key and key[0] == "L" and key[1:].isdigit() and row[key]]
                count = int(float(row["count"]))
                rows.append(Row(action=row["type"], name=row["name"], count=count, frames=tuple(points)))
            except (KeyError, TypeError, ValueError) as error:
                raise ValueError(
                    f"{path} line {number}: not type, name, count, L1, L2, ... ({error!r}); fetch it again"
                ) from error
    return rows


def check(folder: Path) -> list[Gap]:
    """What of the annotations and videos is missing."""
    try:
        path = found(folder, FILES, HOME)
        rows = rows_of(path)
    except (FileNotFoundError, ValueError) as error:
        return [Gap(what=str(error))]
    gaps: list[Gap] = []
    wanted = COUNTS.get(path.name, len(rows))
    if len(rows) != wanted:
        gaps.append(Gap(what=f"{path} has {len(rows)} rows where {wanted} were published", items=wanted - len(rows)))
    odd = [row.name for row in rows if not row.whole]
    if odd:
        gaps.append(Gap(what=f"count and repetitions of {', '.join(odd)} differ: unscored", items=len(odd)))
    return [*gaps, *missing(videos_in(folder), [row.name for row in rows if row.whole], HOME)]


def load(folder: Path) -> Iterable[Scenario]:
    """Every row; it is opened if its video is whole and its repetitions are as many as it counts."""
    rows = rows_of(found(folder, FILES, HOME))
    videos = video_paths(folder, [row.name for row in rows], HOME)
    return opened(
        (Path(row.name).stem, row.action, partial(_content, row, video))
        for row, video in zip(rows, videos, strict=True)
    )


def _content(row: Row, video: Path) -> Content:
    if not row.whole:
        raise ValueError(f"its count is {row.count}, and {len(row.frames)} frames begin and end its repetitions")
    clip = read_video(video)
    prompt = f"Please count out reps for {WORDS.get(row.action, row.action.replace('_', ' '))}."
    timeline, video_ms = asked_before(prompt, clip, quiet_ms=QUIET_MS, tail_ms=TAIL_MS)
    ends_ms = _ends_ms(row.frames, clip.fps, video_ms)
    return timeline, {"rep_times_ms": ends_ms, "from_ms": video_ms, "video": row.name}


def _ends_ms(frames: Sequence[float], fps: float, video_ms: float) -> list[float]:
    return [video_ms + 1000 * frame / fps for frame in frames[1::2]]
