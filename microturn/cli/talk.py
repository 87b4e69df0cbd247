"""`microturn talk question.wav --out out/`: hold one conversation with a recording, faster than real time.

Out come `conversation.wav` (24 kHz stereo: user left, model right), the timeline (`timeline.jsonl`, FLAC and frames;
`microturn replay` plays it again) and `timeline.png`. A video's pictures go to the model too. `--mic` records first.
"""

import argparse
from pathlib import Path
from typing import Any, cast

import numpy as np

from microturn.bench.picture import draw
from microturn.cli.folder import writable
from microturn.cli.model import add_model_arguments, open_model
from microturn.protocol.clock import second_of_day
from microturn.protocol.events import Channel, Clear, Do, Frame, Word
from microturn.protocol.media import MODEL_HZ, USER_HZ, Samples, on_grid, read_media, write_wav
from microturn.protocol.timeline import Timeline


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", type=Path, help="the user's side: any audio or video file")
    parser.add_argument("--mic", action="store_true", help="record the user's side from the microphone")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long to record with --mic (default: 10)")
    parser.add_argument("--out", type=Path, default=Path("out"), help="folder for the results (default: out)")
    parser.add_argument("--after", type=float, default=6.0, help="seconds of silence after the recording (default: 6)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the model's voice (default: 0)")
    add_model_arguments(parser)


def talk(args: argparse.Namespace) -> None:
    """Run the conversation, print what happened, write the results."""
    if (args.file is None) == (not args.mic):
        raise ValueError("give either a recording (microturn talk question.wav) or --mic, one of the two")
    if args.after < 0 or args.seconds <= 0:
        raise ValueError("--after and --seconds are lengths of time: give positive numbers")
    from microturn.engine.offline import run

    out = writable(args.out, "--out")
    samples, pictures = (record(args.seconds), []) if args.mic else read_media(args.file, mute=True)
    frames = [Frame(at_ms=at_ms, channel=Channel.CAMERA, rgb=rgb) for at_ms, rgb in pictures]
    model = open_model(args.model, args.device)
    day_s = second_of_day()
    timeline = run(model, samples, events=frames, seed=args.seed, second_of_day=day_s, tail_s=args.after)
    for line in narrate(timeline):
        print(line)
    write(timeline, out)


def narrate(timeline: Timeline) -> list[str]:
    """What happened, a line each, in order of time."""
    lines: list[tuple[float, str]] = []
    for event in timeline.events:
        if isinstance(event, Word):
            lines.append((event.at_ms, f"{event.channel.value:<6} {event.text}"))
        elif isinstance(event, Do):
            lines.append((event.at_ms, f"note   {event.text}"))
        elif isinstance(event, Clear):
            lines.append((event.at_ms, "clear"))
    return [f"{at_ms / 1000:8.2f} s  {line}" for at_ms, line in sorted(lines, key=lambda pair: pair[0])]


def write(timeline: Timeline, folder: Path) -> None:
    """The results of one conversation; the picture is left out, with a word about it, where matplotlib is missing."""
    timeline.save(folder, image="png")
    write_wav(folder / "conversation.wav", timeline.stereo(MODEL_HZ), MODEL_HZ)
    print(f"wrote {folder / 'timeline.jsonl'} and {folder / 'conversation.wav'} (user left, model right)")
    try:
        print(f"wrote {draw(timeline, folder / 'timeline.png')}")
    except ValueError as error:
        print(f"no picture: {error}")


def record(seconds: float) -> Samples:
    """`seconds` of the microphone, float32 [S] at 16 kHz; `ValueError` where there is none."""
    try:
        # An extra; the import also fails where PortAudio is not installed.
        import sounddevice  # pyright: ignore[reportMissingImports]
    except (ImportError, OSError) as error:
        raise ValueError(
            f"--mic needs the sounddevice package and PortAudio ({error}): pip install 'microturn[mic]' (in a clone: "
            "uv run --extra mic microturn talk --mic), or give a recording, or use the page of `microturn serve`"
        ) from error
    device = cast(Any, sounddevice)
    print(f"recording {seconds:g} s, speak now")
    try:
        taken = device.rec(round(seconds * USER_HZ), samplerate=USER_HZ, channels=1, dtype="float32", blocking=True)
    except device.PortAudioError as error:
        raise ValueError(f"the microphone cannot be opened ({error}): connect one, or give a recording") from error
    return on_grid(np.asarray(taken, np.float32)[:, 0])
