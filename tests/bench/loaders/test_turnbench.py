"""TurnBench's export of its gold, two channels a conversation, and files of predictions."""

import json
from pathlib import Path

import numpy as np
import pytest

from microturn.bench.controls import tone
from microturn.bench.loaders.turnbench import Submission, check, load
from microturn.bench.suites.turnbench import TASK
from microturn.bench.task import score_all
from microturn.protocol.media import USER_HZ, write_flac, write_wav
from tests.bench.loaders.parted import parted

EVENTS = {
    "duration_s": 6.0,
    "eot_positive_events": [{"speaker": 1, "time_s": 2.0}, {"speaker": 2, "time_s": 4.0}],
    "eot_negative_spans": [{"speaker": 1, "start": 3.0, "end": 3.5}],
    "int_positive_events": [{"speaker": 2, "time_s": 1.5}],
    "int_negative_spans": [{"speaker": 1, "start": 5.0, "end": 5.2}],
    "eot_excluded": [{"speaker": 2, "start": 0.0, "end": 1.0}],
    "int_excluded": [],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "dev-gold.json").write_text(json.dumps({"tau_pre_s": 0.25, "conversations": {"20": EVENTS}}))
    (tmp_path / "20").mkdir()
    write_wav(tmp_path / "20" / "speaker_1_audio.wav", tone(6000, rate_hz=USER_HZ), USER_HZ)
    write_flac(tmp_path / "20" / "speaker_2_audio.flac", np.zeros(6 * USER_HZ, np.float32), USER_HZ)
    return tmp_path


def predictions(folder: Path, *, name: str = "20") -> Path:
    row = {
        "conversation_id": name,
        "speaker_1": {"eot": [2.4, 3.2], "interruption": []},
        "speaker_2": {"eot": [], "interruption": [1.6]},
    }
    path = folder / "mine.json"
    path.write_text(json.dumps({"schema_version": 1, "predictions": [row]}))
    return path


def test_each_speaker_is_a_scenario_with_that_speakers_events(folder: Path) -> None:
    one, two = load(folder)
    assert (one.id, two.id) == ("20-1", "20-2")
    assert one.meta["turnbench"]["eot"] == {"positives": [2.0], "negatives": [[3.0, 3.5]], "excluded": []}
    assert two.meta["turnbench"]["eot"] == {"positives": [4.0], "negatives": [], "excluded": [[0.0, 1.0]]}
    assert one.timeline.duration_ms == 10_000  # and time for a last decision


def test_a_file_of_predictions_is_scored_as_the_official_scorer_does(folder: Path) -> None:
    scenarios = list(load(folder))
    system = Submission(predictions(folder))
    got = {r.measure.name: r.estimate.value for r in score_all(TASK, scenarios, system.run(scenarios))}
    assert system.name == "mine"
    assert (got["EOT recall"], got["EOT false alarms"]) == (0.5, 0.0)  # 3.2 lies in the window of the end at 2.0
    assert got["EOT latency"] == pytest.approx(400)
    assert (got["interruption recall"], got["interruption false alarms"]) == (1.0, 0.0)


def test_predictions_have_to_be_whole(folder: Path) -> None:
    scenarios = list(load(folder))
    with pytest.raises(ValueError, match="no predictions for conversation 20"):
        Submission(predictions(folder, name="21")).run(scenarios)
    (folder / "bad.json").write_text('{"schema_version": 2, "predictions": []}')
    with pytest.raises(ValueError, match="schema_version"):
        Submission(folder / "bad.json").run(scenarios)


def test_check_names_what_is_missing(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    [few] = check(folder)
    assert "1 of 38 conversations" in few.what and few.items == 74
    (folder / "20" / "speaker_2_audio.flac").unlink()
    assert any("speaker_2_audio is missing" in gap.what and gap.items == 1 for gap in check(folder))
    whole, lost = parted(load(folder))
    assert whole == ["20-1"] and "speaker_2_audio is missing" in lost["20-2"]
    whole = (folder / "20" / "speaker_1_audio.wav").read_bytes()
    (folder / "20" / "speaker_1_audio.wav").write_bytes(whole[:5000])
    assert any("cut off" in gap.what for gap in check(folder))
    with pytest.raises(ValueError, match="no sound"):
        load(folder)
    empty = tmp_path_factory.mktemp("empty")
    assert "neither *gold*.json" in check(empty)[0].what
    with pytest.raises(ValueError, match="turnbench.gold export"):
        load(empty)
    (empty / "gold.json").write_text("{}")
    assert "no export of the gold" in check(empty)[0].what


def test_the_gold_may_be_made_from_the_annotations(folder: Path) -> None:
    (folder / "dev-gold.json").unlink()
    turn = [{"start_s": 0.5, "end_s": 2.0, "label": "Normal Turn"}]
    other = [{"start_s": 2.2, "end_s": 4.0, "label": "Bounded Response"}]
    columns = {f"speaker_{who}_annotation_{one}": rows for who, rows in ((1, turn), (2, other)) for one in "abc"}
    (folder / "20" / "annotations.json").write_text(json.dumps(columns))
    one, two = load(folder)
    assert one.meta["turnbench"]["eot"]["positives"] == [2.0]
    assert two.meta["turnbench"]["eot"]["positives"] == [4.0]
    (folder / "20" / "annotations.json").write_text("{}")
    assert "six columns" in check(folder)[0].what
