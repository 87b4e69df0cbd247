"""OVO-Bench: `ovo_bench_new.json` (1,640 items), the source videos beside it.

Looking back and seeing now: the video from its begin to the item's time, then the question with its options is spoken.
Forward: the system is asked once and not at every test point. REC is asked before the video; SSR too, with the steps
numbered, to be named by their numbers as they begin; CRR is asked in the video, so that the question ends at its time.

Shapes: S samples.
"""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from microturn.bench.loaders.opening import Content, opened
from microturn.bench.loaders.prompted import LEAD_MS, asked_after, asked_before, seconds_of, session, speech
from microturn.bench.loaders.records import Record, found, read_records
from microturn.bench.loaders.video import missing, read_video, video_paths, videos_in
from microturn.bench.rules.ovobench import FORWARD
from microturn.bench.task import Gap, Scenario

HOME = (
    "github.com/JoeLeelyf/OVO-Bench (data/ovo_bench_new.json) and huggingface.co/datasets/JoeLeelyf/OVO-Bench (videos)"
)
FILES = ("ovo_bench_new.json",)
COUNTS = {
    "EPM": 297,
    "HLD": 186,
    "ASI": 148,
    "STU": 178,
    "OJR": 184,
    "ATR": 116,
    "FPD": 101,
    "ACR": 109,
    "OCR": 149,
} | {
    "REC": 82,
    "SSR": 42,
    "CRR": 48,
}
QUIET_MS, TAIL_MS = 1000.0, 3000.0
AFTER_BEGIN_S = 2.0  # a repetition or a step is due this long after it begins (OVO-Timing)


def check(folder: Path) -> list[Gap]:
    """What of the annotations and videos is missing."""
    try:
        items = read_records(found(folder, FILES, HOME), ("id", "task", "video"))
    except (FileNotFoundError, ValueError) as error:
        return [Gap(what=str(error))]
    gaps: list[Gap] = []
    for task, wanted in COUNTS.items():
        count = sum(item["task"] == task for item in items)
        if count != wanted:
            what = f"{FILES[0]} has {count} items of {task} where {wanted} were published"
            gaps.append(Gap(what=what, items=max(0, wanted - count)))
    return [*gaps, *missing(videos_in(folder), [str(item["video"]) for item in items], HOME)]


def load(folder: Path) -> Iterable[Scenario]:
    """Every item; it is opened if its video is whole."""
    items = read_records(found(folder, FILES, HOME), ("id", "task", "video"))
    videos = video_paths(folder, [str(item["video"]) for item in items], HOME)
    return opened(
        (f"{item['id']:04d}-{item['task']}", item["task"], partial(_content, item, video))
        for item, video in zip(items, videos, strict=True)
    )


def _content(item: Record, video: Path) -> Content:
    task = item["task"]
    make = {"REC": _counted, "SSR": _followed, "CRR": _awaited}[task] if task in FORWARD else _asked
    timeline, meta = make(item, video)
    return timeline, {"task": task, **meta}


def _asked(item: Record, video: Path) -> Content:
    clip = read_video(video, until_s=float(item["realtime"]))
    listed = ". ".join(f"{letter}: {text}" for letter, text in zip("ABCDE", item["options"], strict=False))
    timeline, ready_ms = asked_after(f"{item['question']} {listed}. Answer with one letter.", clip)
    question = {
        "question": item["question"],
        "answer": item["options"][item["gt"]],
        "options": item["options"],
        "letter": "ABCDE"[item["gt"]],
        "asked_ms": clip.duration_ms,
        "ready_ms": ready_ms,
        "until_ms": timeline.duration_ms,
    }
    return timeline, {"questions": [question]}


def _end_s(item: Record) -> float:
    return max(float(point["realtime"]) for point in item["test_info"])


def _counted(item: Record, video: Path) -> Content:
    clip = read_video(video, until_s=_end_s(item))
    prompt = f"Count aloud how many times you see this: {item['activity']}. Say the number each time it happens."
    timeline, video_ms = asked_before(prompt, clip, quiet_ms=QUIET_MS, tail_ms=TAIL_MS)
    points = [{"at_ms": video_ms + 1000 * float(p["realtime"]), "count": p["count"]} for p in item["test_info"]]
    due_ms = [video_ms + 1000 * (float(at) + AFTER_BEGIN_S) for at in item["start_times"]]
    return timeline, {"points": points, "due_ms": due_ms, "from_ms": video_ms}


def _followed(item: Record, video: Path) -> Content:
    clip = read_video(video, until_s=_end_s(item))
    steps = list(dict.fromkeys(item["all_steps"]))
    listed = ". ".join(f"{number}: {step}" for number, step in enumerate(steps, start=1))
    prompt = f"Say the number of a step when it begins, and zero when it is over. The steps are {listed}."
    timeline, video_ms = asked_before(prompt, clip, quiet_ms=QUIET_MS, tail_ms=TAIL_MS)
    points = [
        {
            "at_ms": video_ms + 1000 * float(point["realtime"]),
            "step": steps.index(point["step"]) + 1,
            "type": point["type"],
        }
        for point in item["test_info"]
        if point["step"] in steps
    ]
    due_ms = [video_ms + 1000 * (float(at) + AFTER_BEGIN_S) for at in item["start_time"]]
    return timeline, {"points": points, "due_ms": due_ms, "from_ms": video_ms}


def _awaited(item: Record, video: Path) -> Content:
    clip = read_video(video, until_s=_end_s(item))
    said_S = speech(f"Answer this as soon as you can see it, and not before. {item['question']}")
    ask_ms, needs_ms = 1000 * float(item["ask_time"]), 1000 * seconds_of(said_S)
    video_ms = max(LEAD_MS + needs_ms - ask_ms, 0.0)
    from_ms = video_ms + ask_ms
    timeline = session(clip, video_ms=video_ms, spoken=[(from_ms - needs_ms, said_S)], tail_ms=TAIL_MS)
    points = [{"at_ms": video_ms + 1000 * float(p["realtime"]), "type": p["type"]} for p in item["test_info"]]
    return timeline, {"points": points, "due_ms": [video_ms + 1000 * float(item["clue_time"])], "from_ms": from_ms}
