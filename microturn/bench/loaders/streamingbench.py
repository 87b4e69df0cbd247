"""StreamingBench: questions_{real,omni,sqa,proactive}.json, the videos anywhere beside them.

4,500 questions about 900 videos. A multiple-choice question is spoken with its options after the minute of video before
it (the setting that the paper also gives, "60 seconds of context"); with those about sequences the earlier questions and
their answers arrive as text first. A proactive output is asked for first, then the mute video runs from the question's
time to 4 s after the right moment.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, cast

from microturn.bench.loaders.opening import Content, opened
from microturn.bench.loaders.prompted import asked_after, asked_before
from microturn.bench.loaders.records import Record, checked, read_json
from microturn.bench.loaders.video import missing, read_video, video_paths, videos_in
from microturn.bench.rules.spans import clock_seconds
from microturn.bench.rules.streamingbench import POLL_AFTER_S
from microturn.bench.task import Gap, Scenario
from microturn.protocol.events import Channel, Text

HOME = "huggingface.co/datasets/mjuicem/StreamingBench (videos) and github.com/THUNLP-MT/StreamingBench (questions)"
COUNTS = {"real": 2500, "omni": 1500, "sqa": 250, "proactive": 250}
CONTEXT_S = 60.0
QUIET_MS, TAIL_MS = 500.0, 2600.0
LETTERS = "ABCDE"


@dataclass(frozen=True, kw_only=True)
class Item:
    """One question, the part that it is of, its video, and what was asked and answered before it."""

    part: str
    number: int
    video: str
    question: Record
    before: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        return "Proactive Output" if self.part == "proactive" else str(self.question.get("task_type", ""))


def items_of(folder: Path) -> list[Item]:
    """Every question of the parts that are there. FileNotFoundError where none is, ValueError for damaged ones."""
    paths = {part: next(iter(sorted(folder.rglob(f"questions_{part}.json"))), None) for part in COUNTS}
    if not any(paths.values()):
        raise FileNotFoundError(f"{folder} has no questions_real.json or another of theirs; they are at {HOME}")
    return [item for part, path in paths.items() if path for item in _items(part, path)]


def _items(part: str, path: Path) -> Iterator[Item]:
    content = read_json(path)
    groups = cast(list[Any], content) if isinstance(content, list) else []
    number = 0
    for group in groups:
        before: tuple[str, ...] = ()
        subsets = cast(list[Any], group) if isinstance(group, list) else [group]
        for subset in checked(path, subsets, ("questions", "video_path")):
            for question in checked(path, subset["questions"], ("question", "time_stamp")):
                yield Item(part=part, number=number, video=subset["video_path"], question=question, before=before)
                number += 1
                if isinstance(group, list):
                    before = (*before, f"{question['question']} {_answer(question)}")


def _answer(question: Mapping[str, Any]) -> str:
    return str(question["options"][LETTERS.index(question["answer"])])


def check(folder: Path) -> list[Gap]:
    """What of the questions and videos is missing."""
    try:
        items = items_of(folder)
    except (FileNotFoundError, ValueError) as error:
        return [Gap(what=str(error))]
    gaps: list[Gap] = []
    for part, wanted in COUNTS.items():
        count = sum(item.part == part for item in items)
        if count != wanted:
            what = f"questions_{part}.json has {count} questions where {wanted} were published; they are at {HOME}"
            gaps.append(Gap(what=what, items=max(0, wanted - count)))
    return [*gaps, *missing(videos_in(folder), [item.video for item in items], HOME)]


def load(folder: Path) -> Iterable[Scenario]:
    """Every question; it is opened if its video is whole."""
    items = items_of(folder)
    videos = video_paths(folder, [item.video for item in items], HOME)
    return opened(
        (f"{item.part}-{item.number:04d}", item.kind, partial(_content, item, at))
        for item, at in zip(items, videos, strict=True)
    )


def _content(item: Item, video: Path) -> Content:
    return _awaited(item, video) if item.part == "proactive" else _asked(item, video)


def _awaited(item: Item, video: Path) -> Content:
    question = item.question
    asked_s, right_s = clock_seconds(question["time_stamp"]), clock_seconds(question["ground_truth_time_stamp"])
    clip = read_video(video, from_s=asked_s, until_s=right_s + POLL_AFTER_S)
    timeline, video_ms = asked_before(question["question"], clip, quiet_ms=QUIET_MS, tail_ms=0.0)
    return timeline, {
        "output": question["ground_truth_output"],
        "question_ms": video_ms - QUIET_MS,
        "moment_ms": video_ms + 1000 * (right_s - asked_s),
    }


def _asked(item: Item, video: Path) -> Content:
    question = item.question
    at_s = clock_seconds(question["time_stamp"])
    clip = read_video(video, from_s=max(0.0, at_s - CONTEXT_S), until_s=at_s)
    options = [_plain_option(str(text), place) for place, text in enumerate(question["options"])]
    listed = ". ".join(f"{letter}: {text}" for letter, text in zip(LETTERS, options, strict=False))
    timeline, ready_ms = asked_after(f"{question['question']} {listed}. Answer with one letter.", clip)
    texts = [Text(at_ms=0.0, channel=Channel.USER, text=text) for text in item.before]
    asked = {
        "question": question["question"],
        "answer": _answer(question),
        "options": options,
        "letter": question["answer"],
        "asked_ms": clip.duration_ms,
        "ready_ms": ready_ms,
        "until_ms": timeline.duration_ms,
    }
    return replace(timeline, events=(*texts, *timeline.events)), {"questions": [asked]}


def _plain_option(text: str, place: int) -> str:
    return text.removeprefix(f"{LETTERS[place]}.").strip()
