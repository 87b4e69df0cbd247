"""Impairments: what is sent is worse, what comes back lies where the user hears it, the truth stays where it was."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from microturn.bench import impairments
from microturn.bench.controls import Oracle, tone
from microturn.bench.driver import LocalDriver
from microturn.bench.impairments import NETWORKS, PERFECT, Impaired, Impairment, heard, impaired
from microturn.bench.scorers.expect import score_expect, score_reaction
from microturn.bench.task import Scenario
from microturn.protocol.events import Channel, Text, Word
from microturn.protocol.media import USER_HZ
from microturn.protocol.timeline import Timeline, Track
from tests.bench.worlds import expect, output, scenario

ASKED = replace(
    scenario("one", [expect("yes", 4000, 6000, due_ms=4000)], script=[(5000.0, 5300.0, "yes")], duration_ms=8000),
)


def talking(one: Scenario) -> Scenario:
    """The scenario with a user who is heard throughout."""
    track = Track(samples=tone(one.timeline.duration_ms, rate_hz=USER_HZ), rate_hz=USER_HZ)
    return replace(one, timeline=replace(one.timeline, audio={**one.timeline.audio, Channel.USER: track}))


@dataclass
class Seen:
    """A system that says yes, and remembers what it was given."""

    at_ms: float = 4500.0
    stimuli: list[Timeline] = field(default_factory=list)

    def run_many(self, stimuli: Sequence[Timeline]) -> list[Timeline]:
        self.stimuli += stimuli
        said = [(self.at_ms, self.at_ms + 300, "yes")]
        return [output(said, duration_ms=s.duration_ms, heard=[(1200.0, 1500.0, "hello")]) for s in stimuli]


def test_delay_is_paid_both_ways_and_the_truth_stays() -> None:
    driver = Impaired(driver=Oracle(), impairment=Impairment(delay_ms=300))
    (answer,) = driver.run([ASKED])
    assert answer.duration_ms == ASKED.timeline.duration_ms
    assert answer.words(Channel.SAY)[0].at_ms == 5600
    assert score_reaction(ASKED, answer).value == pytest.approx(1.6)
    (late,) = Impaired(driver=Oracle(), impairment=Impairment(delay_ms=800)).run([ASKED])
    assert score_expect(ASKED, late).value == 0


def test_words_that_were_heard_lie_where_they_were_said() -> None:
    seen = Seen()
    driver = Impaired(driver=LocalDriver(run_many=seen.run_many), impairment=Impairment(delay_ms=200))
    (answer,) = driver.run([ASKED])
    (word,) = answer.words(Channel.HEARD)
    assert word.at_ms == 1000 and answer.words(Channel.SAY)[0].at_ms == 4700
    assert seen.stimuli[0].duration_ms == 8200


@pytest.mark.parametrize("percent", [5.0, 20.0])
def test_so_many_packets_are_silent_both_ways(percent: float) -> None:
    one = talking(ASKED)
    line = Impairment(loss=percent)
    sent = impaired(one, line).timeline.audio[Channel.USER].samples
    back = heard(output([(0.0, 8000.0, "yes")], duration_ms=8000), one, line).audio[Channel.MODEL].samples
    for samples, rate_hz in ((sent, 16_000), (back, 24_000)):
        packets = samples.reshape(-1, rate_hz // 50)
        share = float(np.mean(~packets.any(axis=1)))
        assert share == pytest.approx(percent / 100, abs=0.05)
    again = impaired(one, line).timeline.audio[Channel.USER].samples
    np.testing.assert_array_equal(sent, again)


def test_noise_has_its_level_and_leaves_the_original_alone() -> None:
    one = talking(ASKED)
    before = one.timeline.audio[Channel.USER].samples.copy()
    noisy = impaired(one, Impairment(noise="pink:10")).timeline.audio[Channel.USER].samples
    np.testing.assert_array_equal(before, one.timeline.audio[Channel.USER].samples)
    ratio_db = 10 * np.log10(np.mean(before**2) / np.mean((noisy - before) ** 2))
    assert ratio_db == pytest.approx(10, abs=1)


def test_a_codec_changes_the_sound_and_not_its_times() -> None:
    one = talking(ASKED)
    coded = impaired(one, Impairment(kbps=12)).timeline.audio[Channel.USER].samples
    plain = one.timeline.audio[Channel.USER].samples
    assert len(coded) == len(plain) and 0.7 < np.corrcoef(coded, plain)[0, 1] < 1 - 1e-6


def test_echo_is_told_to_systems_that_can_and_to_the_scores() -> None:
    marked = impaired(ASKED, Impairment(echo_db=-20))
    assert marked.stimulus().meta == {"echo_db": -20} and ASKED.stimulus().meta == {}


def test_pictures_and_typed_words_are_late_too() -> None:
    typed = replace(ASKED, timeline=replace(ASKED.timeline, events=(Text(at_ms=500, channel=Channel.USER, text="hi"),)))
    (event,) = impaired(typed, Impairment(delay_ms=100)).stimulus().events
    assert event.at_ms == 600


def test_a_perfect_line_changes_nothing() -> None:
    one = talking(ASKED)
    sent = impaired(one, PERFECT)
    assert sent.timeline.events == one.timeline.events and sent.meta == one.meta
    np.testing.assert_array_equal(sent.timeline.audio[Channel.USER].samples, one.timeline.audio[Channel.USER].samples)


@pytest.fixture
def minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(impairments, "filler", lambda: np.full(USER_HZ, 0.25, np.float32))


@pytest.mark.usefixtures("minute")
def test_minutes_before_come_first_and_are_cut_away() -> None:
    seen = Seen(at_ms=60_000 + 4500)
    driver = Impaired(driver=LocalDriver(run_many=seen.run_many), impairment=Impairment(minutes_before=1))
    (answer,) = driver.run([ASKED])
    samples = seen.stimuli[0].audio[Channel.USER].samples
    assert seen.stimuli[0].duration_ms == 68_000 and samples[50 * USER_HZ] == 0.25 and not samples[57 * USER_HZ :].any()
    assert answer.words(Channel.SAY)[0].at_ms == 4500 and answer.duration_ms == 8000
    assert score_expect(ASKED, answer).value == 1


@pytest.mark.usefixtures("minute")
def test_minutes_before_are_shared_where_the_system_can() -> None:
    seen, befores = Seen(), list[float]()

    def after(before: Timeline, stimuli: Sequence[Timeline]) -> list[Timeline]:
        befores.append(before.duration_ms)
        return seen.run_many(stimuli)

    local = LocalDriver(run_many=seen.run_many, after=after)
    answers = Impaired(driver=local, impairment=Impairment(minutes_before=30)).run([ASKED, ASKED])
    assert befores == [1_800_000] and [s.duration_ms for s in seen.stimuli] == [8000, 8000]
    assert all(score_expect(ASKED, answer).value == 1 for answer in answers)


def test_what_is_said_of_conditions() -> None:
    assert PERFECT.name == "no impairment" and PERFECT.changed == {}
    assert Impairment(loss=5, noise="crowd:10").name == "loss 5%, noise crowd:10"
    assert Impairment(**NETWORKS["3g"].changed) == NETWORKS["3g"]
    words = [Word(at_ms=1, until_ms=2, channel=Channel.SAY, text="late")]
    failed = Timeline(duration_ms=5, events=tuple(words), meta={"failed": "it died"})
    assert heard(failed, ASKED, NETWORKS["bad"]) is failed
