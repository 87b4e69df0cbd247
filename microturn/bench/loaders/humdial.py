"""HumDial-FDBench, as its scoring scripts read it: a folder a sub-scenario, each recording with its segments and its clean twin.

DIR/.../Follow-up_Questions/0001_0002.wav             the user's channel, 16 kHz
DIR/.../Follow-up_Questions/0001_0002_sentence.json   {"speech_segments": [{"xmin", "xmax", ...}]} in seconds
DIR/.../Follow-up_Questions/clean_0001_0002.wav       the same without the disturbance (not needed here)

The first segment is the first request and the next ones are the disturbance; in pauses the request goes on to the last one.
What is the right answer is not in the data: rates take a judge, delays and going on do not.
"""

import json
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from microturn.bench.loaders.opening import Content, opened
from microturn.bench.loaders.tracks import silence, sound, trouble, user_timeline
from microturn.bench.task import Gap, Scenario

HOME = "huggingface.co/datasets/ASLP-lab/HumDial-FDBench"
KINDS = {  # sub-type: what its folder's name has in it, how many are in the test set, what is right
    "follow_up": (("follow",), 600, "respond"),
    "negation": (("negation", "dissatisf"), 600, "respond"),
    "repetition": (("repet",), 600, "respond"),
    "topic_switch": (("topic",), 600, "respond"),
    "stop": (("silence", "terminat", "stop"), 600, "respond"),
    "backchannel": (("backchannel",), 600, "resume"),
    "pause": (("pause",), 600, "wait"),
    "third_party": (("third",), 600, "resume"),
    "to_others": (("other", "directed"), 200, "resume"),
}
AFTER_S = 10.0  # the longest published mean delay is 3.4 s
WATCH_MS = 1500.0
SEGMENTS = "_sentence.json"


def check(folder: Path) -> list[Gap]:
    """What is missing: sub-scenarios, recordings, segments."""
    gaps: list[Gap] = []
    for kind, (_, count, _) in KINDS.items():
        recordings = _recordings(folder, kind)
        if not recordings:
            gaps.append(Gap(what=f"no folder of {kind} in {folder}: it is in the data at {HOME}", items=count))
            continue
        if len(recordings) < count:
            gaps.append(Gap(what=f"{kind}: {len(recordings)} of {count} recordings", items=count - len(recordings)))
        wrong = [f"{path.name}: {why}" for path in recordings if (why := _trouble(path))]
        if wrong:
            gaps.append(
                Gap(what=f"{kind}: {len(wrong)} recordings cannot be run: {'; '.join(wrong[:3])}", items=len(wrong))
            )
    return gaps


def load(folder: Path) -> Iterator[Scenario]:
    """The recordings, by sub-scenario. ValueError where none is whole and has segments."""
    found = [(kind, path) for kind in KINDS for path in _recordings(folder, kind)]
    if all(_trouble(path) for _, path in found):
        raise ValueError(
            f"{folder} holds no recording with its segments (NAME.wav, NAME{SEGMENTS}): unpack there the data from {HOME}"
        )
    return opened((f"{kind}-{path.stem}", kind, partial(_content, kind, path)) for kind, path in found)


def _content(kind: str, path: Path) -> Content:
    segments = _segments(path)
    first, *rest = segments
    wanted = KINDS[kind][2]
    meta: dict[str, Any] = {"wanted": wanted, "disturbance": _text(rest), "clean": "", "first_ms": first[1]}
    if wanted == "wait":
        pauses = [[one[1], other[0]] for one, other in pairwise(segments)]
        meta |= {"first_ms": segments[-1][1], "pauses_ms": pauses}
    else:
        meta |= {"event_ms": [rest[0][0], rest[-1][1]], "watch_ms": rest[-1][1] + WATCH_MS}
    if wanted == "respond":
        meta["reply_from_ms"] = rest[-1][1]
    return user_timeline([sound(path), silence(AFTER_S)]), meta


Segment = tuple[float, float, str]


def _segments(path: Path) -> list[Segment]:
    """From and until in ms, and the words where the file has them; ValueError for what cannot be used."""
    source = path.with_name(path.stem + SEGMENTS)
    try:
        rows = json.loads(source.read_text(encoding="utf-8"))["speech_segments"]
        segments = [(1000 * float(row["xmin"]), 1000 * float(row["xmax"]), str(row.get("text") or "")) for row in rows]
    except (AttributeError, KeyError, OSError, TypeError, ValueError) as error:
        raise ValueError(f"{source.name} is missing or damaged ({error!r})") from error
    if len(segments) < 2:
        raise ValueError(f"{source.name} has {len(segments)} segments: a request and what follows are two")
    return segments


def _text(segments: list[Segment]) -> str:
    return " ".join(text for _, _, text in segments if text)


def _trouble(path: Path) -> str | None:
    try:
        _segments(path)
    except ValueError as error:
        return str(error)
    return trouble(path)


def _recordings(folder: Path, kind: str) -> list[Path]:
    named = KINDS[kind][0]
    paths = sorted(path for path in folder.rglob("*.wav") if any(part in path.parent.name.lower() for part in named))
    return [path for path in paths if not path.name.startswith("clean") and not path.stem.endswith("_output")]
