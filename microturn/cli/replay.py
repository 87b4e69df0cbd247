"""`microturn replay out/`: play a recording to the model again; same inputs and seed must give the same outputs.

The last line is JSON: how many events and samples agree. Exit status 0 when all do to the bit, 1 when not. A recording
that was cut off (`--partial`) is compared up to two seconds before its end, where all that happened is on disk.
"""

import argparse
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microturn.cli.folder import writable
from microturn.cli.model import add_model_arguments, open_model
from microturn.protocol.events import Channel, Clear, Closed, Do, Event, Word
from microturn.protocol.timeline import Timeline

CUT_OFF_MS = 2_000.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="a recording: a folder with a timeline.jsonl")
    parser.add_argument("--out", type=Path, help="also save the replayed timeline to this folder")
    parser.add_argument("--partial", action="store_true", help="open a recording that was cut off")
    add_model_arguments(parser)


def replay(args: argparse.Namespace) -> int:
    """Replay and compare."""
    from microturn.engine.history import heard
    from microturn.engine.offline import replay as play_again

    out = writable(args.out, "--out") if args.out else None
    recorded = heard(Timeline.load(args.folder, partial=args.partial))
    replayed = play_again(open_model(args.model, args.device), recorded)
    if out:
        replayed.save(out, image="png")
    cut_off = not any(isinstance(event, Closed) for event in recorded.events) and args.partial
    until_ms = recorded.duration_ms - CUT_OFF_MS if cut_off else math.inf
    result = compare(recorded, replayed, until_ms=until_ms)
    if not result["same"]:
        print(f"the replay differs, first at {result['first_difference_ms']} ms")
    print(json.dumps(result))
    return 0 if result["same"] else 1


def compare(a: Timeline, b: Timeline, *, until_ms: float = math.inf) -> dict[str, Any]:
    """Whether the model's words, notes and voice are the same in two timelines, and when they first are not."""
    ours, theirs = _acts(a, until_ms), _acts(b, until_ms)
    differing = [x.at_ms for x, y in zip(ours, theirs, strict=False) if x != y]
    differing += [event.at_ms for event in (*ours[len(theirs) :], *theirs[len(ours) :])[:1]]
    voice, other = (_voice(t, until_ms) for t in (a, b))
    size = min(len(voice), len(other))
    if (unequal := np.flatnonzero(voice[:size] != other[:size])).size or len(voice) != len(other):
        first = int(unequal[0]) if unequal.size else size
        rate_hz = next(t.audio[Channel.MODEL].rate_hz for t in (a, b) if Channel.MODEL in t.audio)
        differing.append(first * 1000.0 / rate_hz)
    return {
        "same": not differing,
        "events": [len(ours), len(theirs)],
        "voice_samples": [len(voice), len(other)],
        "first_difference_ms": min(differing, default=None),
    }


def _acts(timeline: Timeline, until_ms: float) -> list[Event]:
    return [e for e in timeline.events if isinstance(e, Word | Do | Clear) and e.at_ms < until_ms]


def _voice(timeline: Timeline, until_ms: float) -> NDArray[np.float32]:
    track = timeline.audio.get(Channel.MODEL)
    if track is None:
        return np.zeros(0, np.float32)
    return track.samples[: round(max(0.0, min(until_ms, track.duration_ms)) * track.rate_hz / 1000)]
