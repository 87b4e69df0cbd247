"""A suite of somebody else's: the one in docs/bench.md, installed as a package of its own, is found, run and reported."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from microturn.bench import suites
from microturn.cli import main

DOCS = Path(__file__).parents[2] / "docs" / "bench.md"
MOST_LINES = 60


def block(language: str) -> str:
    found = re.search(rf"## A suite of your own.*?```{language}\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert found, f"docs/bench.md shows no {language}"
    return found[1]


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The package as pip would install it: a module, and metadata that names the entry point."""
    (tmp_path / "beeps.py").write_text(block("python"))
    group, line = block("toml").strip().splitlines()
    about = tmp_path / "beeps-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: beeps\nVersion: 1.0\n")
    name = re.search(r'"(.*)"', group)
    assert name
    (about / "entry_points.txt").write_text(f"[{name[1]}]\n{line.replace(chr(34), '')}\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "beeps", raising=False)
    suites.tasks.cache_clear()
    yield
    suites.tasks.cache_clear()


def test_the_suite_of_the_documentation_is_short() -> None:
    assert len(block("python").splitlines()) < MOST_LINES


@pytest.mark.usefixtures("installed")
def test_it_is_found_run_and_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = tmp_path / "run"
    assert main(["bench", "beeps", "--system", "oracle", "--n", "3", "--save", str(run)]) == 0
    rows = json.loads(capsys.readouterr().out.splitlines()[-1])["results"]["beeps"]
    assert [rows[name]["right"]["value"] for name in ("oracle", "silent", "always")] == [100, 0, 0]
    assert main(["bench", "report", str(run), "--out", str(tmp_path / "report.html")]) == 0
    assert "3 items to see and hear" in capsys.readouterr().out


@pytest.mark.usefixtures("installed")
def test_a_broken_package_is_named(tmp_path: Path) -> None:
    (tmp_path / "beeps.py").write_text("TASK = 3")
    with pytest.raises(ValueError, match=r"the suite 'beeps' \(beeps:TASK\) has to be a Task"):
        suites.tasks()
