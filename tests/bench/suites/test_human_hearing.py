"""Hearing people: a clear word where there are no recordings, and test speakers only where there are."""

from pathlib import Path

import pytest

from microturn.bench import suites
from microturn.bench.suites.human_hearing import TASK, available
from microturn.data.voices.human import takes
from tests.data.voices.test_human import record


def test_it_is_there_where_the_recordings_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MICROTURN_DATA", raising=False)
    assert not available()
    assert TASK.name in suites.named() and TASK.name not in suites.tasks()
    with pytest.raises(ValueError, match="recordings of real people, and there are none: set MICROTURN_DATA"):
        TASK.scenarios(1, 0)
    monkeypatch.setenv("MICROTURN_DATA", str(tmp_path))
    for number in range(20):
        record(tmp_path / "human" / "set", f"clip{number}", f"set/{number}")
    assert available()
    speakers = {f"human/{take.speaker}" for take in takes("test")}
    (scenario,) = TASK.scenarios(1, 0)
    assert {span.text for span in scenario.timeline.spans("source")} <= speakers
    assert {span.text for span in scenario.timeline.spans("word")} == {"one", "two"}
