"""The speed report counts what was made, and refuses what it cannot make."""

import numpy as np
import pytest

from microturn.data import scene, speed
from tests.data.test_acts import CAST


def test_both_passes_make_the_same_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scene, "cast", lambda split: CAST)
    first, again = speed.measure(2, what="audio", settings="plain")
    assert (first.name, again.name) == ("first", "again")
    assert first.media_s == again.media_s == pytest.approx(2 * 76, abs=30)
    assert first.times_real_time > 1 and again.peak_mb >= first.peak_mb > 20


def test_audio_has_no_pictures_and_video_only_such_acts() -> None:
    assert not set(speed.WHAT["audio"] or ()) & set(speed.WHAT["video"] or ())
    assert np.size(speed.WHAT["video"]) > 3 and speed.WHAT["all"] is None
    with pytest.raises(ValueError, match="audio, video, all"):
        next(speed.measure(0, what="audio", settings="plain"))
