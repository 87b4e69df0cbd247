"""Annotation files: JSON, lines of JSON and where they lie; ValueError and FileNotFoundError say what to do."""

import json
from pathlib import Path
from typing import Any, cast

Record = dict[str, Any]


def found(folder: Path, names: tuple[str, ...], home: str) -> Path:
    """The first of these files that is under the folder, the least deep one."""
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder}: no such folder; give the one with the benchmark's data, from {home}")
    for name in names:
        if here := sorted(folder.rglob(name), key=lambda path: (len(path.parts), path)):
            return here[0]
    raise FileNotFoundError(f"{folder} has no {' or '.join(names)}; the annotations are at {home}")


def read_json(path: Path) -> Any:
    """The content of a JSON file."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path} is not JSON, damaged or cut off ({error}); fetch it again") from error


def read_records(path: Path, needs: tuple[str, ...]) -> list[Record]:
    """A JSON list of objects, each with the keys in `needs`."""
    content = read_json(path)
    if not isinstance(content, list):
        raise ValueError(f"{path} has to be a list of objects; is it the benchmark's own file?")
    return checked(path, cast(list[Any], content), needs)


def read_lines(path: Path, needs: tuple[str, ...]) -> list[Record]:
    """Lines of JSON objects, each with the keys in `needs`."""
    rows: list[Any] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            rows.append(json.loads(line))
        except ValueError as error:
            raise ValueError(f"{path} line {number}: not JSON, damaged or cut off ({error}); fetch it again") from error
    return checked(path, rows, needs)


def checked(path: Path, rows: list[Any], needs: tuple[str, ...]) -> list[Record]:
    """The rows as objects, or ValueError that names the first that is none or lacks something."""
    for number, row in enumerate(rows, start=1):
        lacks = [name for name in needs if not isinstance(row, dict) or name not in row]
        if lacks:
            raise ValueError(f"{path}, item {number}: no {', '.join(lacks)}; is it the benchmark's own file?")
    return cast(list[Record], rows)
