"""BigBench Audio's official data: DIR[/data]/metadata.jsonl beside its MP3 files, or the same as parquet.

Each item has `category`, `official_answer` and `file_name`: 1,000 clips, 250 of each category.
"""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from microturn.bench.loaders.opening import Content, Item, opened
from microturn.bench.loaders.rows import Row, clip, lacking, question, read_rows, tables
from microturn.bench.rules.bigbench_audio import CATEGORIES, category_of
from microturn.bench.task import Gap, Scenario

HOME = "https://huggingface.co/datasets/ArtificialAnalysis/big_bench_audio"
EACH = 250
_NEEDED = ("category", "official_answer")


def check(folder: Path) -> list[Gap]:
    """What is missing: the table, items of a category, clips."""
    files = _files(folder)
    if not files:
        what = f"{folder} has neither metadata.jsonl nor parquet files: take them from {HOME}"
        return [Gap(what=what, items=EACH * len(CATEGORIES))]
    found: Counter[str] = Counter()
    absent = 0
    try:
        for path in files:
            for row in read_rows(path):
                found[category_of(str(row.get("category")))] += 1
                absent += not _is_there(row, path.parent)
    except ValueError as error:
        return [Gap(what=str(error), items=EACH * len(CATEGORIES) - sum(found.values()))]
    gaps = [
        Gap(
            what=f"{name}: {found[name]} items of {EACH}: take the data again from {HOME}",
            items=max(0, EACH - found[name]),
        )
        for name in CATEGORIES
        if found[name] != EACH
    ]
    return [*gaps, Gap(what=f"{absent} clips are missing from {folder}", items=absent)] if absent else gaps


def load(folder: Path) -> Iterator[Scenario]:
    """Every item in the order of the table. ValueError where there is no table."""
    files = _files(folder)
    if not files:
        raise ValueError(f"{folder} has neither metadata.jsonl nor parquet files: take them from {HOME}")
    return opened(item for path in files for item in _items(path))


def _files(folder: Path) -> list[Path]:
    for place in (folder, folder / "data"):
        found = [path for path in tables(place) if path.suffix == ".parquet" or path.stem == "metadata"]
        if found:
            return [path for path in found if path.suffix != ".parquet"] or found
    return []


def _sound(row: Row) -> Any:
    """Parquet holds the clip in the table, JSON lines its name."""
    return row["audio"] if row.get("audio") else row.get("file_name")


def _is_there(row: Row, folder: Path) -> bool:
    sound = _sound(row)
    return bool(sound) if not isinstance(sound, str) else (folder / sound).is_file()


def _items(path: Path) -> Iterator[Item]:
    for number, row in enumerate(read_rows(path)):
        missing = lacking(row, _NEEDED)
        if missing:
            raise ValueError(f"{path}: item {number} lacks {', '.join(missing)}; take it again from {HOME}")
        category = category_of(str(row["category"]))
        name = str(row["id"]) if row.get("id") not in (None, "") else f"{number:04d}"
        yield f"{path.stem}-{name}", category, partial(_content, row, category, path.parent)


def _content(row: Row, category: str, folder: Path) -> Content:
    prompt = str(row.get("transcript") or "")
    meta = {"category": category, "official": str(row["official_answer"]), "prompt": prompt}
    return question(clip(_sound(row), folder), meta)
