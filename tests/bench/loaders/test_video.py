"""Videos with and without sound, and where they lie."""

from pathlib import Path

import numpy as np
import pytest

from microturn.bench.loaders.video import missing, read_video, video_named, videos_in
from tests.bench.loaders.films import film


def test_pictures_come_at_five_a_second_from_the_place_asked_for(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", seconds=4.0, size=(640, 320))
    whole = read_video(path)
    assert [at for at, _ in whole.pictures] == pytest.approx([200.0 * n for n in range(20)])
    assert whole.fps == 10 and whole.duration_ms == pytest.approx(4000)
    assert whole.pictures[0][1].shape == (160, 320, 3) and whole.pictures[0][1].dtype == np.uint8
    part = read_video(path, from_s=2.0, until_s=3.0)
    assert [at for at, _ in part.pictures] == pytest.approx([0.0, 200.0, 400.0, 600.0, 800.0])
    assert abs(int(part.pictures[0][1].mean()) - 100) < 8 and part.duration_ms == pytest.approx(1000)


def test_what_is_no_video_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "b.mp4").write_text("not a video")
    with pytest.raises(ValueError, match="not a readable video"):
        read_video(tmp_path / "b.mp4")
    with pytest.raises(FileNotFoundError, match="no such video"):
        read_video(tmp_path / "c.mp4")
    with pytest.raises(ValueError, match="cut off"):
        read_video(film(tmp_path / "d.mp4", seconds=1.0), from_s=5.0)


def test_a_video_that_breaks_off_is_read_as_far_as_it_is_whole(tmp_path: Path) -> None:
    """Its header comes first, as in films made for the web, so that what is left of it can still be decoded."""
    path = film(tmp_path / "a.mp4", seconds=4.0, size=(320, 240), header_first=True)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    with pytest.raises(ValueError, match=r"end at .* of 4\.0 s, it is cut off"):
        read_video(path)
    with pytest.raises(ValueError, match="cut off"):
        read_video(path, from_s=1.0, until_s=3.9)
    assert read_video(path, until_s=1.0).duration_ms == pytest.approx(1000)


def test_videos_are_found_by_the_end_of_their_paths(tmp_path: Path) -> None:
    for name in ("one/a.mp4", "two/a.mp4", "two/b.webm"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    videos = videos_in(tmp_path)
    assert video_named(videos, "./videos/two/a.mp4") == tmp_path / "two/a.mp4"
    assert video_named(videos, "b") == video_named(videos, "b.mp4") == tmp_path / "two/b.webm"
    assert video_named(videos, "a") is None is video_named(videos, "c")  # two have that name


def test_missing_and_empty_videos_are_gaps(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"")
    gaps = list(missing(videos_in(tmp_path), ["a", "b", "b"], "its home"))
    assert [gap.items for gap in gaps] == [2, 1]
    assert "b" in gaps[0].what and "its home" in gaps[0].what and "cut off" in gaps[1].what
