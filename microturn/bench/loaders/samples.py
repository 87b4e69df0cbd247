"""Folders with one folder a sample, as Full-Duplex-Bench has them: SET/ID/{input.wav, LABELS.json}.

Nothing is decoded here but JSON; whether a WAV file is whole is told by its header (RIFF) and its size.
"""

import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from microturn.bench.task import Gap

RIFF_BYTES = 44  # a WAV file without a sample


def sets_of(root: Path, names: Sequence[str]) -> dict[str, Path]:
    """Where the sets with these names lie: in `root`, or a folder or two below it."""
    found: dict[str, Path] = {}
    for name in names:
        places = [root / name, *sorted(root.glob(f"*/{name}")), *sorted(root.glob(f"*/*/{name}"))]
        folder = next((place for place in places if place.is_dir()), None)
        if folder is not None:
            found[name] = folder
    return found


def sample_folders(folder: Path) -> list[Path]:
    """The samples of a set, in order of their numbers where they are numbers."""
    folders = [path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")]
    return sorted(folders, key=lambda path: (int(path.name) if path.name.isdigit() else 1 << 40, path.name))


def set_gaps(root: Path, counts: Mapping[str, int], files: Mapping[str, Sequence[str]], home: str) -> Iterator[Gap]:
    """What is missing from the sets with these `counts` of samples, each of which has these `files`."""
    found = sets_of(root, tuple(counts))
    for name, count in counts.items():
        if name not in found:
            yield Gap(
                what=f"the set {name} ({count} samples) is not in {root}; it is in the data at {home}", items=count
            )
            continue
        samples = sample_folders(found[name])
        if len(samples) != count:
            missing = max(count - len(samples), 0)
            yield Gap(
                what=f"{found[name]} has {len(samples)} samples, the published set {count}; see {home}", items=missing
            )
        for sample in samples:
            yield from _sample_gaps(sample, files[name])


def _sample_gaps(sample: Path, files: Sequence[str]) -> Iterator[Gap]:
    wrong = [trouble for name in files if (trouble := _trouble(sample / name))]
    if wrong:
        yield Gap(what=f"{sample}: {'; '.join(wrong)}", items=1)


def _trouble(path: Path) -> str | None:
    """What is wrong with a file, told without decoding it; None where nothing is."""
    if not path.is_file():
        return f"{path.name} is missing"
    if path.suffix == ".wav":
        return None if is_whole(path) else f"{path.name} is cut off or no WAV file"
    return None if read_json(path) is not None else f"{path.name} is not JSON"


def is_whole(path: Path) -> bool:
    """Whether a WAV file is as long as its header says (a header written before the length was known says 0 or 2^32 - 1)."""
    size = path.stat().st_size
    with path.open("rb") as source:
        head = source.read(12)
    if size < RIFF_BYTES or head[:4] != b"RIFF" or head[8:] != b"WAVE":
        return False
    (declared,) = struct.unpack("<I", head[4:8])
    return declared in (0, 0xFFFFFFFF) or size >= declared + 8


def read_json(path: Path) -> Any:
    """What a JSON file holds, or None where it is missing or is no JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def first_label(path: Path) -> Mapping[str, Any] | None:
    """The first entry of a file of labels ([{"timestamp": [start, end], ...}]) in seconds; None where there is none."""
    content = read_json(path)
    entries = cast(list[Any], content) if isinstance(content, list) else [content]
    for entry in entries[:1]:
        if isinstance(entry, dict) and _is_span(cast(dict[str, Any], entry).get("timestamp")):
            return cast(dict[str, Any], entry)
    return None


def _is_span(value: Any) -> bool:
    span = cast(list[Any], value) if isinstance(value, list) else []
    return len(span) == 2 and all(isinstance(at, int | float) for at in span)
