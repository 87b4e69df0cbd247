"""Media files: read any audio or video file that PyAV reads, write WAV and FLAC.

Samples are mono float32 on the int16 grid (`on_grid`), so that what a model heard can be saved and replayed to the
bit. Errors are `FileNotFoundError` and `ValueError` with a sentence that names the file and says what to do.

Letters: C channels, S samples, H height, W width.
"""

import wave
from collections.abc import Iterator
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


def read_media(
    path: str | Path, rate_hz: int = USER_HZ, *, partial: bool = False, mute: bool = False
) -> tuple[Samples, Frames]:
    """A media file as (samples float32 [S] at `rate_hz`, [(at_ms, uint8 RGB [H, W, 3])] at 5 a second, side <= 320).

    Both are on one clock whose zero is the file's first sample or picture. `ValueError` when the file is empty, is
    not media, breaks off, or has no sound. `partial` also reads a file that breaks off, as far as it goes; `mute` also a
    video without sound, as silence until its last picture has stood for 200 ms.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file; give the path of an audio or video file")
    if path.stat().st_size == 0:
        raise ValueError(f"{path}: the file is empty; record it again")
    try:
        with av.open(str(path)) as container:
            return _decode(container, path, rate_hz, partial=partial, mute=mute)
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


class FlacWriter:
    """A lossless int16 FLAC file that grows, mono.

    What was written can be read at once but for the encoder's last block (a tenth of a second), which `close` writes.
    FLAC has no empty stream: until the first sample there is no file.
    """

    def __init__(self, path: str | Path, rate_hz: int) -> None:
        self.samples = 0
        self._path, self._rate_hz = path, rate_hz
        self._sink: Any = None  # the stubs of add_stream and mux are only partly typed
        self._stream: Any = None

    def write(self, pcm_S: NDArray[np.int16]) -> None:
        if not len(pcm_S):
            return
        if self._sink is None:
            self._sink = av.open(str(self._path), "w", format="flac", options={"flush_packets": "1"})
            self._stream = self._sink.add_stream("flac", rate=self._rate_hz, layout="mono")
            self._stream.format = "s16"
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(pcm_S[None]), format="s16", layout="mono")
        frame.sample_rate, frame.pts = self._rate_hz, self.samples
        self._sink.mux(self._stream.encode(frame))
        self.samples += len(pcm_S)

    def close(self) -> None:
        if self._sink is not None:
            self._sink.mux(self._stream.encode(None))
            self._sink.close()
            self._sink = None


def write_flac(path: str | Path, samples: Samples, rate_hz: int) -> None:
    """A lossless int16 FLAC file; samples [S] mono, at least one."""
    if not len(samples):
        raise ValueError(f"{path}: FLAC has no empty stream; write at least one sample")
    writer = FlacWriter(path, rate_hz)
    for start in range(0, len(samples), 4096):
        writer.write(pcm16(samples[start : start + 4096]))
    writer.close()


def flac_blocks(path: str | Path) -> Iterator[NDArray[np.int16]]:
    """The samples [S] of a mono int16 FLAC file, block after block."""
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            yield _pcm(frame)


def _decode(
    container: InputContainer, path: Path, rate_hz: int, *, partial: bool, mute: bool
) -> tuple[Samples, Frames]:
    silent = not container.streams.audio
    if silent and not (mute and container.streams.video):
        raise ValueError(f"{path}: the file has no sound; add an audio track (silence will do)")
    resampler = AudioResampler(format="s16", layout="mono", rate=rate_hz)
    streams: list[Any] = [*container.streams.audio[:1], *container.streams.video[:1]]
    chunks: list[NDArray[np.int16]] = []
    frames: Frames = []
    sound_s: float | None = None
    for decoded in _decoded(container, streams, partial=partial):
        if isinstance(decoded, AudioFrame):
            sound_s = (decoded.time or 0.0) if sound_s is None else sound_s
            chunks += [_pcm(part) for part in resampler.resample(decoded)]
        elif isinstance(decoded, VideoFrame):
            at_ms = (decoded.time or 0.0) * 1000.0
            if not frames or at_ms >= frames[-1][0] + FRAME_EVERY_MS - 1e-3:
                frames.append((at_ms, _small_rgb(decoded)))
    chunks += [_pcm(part) for part in resampler.resample(None)] if chunks else []
    if silent and frames:
        sound_s = frames[0][0] / 1000.0
        chunks = [np.zeros(round((frames[-1][0] - frames[0][0] + FRAME_EVERY_MS) * rate_hz / 1000), np.int16)]
    if sound_s is None or not sum(len(chunk) for chunk in chunks):
        raise ValueError(f"{path}: the file has an audio track without a single sample; record it again")
    zero_s = min(sound_s, frames[0][0] / 1000.0) if frames else sound_s
    lead = np.zeros(round((sound_s - zero_s) * rate_hz), np.int16)
    samples = (np.concatenate([lead, *chunks]) / INT16_SCALE).astype(np.float32)
    return samples, [(at_ms - zero_s * 1000.0, rgb) for at_ms, rgb in frames]


def _decoded(container: InputContainer, streams: list[Any], *, partial: bool) -> Iterator[Any]:
    """The frames of a container; with `partial` those before the place where it breaks off."""
    frames = iter(container.decode(streams))
    while True:
        try:
            yield next(frames)
        except StopIteration:
            return
        except FFmpegError:
            if partial:
                return
            raise


def _pcm(frame: AudioFrame) -> NDArray[np.int16]:
    return cast(NDArray[np.int16], frame.to_ndarray()).reshape(-1)


def _small_rgb(frame: VideoFrame) -> NDArray[np.uint8]:
    scale = min(1.0, MAX_SIDE / max(frame.width, frame.height))
    small = frame.reformat(max(1, round(frame.width * scale)), max(1, round(frame.height * scale)), "rgb24")
    return cast(NDArray[np.uint8], small.to_ndarray())
