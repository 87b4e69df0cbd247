"""Which code on which machine: also where there is no git."""

import re

import pytest

from microturn.cli.bench.origin import provenance


def test_the_commit_is_told_where_there_is_a_clone_and_git(monkeypatch: pytest.MonkeyPatch) -> None:
    told = provenance()
    assert told["commit"] is None or re.fullmatch(r"[0-9a-f]{7,40}(-dirty)?", told["commit"])
    monkeypatch.setenv("PATH", "")
    assert provenance() == {**told, "commit": None}
