"""load(save(timeline)) == timeline; a damaged folder is refused with its file and line, and opened in part on request."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from microturn.protocol.events import Audio, Channel, Clear, Do, Frame, Span, Text, Word
from microturn.protocol.media import on_grid
from microturn.protocol.timeline import FILE, Timeline, Track


def example() -> Timeline:
    rng = np.random.default_rng(3)
    frames = tuple(
        Frame(at_ms=200.0 * k, channel=Channel.CAMERA, rgb=rng.integers(0, 256, (12, 16, 3), np.uint8))
        for k in range(3)
    )
    return Timeline(
        duration_ms=1000.0,
        second_of_day=3661.5,
        seed=7,
        events=(
            Span(at_ms=0.0, until_ms=400.0, kind="word", text="hello", data={"voice": "a"}),
            Word(at_ms=400.0, until_ms=600.0, channel=Channel.HEARD, text="hello"),
            Word(at_ms=100.0, until_ms=200.0, channel=Channel.HEARD, text="oh"),
            Word(at_ms=600.0, until_ms=800.0, channel=Channel.SAY, text="Grüße"),
            Do(at_ms=600.0, text="twelve"),
            Text(at_ms=700.0, channel=Channel.USER, text="typed\n"),
            Clear(at_ms=800.0),
        ),
        audio={
            Channel.USER: Track(samples=on_grid(rng.uniform(-1, 1, 16000).astype(np.float32)), rate_hz=16000),
            Channel.MODEL: Track(samples=on_grid(rng.uniform(-1, 1, 12345).astype(np.float32)), rate_hz=24000),
        },
        frames=frames,
        meta={"recipe": "test", "voices": ["a", 1]},
    )


def assert_same(a: Timeline, b: Timeline) -> None:
    assert replace(a, audio={}, frames=()) == replace(b, audio={}, frames=())
    assert a.audio.keys() == b.audio.keys()
    for channel, track in a.audio.items():
        assert track.rate_hz == b.audio[channel].rate_hz
        np.testing.assert_array_equal(track.samples, b.audio[channel].samples)
    assert [(f.at_ms, f.channel) for f in a.frames] == [(f.at_ms, f.channel) for f in b.frames]
    for ours, theirs in zip(a.frames, b.frames, strict=True):
        np.testing.assert_array_equal(ours.rgb, theirs.rgb)


def test_load_inverts_save(tmp_path: Path) -> None:
    assert_same(Timeline.load(example().save(tmp_path / "deep" / "one", image="png")), example())


def test_save_twice_is_save_once(tmp_path: Path) -> None:
    once = Timeline.load(example().save(tmp_path, image="png")).save(tmp_path, image="png")
    assert_same(Timeline.load(once), example())


def test_an_older_timeline_is_replaced_whole_and_other_files_stay(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    example().save(tmp_path)
    short = Timeline(duration_ms=200.0, audio={Channel.USER: Track(samples=np.zeros(0, np.float32), rate_hz=16000)})
    assert_same(Timeline.load(short.save(tmp_path)), short)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notes.txt", FILE]


def test_a_save_that_fails_leaves_the_older_one(tmp_path: Path) -> None:
    example().save(tmp_path, image="png")
    with pytest.raises(TypeError):
        replace(example(), meta={"not": object()}).save(tmp_path)
    assert_same(Timeline.load(tmp_path), example())


def test_words_and_spans_come_in_order_of_time() -> None:
    assert [word.text for word in example().words(Channel.HEARD)] == ["oh", "hello"]
    assert [word.text for word in example().words(Channel.SAY)] == ["Grüße"]
    assert [span.text for span in example().spans("word")] == ["hello"]
    assert example().spans("expect") == []


def test_stereo_has_the_user_left_and_the_model_right() -> None:
    both = example().stereo(24000)
    assert both.shape == (2, 24000)
    np.testing.assert_array_equal(both[1, :12345], example().audio[Channel.MODEL].samples)
    assert not both[1, 12345:].any()
    assert np.abs(both[0]).mean() > 0.1


def test_ticks_cover_the_duration() -> None:
    assert [Timeline(duration_ms=ms).ticks for ms in (0.0, 1.0, 200.0, 201.0)] == [0, 1, 1, 2]


def test_media_do_not_belong_among_the_events() -> None:
    sound = Audio(at_ms=0, channel=Channel.USER, samples=np.zeros(4, np.float32), rate_hz=16000)
    with pytest.raises(ValueError, match="not among its events"):
        Timeline(duration_ms=1.0, events=(sound,))


def rewrite(path: Path, number: int, line: str) -> None:
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[: number - 1], line, *lines[number:]]) + "\n")


@pytest.mark.parametrize(
    ("number", "line", "sentence"),
    [
        (1, "{}", "line 1: not a microturn timeline"),
        (1, json.dumps({"format": "microturn-timeline", "version": 99}), "line 1: timeline version 99"),
        (1, json.dumps({"format": "microturn-timeline", "version": 1}), "line 1: the header's 'tick_ms'"),
        (3, "{", "line 3: not JSON"),
        (3, "[1]", "line 3: every line of a timeline is a JSON object"),
        (4, json.dumps({"type": "Clear"}), "line 4: Clear lacks its field 'at_ms'"),
        (
            9,
            json.dumps({"type": "Frame", "at_ms": 0, "channel": "camera", "file": "../../x.png"}),
            "line 9: a frame line",
        ),
        (9, json.dumps({"type": "Frame", "at_ms": 0, "channel": "camera", "file": "gone.png"}), "line 9: its picture"),
        (12, json.dumps({"end": {"lines": 3, "duration_ms": 1, "samples": {}}}), "line 12: the end line counts 3"),
        (12, json.dumps({"end": {}}), "line 12: the end line needs"),
    ],
)
def test_a_damaged_line_is_named(tmp_path: Path, number: int, line: str, sentence: str) -> None:
    example().save(tmp_path, image="png")
    rewrite(tmp_path / FILE, number, line)
    with pytest.raises((ValueError, FileNotFoundError), match=sentence) as caught:
        Timeline.load(tmp_path)
    assert str(tmp_path / FILE) in str(caught.value)


def test_a_recording_cut_anywhere_is_refused_and_opens_in_part(tmp_path: Path) -> None:
    example().save(tmp_path, image="png")
    whole = (tmp_path / FILE).read_bytes()
    first = whole.index(b"\n") + 1
    for cut in range(first, len(whole) - 1, 97):
        (tmp_path / FILE).write_bytes(whole[:cut])
        with pytest.raises(ValueError, match=r"line \d+: .*cut off"):
            Timeline.load(tmp_path)
        part = Timeline.load(tmp_path, partial=True)
        assert part.events == example().events[: len(part.events)]
        assert part.duration_ms == pytest.approx(1000.0)


def test_missing_and_foreign_media_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="give a folder that holds a saved timeline"):
        Timeline.load(tmp_path)
    example().save(tmp_path)
    track = tmp_path / "user.flac"
    track.write_bytes((tmp_path / "model.flac").read_bytes())
    with pytest.raises(ValueError, match=r"user\.flac: cut off or foreign"):
        Timeline.load(tmp_path)
    track.write_bytes(b"RIFF nonsense")
    with pytest.raises(ValueError, match=r"user\.flac: .*(not a readable|without a single sample)"):
        Timeline.load(tmp_path)
    track.unlink()
    with pytest.raises(FileNotFoundError, match=r"user\.flac"):
        Timeline.load(tmp_path)
