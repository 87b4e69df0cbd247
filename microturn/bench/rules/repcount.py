"""RepCount-A: how far a count is from the truth (Hu et al. 2022, arXiv 2204.01018; TransRAC @68bdd4da).

The official scorer takes as the truth the rounded sum of the density label that its network is trained on. Short cycles
overlap there and lose mass, so that truth can be below the annotated count (4 cycles give 2); "fixed" goes by the
annotation. Its relative error divides by the truth plus 0.1; "fixed" divides by the truth. Rounding is half to even.

Shapes: F sampled frames.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from microturn.bench.rules import Cases, Mode

FRAMES = 64  # that the network sees of a video
OFF_BY = 1
SOFTEN = 0.1  # added to the truth in the official relative error


def sampled(time_points: Sequence[float], video_frames: int, frames: int = FRAMES) -> list[int]:
    """Starts and ends of cycles (frames of the video) among its `frames` sampled frames, sorted."""
    return sorted(min(math.ceil(point / video_frames * frames), frames - 1) for point in time_points)


def density(
    time_points: Sequence[float], video_frames: int, frames: int = FRAMES, *, mode: Mode = "official"
) -> list[float]:
    """The density label [F]: each cycle is a normal distribution, three deviations to its start and end, over its frames.

    A later cycle overwrites the frames that it shares with an earlier one ("official") or adds to them ("fixed").
    Raises IndexError where a cycle has a start and no end.
    """
    points = sampled(time_points, video_frames, frames)
    label_F = [0.0] * frames
    for place in range(0, len(points), 2):
        start, end = points[place], points[place + 1]
        for frame in range(start, end + 1):
            mass = _mass(frame, start, end)
            label_F[frame] = mass if mode == "official" else label_F[frame] + mass
    return label_F


def _mass(frame: int, start: int, end: int) -> float:
    """What one frame, half a frame to either side, has of the cycle from `start` to `end`."""
    if start == end:
        return 1.0
    middle, spread = (start + end) / 2, (end - start) / 6 * math.sqrt(2)
    return 0.5 * (math.erf((frame + 0.5 - middle) / spread) - math.erf((frame - 0.5 - middle) / spread))


def true_count(time_points: Sequence[float], video_frames: int, *, mode: Mode = "fixed") -> float:
    """How many cycles a video counts as having."""
    return float(round(sum(density(time_points, video_frames)))) if mode == "official" else float(len(time_points) // 2)


def count_error(got: float, truth: float, *, mode: Mode) -> float | None:
    """The relative error of a count; None where the truth is zero and nothing softens the division."""
    if mode == "official":
        return abs(got - truth) / (truth + SOFTEN)
    return abs(got - truth) / truth if truth > 0 else None


def off_by_one(got: float, truth: float) -> bool:
    return abs(got - truth) <= OFF_BY


def averages(got: Sequence[float], truth: Sequence[float], *, mode: Mode) -> dict[str, float | None]:
    """MAE and OBO of a set, where there is an error to average; None for none ("official": not a number)."""
    nothing = math.nan if mode == "official" else None
    errors = [count_error(one, other, mode=mode) for one, other in zip(got, truth, strict=True)]
    known = [error for error in errors if error is not None]
    hits = [off_by_one(one, other) for one, other in zip(got, truth, strict=True)]
    return {
        "MAE": sum(known) / len(known) if known else nothing,
        "OBO": sum(hits) / len(hits) if hits else nothing,
    }


def _rounded(density_sum: float, frames: int) -> float:
    """The count that a constant density of this sum gives, in single precision as the network's."""
    return float(round(float(np.sum(np.full(frames, density_sum / frames, np.float32)))))


def _score_case(given: Mapping[str, Any]) -> dict[str, Any]:
    frames = int(given.get("frames", FRAMES))
    got = [_rounded(value, frames) for value in given["pred_density_sums"]]
    truth = [_rounded(value, frames) for value in given["gt_density_sums"]]
    return {**averages(got, truth, mode="official"), "pred_counts": got, "gt_counts": truth}


def _label_case(given: Mapping[str, Any]) -> dict[str, Any] | None:
    try:
        label = density(given["time_points"], given["video_frames"], int(given.get("num_frames", FRAMES)))
    except (IndexError, ZeroDivisionError):
        return None
    return {"density": label, "sum": sum(label), "rounded_count": float(round(sum(label)))}


CASES: Cases = {"TransRAC / RepCount-A": {"cases": _score_case, "cases_label": _label_case}}
