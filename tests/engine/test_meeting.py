"""Meetings: a user who only plays a recording gets what `offline` gives, and hears what the record says was audible."""

import numpy as np
import pytest
from engine_fakes import speech
from numpy.typing import NDArray

from microturn.engine import meeting
from microturn.engine.meeting import Meeting, meet_many
from microturn.engine.offline import Take, run, run_many
from microturn.engine.session import SessionConfig
from microturn.features.audio import IN_HZ
from microturn.protocol.events import Channel
from tests.engine.test_offline import same, tiny_model

TICK, SPOKEN = IN_HZ // 5, 4800
Samples = NDArray[np.float32]


class Recording:
    """A user who plays samples and listens without reacting."""

    def __init__(self, samples: Samples) -> None:
        self.samples, self.heard = samples, list[Samples]()

    def next(self, heard: Samples) -> Samples | None:
        self.heard.append(heard)
        start = (len(self.heard) - 1) * TICK
        part = self.samples[start : start + TICK]
        return part if len(part) == TICK else None


def audio(seconds: float, seed: int) -> Samples:
    return speech(seconds, seed=seed)


def test_a_user_who_does_not_listen_is_a_recording() -> None:
    samples = audio(4.0, 1)
    model = tiny_model()
    got = meet_many(model, [Meeting(user=Recording(samples), config=SessionConfig(seed=3))])
    same(got[0], run(model, samples, seed=3, tail_s=0.0))


def test_what_the_user_hears_is_what_was_audible_in_the_tick_before() -> None:
    user = Recording(audio(4.0, 1))
    voice = meet_many(tiny_model(), [Meeting(user=user, config=SessionConfig(seed=3))])[0].audio[Channel.MODEL].samples
    assert np.abs(voice).max() > 0  # it babbles
    assert len(user.heard[0]) == len(user.heard[1]) == 0
    track = np.concatenate([voice, np.zeros(len(user.heard) * SPOKEN, np.float32)])
    for tick, heard in enumerate(user.heard[1:], start=1):
        audible = track[(tick - 1) * SPOKEN : tick * SPOKEN]
        np.testing.assert_allclose(heard if len(heard) else np.zeros(SPOKEN), audible, atol=2e-4)


def test_the_microphone_of_a_meeting_hears_the_loudspeaker() -> None:
    samples, model = audio(4.0, 1), tiny_model()
    config = SessionConfig(seed=3)
    (echoed,) = meet_many(model, [Meeting(user=Recording(samples), config=config, echo_db=-6.0)])
    same(echoed, run_many(model, [Take(samples=samples, config=config, tail_s=0.0, echo_db=-6.0)])[0])
    plain = run(model, samples, seed=3, tail_s=0.0).audio[Channel.USER].samples
    assert np.abs(echoed.audio[Channel.USER].samples - plain).max() > 0.001


def test_users_may_leave_at_different_times() -> None:
    model = tiny_model()
    users = [Recording(audio(seconds, 2)) for seconds in (1.0, 3.0, 2.0)]
    meetings = [Meeting(user=user, config=SessionConfig(seed=seed)) for seed, user in enumerate(users)]
    got = meet_many(model, meetings, batch=2)
    assert [timeline.audio[Channel.USER].duration_ms for timeline in got] == [1000.0, 3000.0, 2000.0]


def test_a_user_who_never_leaves_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meeting, "MOST_TICKS", 3)
    with pytest.raises(ValueError, match="has to end it"):
        meet_many(tiny_model(), [Meeting(user=Recording(audio(2.0, 1)))])
    with pytest.raises(ValueError, match="batch"):
        meet_many(tiny_model(), [], batch=0)
