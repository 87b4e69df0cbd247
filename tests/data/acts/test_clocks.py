"""Clocks: appointments are kept to the minute, counts to the second, durations are those of the script."""

import itertools

import pytest

from microturn.data.acts.clocks import LATEST_S, duration_words
from microturn.features.numbers import clock_words, number_value
from microturn.protocol.events import Channel, Do
from tests.data.test_acts import played

SEEDS = range(12)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "one second"),
        (42, "forty two seconds"),
        (99, "ninety nine seconds"),
        (100, "one minute and forty seconds"),
        (120, "two minutes"),
        (301, "five minutes and one second"),
    ],
)
def test_durations_are_told_in_seconds_then_in_minutes(seconds: int, words: str) -> None:
    assert duration_words(seconds) == words


def test_an_appointment_is_kept_in_its_minute_and_noted_when_made() -> None:
    for seed in SEEDS:
        scene = played("at_time", seed)
        (note,) = [event for event in scene.events if isinstance(event, Do)]
        wish = scene.spans("expect")[-1]
        first = next(word for word in scene.words(Channel.SAY) if word.text == "it")
        now_s = scene.second_of_day + first.at_ms / 1000
        assert note.text.split() == ["at", *clock_words(now_s)] and wish.text.split()[2:] == clock_words(now_s)
        assert 0 <= now_s % 60 < 0.2 + 1e-6
        assert 2 < wish.data["seconds"] <= LATEST_S
        assert clock_words(now_s - 0.3) != clock_words(now_s)


def test_a_word_is_said_once_a_second_until_stop() -> None:
    for seed in SEEDS:
        scene = played("until_told", seed)
        told = [span for span in scene.spans("expect") if "turn" in span.data]
        starts = [word.at_ms for word in scene.words(Channel.SAY)][: len(told)]
        assert [two - one for one, two in itertools.pairwise(starts)] == [1000.0] * (len(told) - 1)
        assert scene.words(Channel.SAY)[-1].text == "okay" and len(scene.words(Channel.SAY)) == len(told) + 1
        assert starts[0] - told[0].data["request_end_ms"] == pytest.approx(1000, abs=200)


def test_how_long_ago_is_counted_from_the_word() -> None:
    for seed in SEEDS:
        scene = played("since", seed)
        heard = scene.words(Channel.HEARD)
        thing = next(word for word in heard if word.text == heard[-1].text or word.text == _asked(heard))
        says = [word.text for word in scene.words(Channel.SAY)]
        seconds = number_value(says[:-1])
        assert seconds == pytest.approx((heard[-1].until_ms - thing.until_ms) / 1000, abs=0.51)


def _asked(heard: list) -> str:
    """The word after "say" or "said" in the question."""
    texts = [word.text for word in heard]
    place = max(i for i, text in enumerate(texts) if text in ("say", "said"))
    return texts[place + 1]


def test_how_long_so_far_is_counted_from_the_first_word() -> None:
    for seed in SEEDS:
        scene = played("so_far", seed)
        heard = scene.words(Channel.HEARD)
        seconds = number_value([word.text for word in scene.words(Channel.SAY)][:-1])
        assert seconds == pytest.approx(max(1, (heard[-1].until_ms - heard[0].at_ms) / 1000), abs=0.51)
