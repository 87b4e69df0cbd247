"""What is recorded is what is read, at one level."""

from pathlib import Path

import numpy as np

from microturn.data.voices.takes import LEVEL, load_recording, save_recording, spoken_in
from tests.data.voices.toned import say


def test_a_recording_is_read_as_it_was_written(tmp_path: Path) -> None:
    spoken = [(1.0, say("red green")), (1.2, say("blue", 1.2))]
    recording = load_recording(save_recording(tmp_path, "ann", spoken))
    assert isinstance(recording.samples, np.memmap)
    assert [take.speed for take in recording.takes] == [1.0, 1.2]
    for (_, before), (_, after) in zip(spoken, spoken_in(recording), strict=True):
        assert after.words == before.words
        assert after.phones == before.phones
        assert np.corrcoef(before.samples, after.samples)[0, 1] > 0.9999
        assert abs(np.sqrt(np.square(after.samples).mean()) - LEVEL) < 1e-3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ann.json", "ann.npy"]


def test_saving_again_keeps_the_old_takes(tmp_path: Path) -> None:
    path = save_recording(tmp_path, "ann", [(1.0, say("red green"))])
    before = load_recording(path)
    old = np.array(before.samples)
    save_recording(tmp_path, "ann", [*spoken_in(before), (1.0, say("blue"))])
    after = load_recording(path)
    assert after.takes[0] == before.takes[0]
    assert np.abs(after.samples[: len(old)].astype(int) - old).max() <= 1
