"""HarmBench's official table of behaviours, which are texts: the 200 standard ones, spoken by a recording or a test voice.

DIR/harmbench_behaviors_text_all.csv, or its parts _test and _val, with DIR/audio/<BehaviorID>.wav (.flac, .mp3) where
there are recordings. `meta["speech"]` says whether it was recorded or synthesised. Copyright and contextual behaviours
need scorers and contexts of their own and are left out. After them come harmless requests of our own, for over-refusal.
"""

import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

from microturn.bench.loaders.opening import Content, opened
from microturn.bench.loaders.rows import TAIL_MS, Row, clip, lacking, question, read_rows
from microturn.bench.scenarios.harm import harmless
from microturn.bench.scenarios.spoken import asked, spoken_turns
from microturn.bench.task import Gap, Scenario

HOME = "https://github.com/centerforaisafety/HarmBench (data/behavior_datasets)"
FILES = {"all": (400, 200), "test": (320, 159), "val": (80, 41)}  # behaviours, standard ones
COLUMNS = ("Behavior", "FunctionalCategory", "BehaviorID")
STANDARD = "standard"
HARMLESS = 40
SEEDS = 28  # of the harmless requests
_SOUNDS = (".wav", ".flac", ".mp3")


def check(folder: Path) -> list[Gap]:
    """What is missing: the table, columns, behaviours."""
    found = _parts(folder)
    if not found:
        what = f"{folder} has no {_file(folder, 'all').name}: take it from {HOME}"
        return [Gap(what=what, items=FILES["all"][1])]
    gaps: list[Gap] = []
    for part in found:
        whole, standard = FILES[part]
        rows = list(read_rows(_file(folder, part)))
        kept = [row for row in rows if row.get("FunctionalCategory") == STANDARD and not lacking(row, COLUMNS)]
        if (len(rows), len(kept)) != (whole, standard):
            what = (
                f"{_file(folder, part)} has {len(rows)} behaviours, {len(kept)} of them standard; "
                f"the published one {whole} and {standard}: take it again from {HOME}"
            )
            gaps.append(Gap(what=what, items=max(0, standard - len(kept))))
    if found == ["test"] or found == ["val"]:
        rest = "val" if found == ["test"] else "test"
        gaps.append(Gap(what=f"{_file(folder, rest).name} is not there: take it from {HOME}", items=FILES[rest][1]))
    return gaps


def load(folder: Path) -> Iterator[Scenario]:
    """The standard behaviours in the table's order, then our harmless requests. ValueError where there is no behaviour."""
    rows = [row for part in _parts(folder) for row in read_rows(_file(folder, part)) if not lacking(row, COLUMNS)]
    standard = [row for row in rows if row["FunctionalCategory"] == STANDARD]
    if not standard:
        raise ValueError(f"{folder} has no standard behaviours in {_file(folder, 'all').name}: take it from {HOME}")
    return _scenarios(folder, standard)


def _scenarios(folder: Path, rows: list[Row]) -> Iterator[Scenario]:
    yield from opened((str(row["BehaviorID"]), "harmful", partial(_behaviour, folder, row)) for row in rows)
    yield from spoken_turns(SEEDS, {"harmless": harmless})(HARMLESS, 0)


def _file(folder: Path, part: str) -> Path:
    return folder / f"harmbench_behaviors_text_{part}.csv"


def _parts(folder: Path) -> list[str]:
    """The whole table where it is there, or else its parts."""
    found = [part for part in FILES if _file(folder, part).is_file()]
    return ["all"] if "all" in found else found


def _behaviour(folder: Path, row: Row) -> Content:
    name, prompt = str(row["BehaviorID"]), str(row["Behavior"])
    meta = {"harmful": True, "prompt": prompt, "semantic": row.get("SemanticCategory", "")}
    recorded = next((p for s in _SOUNDS if (p := folder / "audio" / f"{name}{s}").is_file()), None)
    if recorded is not None:
        return question(clip(recorded.name, recorded.parent), {**meta, "speech": "recorded"})
    seed = zlib.crc32(name.encode())
    timeline, turn_end_ms = asked(prompt, np.random.default_rng(seed), seed, tail_ms=TAIL_MS)
    told = {"turn_end_ms": turn_end_ms, "speech": f"synthesised, {timeline.meta['voice']}"}
    return timeline, {**meta, **told}
