"""Inkling's text decoder on our blocks: a causal language model, and the mapping of its config and weights.

The reference is `transformers`' `InklingForCausalLM`; its weights, loaded here, give its logits (`tests/model/
test_inkling.py`). Axes: B rows, L positions, D model, V vocabulary, K convolution taps.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from microturn.model.config import GLOBAL, BackboneConfig
from microturn.model.state import StreamState
from microturn.model.transformer import Transformer


class CausalLM(nn.Module):
    """Normed token embeddings, the backbone, and an untied head over width-scaled hidden states."""

    def __init__(self, config: BackboneConfig, vocabulary: int) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(vocabulary, config.dim)
        self.embedding_norm = nn.RMSNorm(config.dim, eps=config.norm_eps)
        self.body = Transformer(config)
        self.head = nn.Linear(config.dim, vocabulary, bias=False)

    def forward(self, ids_BL: Tensor, *, state: StreamState | None = None, rows: Tensor | None = None) -> Tensor:
        """Token ids -> logits [B, L, V]; streams when given a state, as `Transformer` does."""
        x_BLD = self.embedding_norm(self.embedding(ids_BL))
        h_BLD = self.body(x_BLD, torch.zeros_like(ids_BL), state=state, rows=rows)
        return self.head(h_BLD / self.config.logit_divisor)


def from_inkling_config(text: Any) -> BackboneConfig:
    """The BackboneConfig of an `InklingTextConfig`. Raises ValueError where our block is narrower than Inkling's."""
    if text.swa_num_attention_heads != text.num_attention_heads or text.swa_head_dim != text.head_dim:
        raise ValueError("sliding and global layers must have the same number and size of query heads")
    if text.hidden_act != "silu":
        raise ValueError(f"only the silu activation is supported; got {text.hidden_act}")
    sliding = [kind == "hybrid_sliding" for kind in text.layer_types]
    return BackboneConfig(
        dim=text.hidden_size,
        heads=text.num_attention_heads,
        head_dim=text.head_dim,
        sliding_kv_heads=text.swa_num_key_value_heads,
        global_kv_heads=text.num_key_value_heads,
        windows=tuple(text.sliding_window_size if slides else GLOBAL for slides in sliding),
        mlps=tuple("moe" if kind == "sparse" else "dense" for kind in text.mlp_layer_types),
        ffn=text.intermediate_size,
        position="relative",
        relative_dim=text.d_rel,
        relative_extent=text.rel_extent,
        log_scaling_floor=text.log_scaling_n_floor,
        log_scaling_alpha=text.log_scaling_alpha,
        conv_kernel=text.conv_kernel_size,
        global_scale=True,
        experts=text.n_routed_experts,
        experts_per_position=text.num_experts_per_tok,
        shared_experts=text.n_shared_experts,
        expert_ffn=text.moe_intermediate_size,
        route_scale=text.route_scale,
        norm_eps=text.rms_norm_eps,
        logit_divisor=text.logits_mup_width_multiplier,
        max_positions=text.max_position_embeddings,
    )


def from_inkling_state_dict(config: BackboneConfig, weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """`InklingForCausalLM` weights under `CausalLM`'s names: projections are joined, taps turned to [K, D].

    Raises KeyError for a missing tensor and ValueError for one that has no place here.
    """
    left = dict(weights)
    ours = {
        "embedding.weight": left.pop("model.embed_tokens.weight"),
        "embedding_norm.weight": left.pop("model.embed_tokens.embed_norm.weight"),
        "body.norm.weight": left.pop("model.norm.weight"),
        "head.weight": left.pop("lm_head.weight"),
    }
    for layer in range(config.layers):
        prefix = f"model.layers.{layer}."
        theirs = {key.removeprefix(prefix): left.pop(key) for key in list(left) if key.startswith(prefix)}
        block = _attention(theirs) | (_moe(theirs) if config.mlps[layer] == "moe" else _dense(theirs))
        block |= {
            "attention_norm.weight": theirs.pop("input_layernorm.weight"),
            "mlp_norm.weight": theirs.pop("post_attention_layernorm.weight"),
            "attention_conv.weight_KD": _taps(theirs.pop("attn_sconv.conv1d.weight")),
            "mlp_conv.weight_KD": _taps(theirs.pop("mlp_sconv.conv1d.weight")),
        }
        ours |= {f"body.blocks.{layer}.{key}": value for key, value in block.items()}
        left |= {prefix + key: value for key, value in theirs.items()}
    if left:
        raise ValueError(f"these tensors have no place in the backbone: {sorted(left)[:8]}")
    return ours


def _taps(weight_D1K: Tensor) -> Tensor:
    return weight_D1K[:, 0].T.contiguous()


def _attention(theirs: dict[str, Tensor]) -> dict[str, Tensor]:
    def take(name: str) -> Tensor:
        return theirs.pop(f"self_attn.{name}")

    convs = [_taps(take(f"{name}_sconv.conv1d.weight")) for name in "kv"]
    return {
        "attention.qkvr.weight": torch.cat([take(f"{name}_proj.weight") for name in "qkvr"]),
        "attention.out.weight": take("o_proj.weight"),
        "attention.query_norm.weight": take("q_norm.weight"),
        "attention.key_norm.weight": take("k_norm.weight"),
        "attention.kv_conv.weight_KD": torch.cat(convs, dim=1),
        "attention.relative_bank": take("rel_logits_proj.proj"),
    }


def _dense(theirs: dict[str, Tensor]) -> dict[str, Tensor]:
    def take(name: str) -> Tensor:
        return theirs.pop(f"mlp.{name}")

    return {
        "mlp.gate_up.weight": torch.cat([take("gate_proj.weight"), take("up_proj.weight")]),
        "mlp.down.weight": take("down_proj.weight"),
        "mlp.global_scale": take("global_scale"),
    }


def _moe(theirs: dict[str, Tensor]) -> dict[str, Tensor]:
    def take(name: str) -> Tensor:
        return theirs.pop(f"mlp.{name}")

    shared = [take("shared_experts.gate_proj"), take("shared_experts.up_proj")]
    return {
        "mlp.router.weight": take("gate.weight"),
        "mlp.router.global_scale": take("gate.global_scale"),
        "mlp.router.bias_E": take("gate.e_score_correction_bias"),
        "mlp.gate_up_EFD": take("experts.gate_up_proj"),
        "mlp.down_EDF": take("experts.down_proj"),
        "mlp.shared_gate_up_SFD": torch.cat(shared, dim=1),
        "mlp.shared_down_SDF": take("shared_experts.down_proj"),
    }
