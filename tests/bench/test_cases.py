"""Files of worked cases: what agrees, what differs, and what is no such file."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from microturn.bench import cases
from microturn.bench.cases import run_file


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(cases, "known", lambda: {"a scorer": {"cases": lambda given: given, "cases_crash": _crash}})
    return tmp_path


def _crash(given: Any) -> Any:
    raise ZeroDivisionError(given)


Write = Callable[..., Path]


@pytest.fixture
def write(folder: Path) -> Write:
    def to_file(given: Any, output: Any, *, name: str = "cases", **more: Any) -> Path:
        path = folder / "file.json"
        content = {"scorer": "a scorer: of things", name: [{"id": "one", "input": given, "output": output}], **more}
        path.write_text(json.dumps(content))
        return path

    return to_file


@pytest.mark.parametrize(
    ("given", "output"),
    [
        (0.30000004, 0.3),
        ({"a": [1, 2.0], "more": 3}, {"a": [1.0, 2], "note": "not compared"}),
        (None, "ZeroDivisionError"),
        (None, {"error": "ValueError"}),
        (float("nan"), "NaN"),
        (float("inf"), "Infinity"),
        (True, True),
        ({1: 2}, {"1": 2}),
    ],
)
def test_what_agrees(write: Write, given: Any, output: Any) -> None:
    assert run_file(write(given, output))[0].differences == ()


@pytest.mark.parametrize(
    ("given", "output"),
    [
        (0.3001, 0.3),
        ([1], [1, 2]),
        (None, 0.0),
        (0.0, None),
        (0.0, "NaN"),
        ({}, {"a": 1}),
        ({"a": 1}, {"error": "ValueError"}),
        ("b", "a"),
        (0, "ZeroDivisionError"),
    ],
)
def test_what_differs_says_what_was_expected(write: Write, given: Any, output: Any) -> None:
    [outcome] = run_file(write(given, output))
    assert len(outcome.differences) == 1 and "expected" in outcome.differences[0]


def test_a_difference_says_where(write: Write) -> None:
    [outcome] = run_file(write({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}))
    assert outcome.differences == ("a.b[1]: expected 3, got 2",)


def test_the_file_may_be_more_tolerant_of_some_values(write: Write) -> None:
    tolerance = {"delay_score": 0.1}
    got = {"delay_score_published": 1.0, "total": 1.0}
    assert run_file(write(got, {"delay_score_published": 1.09}, tolerance=tolerance))[0].differences == ()
    assert run_file(write(got, {"total": 1.09}, tolerance=tolerance))[0].differences


def test_a_rule_that_crashes_is_a_difference(write: Write) -> None:
    assert "ZeroDivisionError" in run_file(write(1, 1, name="cases_crash"))[0].differences[0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "is not JSON"),
        ("[]", 'has to be an object with a "scorer"'),
        ('{"scorer": "another"}', "no rule for the scorer 'another'"),
        ('{"scorer": "a scorer"}', "holds no case"),
        ('{"scorer": "a scorer", "cases_b": []}', "no list 'cases_b'"),
        ('{"scorer": "a scorer", "cases": [1]}', "a case has to be an object"),
    ],
)
def test_what_is_no_file_of_cases(folder: Path, text: str, says: str) -> None:
    (folder / "bad.json").write_text(text)
    with pytest.raises(ValueError, match=says):
        run_file(folder / "bad.json")
