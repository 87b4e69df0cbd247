"""A session that goes on and branches: a branch is what the whole session would have been, and changes nothing."""

from dataclasses import replace

import numpy as np
import pytest
from engine_fakes import FakeModel, speech

from microturn.engine.offline import Take, run_many
from microturn.engine.ongoing import Ongoing
from microturn.engine.session import SessionConfig
from microturn.engine.worker import Model
from microturn.protocol.events import Channel, Do, Text, Tick, Word
from microturn.protocol.timeline import Timeline
from tests.engine.test_offline import tiny_model

HELLO = Text(at_ms=300, channel=Channel.USER, text="hello")


def said(timeline: Timeline, from_ms: float = 0.0) -> list[tuple[float, str]]:
    """What was written from the second tick on: the first may still hear what was before."""
    found = [(e.at_ms - from_ms, e.text) for e in timeline.events if isinstance(e, Do | Word)]
    return [(round(at_ms, 3), text) for at_ms, text in found if at_ms > 200]


def work(timeline: Timeline) -> list[int]:
    """How many positions each tick took: what was heard, read, written and spoken."""
    return [event.positions for event in timeline.events if isinstance(event, Tick)]


def check(model: Model, before_ms: int, seconds: float) -> None:
    before, item = speech(before_ms / 1000, 1)[: before_ms * 16], speech(seconds, 2)
    typed = replace(HELLO, at_ms=HELLO.at_ms + before_ms)
    (whole,) = run_many(model, [Take(samples=np.concatenate([before, item]), events=[typed], tail_s=0.4)])
    going = Ongoing(model, SessionConfig())
    going.go_on(before, before_ms)
    take = Take(samples=item, events=[HELLO], tail_s=0.4)
    one, again = going.branch(take), going.branch(take)
    assert going.ms == before_ms
    assert said(one) == said(again) == said(whole, before_ms)
    assert work(one) == work(again) == work(whole)[-len(work(one)) :] != []
    voice, long = one.audio[Channel.MODEL].samples, whole.audio[Channel.MODEL].samples[before_ms * 24 :]
    size = min(len(voice), len(long))
    np.testing.assert_allclose(voice[4_800:size], long[4_800:size], atol=2e-3)
    np.testing.assert_array_equal(voice, again.audio[Channel.MODEL].samples)
    assert one.duration_ms == pytest.approx(len(item) / 16 + 400)


def test_a_branch_is_what_the_whole_session_would_have_been() -> None:
    check(FakeModel(), 1_000, 1.0)


def test_the_real_model_branches_too() -> None:
    check(tiny_model(), 400, 0.4)


def test_it_goes_on_from_where_it_was() -> None:
    sound = speech(2.0, 1)
    at_once, in_steps = Ongoing(FakeModel(), SessionConfig()), Ongoing(FakeModel(), SessionConfig())
    at_once.go_on(sound, 2_000)
    for until_ms in (600, 1_500, 2_000):
        in_steps.go_on(sound, until_ms)
    take = Take(samples=speech(1.0, 3), tail_s=1.0)
    assert said(at_once.branch(take)) == said(in_steps.branch(take)) != []
