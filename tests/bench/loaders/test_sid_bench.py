"""SID-Bench's lines and clips, each after a request that brings the system to talk."""

import json
from pathlib import Path

import pytest

from microturn.bench.controls import AlwaysTalking, tone
from microturn.bench.loaders.sid_bench import LEAD_S, check, load
from microturn.bench.scorers.sid_bench import line_of
from microturn.protocol.events import Channel
from microturn.protocol.media import USER_HZ, write_wav
from tests.bench.loaders.parted import parted


def line(audio: str, *, breaks: bool, duration: float = 1.5) -> dict:
    at = 0.125 if breaks else duration
    text = "<break> no wait" if breaks else "mm hmm"
    return {
        "audio": audio,
        "total_nonbreak": not breaks,
        "duration": duration,
        "break_time": at,
        "text_with_break": text,
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "test_wavs"
    lines = {
        "en_test_lines.jsonl": [line("a.wav", breaks=True), line("b.wav", breaks=False)],
        "zh_test_lines.jsonl": [line("c.wav", breaks=True)],
        "silence_noise_test.jsonl": [line("wind.wav", breaks=False)],
    }
    for name, rows in lines.items():
        root.mkdir(exist_ok=True)
        (root / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    for name in ("en/a", "en/b", "silence_or_noise/wind"):
        (root / name).parent.mkdir(exist_ok=True)
        write_wav(root / f"{name}.wav", tone(1500, rate_hz=USER_HZ), USER_HZ)
    write_wav(tmp_path / "prompt.wav", tone(2000, rate_hz=USER_HZ), USER_HZ)
    return tmp_path


def test_clips_come_after_the_prompt_and_time_to_begin(folder: Path) -> None:
    interrupts, murmurs, lost, wind = load(folder)
    assert lost.id == "zh-c" and "c.wav: no such file" in parted([lost])[1]["zh-c"]
    assert [(s.id, s.kind) for s in (interrupts, murmurs, wind)] == [
        ("en-a", "en"),
        ("en-b", "en"),
        ("noise-wind", "noise"),
    ]
    start_ms = 2000 + 1000 * LEAD_S
    assert interrupts.meta["event_ms"] == [start_ms, start_ms + 1500]
    assert interrupts.meta["break_ms"] == start_ms + 125 and murmurs.meta["break_ms"] is None
    assert interrupts.meta["disturbance"] == "no wait"
    heard = interrupts.timeline.audio[Channel.USER].samples[round(start_ms * 16) + 100 :][:800]
    assert abs(heard).max() > 0.05


def test_a_system_that_never_stops_misses_the_interruption(folder: Path) -> None:
    interrupts, murmurs = scenarios = list(load(folder))[:2]
    missed, right = (line_of(s, out) for s, out in zip(scenarios, AlwaysTalking().run(scenarios), strict=True))
    assert missed is not None and right is not None
    assert (missed.breaks, missed.broke, missed.true_s) == (True, False, pytest.approx(0.125))
    assert (right.breaks, right.broke) == (False, False)
    assert interrupts.meta["split"] == murmurs.meta["split"] == "en"


def test_check_counts_lines_and_clips(folder: Path) -> None:
    told = " | ".join(gap.what for gap in check(folder))
    assert "has 2 of 1600 lines" in told and "c.wav is missing" in told
    (folder / "test_wavs" / "en_test_lines.jsonl").write_text("{}\n")
    assert any("line 1 is damaged" in gap.what and gap.items == 1600 for gap in check(folder))
    (folder / "test_wavs" / "zh_test_lines.jsonl").unlink()
    assert any("zh_test_lines.jsonl is missing" in gap.what for gap in check(folder))


def test_nothing_to_load_says_where_it_is(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="kxxia/SID-bench"):
        load(tmp_path)
