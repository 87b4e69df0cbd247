"""The command: a table, JSON last, saved runs that give every number again, and clear refusals."""

import argparse
import json
from pathlib import Path

import pytest

from microturn.bench import report
from microturn.bench.controls import Oracle
from microturn.bench.driver import LocalDriver
from microturn.bench.scorers.expect import score_expect, score_expect_strict
from microturn.bench.task import Measure, Scenario, Task
from tests.bench.worlds import expect, output, scenario


def worlds(n: int, seed_base: int) -> list[Scenario]:
    window = [expect("yes", 4000, 6000)]
    return [
        scenario(f"{seed_base + i:02d}", window, script=[(5000.0, 5300.0, "yes")], kind="ab"[i % 2]) for i in range(n)
    ]


TOY = Task(
    name="toy",
    summary="a toy",
    scenarios=worlds,
    measures=(
        Measure(name="accuracy", scorer=score_expect, how="macro"),
        Measure(name="strict", scorer=score_expect_strict),
    ),
)


@pytest.fixture(autouse=True)
def toy_suites(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "tasks", lambda: {"toy": TOY})


def parse(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    report.add_arguments(parser)
    return parser.parse_args(words)


def half(args: argparse.Namespace) -> LocalDriver:
    """Right in three of four items."""
    said = [[(4500.0, 4800.0, "yes")]] * 3 + [[]]
    return LocalDriver(run_many=lambda stimuli: [output(said[i % 4]) for i in range(len(stimuli))])


def results(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, dict[str, float]]]:
    return json.loads(capsys.readouterr().out.splitlines()[-1])["results"]["toy"]


def test_the_last_line_is_json_with_controls_beside(capsys: pytest.CaptureFixture[str]) -> None:
    assert report.run(parse("toy", "--n", "8"), {"local": half}) == 0
    got = results(capsys)
    assert got["local"]["accuracy"]["value"] == 75
    assert got["local"]["accuracy"]["low"] < 75 < got["local"]["accuracy"]["high"]
    assert got["local"]["accuracy"]["n"] == 8
    assert [got[name]["strict"]["value"] for name in ("silent", "always", "oracle")] == [0, 0, 100]


def test_the_table_names_everything(capsys: pytest.CaptureFixture[str]) -> None:
    report.run(parse("all", "--system", "oracle", "--n", "2"), {})
    text = capsys.readouterr().out
    assert all(word in text for word in ("accuracy", "oracle", "silent", "always", "higher", "95% intervals"))


def test_a_saved_run_gives_the_same_numbers_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report.run(parse("toy", "--n", "8", "--save", str(tmp_path / "run")), {"local": half})
    first = results(capsys)
    report.run(parse("rescore", str(tmp_path / "run")), {})
    assert results(capsys) == first
    with pytest.raises(ValueError, match="already holds a run"):
        report.run(parse("toy", "--save", str(tmp_path / "run")), {"local": half})


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("nonsense",), "no suite named nonsense"),
        (("toy", "--system", "martian"), "no system named 'martian'"),
        (("toy", "--n", "0"), "--n must be at least 1"),
        (("rescore",), "rescore takes one folder"),
    ],
)
def test_bad_arguments_are_told(words: tuple[str, ...], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        report.run(parse(*words), {"local": half, "live": half})


def test_rescoring_nothing_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no such file"):
        report.run(parse("rescore", str(tmp_path)), {})


def test_ws_addresses_go_to_the_live_driver(capsys: pytest.CaptureFixture[str]) -> None:
    seen: list[str] = []

    def live(args: argparse.Namespace) -> Oracle:
        seen.append(args.system)
        return Oracle(name="live")

    report.run(parse("toy", "--n", "2", "--system", "ws://localhost:8000/v1/live"), {"live": live})
    assert seen == ["ws://localhost:8000/v1/live"]
    assert results(capsys)["live"]["accuracy"]["value"] == 100
