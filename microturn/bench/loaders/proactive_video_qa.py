"""ProactiveVideoQA: {WEB,EGO,TV,VAD}/anno.json, each with its videos beside it.

1,427 questions about 1,377 videos, 3,510 turns. The prompt is that of *Interaction Models*: stay quiet until something
answers the question; 2 s to acknowledge it; then the mute video up to the end of the last reply span. What else an
annotation has the user say (subtitles of TV) arrives as text at its time, where the reference burns it into the picture.

Shapes: S samples.
"""

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from microturn.bench.loaders.opening import Content, opened
from microturn.bench.loaders.prompted import LEAD_MS, seconds_of, session, speech
from microturn.bench.loaders.records import Record, read_records
from microturn.bench.loaders.video import missing, read_video, video_paths, videos_in
from microturn.bench.task import Gap, Scenario
from microturn.protocol.events import Channel, Text

HOME = "huggingface.co/datasets/wangyueqian/ProactiveVideoQA"
PARTS = ("WEB", "EGO", "TV", "VAD")
QUESTIONS, TURNS = 1427, 3510
QUIET_MS, TAIL_MS = 2000.0, 1000.0
NEEDS = ("video", "question_id", "duration", "conversation", "answer")
PROMPT = (
    "Watch the video and stay quiet until a new moment answers the question. When one happens, say a concise answer. "
)


def annotations(folder: Path) -> list[tuple[str, Record]]:
    """Every question with the part that it is of. Raises FileNotFoundError where there is none, ValueError for bad ones."""
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder}: no such folder; give the one with {', '.join(PARTS)}, from {HOME}")
    found = [(part, path) for part in PARTS for path in sorted(folder.rglob(f"{part}/anno.json"))[:1]]
    if not found:
        raise FileNotFoundError(f"{folder} has no {PARTS[0]}/anno.json; the data are at {HOME}")
    return [(part, record) for part, path in found for record in read_records(path, NEEDS)]


def check(folder: Path) -> list[Gap]:
    """What of the annotations and videos is missing."""
    try:
        records = annotations(folder)
    except (FileNotFoundError, ValueError) as error:
        return [Gap(what=str(error))]
    gaps: list[Gap] = []
    absent = [part for part in PARTS if part not in {name for name, _ in records}]
    if absent:
        gaps.append(Gap(what=f"the parts {', '.join(absent)} are missing; they are at {HOME}"))
    turns = sum(len(record["answer"]) for _, record in records)
    if (len(records), turns) != (QUESTIONS, TURNS):
        what = f"{len(records)} questions with {turns} turns where {QUESTIONS} with {TURNS} were published"
        gaps.append(Gap(what=what, items=max(0, QUESTIONS - len(records))))
    return [*gaps, *missing(videos_in(folder), [_place(part, record) for part, record in records], HOME)]


def _place(part: str, record: Record) -> str:
    return f"{part}/videos/{record['video']}"


def load(folder: Path) -> Iterable[Scenario]:
    """Every question; it is opened if its video is whole."""
    records = annotations(folder)
    videos = video_paths(folder, [_place(part, record) for part, record in records], HOME)
    return opened(
        (f"{part}-{record['question_id']}", part, partial(_content, record, video))
        for (part, record), video in zip(records, videos, strict=True)
    )


def _content(record: Record, video: Path) -> Content:
    question = str(record["conversation"][0]["content"])
    last_s = max(float(answer["reply_timespan"][1]) for answer in record["answer"])
    clip = read_video(video, until_s=min(float(record["duration"]), last_s))
    said_S = speech(PROMPT + question)
    video_ms = LEAD_MS + 1000 * seconds_of(said_S) + QUIET_MS
    texts = [
        Text(at_ms=video_ms + 1000 * float(turn.get("time", 0.0)), channel=Channel.USER, text=str(turn["content"]))
        for turn in record["conversation"][1:]
        if turn.get("role", "user") == "user" and turn.get("content")
    ]
    timeline = session(clip, video_ms=video_ms, spoken=[(LEAD_MS, said_S)], tail_ms=TAIL_MS, texts=texts)
    turns = [_turn(answer, video_ms) for answer in record["answer"]]
    return timeline, {"question": question, "turns": turns, "from_ms": video_ms}


def _turn(answer: Record, video_ms: float) -> dict[str, Any]:
    def on_clock(span: Sequence[float]) -> list[float]:
        return [video_ms + 1000 * float(at) for at in span]

    reply = answer["reply_timespan"]
    related = answer.get("related_timespan", reply)
    return {"content": answer["content"], "reply_ms": on_clock(reply), "related_ms": on_clock(related)}
