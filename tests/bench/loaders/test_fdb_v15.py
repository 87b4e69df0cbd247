"""The official folders of Full-Duplex-Bench v1.5, made small: each recording is an item, whole or not."""

import json
from pathlib import Path

import numpy as np
import pytest

from microturn.bench.loaders.fdb_v15 import COUNTS, check, load
from microturn.protocol.media import write_wav
from tests.bench.loaders.parted import parted

META = {"context_text": "name a lake", "current_turn_text": "and a river", "timestamps": [1.5, 2.0]}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for kind in COUNTS:
        sample = tmp_path / kind / "1"
        sample.mkdir(parents=True)
        for name in ("input.wav", "clean_input.wav"):
            write_wav(sample / name, np.full(16_000, 0.1, np.float32), 16_000)
        (sample / "metadata.json").write_text(json.dumps(META))
    return tmp_path


def test_every_sample_becomes_a_disturbed_scenario_and_its_clean_twin(root: Path) -> None:
    loaded = {one.id: one for one in load(root)}
    assert len(loaded) == 2 * len(COUNTS)
    noisy, clean = loaded["user_backchannel-1"], loaded["user_backchannel-1-clean"]
    assert noisy.meta["twin"] == clean.id and clean.meta["twin"] == noisy.id
    assert noisy.meta["event_ms"] == [1500, 2000] and noisy.meta["event"] == "and a river"
    assert "event_ms" not in clean.meta and clean.kind == noisy.kind == "user_backchannel"
    assert noisy.meta["request"] == clean.meta["request"] == "name a lake"


def test_a_sample_without_its_clean_recording_or_its_times_is_told_and_stays(root: Path) -> None:
    (root / "user_backchannel" / "1" / "clean_input.wav").unlink()
    (root / "talking_to_other" / "1" / "metadata.json").write_text('{"timestamps": [1]}')
    whole, lost = parted(load(root))
    assert list(lost) == ["user_backchannel-1-clean", "talking_to_other-1", "talking_to_other-1-clean"]
    assert "clean_input.wav: no such file" in lost["user_backchannel-1-clean"] and len(whole) == 5
    assert "no timestamps of the disturbance" in lost["talking_to_other-1"]
    told = [gap.what for gap in check(root)]
    assert any("clean_input.wav is missing" in what for what in told)
    assert any("no timestamps of the disturbance" in what for what in told)
    assert any("user_interruption has 1 samples, the published set 200" in what for what in told)


def test_an_empty_folder_says_what_belongs_there(tmp_path: Path) -> None:
    assert sum(gap.items for gap in check(tmp_path)) == 498
    with pytest.raises(ValueError, match=r"holds no sample of Full-Duplex-Bench v1\.5"):
        list(load(tmp_path))
