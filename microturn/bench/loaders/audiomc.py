"""Audio MultiChallenge: the table of 452 conversations, as parquet or as a folder of JSON and sound.

Columns: id, axis, user_turn_{1..8}_audio and _transcript, assistant_turn_{1..7}_transcript, rubric (JSON: a list of criteria).
Parquet files (5 GB) are read row by row with pyarrow, which is no part of this package: pip install pyarrow. Without it,
give a folder with one JSON file for each conversation, of the same fields, whose `..._audio` are paths relative to it:

DIR/ID.json        {"id": ..., "axis": ..., "user_turn_1_audio": "audio/ID-1.wav", ..., "rubric": [...]}

Each user's turn is played; after it the assistant's answer is given as text (see `scenarios.audiomc`).

Shapes: S samples.
"""

import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from microturn.bench.loaders.opening import Content, opened
from microturn.bench.loaders.tracks import silence, sound, user_timeline
from microturn.bench.scenarios.audiomc import AFTER_MS, PER_WORD_MS, about, context_of
from microturn.bench.task import Gap, Scenario
from microturn.protocol.clock import TICK_MS
from microturn.protocol.events import Channel, Text
from microturn.protocol.media import USER_HZ, Samples, read_media

HOME = "https://huggingface.co/datasets/ScaleAI/audiomc"
COUNT, RUBRICS, TURNS = 452, 1712, 8
AXES = {"INFERENCE_MEMORY": 132, "INSTRUCTION_RETENTION": 120, "SELF_COHERENCE": 83, "VOICE_EDITING": 117}
ANSWER_MS = 20_000.0  # for the answer to the last turn
DAMAGED = "damaged"  # in a row: why the file that it would be in cannot be read
Row = Mapping[str, Any]


def check(folder: Path) -> list[Gap]:
    """What is missing: conversations (452) and those of each axis, rubrics (1,712), files of sound; whether pyarrow is there."""
    try:
        rows = list(_rows(folder, sound=False))
    except ValueError as error:
        return [Gap(what=str(error), items=COUNT)]
    if not rows:
        return [Gap(what=_nothing(folder), items=COUNT)]
    gaps: list[Gap] = []
    if len(rows) != COUNT:
        gaps.append(Gap(what=f"{len(rows)} conversations, there ought to be {COUNT}", items=max(0, COUNT - len(rows))))
    found = Counter(_axis(row) for row in rows)
    odd = [f"{axis} {found[axis]} of {count}" for axis, count in AXES.items() if found[axis] != count]
    gaps += [Gap(what=f"conversations by axis: {', '.join(odd)}")] if odd else []
    total = sum(len(criteria(row)) for row in rows)
    gaps += [Gap(what=f"{total} rubrics, there ought to be {RUBRICS}")] if total != RUBRICS else []
    return gaps + [Gap(what=f"{row.get('id')}: {why}", items=1) for row in rows if (why := _trouble(row, folder))]


def load(folder: Path) -> Iterator[Scenario]:
    """Each conversation. ValueError where there is none, or no pyarrow for the parquet files."""
    if not any(True for _ in _rows(folder, sound=False)):
        raise ValueError(_nothing(folder))
    return opened((str(row.get("id")), _axis(row), partial(_content, row, folder)) for row in _rows(folder, sound=True))


def criteria(row: Row) -> list[str]:
    """A conversation's rubrics: a list of texts, or of objects with a text, as JSON or as it is."""
    rubric = row.get("rubric")
    if isinstance(rubric, str):
        try:
            rubric = json.loads(rubric)
        except ValueError:
            return [line.strip() for line in rubric.splitlines() if line.strip()]
    items = cast(list[Any], rubric) if isinstance(rubric, list) else [rubric]
    return [text for item in items if (text := _criterion(item))]


def _criterion(item: Any) -> str:
    if isinstance(item, dict):
        fields = cast(dict[str, Any], item)
        named = (fields.get(name) for name in ("criterion", "criteria", "rubric", "title", "description", "text"))
        item = next((text for text in named if isinstance(text, str)), "")
    return item.strip() if isinstance(item, str) else ""


def _nothing(folder: Path) -> str:
    return f"{folder} holds neither parquet files nor JSON files of conversations: get them from {HOME}"


