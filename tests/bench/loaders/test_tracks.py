"""Sound files as the user's side: what is wrong with one is told without decoding it."""

from pathlib import Path

import numpy as np
import pytest

from microturn.bench.loaders.tracks import seconds_of, silence, sound, trouble, user_timeline
from microturn.protocol.events import Channel
from microturn.protocol.media import USER_HZ, write_wav
from tests.bench.worlds import expect


def test_pieces_lie_one_after_the_other() -> None:
    loud = np.full(USER_HZ, 0.5, np.float32)
    timeline = user_timeline([silence(0.5), loud, silence(1.0)], [expect("b", 2000, 2100), expect("a", 500, 600)])
    samples = timeline.audio[Channel.USER].samples
    assert timeline.duration_ms == 2500 and seconds_of(samples) == 2.5
    assert (samples[8000:24000] == 0.5).all() and not samples[:8000].any() and not samples[24000:].any()
    assert [span.text for span in timeline.spans("expect")] == ["a", "b"]


def test_trouble(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    assert trouble(path) == "a.wav is missing"
    path.write_bytes(b"")
    assert trouble(path) == "a.wav is empty"
    path.write_bytes(b"not a wav file at all")
    assert "no WAV file" in str(trouble(path))
    write_wav(path, np.zeros(8000, np.float32), 8000)
    assert trouble(path) is None and seconds_of(sound(path)) == pytest.approx(1.0)
    path.write_bytes(path.read_bytes()[:9000])
    assert trouble(path) == "a.wav is cut off"
