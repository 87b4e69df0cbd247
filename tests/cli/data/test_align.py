"""`microturn data align` from its arguments to its report."""

from pathlib import Path

import numpy as np
import pytest

from microturn.cli import main
from microturn.data.voices.hibari import Hibari
from microturn.protocol.media import write_wav


def test_recordings_with_transcripts_become_clips(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    speech = Hibari().say("hello there my friend")
    write_wav(tmp_path / "a.wav", speech.samples, speech.rate_hz)
    (tmp_path / "a.txt").write_text("Hello there, my friend.")
    write_wav(tmp_path / "b.wav", np.zeros(8000, np.float32), 16000)
    (tmp_path / "b.txt").write_text("hello there my friend")
    out = tmp_path / "out"
    assert main(["data", "align", str(tmp_path), "--out", str(out)]) == 0
    report = capsys.readouterr().out
    assert "1 of 2 recordings accepted" in report
    assert sorted(path.suffix for path in (out / tmp_path.name).iterdir()) == [".json", ".rejected", ".wav"]


def test_a_path_without_transcripts_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "align", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "no recording has a transcript" in capsys.readouterr().err
