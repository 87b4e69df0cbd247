"""Media files as the two sides of a conversation: the user's at 16 kHz, the model's at 24 kHz, on the int16 grid.

Sound is decoded and resampled block by block, pictures are decoded only as they are asked for. Time zero is the file's
own: what its captions count from.

Letters: C channels, S samples.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
import soxr
from av.audio.resampler import AudioResampler
from av.error import FFmpegError
from numpy.typing import NDArray

from microturn.data.corpora.item import MOST_HOURS, Unusable
from microturn.protocol.events import Channel, Frame
from microturn.protocol.media import MAX_SIDE, MODEL_HZ, USER_HZ
from microturn.protocol.timeline import Track
from microturn.protocol.wire import INT16_SCALE, pcm16

AUDIO = ("wav", "flac", "mp3", "ogg", "opus", "m4a", "aac", "wma", "aiff")
VIDEO = ("mp4", "mkv", "webm", "mov", "avi", "m4v", "mpg", "mpeg", "ts")
RATES_HZ = {Channel.USER: USER_HZ, Channel.MODEL: MODEL_HZ}
Plan = Mapping[Channel, Sequence[int]]  # which of a file's channels, counted from 0, each side is the mean of
Choose = Callable[[int], Plan]  # the plan for a number of channels


def around(model: int | None, channels: int) -> Plan:
    """The model's channel and, as the user's side, all others."""
    rest = [channel for channel in range(channels) if channel != model]
    plan = {Channel.USER: rest, Channel.MODEL: [] if model is None else [model]}
    return {who: mine for who, mine in plan.items() if mine}


class Side:
    """Channels [C, S] at any rate in, one side's mono int16 out: the mean of its channels, resampled as they come."""

    def __init__(self, channels: list[int], from_hz: int, to_hz: int) -> None:
        self._channels, self._ratio, self._taken = channels, to_hz / from_hz, 0
        self._stream = soxr.ResampleStream(from_hz, to_hz, 1, dtype="float32") if from_hz != to_hz else None
        self._pcm: list[NDArray[np.int16]] = []
        self._rate_hz = to_hz

    def add(self, samples_CS: NDArray[np.float32], *, last: bool = False) -> None:
        mono_S = samples_CS[self._channels].mean(axis=0, dtype=np.float32)
        self._taken += len(mono_S)
        out_S = mono_S if self._stream is None else self._stream.resample_chunk(mono_S, last=last)
        self._pcm.append(pcm16(np.asarray(out_S, np.float32)))

    def track(self) -> Track:
        """All of it; as long as what went in."""
        pcm_S = np.concatenate([np.zeros(0, np.int16), *self._pcm])[: round(self._taken * self._ratio)]
        return Track(samples=(pcm_S / np.float32(INT16_SCALE)).astype(np.float32), rate_hz=self._rate_hz)


def sides_of(blocks_CS: Iterator[NDArray[np.float32]], rate_hz: int, choose: Choose) -> dict[Channel, Track]:
    """The sides of float32 blocks [C, S] that `choose` plans."""
    sides: dict[Channel, Side] = {}
    channels = 0
    for block_CS in blocks_CS:
        if not channels:
            channels = len(block_CS)
            plan = choose(channels)
            if max(map(max, plan.values())) >= channels:
                raise Unusable("a channel is missing", f"the sound has {channels}")
            sides = {who: Side(list(mine), rate_hz, RATES_HZ[who]) for who, mine in plan.items()}
        for side in sides.values():
            side.add(block_CS)
    for side in sides.values():
        side.add(np.zeros((channels, 0), np.float32), last=True)
    return {who: side.track() for who, side in sides.items()}


def read_sides(
    path: Path, choose: Choose, *, start_s: float = 0.0, duration_s: float | None = None
) -> dict[Channel, Track]:
    """Both sides of a file, or of the part of it from `start_s` on. `Unusable` when it is broken, empty or too long."""
    with opened(path) as container:
        if not container.streams.audio:
            raise Unusable("empty audio", f"{path.name} has no sound")
        if container.duration and (duration_s or container.duration / av.time_base) > MOST_HOURS * 3600:
            raise Unusable("too long", f"{path.name} is longer than {MOST_HOURS:g} hours: split it first")
        rate_hz = container.streams.audio[0].rate
        try:
            return sides_of(_blocks(container, rate_hz, start_s, duration_s), rate_hz, choose)
        except FFmpegError as error:
            raise Unusable("broken media", f"{path.name} breaks off ({error.strerror})") from error


def opened(path: Path) -> Any:
    """The file as a container of PyAV."""
    if not path.is_file():
        raise Unusable("missing media", f"{path} is not there")
    if not path.stat().st_size:
        raise Unusable("empty audio", f"{path.name} has no bytes")
    try:
        return av.open(str(path), metadata_errors="ignore")
    except FFmpegError as error:
        raise Unusable("broken media", f"{path.name} is not readable ({error.strerror})") from error


def _blocks(container: Any, rate_hz: int, start_s: float, duration_s: float | None) -> Iterator[NDArray[np.float32]]:
    """Float32 blocks [C, S] from `start_s` of the file's time on, silence in front where the sound begins later."""
    zero_s = (container.start_time or 0) / av.time_base
    stream, resampler = container.streams.audio[0], AudioResampler(format="fltp")
    if start_s > 1:
        container.seek(int((zero_s + start_s - 0.5) / stream.time_base), stream=stream)
    at = first = round(start_s * rate_hz)
    stop = first + round(duration_s * rate_hz) if duration_s is not None else None
    begun = False
    for frame in container.decode(stream):
        for plane in resampler.resample(frame):
            block_CS = np.asarray(plane.to_ndarray(), np.float32)
            if not begun:
                at = round(((frame.time or 0.0) - zero_s) * rate_hz)
                lead, begun = at - first, True
                block_CS = np.pad(block_CS, ((0, 0), (max(0, lead), 0)))
                at -= max(0, lead)
            kept_CS = block_CS[:, max(0, first - at) : None if stop is None else max(0, stop - at)]
            at += block_CS.shape[1]
            if kept_CS.shape[1]:
                yield kept_CS
        if stop is not None and at >= stop:
            return


def pictures(path: Path, frames_hz: float) -> Iterator[Frame]:
    """The pictures of a file, `frames_hz` a second, no side longer than `MAX_SIDE`; none where there is no video.

    `Unusable` where the video is broken, when it is read as far as that.
    """
    if path.suffix.lower().lstrip(".") not in VIDEO:
        return
    with opened(path) as container:
        if not container.streams.video:
            return
        zero_s, due_ms = (container.start_time or 0) / av.time_base, 0.0
        container.streams.video[0].thread_type = "AUTO"
        try:
            for picture in container.decode(video=0):
                at_ms = ((picture.time or 0.0) - zero_s) * 1000
                if at_ms >= due_ms - 1e-3:
                    due_ms = max(due_ms, at_ms - 1000 / frames_hz) + 1000 / frames_hz
                    yield Frame(at_ms=max(0.0, at_ms), channel=Channel.CAMERA, rgb=_small(picture))
        except FFmpegError as error:
            raise Unusable("broken media", f"the pictures of {path.name} break off ({error.strerror})") from error


def _small(picture: Any) -> NDArray[np.uint8]:
    scale = min(1.0, MAX_SIDE / max(picture.width, picture.height))
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    return cast(NDArray[np.uint8], picture.to_ndarray(width=size[0], height=size[1], format="rgb24"))
