"""Full-Duplex-Bench v1.5: when a system stops and when it responds (arXiv 2507.23159), after `get_timing` at d7336bda.

Segments of speech are (start, end) in seconds. The official lists hold every overlap and every response of a recording;
the means of the paper are over these. A scorer of ours passes the disturbance alone as the user's speech.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from microturn.bench.rules import Cases

Segment = tuple[float, float]
USER_GAP_S, MODEL_GAP_S = 0.6, 0.5
HUMAN_LIKE_S = 1.5  # the paper's bound of a human-like response


def merged(segments: Sequence[Segment], gap_s: float) -> list[Segment]:
    """The segments in order of time, those at most `gap_s` apart joined."""
    joined: list[Segment] = []
    for start, end in sorted(segments):
        if joined and start - joined[-1][1] <= gap_s:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def overlaps(user: Sequence[Segment], model: Sequence[Segment]) -> list[Segment]:
    """Where both speak, to the millisecond; of those that end in the same millisecond the shortest.

    How long one lasts is how long the model took to stop (or the user, if the model went on).
    """
    found: dict[int, Segment] = {}
    mine = theirs = 0
    while mine < len(user) and theirs < len(model):
        start, end = max(user[mine][0], model[theirs][0]), min(user[mine][1], model[theirs][1])
        if end > start:
            key = round(end * 1000)
            if key not in found or end - start < found[key][1] - found[key][0]:
                found[key] = (start, end)
        if user[mine][1] < model[theirs][1]:
            mine += 1
        else:
            theirs += 1
    return [(round(start, 3), round(end, 3)) for start, end in found.values()]


def response_gaps(user: Sequence[Segment], model: Sequence[Segment]) -> list[Segment]:
    """From each end of the user's speech to the next start of the model's; of several to one start, the latest end."""
    latest: dict[float, float] = {}
    for _, end in user:
        following = [start for start, _ in model if start > end]
        if following:
            start = min(following)
            latest[start] = max(end, latest.get(start, end))
    return [(round(end, 3), round(start, 3)) for start, end in sorted(latest.items())]


def _timing(given: Mapping[str, Any]) -> dict[str, list[Segment]]:
    user = merged([(start, end) for start, end in given["user_vad"]], USER_GAP_S)
    model = merged([(start, end) for start, end in given["model_vad"]], MODEL_GAP_S)
    return {
        "user_merged": user,
        "model_merged": model,
        "latency_stop_list": overlaps(user, model),
        "latency_resp_list": response_gaps(user, model),
    }


CASES: Cases = {"Full-Duplex-Bench v1.5 get_timing": {"cases": _timing}}
