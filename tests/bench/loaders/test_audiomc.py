"""The table of conversations as a folder of JSON and sound, and as parquet where pyarrow is."""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from microturn.bench.controls import tone
from microturn.bench.loaders.audiomc import check, criteria, load
from microturn.bench.scenarios.audiomc import AFTER_MS, PER_WORD_MS
from microturn.protocol.events import Channel, Text
from microturn.protocol.media import write_wav
from tests.bench.loaders.parted import parted


def write(folder: Path, name: str, **more: Any) -> None:
    (folder / "audio").mkdir(parents=True, exist_ok=True)
    for turn in (1, 2):
        write_wav(folder / "audio" / f"{name}-{turn}.wav", tone(500.0 * turn, rate_hz=48_000), 48_000)
    row = {
        "id": name,
        "axis": "Voice Editing",
        "user_turn_1_audio": f"audio/{name}-1.wav",
        "user_turn_1_transcript": "hello there",
        "assistant_turn_1_transcript": "hello to you",
        "user_turn_2_audio": f"audio/{name}-2.wav",
        "user_turn_2_transcript": "and now",
        "user_turn_3_audio": None,
        "rubric": json.dumps([{"criterion": "Says hello."}, {"criterion": "Is short."}]),
        **more,
    }
    (folder / f"{name}.json").write_text(json.dumps(row))


def test_a_conversation(tmp_path: Path) -> None:
    write(tmp_path, "one")
    (one,) = load(tmp_path)
    assert (one.id, one.kind) == ("one", "VOICE_EDITING") and one.meta["rubrics"] == ["Says hello.", "Is short."]
    (text,) = (event for event in one.stimulus().events if isinstance(event, Text))
    assert (text.at_ms, text.channel, text.text) == (600.0, Channel.THINKING, "you said hello to you")
    last_ms = 500 + AFTER_MS + 3 * PER_WORD_MS
    assert one.meta["answer_from_ms"] == pytest.approx(last_ms + 1000 - AFTER_MS)
    assert one.meta["question"] == "and now"
    assert one.meta["context"] == "User: hello there\nAssistant: hello to you"
    sound = one.timeline.audio[Channel.USER].samples
    assert np.abs(sound[: 16 * 490]).max() > 0.05 and not sound[16 * 600 : round(16 * last_ms) - 160].any()


@pytest.mark.parametrize(
    ("rubric", "wanted"),
    [
        ('["a", "b"]', ["a", "b"]),
        ([{"rubric": "a"}, "b", 3], ["a", "b"]),
        ("a\n\n b ", ["a", "b"]),
        ('{"description": "a"}', ["a"]),
        (None, []),
    ],
)
def test_rubrics_as_text_or_objects(rubric: Any, wanted: list[str]) -> None:
    assert criteria({"rubric": rubric}) == wanted


def test_gaps(tmp_path: Path) -> None:
    assert "neither parquet" in check(tmp_path)[0].what and check(tmp_path)[0].items == 452
    with pytest.raises(ValueError, match="neither"):
        load(tmp_path)
    write(tmp_path, "one")
    write(tmp_path, "two", rubric="[]")
    write(tmp_path, "three")
    (tmp_path / "audio" / "three-2.wav").unlink()
    told = [gap.what for gap in check(tmp_path)]
    assert "3 conversations, there ought to be 452" in told[0] and "VOICE_EDITING 3 of 117" in told[1]
    assert (
        "4 rubrics" in told[2]
        and "three: audio/three-2.wav is missing" in told[3]
        and "two: it has no rubric" in told[4]
    )
    (tmp_path / "four.json").write_text("{")
    assert any("four.json is damaged" in gap.what and gap.items == 1 for gap in check(tmp_path))
    whole, lost = parted(load(tmp_path))
    assert whole == ["one"] and list(lost) == ["four", "three", "two"]
    assert "damaged" in lost["four"] and "three-2.wav is missing" in lost["three"] and "no rubric" in lost["two"]


def test_parquet_needs_pyarrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "test-00000.parquet").write_bytes(b"PAR1")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    assert "pip install pyarrow" in check(tmp_path)[0].what
    with pytest.raises(ValueError, match="pip install pyarrow"):
        load(tmp_path)


def test_parquet(tmp_path: Path) -> None:
    pyarrow, parquet = (pytest.importorskip(name) for name in ("pyarrow", "pyarrow.parquet"))
    write_wav(tmp_path / "t.wav", tone(500), 24_000)
    sound = {"bytes": (tmp_path / "t.wav").read_bytes(), "path": "t.wav"}
    row = {"id": "p", "axis": "SELF_COHERENCE", "user_turn_1_audio": sound, "rubric": '["a"]'}
    row["user_turn_1_transcript"] = "hello"
    parquet.write_table(pyarrow.Table.from_pylist([row]), tmp_path / "test.parquet")
    (one,) = load(tmp_path)
    assert one.meta["rubrics"] == ["a"] and one.timeline.audio[Channel.USER].duration_ms > 20_000
    (tmp_path / "test.parquet").write_bytes(b"PAR1 cut off")
    assert "cut off or damaged" in check(tmp_path)[0].what
