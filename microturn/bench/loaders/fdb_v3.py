"""Full-Duplex-Bench v3: a folder for each sample with input.wav and metadata.json, and results of its own runner.

DIR/.../SAMPLE/input.wav        the user's request with 30 s of real ambience, 48 kHz
DIR/.../SAMPLE/metadata.json    domain, difficulty, expected_tool_calls, disfluency_features, state_rollback_test, dialogue

`outcome` turns a result of the official runner into an output, so that somebody's recorded run can be scored.

Shapes: S samples.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np

from microturn.bench.loaders.opening import Content, opened
from microturn.bench.loaders.tracks import silence, sound, trouble, user_timeline
from microturn.bench.task import Gap, Scenario
from microturn.bench.tools import Call, note_of
from microturn.protocol.media import USER_HZ, Samples
from microturn.protocol.timeline import Timeline

HOME = "https://daniellin94144.github.io/FDB-v3-demo"
COUNT = 100
ARCHIVE_BYTES, ARCHIVE_SHA256 = 736_136_419, "37545bd8"  # how the published archive's checksum begins
ARCHIVES = (".zip", ".tar", ".gz", ".tgz")
DOMAINS = {"travel_identity": 20, "finance_billing": 25, "housing_location": 26, "ecommerce_support": 29}
TAIL_S = 15.0  # for the answer
FRAME_MS = 10.0
ABOVE_NOISE_DB = 15.0


def check(folder: Path) -> list[Gap]:
    """What is missing: the samples (100), their files, whole sound and the fields that scoring needs; the archive's checksum."""
    gaps = [gap for path in _archives(folder) if (gap := _archive_gap(path))]
    samples = _samples(folder)
    if not samples:
        return [
            *gaps,
            Gap(
                what=f"{folder} holds no folder with a metadata.json: unpack there the archive from {HOME}", items=COUNT
            ),
        ]
    if len(samples) != COUNT:
        gaps.append(Gap(what=f"{len(samples)} samples, there ought to be {COUNT}", items=max(0, COUNT - len(samples))))
    gaps += [Gap(what=f"{path.parent}: {why}", items=1) for path in samples if (why := _trouble(path))]
    found = Counter(str(about.get("domain")) for path in samples if (about := _about(path)))
    odd = ", ".join(f"{name} {found[name]} of {count}" for name, count in DOMAINS.items() if found[name] != count)
    return [*gaps, Gap(what=f"samples by domain: {odd}")] if odd else gaps


def load(folder: Path) -> Iterator[Scenario]:
    """Every sample, in the order of their folders. ValueError where none is whole."""
    samples = _samples(folder)
    if all(_trouble(path) for path in samples):
        raise ValueError(f"{folder} holds no sample with its sound: unpack there the archive from {HOME}")
    return opened((_name(path, folder), _domain(path), partial(_content, path)) for path in samples)


def _name(path: Path, folder: Path) -> str:
    return path.parent.relative_to(folder).as_posix().replace("/", "-") or path.parent.name


def _domain(path: Path) -> str:
    return str((_about(path) or {}).get("domain", ""))


def _archives(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.suffix in ARCHIVES) if folder.is_dir() else []


def _archive_gap(path: Path) -> Gap | None:
    size = path.stat().st_size
    if size != ARCHIVE_BYTES:
        return Gap(
            what=f"{path} has {size:,} bytes, the published archive {ARCHIVE_BYTES:,}: it is cut off or another one"
        )
    with path.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256").hexdigest()
    if not digest.startswith(ARCHIVE_SHA256):
        return Gap(
            what=f"{path} is damaged: its sha256 begins with {digest[:8]}, that of the published one with {ARCHIVE_SHA256}"
        )
    return None


def _samples(folder: Path) -> list[Path]:
    return sorted(folder.rglob("metadata.json")) if folder.is_dir() else []


