"""The drawing process: what hangs or dies costs that card only, and it goes when it is idle."""

import os
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from microturn.background.drawing.charts import plotted
from microturn.background.drawing.easel import PROGRAM, SLOW, Easel
from microturn.protocol.events import Card


def card(kind: str, **content: Any) -> Card:
    return Card(at_ms=0.0, id="a", delegation="d", kind=kind, title="a title", content=content)


HELLO = card("markdown", text="hello")
# A chart that folds a list over and over: a few characters that would take for ever.
ENDLESS = card(
    "chart",
    spec={
        "data": {"sequence": {"start": 0, "stop": 9999, "as": "x"}},
        "transform": [
            {"calculate": "sequence(2000)", "as": "a"},
            {"flatten": ["a"]},
            {"calculate": "sequence(2000)", "as": "b"},
            {"flatten": ["b"]},
        ],
        "mark": "point",
    },
)


@pytest.fixture
def easel() -> Iterator[Easel]:
    made = Easel()
    yield made
    made.close()


def process_of(easel: Easel) -> int:
    assert easel._process is not None  # pyright: ignore[reportPrivateUsage]
    return easel._process.pid  # pyright: ignore[reportPrivateUsage]


def test_cards_are_drawn_one_after_the_other_in_one_process(easel: Easel) -> None:
    assert "hello" in easel.draw(HELLO)
    first = process_of(easel)
    assert "<td>1</td>" not in easel.draw(card("table", columns=["a"], rows=[["x"]]))
    assert process_of(easel) == first != os.getpid()


def test_a_chart_is_drawn_there_and_a_broken_one_says_why(easel: Easel) -> None:
    pytest.importorskip("vl_convert")
    assert "<svg" in easel.draw(card("chart", spec=plotted("bar", ["a", "b"], [1, 2])))
    broken = card("chart", spec={"mark": "nope"})
    with pytest.raises(ValueError, match="no chart"):
        easel.draw(broken)
    assert "This cannot be shown: this is no chart" in easel.show(broken)
    assert "hello" in easel.draw(HELLO)


def test_one_that_takes_too_long_is_given_up_and_the_next_is_drawn() -> None:
    pytest.importorskip("vl_convert")
    easel = Easel(limit_s=1.5)
    with pytest.raises(ValueError, match=SLOW):
        easel.draw(ENDLESS)
    easel.limit_s = 30.0
    assert "hello" in easel.draw(HELLO)
    easel.close()


def test_a_busy_machine_costs_no_card_but_computing_without_end_does(
    easel: Easel, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("vl_convert")
    monkeypatch.setattr(
        "microturn.background.drawing.easel.PROGRAM",
        PROGRAM.replace("; main()", "; import microturn.background.drawing.easel as e; e.COMPUTE_S = 0; main()"),
    )
    began_s = time.monotonic()
    with pytest.raises(ValueError, match=SLOW):
        easel.draw(ENDLESS)
    assert time.monotonic() - began_s < easel.limit_s - 1


def test_closing_ends_what_is_being_drawn(easel: Easel) -> None:
    pytest.importorskip("vl_convert")
    threading.Timer(0.5, easel.close).start()
    began_s = time.monotonic()
    with pytest.raises(ValueError, match=SLOW):
        easel.draw(ENDLESS)
    assert time.monotonic() - began_s < 3


def test_a_process_that_died_is_begun_anew(easel: Easel) -> None:
    easel.draw(HELLO)
    os.kill(process_of(easel), 9)
    os.waitid(os.P_PID, process_of(easel), os.WEXITED | os.WNOWAIT)
    assert "hello" in easel.draw(HELLO)


def test_an_idle_process_is_put_away() -> None:
    easel = Easel(idle_s=0.05)
    easel.draw(HELLO)
    for _ in range(100):
        if easel._process is None:  # pyright: ignore[reportPrivateUsage]
            return
        time.sleep(0.02)
    raise AssertionError("it is still there")


def test_questions_are_not_drawn(easel: Easel) -> None:
    with pytest.raises(ValueError, match="made by the page"):
        easel.draw(card("permission", tool="x", detail="y"))
