"""`microturn bench --system local` and `microturn speed` with the released model: small, but nothing is faked."""

import json
from pathlib import Path

import pytest

from microturn.cli import main
from microturn.protocol.events import Channel, Opened, Tick
from microturn.protocol.released import PACKAGE
from microturn.protocol.timeline import Timeline

pytestmark = pytest.mark.skipif(not (PACKAGE.parent / "weights" / "nano").exists(), reason="no nano is released yet")


@pytest.fixture(autouse=True)
def voices() -> None:
    pytest.importorskip("hibari")


def test_a_suite_is_run_scored_saved_and_scored_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved = tmp_path / "run"
    assert main(["bench", "silence", "--system", "local", "--n", "1", "--save", str(saved)]) == 0
    said = capsys.readouterr().out
    assert "silence: stays silent" in said and "oracle" in said
    result = json.loads(said.splitlines()[-1])
    assert (result["system"], result["driver"], result["n"]) == ("local", "local", 1)
    columns = result["results"]["silence"]
    assert set(columns) == {"local", "silent", "always", "oracle", "oracle+1s", "random"}
    assert columns["local"]["silent throughout"]["n"] == 1
    assert columns["silent"]["false speech"]["value"] == 0 < columns["always"]["false speech"]["value"]
    (item,) = (saved / "silence").iterdir()
    lived = Timeline.load(item / "output")
    assert len([event for event in lived.events if isinstance(event, Tick)]) == lived.ticks > 5
    assert any(isinstance(event, Opened) for event in lived.events) and Channel.USER in lived.audio
    assert main(["bench", "rescore", str(saved)]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["results"] == result["results"]


def test_a_place_that_is_a_file_is_refused_before_the_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert main(["bench", "silence", "--system", "local", "--save", str(tmp_path / "file")]) == 2
    assert capsys.readouterr().err == f"microturn bench: {tmp_path / 'file'} is a file: give --save a folder\n"


def test_speed_measures_every_number_of_sessions(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["speed", "--sessions", "1", "2", "--seconds", "4", "--threads", "1"]) == 0
    said = capfd.readouterr().out
    assert "from nothing to the first tick" in said
    result = json.loads(said.splitlines()[-1])
    assert result["cold_start_s"] > 0.5 and result["threads"] == 1
    one, two = result["speed"]
    assert (one["sessions"], two["sessions"]) == (1, 2) and one["ticks"] >= 5
    assert 0 < one["p50_ms"] <= one["p95_ms"] <= one["p99_ms"] <= one["most_ms"]
