"""`microturn replay out/`: play a recording to the model again; same inputs and seed must give the same outputs.

The last line is JSON: how many events and samples agree. Exit status 0 when all do to the bit, 1 when not.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from microturn.cli.model import add_model_arguments, open_model
from microturn.protocol.events import Channel, Clear, Do, Event, Word
from microturn.protocol.timeline import Timeline


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="a recording: a folder with a timeline.jsonl")
    parser.add_argument("--out", type=Path, help="also save the replayed timeline to this folder")
    parser.add_argument("--partial", action="store_true", help="open a recording that was cut off")
    add_model_arguments(parser)


def replay(args: argparse.Namespace) -> int:
    """Replay and compare."""
    from microturn.engine.offline import replay as play_again

    recorded = Timeline.load(args.folder, partial=args.partial)
    replayed = play_again(open_model(args.model, args.device), recorded)
    if args.out:
        replayed.save(args.out, image="png")
    result = compare(recorded, replayed)
    if not result["same"]:
        print(f"the replay differs, first at {result['first_difference_ms']} ms")
    print(json.dumps(result))
    return 0 if result["same"] else 1


def compare(a: Timeline, b: Timeline) -> dict[str, Any]:
    """Whether the model's words, notes and voice are the same in two timelines, and when they first are not."""
    ours, theirs = _acts(a), _acts(b)
    differing = [x.at_ms for x, y in zip(ours, theirs, strict=False) if x != y]
    differing += [event.at_ms for event in (*ours[len(theirs) :], *theirs[len(ours) :])[:1]]
    voice, other = (t.audio[Channel.MODEL].samples if Channel.MODEL in t.audio else np.zeros(0) for t in (a, b))
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


def _acts(timeline: Timeline) -> list[Event]:
    return [event for event in timeline.events if isinstance(event, Word | Do | Clear)]
