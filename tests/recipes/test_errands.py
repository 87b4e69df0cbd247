"""The scripted user waits for answers, goes on without them, interrupts; what came of each line is told rightly."""

import numpy as np

from microturn.protocol.events import Cancel, Card, Channel, Delegation, Do, Event, Result, Span, Word
from microturn.protocol.timeline import Timeline
from recipes.errands import TICK, Line, User, judged, told

LINES = (Line(text="one", answers=2), Line(text="two", most_s=2.0), Line(text="three", into_s=0.6), Line(text="four"))
VOICE, SILENCE = np.full(4800, 0.1, np.float32), np.zeros(4800, np.float32)


def talk(answers: list[str]) -> tuple[User, int]:
    """The user with a model that speaks in the ticks marked "x"; and how many ticks it lasted."""
    user = User([np.full(TICK, 0.2, np.float32)] * len(LINES), LINES)
    heard, ticks = SILENCE, 0
    while user.next(heard) is not None:
        marks = "".join(answers)
        heard = VOICE if ticks < len(marks) and marks[ticks] == "x" else SILENCE
        ticks += 1
    return user, ticks


def starts(user: User) -> list[float]:
    return [span.at_ms / 1000 for span in user.spans]


def test_it_waits_for_both_answers_and_goes_on_without_any() -> None:
    user, ticks = talk(["....." + "..xx....xxx"])
    first, second, third, _ = starts(user)
    assert 5.0 <= second - first + 2 and user.spans[1].at_ms >= (5 + 11) * 200 + 1400 - 400
    assert 2.0 <= third - second <= 2.8, "no answer: after most_s"
    assert ticks < 400


def test_it_interrupts() -> None:
    silent, _ = talk([])
    third_s = starts(silent)[2]
    user, _ = talk(["." * round(third_s * 5 + 2) + "x" * 60])
    assert starts(user)[2] == third_s
    assert 0.8 <= starts(user)[3] - third_s <= 1.6, "it had been speaking for 0.6 s, from 0.4 s on"
    assert starts(silent)[3] - third_s > 8


def test_what_came_of_each_line() -> None:
    script = (
        Line(text="find out | a sum", wants="a sum", says="five", shows="it"),
        Line(text="never mind", calls_off="a sum", hushes=True),
    )
    spans = [
        Span(at_ms=0.0, until_ms=900.0, kind="line", text="find out a sum"),
        Span(at_ms=5000.0, until_ms=5900.0, kind="line", text="never mind"),
    ]
    events: tuple[Event, ...] = (
        Do(at_ms=1000.0, text="delegate a small sum"),
        Delegation(at_ms=1000.0, id="d", task="a small sum", why="", deadline_ms=9e5),
        Card(at_ms=1100.0, id="c", delegation="d", kind="chart", title="it"),
        Result(at_ms=1200.0, delegation="d", channel=Channel.COMMENTARY, text="it is five"),
        Word(at_ms=2000.0, until_ms=2200.0, channel=Channel.SAY, text="five"),
        Do(at_ms=6000.0, text="delegate a sum"),
        Cancel(at_ms=6000.0, delegation="another", reason="withdrawn"),
        Word(at_ms=6100.0, until_ms=6200.0, channel=Channel.SAY, text="okay"),
    )
    first, second = judged(Timeline(duration_ms=9000.0, events=events), spans, script)
    assert (first["handed over rightly"], first["said rightly"], first["results"]) == (True, True, ["it is five"])
    assert first["cards"] == ["chart: it"] and second["handed over rightly"] is False
    assert first["shown rightly"] is True and second["said rightly"] is False, "it spoke on, 1.1 s after the line began"
    assert told([first, second]).endswith("handed over rightly: 1 of 2\nshown rightly: 1 of 1\nsaid rightly: 1 of 2")
    ended = [*events[:-3], Cancel(at_ms=6000.0, delegation="d", reason="withdrawn")]
    second = judged(Timeline(duration_ms=9000.0, events=tuple(ended)), spans, script)[1]
    assert second["handed over rightly"] is True and second["said rightly"] is True
