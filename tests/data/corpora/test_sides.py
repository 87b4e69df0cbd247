"""Media as two sides: chunked equals whole, the rates are right, parts are exact, pictures come on time."""

from pathlib import Path

import numpy as np
import pytest

from microturn.data.corpora.item import Unusable
from microturn.data.corpora.sides import around, pictures, read_sides, sides_of
from microturn.protocol.events import Channel
from microturn.protocol.media import MODEL_HZ, USER_HZ, write_flac, write_wav
from tests.data.corpora.talks import MODEL, USER, tone, write_video


def stereo(rate_hz: int) -> np.ndarray:
    return np.stack([tone(MODEL, rate_hz, 5000.0, 500.0), tone(USER, rate_hz, 5000.0, 300.0)])


def test_a_side_at_its_own_rate_is_exact(tmp_path: Path) -> None:
    both_CS = stereo(MODEL_HZ)
    write_wav(tmp_path / "a.wav", both_CS, MODEL_HZ)
    sides = read_sides(tmp_path / "a.wav", lambda channels: around(0, channels))
    np.testing.assert_array_equal(sides[Channel.MODEL].samples, both_CS[0])
    assert len(sides[Channel.USER].samples) == 5 * USER_HZ and sides[Channel.USER].rate_hz == USER_HZ
    assert np.abs(sides[Channel.USER].samples - tone(USER, USER_HZ, 5000.0, 300.0)).max() < 2e-4


def test_chunked_equals_whole() -> None:
    both_CS = stereo(44_100)
    whole = sides_of(iter([both_CS]), 44_100, lambda channels: around(1, channels))
    blocks = sides_of(iter(np.array_split(both_CS, 97, axis=1)), 44_100, lambda channels: around(1, channels))
    for channel, track in whole.items():
        assert len(track.samples) == 5 * track.rate_hz
        assert np.abs(track.samples - blocks[channel].samples).max() <= 1 / 32768


@pytest.mark.parametrize(("start_s", "duration_s"), [(0.0, 1.0), (0.5, 2.0), (2.25, None), (3.9, 1.1)])
def test_a_part_is_the_same_part_of_the_whole(tmp_path: Path, start_s: float, duration_s: float | None) -> None:
    whole_S = tone(USER, USER_HZ, 5000.0, 300.0)
    write_flac(tmp_path / "a.flac", whole_S, USER_HZ)
    sides = read_sides(
        tmp_path / "a.flac", lambda channels: around(None, channels), start_s=start_s, duration_s=duration_s
    )
    first = round(start_s * USER_HZ)
    stop = len(whole_S) if duration_s is None else first + round(duration_s * USER_HZ)
    np.testing.assert_array_equal(sides[Channel.USER].samples, whole_S[first:stop])


def test_several_channels_of_a_side_are_their_mean(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", np.stack([np.full(1600, 0.5), np.full(1600, 0.25)]).astype(np.float32), USER_HZ)
    sides = read_sides(tmp_path / "a.wav", lambda channels: around(None, channels))
    assert sides.keys() == {Channel.USER} and np.allclose(sides[Channel.USER].samples, 0.375)


def test_what_is_no_sound_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty.wav").write_bytes(b"")
    (tmp_path / "text.wav").write_text("no sound at all")
    write_wav(tmp_path / "bare.wav", np.zeros((1, 0), np.float32), USER_HZ)
    reasons: dict[str, str] = {}
    for name in ("gone", "empty", "text"):
        with pytest.raises(Unusable) as told:
            read_sides(tmp_path / f"{name}.wav", lambda channels: around(None, channels))
        reasons[name] = told.value.reason
    assert reasons == {"gone": "missing media", "empty": "empty audio", "text": "broken media"}
    assert not read_sides(tmp_path / "bare.wav", lambda channels: around(None, channels))
    write_wav(tmp_path / "mono.wav", np.zeros((1, 800), np.float32), USER_HZ)
    with pytest.raises(Unusable, match="a channel is missing"):
        read_sides(tmp_path / "mono.wav", lambda _: {Channel.USER: [1]})


def test_pictures_come_at_the_pace_asked_for(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4", 4.0, tone(USER, USER_HZ, 5000.0, 300.0)[: 4 * USER_HZ])
    for hz in (5.0, 2.0):
        frames = list(pictures(tmp_path / "a.mp4", hz))
        assert len(frames) == 4 * hz and np.allclose(np.diff([frame.at_ms for frame in frames]), 1000 / hz)
        assert frames[0].rgb.shape == (48, 64, 3)
        grey = [float(frame.rgb.mean()) for frame in frames]  # the film's brightness is its time
        assert all(abs(level - (20 + frame.at_ms / 25)) < 10 for level, frame in zip(grey, frames, strict=True))
    assert not list(pictures(tmp_path / "a.wav", 5.0))


def test_pictures_that_break_off_are_told(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4", 4.0, tone(USER, USER_HZ, 5000.0, 300.0)[: 4 * USER_HZ])
    data = bytearray((tmp_path / "a.mp4").read_bytes())
    start = data.index(b"mdat")
    data[start + 4 : start + 400] = bytes(396)
    (tmp_path / "a.mp4").write_bytes(data)
    with pytest.raises(Unusable, match="break off"):
        list(pictures(tmp_path / "a.mp4", 5.0))
