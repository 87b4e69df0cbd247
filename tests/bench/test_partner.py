"""A partner and a system that listens to nobody: who hears what when, and what is kept."""

import numpy as np
import pytest

from microturn.bench.controls import tone
from microturn.bench.partner import MODEL_TICK, PARTNER, USER_TICK, Samples, kept, met
from microturn.protocol.events import Channel, Do, Span
from microturn.protocol.timeline import Timeline, Track
from tests.bench.worlds import output


class Parrot:
    """Says how loud the tick before was, and leaves after five ticks."""

    name = "parrot"

    def __init__(self) -> None:
        self.heard: list[Samples] = []

    def next(self, heard_S: Samples) -> Samples | None:
        self.heard.append(heard_S)
        if len(self.heard) > 5:
            return None
        loud = float(np.abs(heard_S).max()) if len(heard_S) else 0.0
        return np.full(USER_TICK, loud, np.float32)

    def marks(self) -> list[Span]:
        return [Span(at_ms=100, until_ms=200, kind="line", text="hello")]


def test_the_partner_hears_a_tick_when_it_is_over() -> None:
    partner = Parrot()
    got = met(partner, output([(400.0, 800.0, "yes")], duration_ms=3000.0))
    assert [len(heard) for heard in partner.heard] == [0, *[MODEL_TICK] * 5]
    user = got.audio[Channel.USER].samples.reshape(5, USER_TICK).max(axis=1)
    assert (user > 0).tolist() == [False, False, False, True, True]  # it sounds in ticks 2 and 3


def test_a_conversation_is_as_long_as_the_partner_stays() -> None:
    got = met(Parrot(), output([(400.0, 800.0, "yes"), (2000.0, 2400.0, "late")], duration_ms=3000.0))
    assert got.duration_ms == 1000.0 and len(got.audio[Channel.MODEL].samples) == 5 * MODEL_TICK
    assert [word.text for word in got.words(Channel.SAY)] == ["yes"]
    short = met(Parrot(), Timeline(duration_ms=200.0, audio={Channel.MODEL: Track(samples=tone(200), rate_hz=24_000)}))
    assert short.duration_ms == 1000.0 and not short.audio[Channel.MODEL].samples[MODEL_TICK:].any()


def test_the_partner_is_on_record() -> None:
    got = kept(Timeline(duration_ms=1000.0, events=(Do(at_ms=150, text="x"),), meta={"a": 1}), Parrot())
    assert [type(event) for event in got.events] == [Span, Do]
    assert got.meta == {"a": 1, PARTNER: "parrot"}


def test_another_rate_is_refused() -> None:
    silent = Timeline(
        duration_ms=200.0, audio={Channel.MODEL: Track(samples=tone(200, rate_hz=16_000), rate_hz=16_000)}
    )
    with pytest.raises(ValueError, match="resample"):
        met(Parrot(), silent)
