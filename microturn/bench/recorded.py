"""The recorded-output driver: scores what somebody's system did, from files in the form that Full-Duplex-Bench writes.

    DIR/<suite>/<scenario id>/output.wav     the system's voice on the clock of the user's audio (any format FFmpeg reads)
                              output.json    {"text": ..., "chunks": [{"text": word, "timestamp": [start_s, end_s]}]}, optional
                              tools.json     [{"t": second, "function": name, "args": {...}}], optional

`<suite>` may be left out, and so may the folder of the item: `<scenario id>.wav` beside `<scenario id>.json`. Scenarios
without files are unscored, and so is one whose files are damaged, with the reason. Nothing here listens to the voice:
without output.json there are no words.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from microturn.bench.driver import failed
from microturn.bench.task import NO_ECHO, OWN_CLOCK, UNHEARD, Scenario
from microturn.bench.tools.calls import Call, note_of
from microturn.protocol.events import Channel, Event, Word
from microturn.protocol.media import MODEL_HZ, read_media
from microturn.protocol.timeline import Timeline, Track

VOICES = (".wav", ".flac", ".mp3", ".ogg", ".m4a")


@dataclass(frozen=True, kw_only=True)
class RecordedDriver:
    """Outputs from `folder`; those of a suite may lie in a folder of its name."""

    folder: Path
    name: str = "recorded"

    def __post_init__(self) -> None:
        if not self.folder.is_dir():
            raise FileNotFoundError(
                f"{self.folder}: no such folder; give recorded:DIR a folder with an output.wav per item"
            )

    def run(self, scenarios: Sequence[Scenario]) -> list[Timeline]:
        return [self._one(scenario) for scenario in scenarios]

    def _one(self, scenario: Scenario) -> Timeline:
        stimulus = scenario.stimulus()
        try:
            files = self._files(scenario.id)
            if files is None:
                return failed(stimulus, f"nothing was recorded: {self.folder} has no output.wav for {scenario.id}")
            return recorded(stimulus, *files)
        except (ValueError, OSError) as error:
            return failed(stimulus, f"what was recorded cannot be read: {error}")

    def _files(self, name: str) -> tuple[Path, Path, Path] | None:
        """An item's voice, words and tools, of which the first is there. ValueError when it lies in several places."""
        homes = (self.folder, *sorted(path for path in self.folder.iterdir() if path.is_dir()))
        found = [files for home in homes if (files := _item(home, name))]
        if len(found) > 1:
            raise ValueError(
                f"{found[0][0]} and {found[1][0]} are of one id; give recorded:DIR the folder of one suite"
            )
        return found[0] if found else None


def _item(home: Path, name: str) -> tuple[Path, Path, Path] | None:
    for ending in VOICES:
        if (voice := home / name / f"output{ending}").is_file():
            return voice, voice.with_suffix(".json"), voice.with_name("tools.json")
        if (voice := home / f"{name}{ending}").is_file():
            return voice, home / f"{name}.json", home / f"{name}.tools.json"
    return None


def recorded(stimulus: Timeline, voice: Path, words: Path, tools: Path) -> Timeline:
    """An output from its files; the last two may be missing. ValueError when one is damaged."""
    samples, _ = read_media(voice, MODEL_HZ)
    samples = samples[: round(stimulus.duration_ms * MODEL_HZ / 1000)]
    events: list[Event] = []
    if words.is_file():
        events += _words(words, stimulus.duration_ms)
    if tools.is_file():
        events += _calls(tools)
    audio = {Channel.MODEL: Track(samples=samples, rate_hz=MODEL_HZ)}
    told = {} if words.is_file() else {"words": "none"}
    meta = {**OWN_CLOCK, **NO_ECHO, **UNHEARD, **told}
    return replace(stimulus, audio=audio, events=tuple(sorted(events, key=lambda e: e.at_ms)), frames=(), meta=meta)


def _words(path: Path, duration_ms: float) -> list[Event]:
    """The words with their times; one without an end lasts until the next, or is of unknown length."""
    body = _json(path)
    chunks = cast(Mapping[str, Any], body).get("chunks") if isinstance(body, dict) else None
    if not isinstance(chunks, list):
        raise ValueError(f'{path}: there is no list of "chunks"')
    found: list[Event] = []
    for number, chunk in enumerate(cast(list[Any], chunks)):
        try:
            start, end = chunk["timestamp"]
            at_ms = float(start) * 1000.0
            until_ms = at_ms if end is None else float(end) * 1000.0
            text = str(chunk["text"]).strip()
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f'{path}: chunk {number} is not {{"text": ..., "timestamp": [start, end]}}') from error
        if text and at_ms < duration_ms:
            found.append(Word(at_ms=at_ms, until_ms=until_ms, channel=Channel.SAY, text=text))
    return found


def _calls(path: Path) -> list[Event]:
    calls = _json(path)
    if not isinstance(calls, list):
        raise ValueError(f"{path}: the calls are not a list")
    found: list[Event] = []
    for number, given in enumerate(cast(list[Any], calls)):
        call = cast(dict[str, Any], given if isinstance(given, dict) else {})
        name, at_s = call.get("function", call.get("name")), call.get("t", call.get("timestamp", 0.0))
        if not isinstance(name, str) or not isinstance(at_s, int | float):
            raise ValueError(f'{path}: call {number} is not {{"t": second, "function": name, "args": {{...}}}}')
        args = call.get("args")
        given_args = cast(dict[str, Any], args) if isinstance(args, dict) else {}
        found.append(note_of(Call(at_ms=float(at_s) * 1000.0, function=name, args=given_args)))
    return found


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path}: not JSON, the file is damaged or cut off ({error})") from error
