"""The official folders of Full-Duplex-Bench v1, made small: what is there loads, what is not is named."""

import json
from pathlib import Path

import numpy as np
import pytest

from microturn.bench.loaders.fdb_v1 import RATERS, SETS, check, load
from microturn.bench.loaders.samples import is_whole
from microturn.protocol.events import Channel
from microturn.protocol.media import write_wav
from tests.bench.loaders.parted import parted

LABELS = {
    "pause.json": [{"text": "[PAUSE]", "timestamp": [1.0, 1.6]}],
    "turn_taking.json": [{"text": "[TURN-TAKING]", "timestamp": [2.5, 2.8]}],
    "interrupt.json": [{"context": "tell me of lakes", "interrupt": "and rivers", "timestamp": [1.5, 2.0]}],
}


def wav(path: Path, seconds: float = 3.0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_wav(path, np.full(round(seconds * 8000), 0.1, np.float32), 8000)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, one in SETS.items():
        for number in (2, 10):
            sample = tmp_path / "v1.0" / name / str(number)
            wav(sample / "input.wav")
            if one.labels:
                (sample / one.labels).write_text(json.dumps(LABELS[one.labels]))
    (tmp_path / "v1.0" / RATERS).write_text(json.dumps({"2": [0.1, 0.9], "10": [1.0, 0.0]}))
    return tmp_path


def test_every_set_becomes_scenarios_of_its_kind(root: Path) -> None:
    loaded = {one.id: one for one in load(root)}
    assert len(loaded) == 2 * len(SETS)
    assert [one.kind for one in loaded.values()] == [SETS[name].kind for name in SETS for _ in range(2)]
    assert list(loaded)[:2] == ["candor_pause_handling-2", "candor_pause_handling-10"]  # by number
    turn = loaded["candor_turn_taking-2"]
    assert turn.meta["turn_end_ms"] == 2500  # the first of the two times
    assert loaded["synthetic_user_interruption-2"].meta["interrupt_ms"] == [1500, 2000]
    assert loaded["synthetic_user_interruption-2"].meta["interrupt"] == "and rivers"
    assert loaded["icc_backchannel-2"].meta["raters"] == [0.1, 0.9]
    assert turn.timeline.duration_ms == pytest.approx(3000, abs=1)
    assert turn.timeline.audio[Channel.USER].rate_hz == 16_000
    assert set(turn.stimulus().audio) == {Channel.USER}


def test_the_check_counts_and_names_what_is_missing(root: Path) -> None:
    (root / "v1.0" / "candor_turn_taking" / "2" / "turn_taking.json").unlink()
    (root / "v1.0" / "candor_turn_taking" / "10" / "turn_taking.json").write_text("{")
    broken = root / "v1.0" / "icc_backchannel" / "2" / "input.wav"
    broken.write_bytes(broken.read_bytes()[:-1000])
    told = [gap.what for gap in check(root)]
    assert any("candor_pause_handling has 2 samples, the published set 216" in what for what in told)
    assert any("turn_taking.json is missing" in what for what in told)
    assert any("turn_taking.json is not JSON" in what for what in told)
    assert any(str(broken.parent) in what and "cut off" in what for what in told)
    assert not any(RATERS in what for what in told)
    (root / "v1.0" / RATERS).unlink()
    assert any(RATERS in gap.what for gap in check(root))


def test_a_damaged_sample_stays_an_item(root: Path) -> None:
    (root / "v1.0" / "candor_turn_taking" / "2" / "turn_taking.json").write_text('[{"timestamp": "later"}]')
    (root / "v1.0" / "candor_pause_handling" / "2" / "input.wav").write_bytes(b"no sound")
    cut = root / "v1.0" / "icc_backchannel" / "2" / "input.wav"
    cut.write_bytes(cut.read_bytes()[:-1000])
    (root / "v1.0" / "icc_backchannel" / "10" / "input.wav").unlink()
    whole, lost = parted(load(root))
    why = {
        "candor_pause_handling-2": "input.wav is no WAV file",
        "icc_backchannel-2": "input.wav is cut off",
        "icc_backchannel-10": "input.wav: no such file",
        "candor_turn_taking-2": "turn_taking.json is missing or has no entry with a timestamp",
    }
    assert list(lost) == list(why) and all(text in lost[name] for name, text in why.items())
    assert len(whole) == 2 * len(SETS) - len(why)
    assert any("no entry with a timestamp" in gap.what for gap in check(root))


def test_an_empty_folder_says_what_belongs_there(tmp_path: Path) -> None:
    assert sum(gap.items for gap in check(tmp_path)) == 727
    with pytest.raises(ValueError, match="holds no sample of Full-Duplex-Bench v1"):
        list(load(tmp_path))


def test_a_wav_file_is_whole_when_it_is_as_long_as_its_header_says(tmp_path: Path) -> None:
    wav(tmp_path / "a.wav")
    assert is_whole(tmp_path / "a.wav")
    content = (tmp_path / "a.wav").read_bytes()
    (tmp_path / "streamed.wav").write_bytes(content[:4] + b"\xff\xff\xff\xff" + content[8:])
    assert is_whole(tmp_path / "streamed.wav")
    for name, damaged in (("cut", content[:-10]), ("head", content[:20]), ("text", b"x" * 100)):
        (tmp_path / name).write_bytes(damaged)
        assert not is_whole(tmp_path / name)
