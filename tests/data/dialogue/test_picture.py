"""The figures and the picture of the gaps."""

from pathlib import Path

import numpy as np
import pytest

from microturn.data.dialogue.gaps import Gaps, Transfer
from microturn.data.dialogue.picture import divergences, draw, summary
from microturn.data.dialogue.timing import Offsets


def gaps(count: int = 600) -> Gaps:
    """The users' turns as people's, the model's all 0.1 s after the user's."""
    rng = np.random.default_rng(0)
    return Gaps(
        transfers=tuple(
            Transfer(at_ms=0, offset_ms=100.0 if i % 2 else Offsets().draw_ms(rng), who=("user", "model")[i % 2])
            for i in range(count)
        )
    )


def test_each_side_is_compared_with_people() -> None:
    bits = divergences(gaps())
    assert set(bits) == {"all", "user", "model", "gaps", "overlaps"}
    assert bits["user"] < 0.03 < bits["all"] < bits["model"]
    one_sided = Gaps(transfers=(Transfer(at_ms=0, offset_ms=50, who="user"),))
    assert set(divergences(one_sided)) == {"all", "user", "gaps"}
    assert summary(one_sided).startswith("1 transfers of the floor, 0% overlap")


def test_nothing_to_compare_is_said() -> None:
    with pytest.raises(ValueError, match="no transfer of the floor"):
        divergences(Gaps())


def test_the_picture_is_written(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    assert draw(gaps(), tmp_path / "gaps.png").read_bytes()[:4] == b"\x89PNG"
