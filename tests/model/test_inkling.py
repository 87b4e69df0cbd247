"""Inkling's weights in our blocks give Inkling's logits: whole, position by position, and in uneven pieces."""

import random
from typing import Any

import pytest
import torch
from torch import Tensor

from microturn.model.inkling import CausalLM, from_inkling_config, from_inkling_state_dict
from microturn.model.state import StreamState

transformers = pytest.importorskip("transformers")
LENGTH = 40
SHAPES: dict[str, Any] = {
    "vocab_size": 50,
    "hidden_size": 32,
    "num_hidden_layers": 6,
    "num_attention_heads": 4,
    "num_key_value_heads": 1,
    "head_dim": 8,
    "swa_num_attention_heads": 4,
    "swa_num_key_value_heads": 2,
    "swa_head_dim": 8,
    "sliding_window_size": 6,
    "d_rel": 4,
    "rel_extent": 12,
    "log_scaling_n_floor": 9,
    "mlp_layer_types": ["dense", "sparse", "sparse", "dense", "sparse", "sparse"],
    "intermediate_size": 48,
    "moe_intermediate_size": 16,
    "n_routed_experts": 8,
    "num_experts_per_tok": 3,
    "n_shared_experts": 2,
    "max_position_embeddings": 64,
    "logits_mup_width_multiplier": 2.0,
    "attn_implementation": "eager",
}


def drawn(seed: int) -> dict[str, Any]:
    """Shapes drawn at random: heads, windows, experts, and which layers are sparse."""
    rng = random.Random(seed)
    heads, head_dim, layers = rng.choice((4, 8)), rng.choice((4, 8, 12)), rng.randint(3, 7)
    return SHAPES | {
        "hidden_size": rng.choice((16, 32, 48)),
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "num_key_value_heads": rng.choice((1, 2)),
        "head_dim": head_dim,
        "swa_num_attention_heads": heads,
        "swa_num_key_value_heads": rng.choice((1, 2, 4)),
        "swa_head_dim": head_dim,
        "sliding_window_size": rng.randint(3, 12),
        "d_rel": rng.choice((2, 4, 6)),
        "rel_extent": rng.randint(4, 16),
        "log_scaling_n_floor": rng.randint(5, 20),
        "mlp_layer_types": [rng.choice(("dense", "sparse")) for _ in range(layers)],
        "n_routed_experts": rng.choice((4, 6)),
        "num_experts_per_tok": rng.randint(1, 3),
        "n_shared_experts": rng.randint(1, 2),
        "logits_mup_width_multiplier": rng.choice((1.0, 4.0)),
    }


@pytest.fixture(scope="module", params=[None, 1, 2, 3, 4], ids=lambda seed: f"drawn {seed}" if seed else "by hand")
def pair(request: pytest.FixtureRequest) -> tuple[CausalLM, Tensor, Tensor]:
    """Our model with the weights of a random Inkling, token ids [2, L], and Inkling's logits for them."""
    torch.manual_seed(0)
    text = transformers.InklingTextConfig(**(drawn(request.param) if request.param else SHAPES))
    theirs = transformers.InklingForCausalLM(text).eval()
    with torch.no_grad():
        for name, tensor in theirs.state_dict().items():  # random in every part, large enough to show in the logits
            scale = 0.3 if tensor.ndim == 1 else 0.25
            tensor.copy_(torch.randn(tensor.shape) * scale + (1.0 if "norm" in name or "scale" in name else 0.0))
        ids_BL = torch.randint(0, 50, (2, LENGTH))
        logits_BLV = theirs(ids_BL).logits
    config = from_inkling_config(text)
    ours = CausalLM(config, text.vocab_size).eval()
    ours.load_state_dict(from_inkling_state_dict(config, theirs.state_dict()), strict=True)
    return ours, ids_BL, logits_BLV


@torch.no_grad()
def test_whole_sequence_gives_inklings_logits(pair: tuple[CausalLM, Tensor, Tensor]) -> None:
    ours, ids_BL, logits_BLV = pair
    assert logits_BLV.std() > 0.1
    torch.testing.assert_close(ours(ids_BL), logits_BLV, atol=1e-4, rtol=0.0)


@pytest.mark.parametrize("sizes", [[1] * LENGTH, [2, 1, 9, 3, 25], [LENGTH]])
@torch.no_grad()
def test_streamed_gives_inklings_logits(pair: tuple[CausalLM, Tensor, Tensor], sizes: list[int]) -> None:
    ours, ids_BL, logits_BLV = pair
    state = StreamState.new(ours.config, 2)
    got = torch.cat([ours(ids, state=state) for ids in ids_BL.split(sizes, dim=1)], dim=1)
    torch.testing.assert_close(got, logits_BLV, atol=1e-4, rtol=0.0)


def test_missing_and_foreign_tensors_are_refused() -> None:
    text = transformers.InklingTextConfig(**SHAPES)
    config, weights = from_inkling_config(text), transformers.InklingForCausalLM(text).state_dict()
    with pytest.raises(ValueError, match="no place"):
        from_inkling_state_dict(config, weights | {"model.layers.0.self_attn.bias": torch.zeros(1)})
    del weights["model.norm.weight"]
    with pytest.raises(KeyError):
        from_inkling_state_dict(config, weights)
