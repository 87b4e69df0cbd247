"""Gaps, overlaps and backchannels of conversations whose timing is known; the divergence of histograms."""

import numpy as np
import pytest

from microturn.data.dialogue.gaps import EDGES_MS, Gaps, Spurt, compute_gaps, gaps_of, histogram, joined, jsd
from microturn.protocol.events import Channel, Span, Word
from microturn.protocol.timeline import Timeline


def word(channel: Channel, at_ms: float, until_ms: float, text: str = "apple") -> Word:
    return Word(at_ms=at_ms, until_ms=until_ms, channel=channel, text=text)


def test_the_model_is_heard_one_tick_late() -> None:
    events = (word(Channel.HEARD, 0, 900), word(Channel.SAY, 1000, 2000), word(Channel.HEARD, 2100, 3000))
    gaps = compute_gaps(Timeline(duration_ms=4000, events=events))
    assert gaps.offsets_ms().tolist() == [300, -100]
    assert gaps.offsets_ms("model").tolist() == [300] and gaps.overlap_share == 0.5


def test_a_murmur_or_what_is_inside_the_others_speech_takes_no_floor() -> None:
    told = [
        Spurt(at_ms=0, until_ms=2000, who="a", words=("apple",)),
        Spurt(at_ms=2900, until_ms=4000, who="a", words=("pear",)),
    ]
    inside = Spurt(at_ms=500, until_ms=900, who="b", words=("stop",))
    between = Spurt(at_ms=2200, until_ms=2700, who="b", words=("mm", "hmm"))
    gaps = gaps_of(joined([*told, inside, between]))
    assert not gaps.transfers and [b.words for b in gaps.backchannels] == [("stop",), ("mm", "hmm")]
    assert gaps.backchannel_share == 1.0
    answer = Spurt(at_ms=2200, until_ms=2700, who="b", words=("yeah", "sure"))
    assert gaps_of(joined([*told, answer])).offsets_ms().tolist() == [200, 200]


def test_pauses_below_half_a_second_are_bridged() -> None:
    parts = [Spurt(at_ms=at, until_ms=at + 300, who="a", words=(str(at),)) for at in (0, 700, 1600)]
    assert [(s.at_ms, s.until_ms, s.words) for s in joined(parts)] == [(0, 1000, ("0", "700")), (1600, 1900, ("1600",))]


def test_the_silence_between_two_acts_is_no_gap() -> None:
    events = [
        word(Channel.HEARD, 0, 900),
        word(Channel.SAY, 1000, 2000),
        word(Channel.HEARD, 6000, 7000),
        word(Channel.SAY, 7200, 8000),
    ]
    acts = [Span(at_ms=at, until_ms=at + 2500, kind="act", text="dialogue", who="world") for at in (0.0, 6000.0)]
    assert compute_gaps(Timeline(duration_ms=9000, events=tuple(events))).offsets_ms().tolist() == [300, 3800, 400]
    assert compute_gaps(Timeline(duration_ms=9000, events=(*events, *acts))).offsets_ms().tolist() == [300, 400]


def test_histograms_add_up_and_keep_the_open_ends() -> None:
    shares = histogram(np.array([-5000.0, -1.0, 0.0, 199.0, 200.0, 9000.0]))
    assert shares.sum() == pytest.approx(1) and len(shares) == len(EDGES_MS) + 1
    assert shares[0] == shares[-1] == pytest.approx(1 / 6)
    assert shares[5:8].tolist() == pytest.approx([1 / 6, 2 / 6, 1 / 6])
    with pytest.raises(ValueError, match="no transfer"):
        histogram(Gaps().offsets_ms())


def test_the_divergence_is_0_for_equal_1_for_disjoint_and_symmetric() -> None:
    assert jsd((1, 3, 0), (0.25, 0.75, 0)) == pytest.approx(0)
    assert jsd((1, 0), (0, 1)) == pytest.approx(1)
    assert jsd((1, 1), (1, 0)) == jsd((1, 0), (1, 1)) == pytest.approx(0.3113, abs=1e-4)
