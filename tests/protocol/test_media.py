"""What is written is read back to the bit; what is not media gets a sentence that names the file."""

from pathlib import Path
from typing import Any, cast

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from microturn.protocol.media import MAX_SIDE, FlacWriter, flac_blocks, on_grid, read_media, write_flac, write_wav
from microturn.protocol.wire import pcm16


def noise(size: int, seed: int = 0) -> NDArray[np.float32]:
    return on_grid(np.random.default_rng(seed).uniform(-1, 1, size).astype(np.float32))


@pytest.mark.parametrize(("write", "name"), [(write_wav, "a.wav"), (write_flac, "a.flac")])
@pytest.mark.parametrize("size", [1, 4095, 4096, 20000])
def test_read_inverts_write(tmp_path: Path, write: Any, name: str, size: int) -> None:
    write(tmp_path / name, noise(size), 16000)
    samples, frames = read_media(tmp_path / name, 16000)
    np.testing.assert_array_equal(samples, noise(size))
    assert samples.dtype == np.float32
    assert frames == []


@pytest.mark.parametrize("chunk", [1, 100, 1152, 3200, 20000])
def test_a_file_that_grows_can_be_read_at_any_time(tmp_path: Path, chunk: int) -> None:
    path, size = tmp_path / "grows.flac", 200 if chunk == 1 else 20000
    whole = pcm16(noise(size))
    writer = FlacWriter(path, 16000)
    assert not path.exists()
    for at in range(0, size, chunk):
        writer.write(whole[at : at + chunk])
        if writer.samples > 4 * 1152:
            begun, _ = read_media(path, 16000)
            assert writer.samples - len(begun) <= 2 * 1152
            np.testing.assert_array_equal(begun, noise(size)[: len(begun)])
    writer.close()
    np.testing.assert_array_equal(read_media(path, 16000)[0], noise(size))
    np.testing.assert_array_equal(np.concatenate(list(flac_blocks(path))), whole)


def test_a_file_that_breaks_off_is_read_in_part_on_request(tmp_path: Path) -> None:
    path = tmp_path / "cut.flac"
    write_flac(path, noise(20000), 16000)
    kept = path.read_bytes()
    for cut in (len(kept) - 1, len(kept) // 2):
        path.write_bytes(kept[:cut])
        with pytest.raises(ValueError, match=r"cut\.flac: not a readable"):
            read_media(path, 16000)
        samples, _ = read_media(path, 16000, partial=True)
        assert len(samples) > 20000 * cut / len(kept) - 9000
        np.testing.assert_array_equal(samples, noise(20000)[: len(samples)])


def test_the_grid_is_a_fixed_point_and_clips() -> None:
    loud = np.array([-3.0, -1.0, 0.1, 1.0, 3.0], np.float32)
    once = on_grid(loud)
    np.testing.assert_array_equal(on_grid(once), once)
    assert np.abs(once).max() <= 1.0
    assert np.abs(once - np.clip(loud, -1, 1)).max() <= 1 / 32768


def test_stereo_is_written_left_and_right_and_read_as_mono(tmp_path: Path) -> None:
    write_wav(tmp_path / "two.wav", np.stack([noise(800), 0 * noise(800)]), 24000)
    with av.open(str(tmp_path / "two.wav")) as container:
        planes = np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)
    assert not planes.reshape(-1, 2)[:, 1].any()
    assert planes.reshape(-1, 2)[:, 0].any()
    assert read_media(tmp_path / "two.wav", 24000)[0].shape == (800,)


def test_other_rates_are_resampled(tmp_path: Path) -> None:
    tone = on_grid(0.5 * np.sin(2 * np.pi * 440 * np.arange(48000) / 48000).astype(np.float32))
    write_wav(tmp_path / "tone.wav", tone, 48000)
    samples, _ = read_media(tmp_path / "tone.wav", 16000)
    assert abs(len(samples) - 16000) <= 32
    spectrum = np.abs(np.fft.rfft(samples))
    assert abs(int(spectrum.argmax()) * 16000 / len(samples) - 440) < 2


def write_video(path: Path, *, seconds: float, sound: bool) -> None:
    """A clip of 640 x 360 at 25 frames a second whose brightness rises, with a tone if `sound`."""
    with av.open(str(path), "w") as output:
        sink = cast(Any, output)
        video = sink.add_stream("mpeg4", rate=25, width=640, height=360, pix_fmt="yuv420p")
        audio = sink.add_stream("aac", rate=16000, layout="mono") if sound else None
        for k in range(round(25 * seconds)):
            picture = np.full((360, 640, 3), 40 + 4 * k, np.uint8)
            sink.mux(video.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        sink.mux(video.encode(None))
        if audio:
            frame = av.AudioFrame.from_ndarray(noise(round(16000 * seconds))[None], format="fltp", layout="mono")
            frame.sample_rate = 16000
            sink.mux(audio.encode(frame))
            sink.mux(audio.encode(None))


def test_a_video_gives_sound_and_five_small_frames_a_second(tmp_path: Path) -> None:
    write_video(tmp_path / "clip.mp4", seconds=2.0, sound=True)
    samples, frames = read_media(tmp_path / "clip.mp4")
    assert abs(len(samples) - 32000) < 3000
    assert len(frames) == 10
    np.testing.assert_allclose(np.diff([at_ms for at_ms, _ in frames]), 200.0, atol=1.0)
    assert all(max(rgb.shape) == MAX_SIDE and rgb.dtype == np.uint8 for _, rgb in frames)
    assert np.all(np.diff([rgb.mean() for _, rgb in frames]) > 0)


def test_what_cannot_be_heard_gets_a_sentence_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"gone\.wav: no such file"):
        read_media(tmp_path / "gone.wav")
    (tmp_path / "empty.wav").touch()
    with pytest.raises(ValueError, match=r"empty\.wav: the file is empty"):
        read_media(tmp_path / "empty.wav")
    (tmp_path / "words.txt").write_text("these are words, not sound\n" * 20)
    with pytest.raises(ValueError, match=r"words\.txt: .*not|words\.txt: the file has no sound"):
        read_media(tmp_path / "words.txt")
    write_video(tmp_path / "mute.mp4", seconds=0.2, sound=False)
    with pytest.raises(ValueError, match=r"mute\.mp4: the file has no sound"):
        read_media(tmp_path / "mute.mp4")
    samples, frames = read_media(tmp_path / "mute.mp4", mute=True)
    assert frames and len(samples) == round((frames[-1][0] + 200) * 16) and not samples.any()
    write_wav(tmp_path / "none.wav", noise(0), 16000)
    with pytest.raises(ValueError, match=r"none\.wav"):
        read_media(tmp_path / "none.wav")
    write_wav(tmp_path / "cut.wav", noise(9000), 16000)
    (tmp_path / "half.wav").write_bytes((tmp_path / "cut.wav").read_bytes()[:20])
    with pytest.raises(ValueError, match=r"half\.wav"):
        read_media(tmp_path / "half.wav")
