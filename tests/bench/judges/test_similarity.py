"""How alike texts are: by meaning where the embeddings are installed, by letters elsewhere."""

import pytest

from microturn.bench.judges.similarity import Embedded, Lettered
from microturn.features import minilm


@pytest.mark.skipif(not minilm.available(), reason="the sentence embeddings are not installed")
def test_likeness_orders_texts() -> None:
    likeness = Embedded()
    assert likeness.of("the cat sleeps", "the cat sleeps") == pytest.approx(1.0, abs=1e-5)
    near, far = likeness.of("a couch", "a sofa"), likeness.of("a couch", "the price of tea")
    assert near > 0.7 and far < 0.3


def test_letters_stand_in() -> None:
    likeness = Lettered()
    assert likeness.of("apple", "apple") == 1.0 and likeness.of("apple", "window") < 0.2
    assert likeness.of("", "apple") < 0.2
