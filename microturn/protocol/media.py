"""Media files: read any audio or video file that PyAV reads, write WAV and FLAC.

Samples are mono float32 on the int16 grid (`on_grid`), so that what a model heard can be saved and replayed to the
bit. Errors are `FileNotFoundError` and `ValueError` with a sentence that names the file and says what to do.

Letters: C channels, S samples, H height, W width.
"""

import wave
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.container import InputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from microturn.protocol.wire import INT16_SCALE, pcm16

USER_HZ = 16_000
MODEL_HZ = 24_000
FRAME_EVERY_MS = 200.0
MAX_SIDE = 320

Samples = NDArray[np.float32]
Frames = list[tuple[float, NDArray[np.uint8]]]


def on_grid(samples: Samples) -> Samples:
    """The samples moved to the nearest int16 step: what a saved track gives back."""
    return (pcm16(samples) / INT16_SCALE).astype(np.float32)


def read_media(path: str | Path, rate_hz: int = USER_HZ) -> tuple[Samples, Frames]:
    """A media file as (samples float32 [S] at `rate_hz`, [(at_ms, uint8 RGB [H, W, 3])] at 5 a second, side <= 320).

    Both are on one clock whose zero is the file's first sample or picture. `ValueError` when the file is empty, is
    not media, breaks off, or has no sound.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file; give the path of an audio or video file")
    if path.stat().st_size == 0:
        raise ValueError(f"{path}: the file is empty; record it again")
    try:
        with av.open(str(path)) as container:
            return _decode(container, path, rate_hz)
    except FFmpegError as error:
        raise ValueError(
            f"{path}: not a readable audio or video file ({error.strerror}); "
            "convert it to WAV, FLAC, MP3, MP4 or another format that FFmpeg reads"
        ) from error


def write_wav(path: str | Path, samples: Samples, rate_hz: int) -> None:
    """An int16 WAV file; samples [S] mono or [C, S] (2 channels: left, right)."""
    pcm_CS = pcm16(np.atleast_2d(samples))
    with wave.open(str(path), "wb") as sink:
        sink.setnchannels(len(pcm_CS))
        sink.setsampwidth(2)
        sink.setframerate(rate_hz)
        sink.writeframes(pcm_CS.T.tobytes())


def write_flac(path: str | Path, samples: Samples, rate_hz: int) -> None:
    """A lossless int16 FLAC file; samples [S] mono, at least one."""
    if not len(samples):
        raise ValueError(f"{path}: FLAC has no empty stream; write at least one sample")
    with av.open(str(path), "w", format="flac") as output:
        sink = cast(Any, output)  # the stubs of add_stream and mux are only partly typed
        stream = sink.add_stream("flac", rate=rate_hz, layout="mono")
        stream.format = "s16"
        for start in range(0, len(samples), 4096):
            frame = AudioFrame.from_ndarray(pcm16(samples[None, start : start + 4096]), format="s16", layout="mono")
            frame.sample_rate, frame.pts = rate_hz, start
            sink.mux(stream.encode(frame))
        sink.mux(stream.encode(None))


def _decode(container: InputContainer, path: Path, rate_hz: int) -> tuple[Samples, Frames]:
    if not container.streams.audio:
        raise ValueError(f"{path}: the file has no sound; add an audio track (silence will do)")
    resampler = AudioResampler(format="s16", layout="mono", rate=rate_hz)
    streams: list[Any] = [container.streams.audio[0], *container.streams.video[:1]]
    chunks: list[NDArray[np.int16]] = []
    frames: Frames = []
    sound_s: float | None = None
    for decoded in container.decode(streams):
        if isinstance(decoded, AudioFrame):
            sound_s = (decoded.time or 0.0) if sound_s is None else sound_s
            chunks += [_pcm(part) for part in resampler.resample(decoded)]
        elif isinstance(decoded, VideoFrame):
            at_ms = (decoded.time or 0.0) * 1000.0
            if not frames or at_ms >= frames[-1][0] + FRAME_EVERY_MS - 1e-3:
                frames.append((at_ms, _small_rgb(decoded)))
    chunks += [_pcm(part) for part in resampler.resample(None)] if chunks else []
    if sound_s is None or not sum(len(chunk) for chunk in chunks):
        raise ValueError(f"{path}: the file has an audio track without a single sample; record it again")
    zero_s = min(sound_s, frames[0][0] / 1000.0) if frames else sound_s
    lead = np.zeros(round((sound_s - zero_s) * rate_hz), np.int16)
    samples = (np.concatenate([lead, *chunks]) / INT16_SCALE).astype(np.float32)
    return samples, [(at_ms - zero_s * 1000.0, rgb) for at_ms, rgb in frames]


def _pcm(frame: AudioFrame) -> NDArray[np.int16]:
    return cast(NDArray[np.int16], frame.to_ndarray()).reshape(-1)


def _small_rgb(frame: VideoFrame) -> NDArray[np.uint8]:
    scale = min(1.0, MAX_SIDE / max(frame.width, frame.height))
    small = frame.reformat(max(1, round(frame.width * scale)), max(1, round(frame.height * scale)), "rgb24")
    return cast(NDArray[np.uint8], small.to_ndarray())
