"""`microturn hear clip.wav ...`: what the model heard, one JSON line a file.

`{"file": "clip.wav", "words": [{"text": "hello", "start_ms": 420.0, "end_ms": 700.0}]}`; a file that cannot be read gets
`{"file": ..., "error": "..."}` on the same stream, the others go on, and the exit status is 2.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from microturn.cli.model import add_model_arguments, open_model
from microturn.protocol.events import Channel
from microturn.protocol.media import read_media
from microturn.protocol.timeline import Timeline

TAIL_S = 1.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="audio or video files")
    add_model_arguments(parser)


def hear(args: argparse.Namespace) -> int:
    """Print one JSON line per file, in order."""
    from microturn.engine.offline import run

    model, failed = open_model(args.model, args.device), False
    for file in args.files:
        try:
            samples, _ = read_media(file)
        except (ValueError, FileNotFoundError) as error:
            print(json.dumps({"file": str(file), "error": str(error)}, ensure_ascii=False), flush=True)
            failed = True
            continue
        heard = run(model, samples, tail_s=TAIL_S)
        print(json.dumps({"file": str(file), "words": words(heard)}, ensure_ascii=False), flush=True)
    return 2 if failed else 0


def words(timeline: Timeline) -> list[dict[str, Any]]:
    """The heard words as JSON."""
    return [
        {"text": word.text, "start_ms": round(word.at_ms, 1), "end_ms": round(word.until_ms, 1)}
        for word in timeline.words(Channel.HEARD)
    ]
