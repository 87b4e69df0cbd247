"""Small videos made by the tests: grey that turns white at a moment, beside their JSON."""

import json
from pathlib import Path
from typing import Any

import av
import numpy as np

FLASH = {"events": [{"at_ms": 2000, "label": "the light comes on"}], "source": "a test", "licence": "CC0"}


def write_video(path: Path, about: Any = FLASH, *, seconds: float = 4.0, flash_s: float = 2.0, fps: int = 10) -> Path:
    """A video of 96 x 64, dark until `flash_s` and white from then on; `about` goes into the JSON, None for no JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as sink:
        stream: Any = sink.add_stream("mpeg4", rate=fps)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for index in range(round(seconds * fps)):
            level = 230 if index >= flash_s * fps else 40
            frame = av.VideoFrame.from_ndarray(np.full((64, 96, 3), level, np.uint8), format="rgb24")
            sink.mux(stream.encode(frame))
        sink.mux(stream.encode(None))
    if about is not None:
        path.with_suffix(".json").write_text(about if isinstance(about, str) else json.dumps(about))
    return path