def _about(path: Path) -> dict[str, Any] | None:
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return None
    return cast(dict[str, Any], about) if isinstance(about, dict) else None


def _trouble(path: Path) -> str | None:
    about = _about(path)
    if about is None:
        return "metadata.json is damaged"
    if not isinstance(about.get("expected_tool_calls"), list):
        return "metadata.json has no list expected_tool_calls"
    return trouble(path.with_name("input.wav"))


def _content(path: Path) -> Content:
    if wrong := _trouble(path):
        raise ValueError(f"{path.parent}: {wrong}")
    about = cast(dict[str, Any], _about(path))
    samples_S = sound(path.with_name("input.wav"))
    return user_timeline([samples_S, silence(TAIL_S)]), {
        "domain": _domain(path),
        "difficulty": str(about.get("difficulty", "")),
        "disfluency_features": list(about.get("disfluency_features") or []),
        "state_rollback_test": bool(about.get("state_rollback_test")),
        "expected_tool_calls": about["expected_tool_calls"],
        "reply": _last_reply(about.get("dialogue")),
        "turn_end_ms": speech_end_ms(samples_S),
    }


def _last_reply(dialogue: Any) -> str:
    """The last text of the "ai" in a dialogue of {"ai": text} or {"role" or "speaker": "ai", "text" or "content": text}."""
    said: list[str] = []
    for turn in cast(list[Any], dialogue) if isinstance(dialogue, list) else []:
        if not isinstance(turn, dict):
            continue
        fields = cast(dict[str, Any], turn)
        if fields.get("role", fields.get("speaker")) in ("ai", "assistant", "agent"):
            fields = {"ai": fields.get("text", fields.get("content"))}
        text = fields.get("ai")
        if isinstance(text, str):
            said.append(text)
    return said[-1] if said else ""


def speech_end_ms(samples_S: Samples, *, rate_hz: int = USER_HZ) -> float:
    """Where speech ends: the last 10 ms that are 15 dB above the quietest fifth of the recording.

    The official runner takes this from a recogniser; a result of its own (`outcome`) brings its time along.
    """
    size = round(rate_hz * FRAME_MS / 1000)
    frames = len(samples_S) // size
    if not frames:
        return 0.0
    rms = np.sqrt(np.mean(samples_S[: frames * size].reshape(frames, size).astype(np.float64) ** 2, axis=1))
    floor = max(float(np.quantile(rms, 0.2)), 1e-4)
    loud = np.flatnonzero(rms > floor * 10 ** (ABOVE_NOISE_DB / 20))
    return float(loud[-1] + 1) * FRAME_MS if len(loud) else frames * FRAME_MS


def outcome(scenario: Scenario, result: Mapping[str, Any]) -> Timeline:
    """A result of the official runner (actual_tool_calls, transcript, asr_chunks, its two times) as an output.

    When a call was made is not in it: calls stand at the end of the request. ValueError where it is no such result.
    """
    made = result.get("actual_tool_calls")
    if not isinstance(made, list):
        raise ValueError("a result has to have a list actual_tool_calls: give a result.json of the official runner")
    notes = [note_of(_call(call, float(scenario.meta["turn_end_ms"]))) for call in cast(list[Any], made)]
    names = ("transcript", "asr_chunks", "user_speech_end_rel", "audio_agent_speech_start")
    kept = {name: result.get(name) for name in names}
    return Timeline(duration_ms=scenario.timeline.duration_ms, events=tuple(notes), meta={"result": kept})


def _call(call: Mapping[str, Any], at_ms: float) -> Call:
    name = call.get("function", call.get("name"))
    args: Any = call.get("args", call.get("arguments")) or {}
    if not isinstance(name, str) or not isinstance(args, Mapping):
        raise ValueError(f'a call has to be {{"function": name, "args": {{...}}}}, not {dict(call)!r:.80}')
    return Call(at_ms=at_ms, function=name, args=cast(Mapping[str, Any], args))
