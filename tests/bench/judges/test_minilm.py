"""The embeddings in NumPy are the original's."""

import math

import numpy as np
import pytest

from microturn.bench.judges import minilm
from microturn.bench.judges.similarity import Embedded, Lettered

needed = pytest.mark.skipif(not minilm.available(), reason="the extra judge is not installed")


def test_gelu_is_exact_to_a_millionth() -> None:
    x = np.linspace(-6, 6, 101, dtype=np.float32)
    exact = [0.5 * v * (1 + math.erf(v / math.sqrt(2))) for v in x]
    np.testing.assert_allclose(minilm.gelu(x), exact, atol=2e-6)


@needed
def test_they_are_those_of_the_original() -> None:
    # transformers 5.23 BertModel, mean of the last hidden states, of length 1
    first = [0.136179, -0.036981, -0.029864, 0.079264, 0.00608, 0.040616]
    got = minilm.minilm().embed(["Another.", "A cat sleeps on the couch."])
    np.testing.assert_allclose(got[1, :6], first, atol=2e-6)
    np.testing.assert_allclose(got[0], minilm.minilm().embed(["Another."])[0], atol=1e-5)
    np.testing.assert_allclose((got**2).sum(axis=1), 1.0, atol=1e-5)


@needed
def test_likeness_orders_texts() -> None:
    likeness = Embedded()
    assert likeness.of("the cat sleeps", "the cat sleeps") == pytest.approx(1.0, abs=1e-5)
    near, far = likeness.of("a couch", "a sofa"), likeness.of("a couch", "the price of tea")
    assert near > 0.7 and far < 0.3


def test_letters_stand_in() -> None:
    likeness = Lettered()
    assert likeness.of("apple", "apple") == 1.0 and likeness.of("apple", "window") < 0.2
    assert likeness.of("", "apple") < 0.2
