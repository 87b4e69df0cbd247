"""The contact sheet: a picture with a row for every kind of drawing, none of them empty."""

from pathlib import Path

import numpy as np
from PIL import Image

from microturn.data.pictures.sheet import COLUMNS, contact_sheet


def test_the_sheet_has_a_full_row_for_every_kind(tmp_path: Path) -> None:
    path = contact_sheet(tmp_path / "sheet.png", seed=1)
    sheet = np.asarray(Image.open(path))
    rows = sheet.shape[0] // 84
    assert sheet.shape == (rows * 84, 90 + COLUMNS * 84, 3) and rows >= 20
    for row in range(rows):
        frames = [sheet[row * 84 :, 90 + 84 * column :][:80, :80] for column in range(COLUMNS)]
        assert all(frame.std() > 3 for frame in frames), row
        assert any((frame != frames[0]).any() for frame in frames[1:]), row
