"""The task of hearing people: where there are recordings, of test speakers only."""

from pathlib import Path

import pytest

from microturn.bench.scenarios.human import HUMAN_HEARING, available
from microturn.data.voices.human import takes
from tests.data.voices.test_human import record


def test_it_is_there_where_the_recordings_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MICROTURN_DATA", raising=False)
    assert not available()
    monkeypatch.setenv("MICROTURN_DATA", str(tmp_path))
    for number in range(20):
        record(tmp_path / "human" / "set", f"clip{number}", f"set/{number}")
    assert available()
    speakers = {f"human/{take.speaker}" for take in takes("test")}
    (scenario,) = HUMAN_HEARING.scenarios(1, 0)
    assert {span.text for span in scenario.timeline.spans("source")} <= speakers
    assert {span.text for span in scenario.timeline.spans("word")} == {"one", "two"}
