"""Official data of which a file is damaged or missing: that item is unscored, counted and shown, and no other suffers."""

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from microturn.bench.archive import load_items
from microturn.bench.driver import LocalDriver
from microturn.bench.loaders import prompted
from microturn.cli import main
from microturn.cli.bench import run as command
from microturn.protocol.media import USER_HZ, write_wav
from microturn.protocol.timeline import Timeline
from tests.bench.loaders.films import film
from tests.bench.worlds import CAST, output

CUT = 600  # octets that are left of a video, far from its header at the end


@pytest.fixture(autouse=True)
def spoken_by_tones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prompted, "_speakers", lambda: CAST.users)


def repcount(folder: Path) -> Path:
    rows = ["type,name,count,L1,L2,L3,L4", "squat,bad.mp4,2,0,10,12,25", "squat,good.mp4,2,0,10,12,25"]
    (folder / "test.csv").write_text("\n".join(rows))
    return _films(folder)


def charades_sta(folder: Path) -> Path:
    lines = ["bad 0.5 2.0##person turns a light on.", "good 0.5 2.0##person turns a light on."]
    (folder / "charades_sta_test.txt").write_text("\n".join(lines))
    return _films(folder)


def _films(folder: Path) -> Path:
    """A whole video and one that is cut off, which is returned."""
    film(folder / "good.mp4")
    damaged = film(folder / "bad.mp4")
    damaged.write_bytes(damaged.read_bytes()[:CUT])
    return damaged


def fdb_v1(folder: Path) -> Path:
    """Two turns, of which the first has no sound."""
    for name in ("1", "2"):
        sample = folder / "candor_turn_taking" / name
        sample.mkdir(parents=True)
        (sample / "turn_taking.json").write_text('[{"timestamp": [1.0, 1.2]}]')
    write_wav(folder / "candor_turn_taking/2/input.wav", np.full(2 * USER_HZ, 0.1, np.float32), USER_HZ)
    return folder / "candor_turn_taking/1/input.wav"


def repaired(path: Path) -> None:
    """The same file, whole."""
    if path.suffix == ".mp4":
        film(path)
    else:
        write_wav(path, np.full(2 * USER_HZ, 0.1, np.float32), USER_HZ)


def parse(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return parser.parse_args(words)


CASES = pytest.mark.parametrize(
    ("suite", "make", "headline", "why"),
    [
        ("repcount", repcount, "off by one", "bad.mp4: not a readable video"),
        ("charades-sta", charades_sta, "mIoU", "bad.mp4: not a readable video"),
        ("fdb-v1", fdb_v1, "turn takeover", "input.wav: no such file"),
    ],
)


def numbers(text: str, suite: str) -> tuple[dict[str, Any], dict[str, int]]:
    told = json.loads(text.splitlines()[-1])
    return told["results"][suite], told["failed"].get(suite, {})


@CASES
def test_an_item_that_cannot_be_opened_is_unscored_counted_and_shown_until_it_can(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    suite: str,
    make: Callable[[Path], Path],
    headline: str,
    why: str,
) -> None:
    given: list[float] = []

    def run_many(stimuli: Sequence[Timeline]) -> list[Timeline]:
        given.extend(one.duration_ms for one in stimuli)
        return [output([(1500.0, 1800.0, "two")], duration_ms=one.duration_ms) for one in stimuli]

    (tmp_path / "data").mkdir()
    damaged, saved, page = make(tmp_path / "data"), tmp_path / "run", tmp_path / "report.html"
    words = (suite, "--data", str(tmp_path / "data"), "--save", str(saved), "--recogniser", "none")
    drivers: dict[str, command.MakeDriver] = {"local": lambda args: LocalDriver(run_many=run_many)}

    assert command.run(parse(*words), drivers) == 0
    text = capsys.readouterr().out
    columns, failed = numbers(text, suite)
    (reason,) = failed
    assert why in reason and failed[reason] == 1 and "failed, so unscored: 1 of 2: its data cannot be opened" in text
    assert "1 (1)" in text.replace("│", " ")  # n and the unscored, in the table
    assert len(given) == 1 and (columns["local"][headline]["n"], columns["local"][headline]["unscored"]) == (1, 1)
    assert len(columns) > 3  # blind baselines and controls leave it out as well
    assert all(row["n"] <= 1 and row["unscored"] == 2 - row["n"] for rows in columns.values() for row in rows.values())

    order = json.loads((saved / "run.json").read_text())["items"][suite]
    items = load_items(saved / suite, order)
    assert [one.meta.get("unopened") for one in items.scenarios] == [reason, None]
    assert items.outputs[0][0].meta == {"failed": reason}
    assert main(["bench", "rescore", str(saved)]) == 0
    assert numbers(capsys.readouterr().out, suite) == (columns, failed)
    assert main(["bench", "report", str(saved), "--out", str(page)]) == 0
    assert page.read_text().count(why) >= 3  # with the suite, and with the item and its scores
    assert "the system failed" not in page.read_text().lower()

    repaired(damaged)
    command.run(parse(*words), drivers)
    columns, failed = numbers(capsys.readouterr().out, suite)
    assert len(given) == 2 and not failed
    assert (columns["local"][headline]["n"], columns["local"][headline]["unscored"]) == (2, 0)
    assert main(["bench", "rescore", str(saved)]) == 0
    assert numbers(capsys.readouterr().out, suite) == (columns, {})


def test_the_first_items_are_those_of_the_annotation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    repcount(tmp_path)
    command.run(parse("repcount", "--data", str(tmp_path), "--n", "1", "--system", "silent"), {})
    columns, failed = numbers(capsys.readouterr().out, "repcount")
    assert (columns["silent"]["off by one"]["n"], columns["silent"]["off by one"]["unscored"]) == (0, 1) and failed
