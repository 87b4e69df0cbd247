"""HumDial-FDBench's folders: a recording with its segments is an item, its clean twin and others' outputs are none."""

import json
from pathlib import Path

import pytest

from microturn.bench.controls import tone
from microturn.bench.loaders.humdial import check, load
from microturn.bench.scorers.humdial import score_first_delay, score_interruption, score_rejection
from microturn.protocol.media import USER_HZ, write_wav
from tests.bench.loaders.parted import parted
from tests.bench.worlds import output


def record(folder: Path, name: str, segments: list[list[float]], *, text: str = "") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for prefix in ("", "clean_"):
        write_wav(folder / f"{prefix}{name}.wav", tone(6000, rate_hz=USER_HZ), USER_HZ)
    rows = [{"xmin": start, "xmax": end, **({"text": text} if text else {})} for start, end in segments]
    (folder / f"{name}_sentence.json").write_text(json.dumps({"speech_segments": rows}))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    record(tmp_path / "en" / "Follow-up_Questions", "0001_0001", [[0.2, 1.5], [4.0, 5.0]], text="and then")
    record(tmp_path / "en" / "Pause_Handling", "0002_0001", [[0.2, 1.0], [2.0, 3.0]])
    record(tmp_path / "zh" / "User_Real-time_Backchannels", "0003_0001", [[0.2, 1.0], [4.0, 4.3]])
    write_wav(tmp_path / "en" / "Pause_Handling" / "0002_0001_output.wav", tone(100, rate_hz=USER_HZ), USER_HZ)
    return tmp_path


def test_items_by_sub_scenario(folder: Path) -> None:
    follow_up, murmur, pause = load(folder)
    assert [s.kind for s in (follow_up, murmur, pause)] == ["follow_up", "backchannel", "pause"]
    assert follow_up.meta["event_ms"] == [4000, 5000] and follow_up.meta["disturbance"] == "and then"
    assert (follow_up.meta["first_ms"], follow_up.meta["reply_from_ms"]) == (1500, 5000)
    assert "reply_from_ms" not in murmur.meta
    assert (pause.meta["pauses_ms"], pause.meta["first_ms"]) == ([[1000, 2000]], 3000)


def test_delays_and_going_on_need_no_judge(folder: Path) -> None:
    follow_up, murmur, _ = load(folder)
    said = output([(2000, 9000, "well")], duration_ms=16_000)
    assert score_first_delay(follow_up, said).value == pytest.approx(0.5, abs=0.02)
    assert score_rejection(murmur, said).value == 1
    assert score_interruption(follow_up, said).value is None


def test_check_names_sub_scenarios_and_damaged_items(folder: Path) -> None:
    told = {gap.what: gap.items for gap in check(folder)}
    assert any("no folder of stop" in what and items == 600 for what, items in told.items())
    assert any("pause: 1 of 600" in what and items == 599 for what, items in told.items())
    (folder / "en" / "Pause_Handling" / "0002_0001_sentence.json").write_text('{"speech_segments": []}')
    assert any("has 0 segments" in gap.what for gap in check(folder))
    whole, lost = parted(load(folder))
    assert whole == ["follow_up-0001_0001", "backchannel-0003_0001"] and "0 segments" in lost["pause-0002_0001"]


def test_nothing_to_load_says_where_it_is(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="ASLP-lab/HumDial-FDBench"):
        load(tmp_path)
