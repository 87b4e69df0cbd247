"""The embeddings in NumPy are the original's."""

import math

import numpy as np
import pytest

from microturn.features import minilm

needed = pytest.mark.skipif(not minilm.available(), reason="the sentence embeddings are not installed")


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
