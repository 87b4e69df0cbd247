"""Options of multiple choice."""

from microturn.bench.scenarios.options import NUMBERS, choices, with_options
from tests.bench.worlds import scenario


def test_the_right_one_is_among_four_different_ones_and_moves_with_the_seed() -> None:
    letters = set[str]()
    for seed in range(0, 64, 3):
        offered = choices("three", NUMBERS, seed)
        assert len(set(offered["options"])) == 4
        assert offered["options"]["ABCD".index(offered["letter"])] == "three"
        letters.add(offered["letter"])
    assert letters == set("ABCD")


def test_only_questions_get_options() -> None:
    asked = scenario("a", meta={"questions": [{"answer": "two"}], "seed": 700})
    plain, offered = with_options(lambda n, base: [scenario("b"), asked])(2, 0)
    assert plain.meta == {} and len(offered.meta["questions"][0]["options"]) == 4
