"""Saved Timelines come back as they are; those that were cut off as far as they go."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from microturn.data.corpora import recordings
from microturn.data.corpora.item import Options
from microturn.protocol.events import Channel
from microturn.protocol.timeline import FILE, Timeline
from tests.data.corpora.talks import USER, talk, timed


def test_a_recording_comes_back_as_it_is(tmp_path: Path) -> None:
    talk().save(tmp_path / "deep" / "a")
    (found,) = recordings.read(tmp_path, Options(split="test"))
    name, item = found
    assert name == "deep/a" and isinstance(item, Timeline) and item.events == talk().events
    assert item.meta["split"] == "test" and item.meta["provenance"] == talk().meta["provenance"]
    for channel, track in talk().audio.items():
        np.testing.assert_array_equal(item.audio[channel].samples, track.samples)


def test_a_cut_off_recording_comes_as_far_as_it_goes(tmp_path: Path) -> None:
    made = talk()
    made.save(tmp_path)
    lines = (tmp_path / FILE).read_text().splitlines()
    (tmp_path / FILE).write_text("\n".join([*lines[:6], lines[6][:20]]))
    ((name, item),) = recordings.read(tmp_path, Options())
    assert name == tmp_path.name and isinstance(item, Timeline) and item.meta["cut_off"]
    assert timed(item, Channel.HEARD) == USER[: len(timed(item, Channel.HEARD))] != []
    assert item.duration_ms == 5000.0


def test_what_is_wrong_is_told_and_the_rest_comes(tmp_path: Path) -> None:
    talk().save(tmp_path / "a")
    replace(talk(), events=()).save(tmp_path / "mute")
    talk().save(tmp_path / "damaged")
    (tmp_path / "damaged" / "user.flac").write_bytes(b"not flac")
    (tmp_path / "begun").mkdir()
    (tmp_path / "begun" / FILE).write_text("")
    found = dict(recordings.read(tmp_path, Options()))
    assert {name: getattr(item, "reason", "taken") for name, item in found.items()} == {
        "a": "taken",
        "begun": "cannot be read",
        "damaged": "cannot be read",
        "mute": "missing transcript",
    }
    with pytest.raises(ValueError, match="holds no timeline.jsonl"):
        list(recordings.read(tmp_path / "nothing", Options()))
