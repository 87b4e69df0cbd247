"""One spoken turn: what is asked is said in words, what is answered keeps its writing, and there is time for more."""

from collections.abc import Iterator

import numpy as np
import pytest

from microturn.bench.scenarios.spoken import TAIL_MS, Turn, as_written, asked, sayable, spoken_turns, tokens
from microturn.data import scene
from microturn.protocol.events import Channel
from tests.bench.worlds import CAST, output


@pytest.fixture(autouse=True)
def beeping() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scene, "cast", lambda split: CAST)
        yield


def dice(rng: np.random.Generator, index: int) -> Turn:
    return Turn(prompt=f"Say {int(rng.integers(20))}, please!", answer="It's A.\n\nNo - 21!", meta={"index": index})


def test_a_turn() -> None:
    [first, second, third] = spoken_turns(99, {"dice": dice, "more": dice})(3, 0)
    assert [s.kind for s in (first, second, third)] == ["dice", "more", "dice"]
    assert [s.meta["index"] for s in (first, second, third)] == [0, 0, 1]
    told = [span.text for span in first.timeline.spans("word")]
    assert told[0] == "say" and told[-1] == "please" and all(word.isalpha() for word in told)
    said = first.timeline.words(Channel.SAY)
    assert [word.text for word in said] == ["It's", "A.\n\n", "No -", "21!"]
    assert said[-1].until_ms - said[-1].at_ms == 800  # "twenty one"
    assert first.meta["turn_end_ms"] < said[0].at_ms <= first.meta["turn_end_ms"] + 500
    assert first.timeline.duration_ms >= said[-1].until_ms + TAIL_MS
    assert first.meta["reference"] == "It's A.\n\nNo - 21!"


def test_seeds_fix_everything_and_go_on_from_the_base() -> None:
    make = spoken_turns(99, {"dice": dice, "more": dice})
    [_, one], [again] = make(2, 0), make(1, 1)
    assert one.timeline.events == again.timeline.events and one.kind == again.kind
    assert make(1, 2)[0].meta["prompt"] != one.meta["prompt"]


def test_a_question_without_a_script() -> None:
    timeline, turn_end_ms = asked("What is that?", np.random.default_rng(0), 5, tail_ms=20_000)
    assert timeline.words(Channel.SAY) == [] and timeline.duration_ms >= turn_end_ms + 20_000
    with pytest.raises(ValueError, match="nothing of this can be said"):
        asked("?!", np.random.default_rng(0), 5)


def test_the_letter_a_is_no_article_and_sentences_have_a_pause_between() -> None:
    assert sayable("Which one? A, a boat. B, an A.") == ("which one", "eigh | a boat", "b | an eigh")
    timeline, _ = asked("One. Two.", np.random.default_rng(0), 5)
    one, two = timeline.spans("word")
    assert 150 <= two.at_ms - one.until_ms <= 300


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("Yes.", [("Yes.", ["yes"])]),
        ("- 5 boats", [("- 5", ["five"]), ("boats", ["boats"])]),
        ('"so"\n* a', [('"so"\n *', ["so"]), ("a", ["a"])]),
    ],
)
def test_tokens(answer: str, found: list[tuple[str, list[str]]]) -> None:
    assert tokens(answer) == found


def test_what_does_not_fit() -> None:
    with pytest.raises(ValueError, match="words that can be said"):
        tokens("...")
    with pytest.raises(ValueError, match="the voice said 1 words"):
        as_written(output([(0, 400, "so")]), [("So", ["so"]), ("it", ["it"])])
