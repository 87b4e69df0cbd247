"""The meter: means since the last report, a line in the file, a line on a pipe and a bar on a terminal."""

import io
import json
from pathlib import Path

import pytest
import torch
from rich.console import Console

from microturn.train import metrics
from microturn.train.metrics import Meter


@pytest.mark.parametrize("terminal", [False, True])
def test_reports_are_means_and_reach_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, terminal: bool
) -> None:
    monkeypatch.setattr(metrics, "REPORT_EVERY", 2)
    shown = io.StringIO()
    with Meter(tmp_path / "run", Console(file=shown, force_terminal=terminal, width=200)) as meter:
        for step, loss in enumerate((1.0, 3.0, 5.0, 9.0, 100.0), start=1):
            meter.add(step, {"total": torch.tensor(loss)}, 0.5, 6.0 * step, step / 5)
    lines = [json.loads(line) for line in (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()]
    assert [(line["step"], line["total"]) for line in lines] == [(2, 2.0), (4, 7.0)]
    assert meter.means == {"total": 7.0} and "total 7.0" in shown.getvalue()
    assert ("100%" in shown.getvalue()) is terminal
