"""RTTM is read, what is no RTTM is named, and the report has the figures."""

from pathlib import Path

import pytest

from microturn.data.dialogue.statistics import gaps_of_recordings, read_rttm, report

LINES = """;; made up
SPEAKER m1 1 0.00 1.00 <NA> <NA> anna <NA> <NA>
SPEAKER m1 1 1.30 0.70 <NA> <NA> anna <NA> <NA>
SPEAKER m1 1 2.25 0.75 <NA> <NA> bert <NA> <NA>
SPEAKER m1 1 2.90 2.00 <NA> <NA> anna <NA> <NA>
SPEAKER m1 1 3.50 0.46 <NA> <NA> bert <NA> <NA>
SPEAKER m2 1 9.00 0.50 <NA> <NA> anna <NA> <NA>
"""


def test_meetings_are_measured_one_by_one(tmp_path: Path) -> None:
    (tmp_path / "a.rttm").write_text(LINES)
    (tmp_path / "b.rttm").write_text(LINES)  # the same meetings again count once
    recordings = read_rttm(sorted(tmp_path.iterdir()))
    assert set(recordings) == {"m1", "m2"}
    gaps = gaps_of_recordings(recordings)
    assert gaps.offsets_ms().tolist() == pytest.approx([250, -100])
    assert [round(b.until_ms - b.at_ms) for b in gaps.backchannels] == [460]
    text = report(gaps)
    assert "2 transfers of the floor, 50.0% overlap" in text and "median 0.46 s" in text
    assert " +0.2 to  +0.4 s  0.5000" in text


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bad.rttm"
    path.write_text("SPEAKER m1 1 zero 1.0 <NA> <NA> anna\n")
    with pytest.raises(ValueError, match=r"bad.rttm:1 is no line of RTTM"):
        read_rttm([path])
