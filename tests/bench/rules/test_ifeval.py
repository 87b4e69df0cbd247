"""IFEval's four accuracies: strict and loose, of items and of instructions."""

from typing import Any

import pytest

from microturn.bench.rules.ifeval import accuracies, followed, variants

NO_COMMA, QUOTED = "punctuation:no_comma", "startend:quotation"


def item(response: str, *names: str) -> dict[str, Any]:
    return {"prompt": "p", "response": response, "instruction_id_list": list(names), "kwargs": [{} for _ in names]}


def test_the_four_and_their_mean() -> None:
    got = accuracies([item("one, two", NO_COMMA, "change_case:english_lowercase"), item('"x"', QUOTED)])
    assert got == {
        "strict-prompt": 0.5,
        "strict-instruction": pytest.approx(2 / 3),
        "loose-prompt": 0.5,
        "loose-instruction": pytest.approx(2 / 3),
        "final": pytest.approx((0.5 + 2 / 3) / 2),
    }
    assert accuracies([])["final"] is None


def test_loose_forgives_a_first_line_a_last_line_and_asterisks() -> None:
    assert variants("a\n*b*\nc") == ("a\n*b*\nc", "*b*\nc", "a\n*b*", "*b*", "a\nb\nc", "b\nc", "a\nb", "b")
    for reply in ('Sure:\n"x"', '"x"\nBye', '*"x"*', 'Sure:\n*"x"*\nBye'):
        got = followed(item("", QUOTED), reply)
        assert (got.strict, got.loose) == ((False,), (True,))
    assert followed(item("", QUOTED), "x").loose == (False,)


def test_each_instruction_may_be_met_by_another_form() -> None:
    got = followed(item("", NO_COMMA, QUOTED), '"a, b"\n"c"')
    assert got.loose == (True, True) and got.strict == (False, True)
    assert got.final() == pytest.approx((0.25 + 1) / 2)


def test_an_empty_reply_follows_nothing() -> None:
    assert followed(item("", NO_COMMA), "  \n ").loose == (False,)


def test_marks_around_a_reply_do_not_count() -> None:
    assert followed(item("", QUOTED), '<1> "x"<|user|>').strict == (True,)


def test_empty_arguments_are_as_if_not_given() -> None:
    with pytest.raises(ValueError, match="needs 'num_words'"):
        followed(
            {
                "instruction_id_list": ["length_constraints:number_words"],
                "kwargs": [{"num_words": None, "relation": "at least"}],
            },
            "a b",
        )


@pytest.mark.parametrize(
    ("names", "kwargs", "says"),
    [(["a:b"], [{}], "no instruction 'a:b'"), ([], [], "needs instructions"), (["a:b"], [], "1 and 0")],
)
def test_bad_items(names: list[str], kwargs: list[dict[str, Any]], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        followed({"instruction_id_list": names, "kwargs": kwargs}, "x")
