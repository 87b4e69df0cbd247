"""`microturn bench cases`: what differs stands beside what was expected, bad files stop no other, and the status says it."""

import json
from pathlib import Path
from typing import Any

import pytest

from microturn.cli import main

SCORER = "Audio MultiChallenge"
RIGHT = {"id": "half", "input": {"rubrics_met_per_example": [[True, False], [True]]}, "output": {"APR_percent": 50.0}}
WRONG = {"id": "none", "input": {"rubrics_met_per_example": [[False]]}, "output": {"ARS_percent": 100.0}}


def write(path: Path, content: Any) -> str:
    path.write_text(json.dumps(content))
    return str(path)


def run(capsys: pytest.CaptureFixture[str], *files: str) -> tuple[int, list[str], str]:
    status = main(["bench", "cases", *files])
    said = capsys.readouterr()
    return status, said.out.splitlines(), said.err


def test_all_as_expected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = write(tmp_path / "good.json", {"scorer": SCORER, "cases": [RIGHT, RIGHT]})
    assert run(capsys, good) == (0, ["2 cases: 2 as expected, 0 different"], "")


def test_a_difference_stands_beside_what_was_expected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = write(tmp_path / "bad.json", {"scorer": SCORER, "cases": [RIGHT, WRONG]})
    status, lines, complaints = run(capsys, bad)
    assert (status, complaints) == (1, "")
    assert lines == ["bad.json none: ARS_percent: expected 100.0, got 0.0", "2 cases: 1 as expected, 1 different"]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ({"cases": [RIGHT]}, 'has to be an object with a "scorer"'),
        ({"scorer": "nobody's", "cases": [RIGHT]}, "no rule for the scorer"),
        ({"scorer": SCORER, "cases": [1]}, "a case has to be an object"),
    ],
)
def test_what_is_no_file_of_cases_is_said_and_the_others_go_on(
    content: Any, complaint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = write(tmp_path / "odd.json", content)
    good = write(tmp_path / "good.json", {"scorer": SCORER, "cases": [RIGHT]})
    status, lines, complaints = run(capsys, odd, str(tmp_path / "missing.json"), good)
    assert status == 1
    assert lines == ["1 cases: 1 as expected, 0 different; 2 of 3 files could not be run"]
    first, second = complaints.splitlines()
    assert odd in first and complaint in first and "missing.json" in second
