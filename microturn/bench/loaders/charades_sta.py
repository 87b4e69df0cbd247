"""Charades-STA: `charades_sta_test.txt` ("VID start end##sentence.") or Moment-DETR's jsonl, videos VID.mp4 beside it.

3,720 queries about 1,334 videos. The prompt is that of *Interaction Models*; the video is mute.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from microturn.bench.loaders.opening import Content, opened
from microturn.bench.loaders.prompted import asked_before
from microturn.bench.loaders.records import found, read_lines
from microturn.bench.loaders.video import missing, read_video, video_paths, videos_in
from microturn.bench.task import Gap, Scenario

HOME = "github.com/jiyanggao/TALL (annotations) and prior.allenai.org/projects/charades (videos)"
FILES = ("charades_sta_test.txt", "charades_sta_test_tvr_format.jsonl", "charades_sta_test*.jsonl")
QUERIES, VIDEOS = 3720, 1334
QUIET_MS, TAIL_MS = 1000.0, 2000.0
LINE = re.compile(r"(\S+)\s+([\d.]+)\s+([\d.]+)\s*##\s*(.+)")
WHO = re.compile(
    r"^(?:(?:a|the|one|another)\s+)?(?:person|man|woman|guy|boy|girl|people)\s+(?:is\s+|are\s+)?", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True)
class Query:
    """A sentence about a video and when what it says begins and ends, in seconds."""

    video: str
    start_s: float
    stop_s: float
    sentence: str

    @property
    def prompt(self) -> str:
        """What the user says; the sentence without the person whom it begins with."""
        action = WHO.sub("", self.sentence.strip()).rstrip(".").strip() or self.sentence
        return f"Say start when the person starts to do this: {action}. Then say stop when they stop."


def queries_of(path: Path) -> list[Query]:
    """The queries of an annotation file of either form. ValueError names the line that is none."""
    if path.suffix == ".jsonl":
        rows = read_lines(path, ("vid", "query", "relevant_windows"))
        return [
            Query(video=row["vid"], start_s=float(start), stop_s=float(stop), sentence=row["query"])
            for row in rows
            for start, stop in row["relevant_windows"][:1]
        ]
    queries: list[Query] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        parts = LINE.fullmatch(line.strip())
        if parts is None:
            raise ValueError(f'{path} line {number}: not "VIDEO start end##sentence": {line!r:.60}; fetch it again')
        queries.append(Query(video=parts[1], start_s=float(parts[2]), stop_s=float(parts[3]), sentence=parts[4]))
    return queries


def check(folder: Path) -> list[Gap]:
    """What of the annotations and videos is missing."""
    try:
        path = found(folder, FILES, HOME)
        queries = queries_of(path)
    except (FileNotFoundError, ValueError) as error:
        return [Gap(what=str(error))]
    gaps: list[Gap] = []
    videos = len({query.video for query in queries})
    if (len(queries), videos) != (QUERIES, VIDEOS):
        what = f"{path} has {len(queries)} queries about {videos} videos where {QUERIES} about {VIDEOS} were published"
        gaps.append(Gap(what=what, items=max(0, QUERIES - len(queries))))
    return [*gaps, *missing(videos_in(folder), [query.video for query in queries], HOME)]


def load(folder: Path) -> Iterable[Scenario]:
    """Every query; it is opened if its video is whole."""
    queries = queries_of(found(folder, FILES, HOME))
    videos = video_paths(folder, [query.video for query in queries], HOME)
    return opened(
        (f"{number:04d}-{query.video}", "", partial(_content, query, video))
        for number, (query, video) in enumerate(zip(queries, videos, strict=True))
    )


def _content(query: Query, video: Path) -> Content:
    clip = read_video(video)
    timeline, video_ms = asked_before(query.prompt, clip, quiet_ms=QUIET_MS, tail_ms=TAIL_MS)
    return timeline, {
        "window_ms": [video_ms + 1000 * query.start_s, video_ms + 1000 * query.stop_s],
        "from_ms": video_ms,
        "video_end_ms": video_ms + clip.duration_ms,
        "video": query.video,
        "sentence": query.sentence,
    }
