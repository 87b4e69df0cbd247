"""A model that judges, from the command to the table, the JSON and the report: its reasons are shown, what it cannot judge is counted."""

import json
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from microturn.bench import suites
from microturn.bench.judges import http
from microturn.bench.scorers.audiomc import rubrics
from microturn.bench.scorers.correct import score_correct
from microturn.bench.task import Measure, Scenario, Task
from microturn.cli import main
from tests.bench.judging import Server, serving
from tests.bench.worlds import scenario

META = {"prompt": "is it", "expected": "yes", "rubrics": ["Says yes."], "answer_from_ms": 0.0, "turn_end_ms": 3000.0}


def worlds(n: int, seed_base: int) -> list[Scenario]:
    del seed_base
    return [scenario(f"{i:02d}", script=[(4500.0, 4800.0, f"yes{i}")], meta=META) for i in range(n)]


TOY = Task(
    name="toy",
    summary="a toy",
    scenarios=worlds,
    measures=(
        Measure(name="right", judged=score_correct),
        Measure(name="APR", judged=rubrics(whole=True)),
        Measure(name="APR, fixed", judged=rubrics(whole=True, mode="fixed")),
    ),
    n=2,
)


@pytest.fixture(autouse=True)
def toy_suite(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suites, "tasks", lambda: {"toy": TOY})


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as state:
        yield state


def answered(body: dict[str, Any], otherwise: tuple[int, str]) -> tuple[int, str]:
    """A verdict on what is said in the first item; what comes `otherwise` for the second."""
    if "yes0" in str(body["messages"]):
        return 200, '{"reason": "it says so", "verdict": 1}'
    return otherwise


def bench(server: Server, folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[list[str], dict[str, Any]]:
    words = ["bench", "toy", "--system", "oracle", "--judge", f"{server.url}#model", "--save", str(folder / "run")]
    assert main([*words, "--judge-cache", str(folder / "verdicts")]) == 0
    lines = capsys.readouterr().out.splitlines()
    return lines, json.loads(lines[-1])["results"]["toy"]["oracle"]


def counted(row: dict[str, Any]) -> tuple[float | None, int, int]:
    return row["value"], row["n"], row["unscored"]


def test_nonsense_of_the_judge_is_unscored_and_counted(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.answer = lambda body: answered(body, (200, "what a lovely day"))
    lines, told = bench(server, tmp_path, capsys)
    assert counted(told["right"]) == counted(told["APR, fixed"]) == (100, 1, 1)
    assert counted(told["APR"]) == (50, 2, 0)  # officially what cannot be read is a rubric that is not met
    (row,) = [line for line in lines if line.strip().startswith("right, %")]
    assert "1 (1)" in row and "100.0" in row
    assert any("replies could not be judged" in line and "answered nonsense" in line for line in lines)


@pytest.mark.parametrize("status", [200, 401])
def test_a_judge_that_does_not_answer_scores_nothing(
    status: int,
    server: Server,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if status == 200:
        monkeypatch.setattr(http, "ChatJudge", partial(http.ChatJudge, timeout_s=0.3, tries=2))

    def late(body: dict[str, Any]) -> tuple[int, str]:
        time.sleep(0.6 if status == 200 else 0.0)
        return status, "bad key" if status == 401 else "{}"

    server.answer = late
    lines, told = bench(server, tmp_path, capsys)
    assert {counted(row) for row in told.values()} == {(None, 0, 2)}
    (row,) = [line for line in lines if line.strip().startswith("APR, %")]
    assert "0 (2)" in row and "unscored" in row
    why = "MICROTURN_JUDGE_KEY" if status == 401 else "did not answer"
    assert any("replies could not be judged (100%)" in line and why in line for line in lines)


def test_the_judges_reason_is_in_the_report(server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    server.answer = lambda body: answered(body, (200, '{"reason": "it wavers", "verdict": 0}'))
    bench(server, tmp_path, capsys)
    page = tmp_path / "report.html"
    words = ["--out", str(page), "--items", "all", "--judge", f"replay:{tmp_path / 'verdicts'}"]
    assert main(["bench", "report", str(tmp_path / "run"), *words]) == 0
    text = page.read_text()
    data = json.loads(text.split('<script id="data" type="application/json">')[1].split("</script>")[0])
    scores = {item["id"]: {score["measure"]: score for score in item["scores"]} for item in data["items"]}
    assert scores["00"]["right"]["value"] == 100 and "it says so" in scores["00"]["right"]["why"]
    assert scores["01"]["right"]["value"] == 0 and "it wavers" in scores["01"]["right"]["why"]
    assert scores["01"]["APR"]["evidence"]["rubrics"] == [{"rubric": "Says yes.", "met": False, "why": "it wavers"}]
