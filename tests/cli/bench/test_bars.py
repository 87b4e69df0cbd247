"""Progress: a line for each suite under way, what failed in it, and nothing of it on stdout."""

import pytest

from microturn.cli.bench.bars import Bars


def test_every_suite_is_told_with_its_items_and_failures(capsys: pytest.CaptureFixture[str]) -> None:
    made: list[tuple[str, list[str]]] = []
    with Bars(runs=2, under="loss 5%", on_made=lambda suite, items: made.append((suite, list(items)))) as bars:
        for suite in ("one", "two"):
            bars.begun(suite)
            bars.made(suite, ["a", "b"])
        for failed in (False, True, False):
            bars.answered("one", failed)
        with bars.over("one"):
            print("a table")
        bars.answered("two", False)
        with bars.over("two"):
            print("another")
    told = capsys.readouterr()
    assert told.out == "a table\nanother\n" and made == [("one", ["a", "b"]), ("two", ["a", "b"])]
    lines = told.err.splitlines()
    assert lines[:2] == ["one: making scenarios (loss 5%)", "two: making scenarios (loss 5%)"]
    assert lines[2].startswith("one (1 failed)") and "3/4" in lines[2] and "0/4" in lines[3]
    assert lines[4].startswith("two ") and "1/4" in lines[4] and len(lines) == 5
