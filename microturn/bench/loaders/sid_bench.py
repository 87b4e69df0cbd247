"""SID-Bench's official layout: three files of lines, three folders of clips.

DIR/test_wavs/en_test_lines.jsonl       1,600 lines {"audio", "total_nonbreak", "duration", "break_time", "text_with_break"}
DIR/test_wavs/zh_test_lines.jsonl       1,600 lines
DIR/test_wavs/silence_noise_test.jsonl  500 lines
DIR/test_wavs/{en,zh,silence_or_noise}/*.wav

The clips are only what is said over a system; a system that talks has to be brought to talk first. Each scenario asks for
something long (DIR/prompt.wav if it is there, else a test voice that wants numbers counted), waits, and plays the clip.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from microturn.bench.loaders.opening import Content, opened
from microturn.bench.loaders.tracks import seconds_of, silence, sound, trouble, user_timeline
from microturn.bench.task import Gap, Scenario
from microturn.data.scene import cast
from microturn.data.script import at_rate
from microturn.protocol.media import Samples

HOME = "huggingface.co/datasets/kxxia/SID-bench"
SPLITS: Mapping[str, tuple[str, str, int]] = {  # sub-type: lines, clips, how many
    "en": ("en_test_lines.jsonl", "en", 1600),
    "zh": ("zh_test_lines.jsonl", "zh", 1600),
    "noise": ("silence_noise_test.jsonl", "silence_or_noise", 500),
}
PROMPT = "please count slowly from one to one hundred"
LEAD_S, AFTER_S = 5.0, 3.0  # from the prompt to the clip; from the clip to the end
WATCH_MS = 1500.0  # after the clip a break is still a reaction to it


def check(folder: Path) -> list[Gap]:
    """What is missing: files of lines, lines, clips."""
    gaps: list[Gap] = []
    root = _root(folder)
    for kind, (lines_name, clips, count) in SPLITS.items():
        path = root / lines_name
        if not path.is_file():
            gaps.append(Gap(what=f"{path} is missing: it is in the data at {HOME}", items=count))
            continue
        try:
            lines = _lines(path)
        except ValueError as error:
            gaps.append(Gap(what=str(error), items=count))
            continue
        if len(lines) != count:
            gaps.append(Gap(what=f"{path} has {len(lines)} of {count} lines", items=max(count - len(lines), 0)))
        wrong = [why for line in lines if (why := trouble(root / clips / line["audio"]))]
        if wrong:
            gaps.append(Gap(what=f"{kind}: {len(wrong)} clips cannot be run: {'; '.join(wrong[:3])}", items=len(wrong)))
    return gaps


def load(folder: Path) -> Iterator[Scenario]:
    """The clips, in the order of the lines. ValueError where none is whole."""
    root = _root(folder)
    found = [
        (kind, root / clips / line["audio"], line)
        for kind, (lines_name, clips, _) in SPLITS.items()
        if (root / lines_name).is_file()
        for line in _lines(root / lines_name)
    ]
    if all(trouble(clip) for _, clip, _ in found):
        raise ValueError(f"{folder} holds no clip of SID-Bench: unpack test_wavs there, from {HOME}")
    given = folder / "prompt.wav"
    return opened(
        (f"{kind}-{clip.stem}", kind, partial(_content, kind, clip, line, given)) for kind, clip, line in found
    )


def _content(kind: str, clip: Path, line: Mapping[str, Any], given: Path) -> Content:
    prompt = sound(given) if given.is_file() else _asked()
    start_ms = 1000 * (seconds_of(prompt) + LEAD_S)
    until_ms = start_ms + 1000 * float(line["duration"])
    meta = {
        "event_ms": [start_ms, until_ms],
        "watch_ms": until_ms + WATCH_MS,
        "break_ms": None if line["total_nonbreak"] else start_ms + 1000 * float(line["break_time"]),
        "reply_from_ms": until_ms,
        "disturbance": str(line.get("text_with_break") or "").replace("<break>", "").strip(),
        "split": kind,
    }
    return user_timeline([prompt, silence(LEAD_S), sound(clip), silence(AFTER_S)]), meta


@cache
def _asked() -> Samples:
    speech = cast("test").users[0].say(PROMPT, seed=0)
    return at_rate(speech.samples, speech.rate_hz)


def _root(folder: Path) -> Path:
    return folder / "test_wavs" if (folder / "test_wavs").is_dir() else folder


def _lines(path: Path) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if text.strip():
            try:
                line = json.loads(text)
                lines.append({**line, "audio": str(line["audio"]), "duration": float(line["duration"])})
            except (KeyError, TypeError, ValueError) as error:
                raise ValueError(f"{path} line {number} is damaged ({error!r}): take the file from {HOME}") from error
    return lines
