"""`microturn data acts`: one line an act, a table for documents, a mixture on its own."""

import pytest

from microturn.cli import main
from microturn.data.acts import ACTS, MIXTURES


def test_every_act_has_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "acts"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert sorted(line.split()[0] for line in lines) == sorted(ACTS)


def test_a_mixture_is_listed_on_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "acts", "--mixture", "nano"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(MIXTURES["nano"])
    assert main(["data", "acts", "--mixture", "none"]) == 2
    assert "no mixture 'none'; choose from nano, all" in capsys.readouterr().err


def test_the_table_has_windows(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "acts", "--markdown"]) == 0
    head, rule, *rows = capsys.readouterr().out.splitlines()
    assert head.count("|") == rule.count("|") == 6 and len(rows) == len(ACTS)
    assert all(row.count("|") == 6 for row in rows)
