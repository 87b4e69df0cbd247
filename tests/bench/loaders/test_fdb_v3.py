"""The samples with tool calls: counted, checked, opened; a tiny folder in the official layout."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from microturn.bench.controls import tone
from microturn.bench.loaders import fdb_v3
from microturn.bench.loaders.fdb_v3 import TAIL_S, check, load, speech_end_ms
from microturn.protocol.events import Channel
from microturn.protocol.media import write_wav
from tests.bench.loaders.parted import parted

CALL = {"function": "track_order", "args": {"order_id": "417"}}
ABOUT = {
    "domain": "ecommerce_support",
    "difficulty": "easy",
    "expected_tool_calls": [CALL],
    "disfluency_features": ["PAUSE"],
    "state_rollback_test": True,
    "dialogue": [{"user": "where is it"}, {"ai": "Let me look."}, {"role": "ai", "text": "On its way."}],
}


def sample(folder: Path, name: str, about: Any = ABOUT) -> Path:
    place = folder / "data" / name
    place.mkdir(parents=True)
    noise = 0.001 * np.random.default_rng(0).standard_normal(48_000 * 2).astype(np.float32)
    noise[24_000:48_000] += tone(500, hz=300, rate_hz=48_000)
    write_wav(place / "input.wav", noise, 48_000)
    (place / "metadata.json").write_text(json.dumps(about))
    return place


def test_a_sample(tmp_path: Path) -> None:
    sample(tmp_path, "s1")
    (one,) = load(tmp_path)
    assert (one.id, one.kind) == ("data-s1", "ecommerce_support")
    assert one.meta["expected_tool_calls"] == [CALL] and one.meta["state_rollback_test"]
    assert one.meta["reply"] == "On its way." and one.meta["turn_end_ms"] == pytest.approx(1000, abs=20)
    track = one.timeline.audio[Channel.USER]
    assert track.rate_hz == 16_000 and track.duration_ms == 2000 + 1000 * TAIL_S == one.timeline.duration_ms


def test_speech_ends_where_it_rises_above_the_noise_for_the_last_time() -> None:
    assert speech_end_ms(np.zeros(0, np.float32)) == 0.0
    quiet = np.full(16_000, 1e-3, np.float32)
    assert speech_end_ms(quiet) == 1000.0  # nothing rises above it
    loud = quiet.copy()
    loud[3200:4800] = 0.1
    assert speech_end_ms(loud) == 300.0


def test_gaps(tmp_path: Path) -> None:
    assert check(tmp_path)[0].items == 100
    with pytest.raises(ValueError, match="unpack"):
        load(tmp_path)
    for name in ("a", "b", "c", "d", "e"):
        sample(tmp_path, name)
    data = tmp_path / "data"
    (data / "a" / "input.wav").unlink()
    content = (data / "b" / "input.wav").read_bytes()
    (data / "b" / "input.wav").write_bytes(content[: len(content) // 2])
    (data / "c" / "metadata.json").write_text("{")
    (data / "d" / "metadata.json").write_text("{}")
    told = {gap.what for gap in check(tmp_path)}
    for name, why in (("a", "missing"), ("b", "cut off"), ("c", "damaged"), ("d", "expected_tool_calls")):
        assert any(f"data/{name}: " in what and why in what for what in told)
    assert any("5 samples" in what for what in told) and any("travel_identity 0 of 20" in what for what in told)
    (data / "e" / "input.wav").rename(data / "a" / "input.wav")
    (data / "e" / "input.wav").write_bytes(b"RIFF")
    whole, lost = parted(load(tmp_path))
    assert whole == ["data-a"] and list(lost) == ["data-b", "data-c", "data-d", "data-e"]
    assert "cut off" in lost["data-b"] and "no WAV file" in lost["data-e"]


def test_the_archive_is_checked_by_its_size_and_checksum(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "v3.zip").write_bytes(b"abc")
    assert "cut off or another" in check(tmp_path)[0].what
    monkeypatch.setattr(fdb_v3, "ARCHIVE_BYTES", 3)
    assert "is damaged" in check(tmp_path)[0].what
    monkeypatch.setattr(fdb_v3, "ARCHIVE_SHA256", "ba7816bf")  # sha256 of "abc", FIPS 180-2
    assert "unpack" in check(tmp_path)[0].what
