"""Tiny videos for the tests of loaders: grey pictures that grow lighter, with or without sound."""

from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame

FPS = 10
SOUND_HZ = 16_000


def film(
    path: Path,
    *,
    seconds: float = 3.0,
    size: tuple[int, int] = (48, 32),
    sound: bool = False,
    header_first: bool = False,
) -> Path:
    """An MP4 file of pictures [H, W] at 10 a second; the n-th has the grey n times 5."""
    path.parent.mkdir(parents=True, exist_ok=True)
    options = {"movflags": "faststart"} if header_first else {}
    with av.open(str(path), "w", options=options) as sink:
        video = sink.add_stream("mpeg4", rate=FPS)
        video.width, video.height, video.pix_fmt = *size, "yuv420p"
        voice = sink.add_stream("aac", rate=SOUND_HZ, layout="mono") if sound else None
        for number in range(round(seconds * FPS)):
            grey = np.full((size[1], size[0], 3), 5 * number % 255, np.uint8)
            sink.mux(video.encode(VideoFrame.from_ndarray(grey, format="rgb24")))
        sink.mux(video.encode(None))
        if voice is not None:
            for block in range(round(seconds * SOUND_HZ / 1024)):
                tone = 0.2 * np.sin(np.arange(1024) * 0.1).astype(np.float32)[None]
                frame = AudioFrame.from_ndarray(tone, format="fltp", layout="mono")
                frame.sample_rate, frame.pts = SOUND_HZ, block * 1024
                sink.mux(voice.encode(frame))
            sink.mux(voice.encode(None))
    return path
