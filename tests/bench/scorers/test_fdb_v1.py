"""Full-Duplex-Bench v1 on handmade outputs: words count only where they sound, and each kind has its own measures."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from microturn.bench.judges.judge import Question, Verdict
from microturn.bench.scorers.fdb_v1 import (
    judge_reply,
    score_frequency,
    score_jsd,
    score_jsd_gain,
    score_latency,
    score_listener_takeover,
    score_pause,
    score_speaking,
    score_taken,
)
from tests.bench.worlds import output, scenario

PAUSE = scenario("p", kind="pause", duration_ms=6000.0)
TURN = scenario("t", kind="turn", meta={"turn_end_ms": 4000.0})
CUT_IN = {"interrupt_ms": [3000.0, 5000.0], "interrupt": "no say apple", "context": "count from one to nine"}
INTERRUPTION = scenario("i", kind="interruption", meta=CUT_IN)
RATERS = [0.0] * 20 + [1.0] * 4 + [0.0] * 27  # around 4.0 to 4.8 s of 10
STORY = scenario("s", kind="backchannel", meta={"raters": RATERS})
ANSWER = [(5500.0, 5900.0, "one"), (5900.0, 6600.0, "two")]
MURMUR = [(4200.0, 4500.0, "mm"), (4500.0, 4800.0, "hmm")]
COUNTING = [(1000.0 + 400 * i, 1400.0 + 400 * i, "la") for i in range(20)]


@dataclass
class Fixed:
    """A judge that always says the same and remembers what it was asked."""

    value: float | None
    asked: list[Question] = field(default_factory=list[Question])
    name: str = "fixed"
    proxy: bool = True

    def ask(self, questions: Sequence[Question]) -> list[Verdict]:
        self.asked += questions
        return [Verdict(value=self.value, reason="because") for _ in questions]


def test_pauses_are_taken_by_words_that_sound_within_the_recording() -> None:
    words = [(2000.0 + 200 * i, 2200.0 + 200 * i, "la") for i in range(4)]
    assert score_pause(PAUSE, output(words, duration_ms=6000)).value == 1
    assert score_pause(PAUSE, output(words[:3], duration_ms=6000)).value == 0
    assert score_pause(PAUSE, output(words, duration_ms=6000, sound=False)).value == 0
    assert score_pause(PAUSE, output([(6000.0, 7500.0, "late")])).value == 0
    assert score_pause(TURN, output(words)).value is None


def test_a_turn_that_is_taken_has_a_latency() -> None:
    assert score_taken("turn")(TURN, output(ANSWER)).value == 1
    assert score_latency("turn")(TURN, output(ANSWER)).value == pytest.approx(1.5)
    assert score_taken("turn")(TURN, output()).value == 0
    assert score_latency("turn")(TURN, output()).value is None
    assert score_taken("interruption")(TURN, output(ANSWER)).value is None


def test_going_on_through_an_interruption_is_a_reply_only_officially() -> None:
    endless = output(COUNTING)
    assert score_taken("interruption")(INTERRUPTION, endless).value == 1
    assert score_taken("interruption", mode="fixed")(INTERRUPTION, endless).value == 0
    replied = output([*COUNTING[:6], *ANSWER])
    assert score_taken("interruption", mode="fixed")(INTERRUPTION, replied).value == 1
    assert score_latency("interruption")(INTERRUPTION, replied).value == pytest.approx(0.5)


def test_who_has_finished_is_not_interrupted() -> None:
    assert score_speaking(INTERRUPTION, output(COUNTING)).value == 1
    assert score_speaking(INTERRUPTION, output(COUNTING[:4])).value == 0
    assert score_speaking(TURN, output(COUNTING)).value is None


def test_the_judge_rates_what_follows_the_interruption_and_only_takeovers() -> None:
    judge = Fixed(4.0)
    score = judge_reply(INTERRUPTION, output([*COUNTING[:6], *ANSWER]), judge)
    assert score.value == 4 and score.explanation == "because"
    [asked] = judge.asked
    assert (asked.kind, asked.reply, asked.question, asked.context) == (
        "rating",
        "one two",
        "no say apple",
        "count from one to nine",
    )
    assert asked.scale == (0, 5)
    assert judge_reply(INTERRUPTION, output(), judge).value is None and len(judge.asked) == 1
    assert judge_reply(TURN, output(ANSWER), judge).value is None and len(judge.asked) == 1


def test_a_judge_that_cannot_tell_leaves_the_item_unscored() -> None:
    assert judge_reply(INTERRUPTION, output(ANSWER), Fixed(None)).value is None


def test_murmurs() -> None:
    said = output(MURMUR)
    assert score_listener_takeover()(STORY, said).value == 0
    assert score_frequency(STORY, said).value == pytest.approx(0.1)
    own = score_jsd(STORY, said)
    assert own.value is not None and own.value < own.evidence["random"]
    assert score_jsd_gain(STORY, said).value == pytest.approx(own.evidence["random"] - own.value)
    far = score_jsd(STORY, output([(8000.0, 8300.0, "mm")])).value
    assert far is not None and far > own.value


def test_silence_is_as_far_as_can_be_from_the_raters() -> None:
    assert score_jsd(STORY, output()).value == 1
    assert score_jsd_gain(STORY, output()).value is None
    assert score_listener_takeover()(STORY, output()).value == 0


def test_a_takeover_before_a_murmur_is_forgotten_only_officially() -> None:
    said = output([(1000.0, 2500.0, "well"), *MURMUR])
    assert score_listener_takeover()(STORY, said).value == 0
    assert score_listener_takeover(mode="fixed")(STORY, said).value == 1


def test_without_raters_there_is_no_distance() -> None:
    assert score_jsd(scenario("u", kind="backchannel"), output(MURMUR)).value is None
    assert score_frequency(scenario("u", kind="backchannel"), output(MURMUR)).value is not None
