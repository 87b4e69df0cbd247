"""Somebody's files: found by id in any of the layouts, on the user's clock; missing and damaged ones are unscored."""

import json
from pathlib import Path
from typing import Any

import pytest

from microturn.bench.audible import said, soundings
from microturn.bench.recorded import RecordedDriver
from microturn.bench.scorers.wer import score_wer
from microturn.bench.tools import calls
from microturn.protocol.events import Do, Span
from microturn.protocol.media import MODEL_HZ, write_wav
from tests.bench.worlds import expect, output, scenario

ITEM = scenario("item-1", [expect("yes", 0, 4000)], duration_ms=4000)
SPOKEN = output([(1000, 1400, "yes"), (1400, 1800, "sir")], duration_ms=6000)
CHUNKS = {
    "text": "yes sir",
    "chunks": [{"text": " yes", "timestamp": [1.0, 1.4]}, {"text": "sir", "timestamp": [1.4, None]}],
}


def record(voice: Path, words: Any = None, tools: Any = None) -> None:
    voice.parent.mkdir(parents=True, exist_ok=True)
    write_wav(voice, SPOKEN.audio[next(iter(SPOKEN.audio))].samples, MODEL_HZ)
    if words is not None:
        voice.with_suffix(".json").write_text(words if isinstance(words, str) else json.dumps(words))
    if tools is not None:
        voice.with_name("tools.json").write_text(json.dumps(tools))


@pytest.mark.parametrize("place", ["item-1/output.wav", "suite/item-1/output.wav", "item-1.wav", "suite/item-1.wav"])
def test_every_layout(tmp_path: Path, place: str) -> None:
    record(tmp_path / place, CHUNKS)
    (got,) = RecordedDriver(folder=tmp_path).run([ITEM])
    assert [(word.text, word.at_ms) for word in said(got)] == [("yes", 1000), ("sir", 1400)]
    assert [(round(s.at_ms), round(s.until_ms)) for s in soundings(got)] == [(1000, 1800)]
    assert got.duration_ms == 4000 and "failed" not in got.meta


def test_what_is_longer_than_the_scenario_is_cut(tmp_path: Path) -> None:
    record(tmp_path / "item-1.wav", {"chunks": [{"text": "late", "timestamp": [4.5, 4.6]}]})
    (got,) = RecordedDriver(folder=tmp_path).run([ITEM])
    assert got.events == () and max(track.duration_ms for track in got.audio.values()) == 4000


def test_tool_calls_are_notes(tmp_path: Path) -> None:
    record(tmp_path / "item-1" / "output.wav", tools=[{"t": 2.5, "function": "book", "args": {"seat": 4}}])
    (got,) = RecordedDriver(folder=tmp_path).run([ITEM])
    (note,) = [event for event in got.events if isinstance(event, Do)]
    assert note.at_ms == 2500 and [call.plain() for call in calls(got)] == [{"function": "book", "args": {"seat": 4}}]
    assert got.meta["words"] == "none"


def test_what_the_user_said_is_unscored_not_wrong(tmp_path: Path) -> None:
    truth = scenario("item-1", [Span(at_ms=0, until_ms=300, kind="word", text="hello")])
    record(tmp_path / "item-1.wav", CHUNKS)
    (got,) = RecordedDriver(folder=tmp_path).run([truth])
    assert score_wer(truth, got).value is None
    assert score_wer(truth, output()).value == 1


@pytest.mark.parametrize(
    ("words", "tools", "sentence"),
    [
        ("{", None, "output.json: not JSON"),
        ({"text": "yes"}, None, 'no list of "chunks"'),
        ({"chunks": [{"text": "yes"}]}, None, "chunk 0 is not"),
        ({"chunks": [{"text": "yes", "timestamp": ["a", 1]}]}, None, "chunk 0 is not"),
        (None, {"function": "x"}, "calls are not a list"),
        (None, [{"args": {}}], "call 0 is not"),
    ],
)
def test_damaged_files_cost_their_item_alone(tmp_path: Path, words: Any, tools: Any, sentence: str) -> None:
    record(tmp_path / "item-1" / "output.wav", words, tools)
    record(tmp_path / "item-2" / "output.wav", CHUNKS)
    other = scenario("item-2", [], duration_ms=4000)
    bad, good, missing = RecordedDriver(folder=tmp_path).run([ITEM, other, scenario("item-3", [])])
    assert sentence in bad.meta["failed"] and "failed" not in good.meta
    assert missing.meta["failed"].startswith("nothing was recorded:") and "item-3" in missing.meta["failed"]


def test_a_voice_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "item-1.wav").write_bytes(b"RIFF")
    (got,) = RecordedDriver(folder=tmp_path).run([ITEM])
    assert "cannot be read" in got.meta["failed"]


def test_one_id_in_two_suites_is_ambiguous(tmp_path: Path) -> None:
    record(tmp_path / "a" / "item-1.wav")
    record(tmp_path / "b" / "item-1.wav")
    (got,) = RecordedDriver(folder=tmp_path).run([ITEM])
    assert "give recorded:DIR the folder of one suite" in got.meta["failed"]


def test_no_folder() -> None:
    with pytest.raises(FileNotFoundError, match="no such folder"):
        RecordedDriver(folder=Path("/no/such"))
