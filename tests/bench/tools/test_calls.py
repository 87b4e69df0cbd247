"""Tool calls as notes, and back."""

from microturn.bench.tools import Call, calls, note_of
from microturn.protocol.events import Do
from microturn.protocol.timeline import Timeline


def test_a_call_survives_the_note() -> None:
    made = Call(at_ms=400.0, function="track_order", args={"order_id": "4 {1}", "n": [1, 2]})
    later = Call(at_ms=600.0, function="ping", args={})
    got = calls(Timeline(duration_ms=1000.0, events=(note_of(later), note_of(made))))
    assert got == [made, later]
    assert got[0].plain() == {"function": "track_order", "args": {"order_id": "4 {1}", "n": [1, 2]}}


def test_other_notes_are_no_calls_and_bad_arguments_are_none() -> None:
    texts = ("five", "delegate the weather", "call", "call f {not json}", "call g [1]", "call h", 'call k {"a": 1}')
    got = calls(Timeline(duration_ms=1.0, events=tuple(Do(at_ms=0, text=text) for text in texts)))
    assert [(call.function, dict(call.args)) for call in got] == [("f", {}), ("h", {}), ("k", {"a": 1})]
