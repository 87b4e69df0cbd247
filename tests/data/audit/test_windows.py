"""Windows that nobody can meet are found, each with its reason; those of every act can be met, and are."""

import pytest

from microturn.data.acts import MIXTURES
from microturn.data.audit.windows import exclusive, own_words, possible, truth
from tests.data.audit.stories import reasons, said, scene, session, span, with_events


@pytest.mark.parametrize("act", MIXTURES["all"])
def test_the_windows_of_every_act_can_be_met_and_are(act: str) -> None:
    for seed in range(3):
        made = session(scene(seed, act))
        assert [*possible(made), *exclusive(made), *truth(made), *own_words(made)] == []


@pytest.mark.parametrize(
    ("windows", "reason"),
    [
        ([span("expect", 1000, 1000, "one")], "empty window"),
        ([span("quiet", 1000, 900)], "empty window"),
        ([span("expect", 1e6, 1e6 + 500, "one")], "window outside"),
        ([span("expect", -900, -100, "one")], "window outside"),
        ([span("expect", 1000, 2000, "one", request_end_ms=2100)], "window too early"),
        ([span("expect", 1000, 2000, "one", cue_end_ms=2100)], "window too early"),
        ([span("interrupt", 1000, 2000, "stop", clear_by_ms=900)], "window too early"),
    ],
)
def test_impossible_windows(windows: list, reason: str) -> None:
    assert reasons(possible(with_events(windows))) == [reason]


def test_possible_windows() -> None:
    windows = [
        span("expect", 1000, 2000, "one", request_end_ms=1900),
        span("interrupt", 1000, 2000, "stop", clear_by_ms=1600),
        span("quiet", 1000, 1000),
    ]
    assert possible(with_events(windows)) == []


def test_two_answers_at_once_exclude_each_other_unless_there_is_time_for_both() -> None:
    long = span("expect", 1000, 1400, "one two three four")
    assert reasons(exclusive(with_events([long, span("expect", 1000, 1400, "red blue green")]))) == [
        "windows exclude each other"
    ]
    assert exclusive(with_events([long, span("expect", 1000, 2000, "red blue green")])) == []
    assert exclusive(with_events([long, span("expect", 1000, 1400, "red")])) == []
    assert exclusive(with_events([long, span("expect", 40_000, 40_001, "red")])) == []


def test_an_answer_where_the_model_must_be_quiet() -> None:
    window = span("expect", 1000, 2000, "one")
    parts = [span("quiet", 900, 1500), span("quiet", 1400, 2100)]
    assert reasons(exclusive(with_events([window, *parts]))) == ["window is quiet"]
    assert exclusive(with_events([window, parts[0]])) == exclusive(with_events([window, parts[1]])) == []


def test_the_models_words_have_to_do_what_is_expected() -> None:
    window = span("expect", 1000, 2000, "one two")
    assert truth(with_events([window, said("one", 1200, 1400)])) == []
    assert reasons(truth(with_events([window]))) == ["answer missing"]
    assert reasons(truth(with_events([window, said("one", 2200, 2400)]))) == ["answer missing"]
    assert reasons(truth(with_events([window, said("two", 1200, 1400)]))) == ["answer missing"]
    quiet = span("quiet", 3000, 4000)
    assert reasons(truth(with_events([quiet, said("one", 3200, 3400)]))) == ["word in quiet"]
    assert truth(with_events([quiet, said("one", 2800, 3400), said("two", 4000, 4200)])) == []


def test_own_words_must_not_overlap() -> None:
    assert reasons(own_words(with_events([said("one", 200, 600), said("two", 400, 800)]))) == ["own words overlap"]
    for at_ms in (600, 550):  # somebody's recording rounds
        assert own_words(with_events([said("two", at_ms, 800), said("one", 200, 600)])) == []
