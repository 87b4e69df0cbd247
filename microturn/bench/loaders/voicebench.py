"""VoiceBench's official data: one folder a subset with parquet files, or JSON lines whose `audio` is the path of a clip.

DIR/alpacaeval_full/test-*.parquet, DIR/sd-qa/usa-*.parquet, DIR/mmsu/<domain>-*.parquet, ...; or DIR/<subset>/*.jsonl. The
leaderboard has alpacaeval_full and sd-qa's accent usa; alpacaeval stands in where the full one is missing.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from microturn.bench.loaders.opening import Content, Item, opened
from microturn.bench.loaders.rows import Row, clip, count_rows, lacking, question, read_rows, tables
from microturn.bench.rules.voicebench import KINDS
from microturn.bench.task import Gap, Scenario

HOME = "https://huggingface.co/datasets/hlt-lab/voicebench"
COUNTS = {
    "alpacaeval_full": 636,
    "alpacaeval": 199,
    "commoneval": 200,
    "wildvoice": 1000,
    "sd-qa": 553,
    "mmsu": 3074,
    "openbookqa": 455,
    "bbh": 1000,
    "ifeval": 345,
    "advbench": 520,
}
ACCENT = "usa"
_NEEDED = {
    "sd-qa": ("reference",),
    "mmsu": ("reference",),
    "openbookqa": ("reference",),
    "bbh": ("id", "reference"),
    "ifeval": ("instruction_id_list", "kwargs"),
}


def check(folder: Path) -> list[Gap]:
    """What is missing: subsets, files that are cut off, and items, by their published numbers."""
    gaps: list[Gap] = []
    for kind in KINDS:
        subset, files = _files(folder, kind)
        count = COUNTS[subset]
        if not files:
            gaps.append(Gap(what=f"{folder / subset} has no table ({count} items): take it from {HOME}", items=count))
            continue
        try:
            found = sum(count_rows(path) for path in files)
        except ValueError as error:
            gaps.append(Gap(what=str(error), items=count))
            continue
        if found != count:
            what = f"{folder / subset} has {found} items, the published subset {count}: take it again from {HOME}"
            gaps.append(Gap(what=what, items=max(0, count - found)))
    return gaps


def load(folder: Path) -> Iterator[Scenario]:
    """Every item of every subset that is there, subset by subset. ValueError where there is none."""
    found = {kind: _files(folder, kind)[1] for kind in KINDS}
    if not any(found.values()):
        raise ValueError(f"{folder} has no subset of VoiceBench ({', '.join(KINDS)}): take them from {HOME}")
    return opened(item for kind, files in found.items() for item in _items(kind, files))


def _files(folder: Path, kind: str) -> tuple[str, list[Path]]:
    """The subset that stands for a kind, and its tables."""
    subset = "alpacaeval_full" if kind == "alpacaeval" and not tables(folder / kind) else kind
    if kind == "alpacaeval" and tables(folder / "alpacaeval_full"):
        subset = "alpacaeval_full"
    files = tables(folder / subset)
    accent = [path for path in files if path.name.startswith(ACCENT)]
    return subset, accent if kind == "sd-qa" and accent else files


def _items(kind: str, files: list[Path]) -> Iterator[Item]:
    number = 0
    for path in files:
        for row in read_rows(path):
            missing = lacking(row, ("prompt", "audio", *_NEEDED.get(kind, ())))
            if missing:
                raise ValueError(
                    f"{path}: item {number} of {kind} lacks {', '.join(missing)}; take it again from {HOME}"
                )
            yield f"{kind}-{number:05d}", kind, partial(_content, kind, row, path.parent)
            number += 1


def _content(kind: str, row: Row, folder: Path) -> Content:
    return question(clip(row["audio"], folder), _meta(kind, row))


def _meta(kind: str, row: Row) -> dict[str, Any]:
    meta: dict[str, Any] = {"prompt": row["prompt"]}
    if kind == "ifeval":
        return {**meta, "instruction_id_list": list(row["instruction_id_list"]), "kwargs": list(row["kwargs"])}
    if kind == "bbh":
        meta["item"] = row["id"]
    if kind in _NEEDED:
        meta["expected"] = row["reference"]
    return meta
