"""Murmurs, takeovers, and where murmurs fall."""

import pytest

from microturn.bench.scorers.backchannel import score_murmurs, score_murmurs_in_gaps, score_story_takeover
from microturn.protocol.events import Span
from tests.bench.worlds import output, scenario

TOLD = [Span(at_ms=at, until_ms=at + 1500, kind="word", text="once") for at in (2000.0, 5000.0, 8000.0)]
STORY = scenario("a", TOLD, meta={"story_ms": [1000.0, 10_000.0]})
MURMUR = [(4000.0, 4300.0, "mm"), (4300.0, 4700.0, "hmm")]


def test_a_murmur_between_sentences() -> None:
    said = output(MURMUR)
    assert score_story_takeover(STORY, said).value == 0
    assert score_murmurs(STORY, said).value == pytest.approx(1 / 0.15)
    assert score_murmurs_in_gaps(STORY, said).value == 1


def test_a_murmur_over_a_word_falls_in_no_gap() -> None:
    assert score_murmurs_in_gaps(STORY, output([(5200.0, 5500.0, "mm")])).value == 0


@pytest.mark.parametrize(
    "words",
    [
        [(4000.0, 5000.0, "well")],  # one second
        [(4000.0, 4200.0, "so"), (4200.0, 4400.0, "then"), (4400.0, 4600.0, "what")],  # three words
    ],
)
def test_more_than_a_murmur_takes_the_turn_and_a_later_murmur_does_not_undo_it(words) -> None:
    assert score_story_takeover(STORY, output([*words, (7000.0, 7300.0, "mm")])).value == 1


def test_outside_the_story_nothing_counts_and_silence_has_no_place() -> None:
    assert score_murmurs(STORY, output([(100.0, 800.0, "okay")])).value == 0
    assert score_murmurs_in_gaps(STORY, output()).value is None
