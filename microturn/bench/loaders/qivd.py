"""QIVD: `labels.json` and `videos/`: 2,900 clips of about five seconds, each with its question spoken in it.

A label is id, video, question, answer, short_answer, timestamp ("00:03.9": when it can be answered) and category. The
clip is streamed as it is, with its sound; its last picture stays for the answer.
"""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from microturn.bench.loaders.opening import Content, opened
from microturn.bench.loaders.prompted import ANSWER_MS, session
from microturn.bench.loaders.records import Record, found, read_records
from microturn.bench.loaders.video import Clip, missing, video_paths, videos_in
from microturn.bench.rules.spans import clock_seconds
from microturn.bench.task import Gap, Scenario
from microturn.protocol.media import FRAME_EVERY_MS, USER_HZ, read_media

HOME = "qualcomm.com/developer/software/qualcomm-interactive-video-dataset-qivd"
FILES = ("labels.json",)
ITEMS = 2900
NEEDS = ("id", "video", "question", "answer", "short_answer", "timestamp", "category")


def check(folder: Path) -> list[Gap]:
    """What of the labels and videos is missing."""
    try:
        labels = read_records(found(folder, FILES, HOME), NEEDS)
    except (FileNotFoundError, ValueError) as error:
        return [Gap(what=str(error))]
    gaps: list[Gap] = []
    if len(labels) != ITEMS:
        what = f"labels.json has {len(labels)} items where {ITEMS} were published"
        gaps.append(Gap(what=what, items=max(0, ITEMS - len(labels))))
    return [*gaps, *missing(videos_in(folder), [str(label["video"]) for label in labels], HOME)]


def load(folder: Path) -> Iterable[Scenario]:
    """Every label; it is opened if its video is whole."""
    labels = read_records(found(folder, FILES, HOME), NEEDS)
    videos = video_paths(folder, [str(label["video"]) for label in labels], HOME)
    return opened(
        (str(label["id"]), str(label["category"]), partial(_content, label, video))
        for label, video in zip(labels, videos, strict=True)
    )


def _content(label: Record, video: Path) -> Content:
    samples, pictures = read_media(video, USER_HZ)
    ends_ms = [1000 * len(samples) / USER_HZ, *(at_ms + FRAME_EVERY_MS for at_ms, _ in pictures[-1:])]
    clip = Clip(pictures=pictures, duration_ms=max(ends_ms), fps=0.0)
    timeline = session(clip, video_ms=0.0, spoken=[(0.0, samples)], tail_ms=ANSWER_MS)
    question = {
        "question": label["question"],
        "answer": label["answer"],
        "short": label["short_answer"],
        "asked_ms": 0.0,
        "ready_ms": 1000 * clock_seconds(str(label["timestamp"])),
        "until_ms": timeline.duration_ms,
    }
    return timeline, {"questions": [question], "video": label["video"]}
