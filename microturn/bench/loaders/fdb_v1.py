"""Full-Duplex-Bench v1, official layout: five folders of samples, one of them rated by listeners.

ROOT/candor_pause_handling/ID/{input.wav, pause.json}            216, synthetic_pause_handling likewise 137
ROOT/candor_turn_taking/ID/{input.wav, turn_taking.json}         119
ROOT/icc_backchannel/ID/input.wav                                55, and ROOT/icc_gt_distribution.json: {ID: histogram}
ROOT/synthetic_user_interruption/ID/{input.wav, interrupt.json}  200

The labels are lists whose first entry has "timestamp": [start, end] in seconds; that of an interruption also has its words
("interrupt") and what was said before ("context"). The histogram is a file of the benchmark's code, not of its data.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

from microturn.bench.loaders.opening import Content, opened
from microturn.bench.loaders.samples import first_label, read_json, sample_folders, set_gaps, sets_of
from microturn.bench.loaders.tracks import sound, user_timeline
from microturn.bench.task import Gap, Official, Scenario

HOME = "https://drive.google.com/drive/folders/1DtoxMVO9_Y_nDs2peZtx3pw-U2qYgpd3"
CODE = "https://github.com/DanielLin94144/Full-Duplex-Bench"
RATERS = "icc_gt_distribution.json"


@dataclass(frozen=True, kw_only=True)
class Set:
    """One official set: the sub-type of its samples, how many there are, and the file of their labels."""

    kind: str
    count: int
    labels: str = ""


SETS: Mapping[str, Set] = {
    "candor_pause_handling": Set(kind="pause", count=216, labels="pause.json"),
    "synthetic_pause_handling": Set(kind="pause", count=137, labels="pause.json"),
    "icc_backchannel": Set(kind="backchannel", count=55),
    "candor_turn_taking": Set(kind="turn", count=119, labels="turn_taking.json"),
    "synthetic_user_interruption": Set(kind="interruption", count=200, labels="interrupt.json"),
}


def check(root: Path) -> Sequence[Gap]:
    """What is missing or damaged: sets, samples, files, labels, and the listeners' histograms."""
    files = {name: ["input.wav", *([one.labels] if one.labels else [])] for name, one in SETS.items()}
    gaps = list(set_gaps(root, {name: one.count for name, one in SETS.items()}, files, HOME))
    for name, folder in sets_of(root, tuple(SETS)).items():
        for sample in sample_folders(folder):
            if (sample / "input.wav").is_file() and _meta(SETS[name], sample, {}) is None:
                gaps.append(Gap(what=f"{sample / SETS[name].labels}: no entry with a timestamp", items=1))
    if not _raters(root) and "icc_backchannel" in sets_of(root, tuple(SETS)):
        what = f"{RATERS} is not in {root}: without it the JSD of backchannels is unscored; it is beside the scripts at {CODE}"
        gaps.append(Gap(what=what))
    return gaps


def load(root: Path) -> Iterator[Scenario]:
    """The samples, set by set. Raises ValueError where there are none."""
    raters, sets = _raters(root), sets_of(root, tuple(SETS))
    samples = [(name, sample) for name, folder in sets.items() for sample in sample_folders(folder)]
    if not samples:
        raise ValueError(f"{root} holds no sample of Full-Duplex-Bench v1: unpack there {', '.join(SETS)} from {HOME}")
    return opened(
        (f"{name}-{sample.name}", SETS[name].kind, partial(_content, name, sample, raters)) for name, sample in samples
    )


def _content(name: str, sample: Path, raters: Mapping[str, Sequence[float]]) -> Content:
    meta = _meta(SETS[name], sample, raters)
    if meta is None:
        raise ValueError(f"{sample / SETS[name].labels} is missing or has no entry with a timestamp")
    return user_timeline([sound(sample / "input.wav")]), {"set": name, **meta}


def _meta(one: Set, sample: Path, raters: Mapping[str, Sequence[float]]) -> dict[str, Any] | None:
    """What the scorers read of a sample's labels; None where they are missing."""
    if one.kind == "backchannel":
        return {"raters": list(raters[sample.name])} if sample.name in raters else {}
    label = first_label(sample / one.labels)
    if label is None:
        return {} if one.kind == "pause" and (sample / one.labels).is_file() else None
    at_ms, until_ms = (1000.0 * float(at) for at in label["timestamp"])
    if one.kind == "turn":
        return {"turn_end_ms": at_ms}
    if one.kind == "pause":
        return {"pauses_ms": [[at_ms, until_ms]]}
    words = {name: str(label.get(name) or "") for name in ("context", "interrupt")}
    return {"interrupt_ms": [at_ms, until_ms], **words}


def _raters(root: Path) -> Mapping[str, Sequence[float]]:
    """The listeners' histograms by speaker, from the data's folder or the one above or below it."""
    for place in (root / RATERS, *sorted(root.glob(f"*/{RATERS}")), root.parent / RATERS):
        content = read_json(place)
        if isinstance(content, dict):
            return cast(dict[str, Sequence[float]], content)
    return {}


OFFICIAL = Official(
    title="Full-Duplex-Bench v1",
    paper="https://arxiv.org/abs/2503.04721",
    home=HOME,
    licence="CC BY-NC 4.0 (Candor and ICC, with the terms of those corpora), MIT (synthetic sets)",
    check=check,
    load=load,
)
