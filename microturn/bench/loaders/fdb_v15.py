"""Full-Duplex-Bench v1.5, official layout: four folders of samples, each with and without its disturbance.

ROOT/user_interruption/ID/{input.wav, clean_input.wav, metadata.json}   200
ROOT/user_backchannel/ID/...                                            98 (its README says 99)
ROOT/talking_to_other/ID/...                                            100, background_speech likewise

metadata.json: {"context_text", "current_turn_text", "timestamps": [start, end]} in seconds. Each sample becomes two
scenarios, the disturbed one and its clean twin.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, cast

from microturn.bench.loaders.fdb_v1 import HOME
from microturn.bench.loaders.opening import Content, Item, opened
from microturn.bench.loaders.samples import read_json, sample_folders, set_gaps, sets_of
from microturn.bench.loaders.tracks import sound, user_timeline
from microturn.bench.task import Gap, Official, Scenario

FILES = ("input.wav", "clean_input.wav", "metadata.json")
COUNTS: Mapping[str, int] = {
    "user_interruption": 200,
    "user_backchannel": 98,
    "talking_to_other": 100,
    "background_speech": 100,
}


def check(root: Path) -> Sequence[Gap]:
    """What is missing or damaged: sets, samples, files, and the times of disturbances."""
    gaps = list(set_gaps(root, COUNTS, dict.fromkeys(COUNTS, FILES), HOME))
    for folder in sets_of(root, tuple(COUNTS)).values():
        for sample in sample_folders(folder):
            if read_json(sample / "metadata.json") is not None and _meta(sample) is None:
                gaps.append(Gap(what=f"{sample / 'metadata.json'}: no timestamps of the disturbance", items=1))
    return gaps


def load(root: Path) -> Iterator[Scenario]:
    """Both recordings of each sample, set by set. Raises ValueError where there are none."""
    sets = sets_of(root, tuple(COUNTS))
    samples = [(kind, sample) for kind, folder in sets.items() for sample in sample_folders(folder)]
    if not samples:
        raise ValueError(
            f"{root} holds no sample of Full-Duplex-Bench v1.5: unpack there {', '.join(COUNTS)} from {HOME}"
        )
    return opened(item for kind, sample in samples for item in _pair(kind, sample))


def _pair(kind: str, sample: Path) -> list[Item]:
    name = f"{kind}-{sample.name}"
    names = (name, f"{name}-clean")
    return [(one, kind, partial(_content, kind, sample, twin)) for one, twin in zip(names, names[::-1], strict=True)]


def _content(kind: str, sample: Path, twin: str) -> Content:
    meta, clean = _meta(sample), not twin.endswith("-clean")
    if meta is None:
        raise ValueError(f"{sample / 'metadata.json'} is missing or has no timestamps of the disturbance")
    timeline = user_timeline([sound(sample / FILES[clean])])
    about = {"request": meta["request"], "set": kind, "twin": twin}
    return timeline, about if clean else {**meta, **about}


def _meta(sample: Path) -> dict[str, Any] | None:
    content = read_json(sample / "metadata.json")
    about = cast(dict[str, Any], content) if isinstance(content, dict) else {}
    times = about.get("timestamps")
    span = cast(list[Any], times) if isinstance(times, list) else []
    if len(span) != 2 or not all(isinstance(at, int | float) for at in span):
        return None
    return {
        "event_ms": [1000.0 * float(at) for at in span],
        "event": str(about.get("current_turn_text") or ""),
        "request": str(about.get("context_text") or ""),
    }


OFFICIAL = Official(
    title="Full-Duplex-Bench v1.5",
    paper="https://arxiv.org/abs/2507.23159",
    home=HOME,
    licence="MIT (data), CC BY-NC 4.0 (the authors' code, none of which is here)",
    check=check,
    load=load,
)
