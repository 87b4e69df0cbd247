"""TurnBench, as the official tools give it out: the gold of the public half as one file, and two sound files a conversation.

DIR/dev-gold.json                       what `python -m turnbench.gold export` of SesameAILabs/turnbench prints (any *gold*.json)
DIR/ID/speaker_1_audio.wav (or .flac)   the bytes of that column of the gated data set; speaker_2_audio likewise
DIR/ID/annotations.json                 instead of the gold: its six columns of annotations, {"speaker_1_annotation_a":
                                        [{"start_s", "end_s", "label"}, ...], ...}, from which the gold is made here

Each speaker of a conversation becomes a scenario in which that speaker is the user: a system here hears one channel, and
the benchmark scores each channel by itself. A file of predictions in the benchmark's own form (`Submission`) is scored
like any other system.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np

from microturn.bench.loaders.opening import Content, opened
from microturn.bench.loaders.tracks import silence, sound, trouble, user_timeline
from microturn.bench.rules.turnbench_gold import gold
from microturn.bench.task import Gap, Scenario
from microturn.protocol.events import Channel
from microturn.protocol.media import MODEL_HZ
from microturn.protocol.timeline import Timeline, Track

HOME = "huggingface.co/datasets/mundo-ai/turn-benchmark-dev"
CONVERSATIONS = 38  # of the public half
EVENTS = {
    "eot_positive_events": 1904,
    "eot_negative_spans": 1063,
    "int_positive_events": 347,
    "int_negative_spans": 3733,
}
SPEAKERS = (1, 2)
AFTER_S = 4.0  # a decision may come after the last word
TASKS = {"eot": "eot", "interruption": "int"}


def check(folder: Path) -> list[Gap]:
    """What is missing: the gold, conversations, channels, events."""
    try:
        conversations = _conversations(folder)
    except ValueError as error:
        return [Gap(what=str(error), items=2 * CONVERSATIONS)]
    gaps = _count_gaps(folder, conversations)
    for name in conversations:
        wrong = [why for speaker in SPEAKERS if (why := _channel_trouble(folder, name, speaker))]
        if wrong:
            gaps.append(Gap(what=f"conversation {name}: {'; '.join(wrong)}", items=len(wrong)))
    return gaps


def _count_gaps(folder: Path, conversations: Mapping[str, Any]) -> list[Gap]:
    gaps: list[Gap] = []
    if len(conversations) < CONVERSATIONS:
        short = CONVERSATIONS - len(conversations)
        gaps.append(Gap(what=f"{folder} has {len(conversations)} of {CONVERSATIONS} conversations", items=2 * short))
    for name, published in EVENTS.items():
        found = sum(len(one.get(name, ())) for one in conversations.values())
        if len(conversations) == CONVERSATIONS and found != published:
            gaps.append(
                Gap(what=f"{folder} has {found} {name}, {published} are published: another version of the gold")
            )
    return gaps


def load(folder: Path) -> Iterator[Scenario]:
    """Both sides of each conversation. ValueError where the sound of none is whole."""
    sides = [(name, speaker, one) for name, one in _conversations(folder).items() for speaker in SPEAKERS]
    if all(_channel_trouble(folder, name, speaker) for name, speaker, _ in sides):
        raise ValueError(f"{folder} has the gold but no sound: put ID/speaker_1_audio.wav there, from {HOME}")
    return opened(
        (f"{name}-{speaker}", str(one.get("type") or "conversation"), partial(_content, folder, name, speaker, one))
        for name, speaker, one in sides
    )


def _content(folder: Path, name: str, speaker: int, one: Mapping[str, Any]) -> Content:
    path = _channel(folder, name, speaker)
    if path is None:
        raise FileNotFoundError(f"{folder / name}: speaker_{speaker}_audio is missing")
    truth = {task: _events(one, short, speaker) for task, short in TASKS.items()}
    timeline = user_timeline([sound(path), silence(AFTER_S)])
    return timeline, {"conversation": name, "speaker": speaker, "turnbench": truth}


def _events(one: Mapping[str, Any], short: str, speaker: int) -> dict[str, list[Any]]:
    def spans(name: str) -> list[list[float]]:
        rows = one.get(f"{short}_{name}", ())
        return [[float(row["start"]), float(row["end"])] for row in rows if row["speaker"] == speaker]

    times = [float(row["time_s"]) for row in one.get(f"{short}_positive_events", ()) if row["speaker"] == speaker]
    return {"positives": times, "negatives": spans("negative_spans"), "excluded": spans("excluded")}


def _conversations(folder: Path) -> Mapping[str, Any]:
    """The gold of each conversation by its id: from the export, or made from annotations. ValueError where there is none."""
    exported = next(iter(sorted(folder.glob("*gold*.json"))), None)
    annotated = {path.parent.name: path for path in sorted(folder.glob("*/annotations.json"))}
    if exported is None and not annotated:
        raise ValueError(
            f"{folder} has neither *gold*.json (`python -m turnbench.gold export` writes it) nor ID/annotations.json; "
            f"the data are at {HOME}"
        )
    if exported is None:
        return {name: _annotated(path) for name, path in annotated.items()}
    found = _read(exported).get("conversations")
    if not isinstance(found, dict) or not found:
        raise ValueError(f"{exported} is damaged or no export of the gold: write it again")
    return cast(dict[str, Any], found)


def _annotated(path: Path) -> Mapping[str, Any]:
    columns = _read(path)
    try:
        tracks = {
            speaker: [
                [(float(row["start_s"]), float(row["end_s"]), str(row["label"])) for row in columns[column]]
                for column in (f"speaker_{speaker}_annotation_{annotator}" for annotator in "abc")
            ]
            for speaker in SPEAKERS
        }
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} has not the six columns of annotations ({error!r}): take them from {HOME}") from error
    return gold(tracks)


def _read(path: Path) -> Mapping[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path} is not JSON ({error}): write it again") from error
    return cast(dict[str, Any], content) if isinstance(content, dict) else {}


def _channel(folder: Path, name: str, speaker: int) -> Path | None:
    stems = (f"{name}/speaker_{speaker}_audio", f"{name}/speaker_{speaker}", f"{name}_speaker_{speaker}")
    places = (folder / f"{stem}{suffix}" for stem in stems for suffix in (".wav", ".flac"))
    return next((path for path in places if path.is_file()), None)


def _channel_trouble(folder: Path, name: str, speaker: int) -> str | None:
    path = _channel(folder, name, speaker)
    return f"speaker_{speaker}_audio is missing" if path is None else trouble(path)


@dataclass(frozen=True)
class Submission:
    """A file of predictions in the benchmark's form, as a system that can be scored. ValueError where it is none."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.stem

    def run(self, scenarios: Sequence[Scenario]) -> list[Timeline]:
        """One output for each scenario of `load`; it says nothing, its decisions are in its meta."""
        predicted = self._read()
        return [self._output(scenario, predicted) for scenario in scenarios]

    def _read(self) -> Mapping[str, Any]:
        try:
            content = json.loads(self.path.read_text(encoding="utf-8"))
            if content["schema_version"] != 1:
                raise ValueError(f"schema_version {content['schema_version']!r}")
            return {str(row["conversation_id"]): row for row in content["predictions"]}
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{self.path} is no file of predictions, schema_version 1 ({error!r})") from error

    def _output(self, scenario: Scenario, predicted: Mapping[str, Any]) -> Timeline:
        name, speaker = scenario.meta["conversation"], scenario.meta["speaker"]
        if name not in predicted:
            raise ValueError(f"{self.path} has no predictions for conversation {name}: give empty lists for none")
        row = predicted[name][f"speaker_{speaker}"]
        length = round(scenario.timeline.duration_ms * MODEL_HZ / 1000)
        track = Track(samples=np.zeros(length, np.float32), rate_hz=MODEL_HZ)
        meta = {"turnbench": {task: [float(at) for at in row[task]] for task in TASKS}}
        return replace(scenario.timeline, audio={Channel.MODEL: track}, events=(), frames=(), meta=meta)
