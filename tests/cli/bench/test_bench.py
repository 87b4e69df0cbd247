"""The command: a table, JSON last, saved runs that go on and give every number again, sweeps, and clear refusals."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from microturn.bench import suites
from microturn.bench.controls import Oracle
from microturn.bench.driver import LocalDriver
from microturn.bench.scorers.expect import score_expect, score_expect_strict
from microturn.bench.task import Gap, Measure, Official, Published, Scenario, Task, Total
from microturn.cli import main
from microturn.cli.bench import run as command
from microturn.cli.bench import sweep
from microturn.protocol.timeline import Timeline
from tests.bench.worlds import expect, output, scenario


def worlds(n: int, seed_base: int) -> list[Scenario]:
    window = [expect("yes", 4000, 6000)]
    made = [
        scenario(f"{seed_base + i:02d}", window, script=[(5000.0, 5300.0, "yes")], kind="ab"[i % 2]) for i in range(n)
    ]
    return [replace(one, timeline=replace(one.timeline, seed=2 * i)) for i, one in enumerate(made)]


TOY = Task(
    name="toy",
    summary="a toy",
    scenarios=worlds,
    measures=(
        Measure(name="accuracy", scorer=score_expect, how="macro"),
        Measure(name="strict", scorer=score_expect_strict),
    ),
    n=4,
    official=Official(
        title="Toys",
        paper="arXiv 0000.00000",
        home="https://toys.example",
        licence="CC BY 4.0",
        check=lambda folder: [] if (folder / "toys.json").is_file() else [Gap(what="toys.json is missing", items=3)],
        load=lambda folder: worlds(6, 0),
    ),
    published=(Published(measure="accuracy", system="Somebody", value=64.7, source="a paper"),),
    totals=(
        Total(
            name="both",
            parts=("strict", "accuracy"),
            of=lambda results: sum(100 * (one.estimate.value or 0.0) for one in results) / 2,
        ),
    ),
)


@pytest.fixture(autouse=True)
def toy_suites(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suites, "tasks", lambda: {"toy": TOY})


def parse(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return parser.parse_args(words)


def half(args: argparse.Namespace) -> LocalDriver:
    """Right in three of four items."""
    said = [[(4500.0, 4800.0, "yes")]] * 3 + [[]]
    return LocalDriver(run_many=lambda stimuli: [output(said[i % 4]) for i in range(len(stimuli))])


def results(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, dict[str, float]]]:
    return json.loads(capsys.readouterr().out.splitlines()[-1])["results"]["toy"]


def test_the_last_line_is_json_with_controls_beside(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.run(parse("toy", "--n", "8"), {"local": half}) == 0
    got = results(capsys)
    assert got["local"]["accuracy"]["value"] == 75
    assert got["local"]["accuracy"]["low"] < 75 < got["local"]["accuracy"]["high"]
    assert got["local"]["accuracy"]["n"] == 8
    assert [got[name]["strict"]["value"] for name in ("silent", "always", "oracle")] == [0, 0, 100]


def test_the_table_names_everything(capsys: pytest.CaptureFixture[str]) -> None:
    command.run(parse("all", "--system", "oracle", "--n", "2"), {})
    text = capsys.readouterr().out
    assert all(word in text for word in ("accuracy", "oracle", "silent", "always", "higher", "95% intervals"))


def test_the_suite_says_how_many_unless_the_user_does(capsys: pytest.CaptureFixture[str]) -> None:
    command.run(parse("toy", "--system", "oracle"), {})
    assert results(capsys)["oracle"]["accuracy"]["n"] == 4


def test_every_number_is_labelled_and_published_ones_stand_beside(capsys: pytest.CaptureFixture[str]) -> None:
    command.run(parse("toy", "--system", "oracle"), {})
    text = capsys.readouterr().out
    assert "published on official data: Somebody 64.7 [a paper]" in text
    assert json.loads(text.splitlines()[-1])["results"]["toy"]["oracle"]["strict"]["label"] == "mini"


def test_a_total_is_a_row_without_an_interval(capsys: pytest.CaptureFixture[str]) -> None:
    command.run(parse("toy", "--n", "8"), {"local": half})
    text = capsys.readouterr().out
    (row,) = [line.split() for line in text.splitlines() if line.strip().startswith("both, of 100")]
    assert row[3:6] == ["higher", "mini", "75.00"] and row[6:9] == ["0.00", "0.00", "100.00"]
    told = json.loads(text.splitlines()[-1])["results"]["toy"]["local"]["both"]
    assert told == {"value": 75, "unit": "of 100", "how": "total", "of": ["strict", "accuracy"], "label": "mini"}


@pytest.mark.parametrize(
    ("system", "words", "runs"),
    [
        ("local", (), 1),
        ("oracle", (), 1),
        ("realtime:model", (), 3),
        ("live:model", (), 3),
        ("ws://localhost:1", (), 1),
        ("realtime:model", ("--runs", "2"), 2),
        ("local", ("--runs", "2"), 2),
    ],
)
def test_systems_that_sample_are_asked_three_times(
    system: str, words: tuple[str, ...], runs: int, capsys: pytest.CaptureFixture[str]
) -> None:
    kinds = {"local": half, "live": half, "realtime": half}
    command.run(parse("toy", "--n", "4", "--system", system, *words), kinds)
    text = capsys.readouterr().out
    assert json.loads(text.splitlines()[-1])["runs"] == runs


def test_a_saved_run_gives_the_same_numbers_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command.run(parse("toy", "--n", "8", "--save", str(tmp_path / "run")), {"local": half})
    first = results(capsys)
    assert main(["bench", "rescore", str(tmp_path / "run")]) == 0
    assert results(capsys) == first
    with pytest.raises(ValueError, match="already holds a run, of other arguments .*--n was 8, is 4"):
        command.run(parse("toy", "--n", "4", "--save", str(tmp_path / "run")), {"local": half})


def test_a_run_that_was_cut_off_goes_on_where_it_stopped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked: list[int] = []

    def dying(args: argparse.Namespace) -> LocalDriver:
        def run_many(stimuli: Sequence[Timeline]) -> list[Timeline]:
            if len(asked) == 3:
                raise KeyboardInterrupt
            asked.append(len(stimuli))
            return [output([(4500.0, 4800.0, "yes")]) for _ in stimuli]

        return LocalDriver(run_many=run_many, batch=1)

    words = ("toy", "--n", "5", "--save", str(tmp_path))
    with pytest.raises(KeyboardInterrupt):
        command.run(parse(*words), {"local": dying})
    capsys.readouterr()
    assert main(["bench", "rescore", str(tmp_path)]) == 0
    cut = capsys.readouterr().out
    assert "2 of 5: the run ended before this item" in cut
    told = json.loads(cut.splitlines()[-1])
    assert (told["results"]["toy"]["local"]["strict"]["n"], told["results"]["toy"]["local"]["strict"]["unscored"]) == (
        3,
        2,
    )
    asked.clear()
    command.run(parse(*words), {"local": dying})
    assert len(asked) == 2 and results(capsys)["local"]["strict"]["n"] == 5


def test_an_item_on_which_the_system_fails_is_unscored_counted_shown_and_tried_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def moody(bad: set[str]) -> command.MakeDriver:
        def run_many(stimuli: Sequence[Timeline]) -> list[Timeline]:
            if any(str(s.seed) in bad for s in stimuli):
                raise ConnectionError("it hung up")
            return [output([(4500.0, 4800.0, "yes")]) for _ in stimuli]

        return lambda args: LocalDriver(run_many=run_many)

    words = ("toy", "--n", "4", "--save", str(tmp_path))
    command.run(parse(*words), {"local": moody({"2"})})
    text = capsys.readouterr().out
    told = json.loads(text.splitlines()[-1])
    assert "failed, so unscored: 1 of 4: ConnectionError: it hung up" in text
    assert told["failed"] == {"toy": {"ConnectionError: it hung up": 1}}
    row = told["results"]["toy"]["local"]["strict"]
    assert (row["value"], row["n"], row["unscored"]) == (100, 3, 1)
    command.run(parse(*words), {"local": moody(set())})
    assert results(capsys)["local"]["strict"]["n"] == 4


def test_several_runs_of_an_item_are_one_cluster(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def fickle(args: argparse.Namespace) -> LocalDriver:
        """Right with even seeds."""
        return LocalDriver(
            run_many=lambda stimuli: [output([] if s.seed % 2 else [(4500.0, 4800.0, "yes")]) for s in stimuli]
        )

    words = ("toy", "--n", "4", "--runs", "2", "--save", str(tmp_path))
    command.run(parse(*words), {"local": fickle})
    row = results(capsys)["local"]["strict"]
    assert (row["value"], row["n"]) == (50, 4)
    assert main(["bench", "rescore", str(tmp_path)]) == 0
    assert results(capsys)["local"]["strict"] == row


def test_official_data_is_checked_named_and_labelled(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.run(parse("toy", "--data", str(tmp_path), "--check"), {}) == 1
    told = capsys.readouterr().err
    assert "CC BY 4.0" in told and "https://toys.example" in told and "toys.json is missing (3 items" in told
    (tmp_path / "toys.json").touch()
    assert command.run(parse("toy", "--data", str(tmp_path), "--check"), {}) == 0
    command.run(parse("toy", "--data", str(tmp_path), "--system", "oracle"), {})
    row = results(capsys)["oracle"]["accuracy"]
    assert (row["label"], row["n"]) == ("official-data", 6)
    command.run(parse("toy", "--data", str(tmp_path), "--n", "2", "--system", "oracle"), {})
    assert results(capsys)["oracle"]["accuracy"]["n"] == 2


def test_a_sweep_gives_each_condition_and_a_report_of_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run, page = tmp_path / "sweep", tmp_path / "report.html"
    command.run(parse("toy", "--delay", "0,800", "--system", "oracle", "--save", str(run)), {})
    text = capsys.readouterr().out
    told = json.loads(text.splitlines()[-1])
    assert [one["name"] for one in told["conditions"]] == ["no impairment", "delay 800 ms"]
    assert [one["results"]["toy"]["oracle"]["strict"]["value"] for one in told["conditions"]] == [100, 0]
    assert "by condition" in text
    assert main(["bench", "report", str(run), "--out", str(page), "--items", "1"]) == 0
    said = capsys.readouterr()
    assert "2 items to see and hear, 6 left out" in said.out and "2/2" in said.err
    assert main(["bench", "report", str(run), "--out", str(tmp_path / "all.html"), "--items", "all"]) == 0
    assert "8 items to see and hear\n" in capsys.readouterr().out
    assert main(["bench", "report", str(run), "--items", "-1"]) == 2
    assert "--items takes a number of at least 0, or all, got -1" in capsys.readouterr().err
    assert '"field":"delay_ms","runs":[0,1],"at":[0.0,800.0]' in page.read_text()


def test_the_list_names_suites_and_where_their_data_lives(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "list"]) == 0
    assert "toys.example" in capsys.readouterr().out
    assert main(["bench", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[0])["official"]["licence"] == "CC BY 4.0"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--loss", "x"), "--loss takes numbers"),
        (("--loss", "0,5", "--delay", "0,100"), "one list at a time"),
        (("--network", "5g"), "no network named 5g"),
        (("--noise", "rain:3"), "--noise takes KIND:SNR"),
        (("--echo", "3"), "--echo is below 0 dB"),
        (("--bandwidth", "7"), "--bandwidth takes 6"),
        (("--loss", "100"), "below 100 percent"),
    ],
)
def test_bad_impairments_are_told(words: tuple[str, ...], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        sweep.conditions(parse("toy", *words))


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("nonsense",), "no suite named nonsense"),
        (("toy", "--system", "martian"), "no system named 'martian'"),
        (("toy", "--n", "0"), "--n must be at least 1"),
        (("toy", "--runs", "0"), "--runs must be at least 1"),
        (("toy", "--check"), "give its folder with --data"),
        (("toy", "--judge", "martian"), "no judge named 'martian'"),
    ],
)
def test_bad_arguments_are_told(words: tuple[str, ...], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        command.run(parse(*words), {"local": half, "live": half})


def test_rescoring_nothing_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "rescore", str(tmp_path)]) == 2
    assert "no such file; give a folder written by" in capsys.readouterr().err
    (tmp_path / "run.json").write_text("{")
    assert main(["bench", "rescore", str(tmp_path)]) == 2
    assert "is damaged" in capsys.readouterr().err


def test_ws_addresses_go_to_the_live_driver(capsys: pytest.CaptureFixture[str]) -> None:
    seen: list[str] = []

    def live(args: argparse.Namespace) -> Oracle:
        seen.append(args.system)
        return Oracle(name="live")

    command.run(parse("toy", "--n", "2", "--system", "ws://localhost:8000/v1/live"), {"live": live})
    assert seen == ["ws://localhost:8000/v1/live"]
    assert results(capsys)["live"]["accuracy"]["value"] == 100
