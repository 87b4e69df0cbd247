"""Tables of items as public data sets have them: parquet, JSON lines or CSV, with the sound in the table or beside it.

Parquet needs `pyarrow`, which is not part of this package's own set of packages. Rows come one by one; a clip is decoded
when its row is turned into a scenario.

Shapes: S samples.
"""

import csv
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from microturn.bench.loaders.opening import Content
from microturn.bench.loaders.tracks import seconds_of, silence, sound, user_timeline
from microturn.protocol.media import read_media

Row = Mapping[str, Any]
TABLES = (".parquet", ".jsonl", ".csv")
PYARROW = "parquet files need pyarrow: pip install pyarrow"
TAIL_MS = 30_000.0  # for the answer
_MARK = b"PAR1"
_FOOT = 8


def tables(folder: Path) -> list[Path]:
    """The tables of a folder, in order; none where it is no folder."""
    return sorted(path for path in folder.glob("*") if path.suffix in TABLES) if folder.is_dir() else []


def read_rows(path: Path) -> Iterator[Row]:
    """The rows of a table. ValueError for a damaged one, with its line where it has lines, and for parquet without pyarrow."""
    if path.suffix == ".parquet":
        yield from _parquet(path)
    elif path.suffix == ".csv":
        with path.open(newline="", encoding="utf-8") as source:
            yield from csv.DictReader(source)
    else:
        yield from _json_lines(path)


def count_rows(path: Path) -> int:
    """How many rows a table has, without its sound. ValueError as for `read_rows`."""
    if path.suffix != ".parquet":
        return sum(1 for _ in read_rows(path))
    return int(_opened(path).metadata.num_rows)


def _json_lines(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8") as source:
        for number, line in enumerate(source, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError as error:
                raise ValueError(f"{path} line {number} is no JSON, the file is damaged or cut off: {error}") from error
            if not isinstance(row, dict):
                raise ValueError(f"{path} line {number}: every line has to be an object")
            yield cast(dict[str, Any], row)


def _opened(path: Path) -> Any:
    """A parquet file, looked at before it is opened: one that is cut off lacks its closing mark."""
    with path.open("rb") as source:
        head = source.read(len(_MARK))
        size = path.stat().st_size
        source.seek(max(0, size - len(_MARK)))
        if head != _MARK or source.read() != _MARK or size < len(_MARK) + _FOOT:
            raise ValueError(f"{path} is cut off or no parquet file: fetch it again")
    try:
        from pyarrow import parquet  # pyright: ignore[reportMissingImports, reportUnknownVariableType]
    except ImportError as error:
        raise ValueError(f"{path}: {PYARROW}") from error
    try:
        return cast(Any, parquet).ParquetFile(path)
    except (OSError, ValueError) as error:
        raise ValueError(f"{path} is damaged: {error}") from error


def _parquet(path: Path) -> Iterator[Row]:
    for batch in _opened(path).iter_batches(batch_size=16):
        yield from cast(list[dict[str, Any]], batch.to_pylist())


def lacking(row: Row, columns: Sequence[str]) -> list[str]:
    """Which of these columns a row has nothing in."""
    return [name for name in columns if row.get(name) in (None, "")]


def clip(value: Any, folder: Path) -> NDArray[np.float32]:
    """A clip as data sets keep it: {"bytes": ..., "path": ...}, or a path in the folder. Float32 [S] at 16 kHz.

    FileNotFoundError or ValueError where there is none that can be read.
    """
    held = cast(Mapping[str, Any], value) if isinstance(value, Mapping) else {"path": value}
    content = held.get("bytes")
    if not content:
        name = held.get("path")
        if not isinstance(name, str) or not name:
            raise ValueError(f"an item in {folder} has no sound: neither bytes nor the path of a file")
        return sound(folder / name)
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / Path(str(held.get("path") or "clip")).name
        path.write_bytes(cast(bytes, content))
        return read_media(path)[0]


def question(samples: NDArray[np.float32], meta: Row, *, tail_ms: float = TAIL_MS) -> Content:
    """A clip as what an item plays: the user asks, and there is `tail_ms` of silence for the answer. It has no script."""
    timeline = user_timeline([samples, silence(tail_ms / 1000)])
    return timeline, {"turn_end_ms": 1000 * seconds_of(samples), **meta}
