"""Requests of any kind: handed over as they are, with forms of their own for the tests."""

import numpy as np
import pytest

from microturn.data.acts.beyond import FORMS, NOTE, POOLS, beyond
from microturn.data.acts.errands import Errand, draw_errand, polite
from microturn.data.script import Stage
from tests.bench.worlds import CAST


def stage(split: str) -> Stage:
    return Stage(rng=np.random.default_rng(3), voice=CAST.users[0], own=CAST.own, split=split)


def form_of(request: str) -> str:
    """The form whose fixed words stand in the last sentence of a request, in order."""
    words = request.split(" | ")[-1].split()
    fits = [form for form in FORMS if all(word in words for word in form.split() if word not in POOLS)]
    return max(fits, key=lambda form: len([word for word in form.split() if word not in POOLS]))


def test_tests_have_forms_of_their_own() -> None:
    seen = {
        split: {form_of(beyond(played)[0]) for _ in range(300)}
        for split in ("train", "test")
        if (played := stage(split))
    }
    assert len(seen["train"]) > 20 and len(seen["test"]) > 5
    assert not seen["train"] & seen["test"]


@pytest.mark.parametrize("split", ["train", "test"])
def test_they_are_among_the_errands(split: str) -> None:
    played = stage(split)
    errands = [draw_errand(played) for _ in range(200)]
    share = np.mean([errand.note == NOTE for errand in errands])
    assert 0.15 < share < 0.45


def test_questions_are_not_made_polite() -> None:
    played = stage("train")
    question = Errand("what is two plus two", "delegate how much two plus two is", "it is four")
    assert {polite(played, question) for _ in range(20)} == {question.request}
    order = Errand("play a song", "delegate play a song", "it is playing")
    assert {polite(played, order) for _ in range(30)} == {"play a song", "please play a song", "can you play a song"}