def _rows(folder: Path, *, sound: bool) -> Iterator[Row]:
    tables = sorted(folder.rglob("*.parquet")) if folder.is_dir() else []
    if tables:
        return (row for path in tables for row in _parquet(path, sound=sound))
    return _json_rows(folder)


def _json_rows(folder: Path) -> Iterator[Row]:
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else []:
        try:
            row = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            row = {"id": path.stem, "rubric": None, DAMAGED: f"{path} is damaged: {error}; get it again from {HOME}"}
        if isinstance(row, dict) and "rubric" in row:
            yield cast(dict[str, Any], row)


def _parquet(path: Path, *, sound: bool) -> Iterator[Row]:
    try:
        parquet: Any = import_module("pyarrow.parquet")
    except ImportError as error:
        raise ValueError(f"{path} needs pyarrow: pip install pyarrow, or give a folder of JSON and sound") from error
    try:
        table: Any = parquet.ParquetFile(path)
    except Exception as error:
        raise ValueError(f"{path} is cut off or damaged: {error}; get it again from {HOME}") from error
    names = [name for name in table.schema_arrow.names if sound or not name.endswith("_audio")]
    for batch in table.iter_batches(batch_size=1, columns=names):
        yield from batch.to_pylist()


def _axis(row: Row) -> str:
    return str(row.get("axis", "")).upper().replace(" ", "_")


def _turns(row: Row) -> list[int]:
    """The numbers of the user's turns that are in the row."""
    names = ("user_turn_{}_audio", "user_turn_{}_transcript")
    return [number for number in range(1, TURNS + 1) if any(row.get(name.format(number)) for name in names)]


def _trouble(row: Row, folder: Path) -> str | None:
    if DAMAGED in row:
        return row[DAMAGED]
    if not _turns(row):
        return "it has no turn of the user"
    if not criteria(row):
        return "it has no rubric"
    paths = [row.get(f"user_turn_{number}_audio") for number in _turns(row)]
    missing = [path for path in paths if isinstance(path, str) and not (folder / path).is_file()]
    return f"{', '.join(missing)} is missing" if missing else None


def _content(row: Row, folder: Path) -> Content:
    if wrong := _trouble(row, folder):
        raise ValueError(wrong)
    numbers = _turns(row)
    parts: list[Samples] = []
    texts: list[Text] = []
    now_ms = ends_ms = 0.0
    for number in numbers:
        samples_S = _sound(row.get(f"user_turn_{number}_audio"), folder)
        ends_ms = now_ms + len(samples_S) * 1000.0 / USER_HZ
        answered = str(row.get(f"assistant_turn_{number}_transcript") or "") if number != numbers[-1] else ""
        after_ms = AFTER_MS + PER_WORD_MS * len(answered.split()) if number != numbers[-1] else ANSWER_MS
        parts += [samples_S, silence(after_ms / 1000)]
        if answered:
            at_ms = float(-(-ends_ms // TICK_MS) * TICK_MS)
            texts.append(Text(at_ms=at_ms, channel=Channel.THINKING, text=context_of(answered)))
        now_ms = sum(map(len, parts)) * 1000.0 / USER_HZ
    return user_timeline(parts, texts), {
        **about(_axis(row), _before(row, numbers), _said(row, numbers[-1]), criteria(row)),
        "answer_from_ms": ends_ms - AFTER_MS,
    }


def _before(row: Row, numbers: Sequence[int]) -> list[tuple[str, str]]:
    return [(_said(row, number), str(row.get(f"assistant_turn_{number}_transcript") or "")) for number in numbers[:-1]]


def _said(row: Row, number: int) -> str:
    return str(row.get(f"user_turn_{number}_transcript") or "")


def _sound(audio: Any, folder: Path) -> Samples:
    """Sound given as a path, or as parquet files hold it: {"bytes": ..., "path": ...}."""
    if isinstance(audio, str):
        return sound(folder / audio)
    content = cast(dict[str, Any], audio).get("bytes") if isinstance(audio, dict) else None
    if not isinstance(content, bytes):
        raise ValueError("a turn of the user has no sound: get the files with their audio")
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        file.write(content)
        file.flush()
        return read_media(file.name, USER_HZ)[0]
