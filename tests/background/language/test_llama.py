"""The decoder: its logits are those of transformers, in pieces as in one, for many rows as for one; kept as converted.

Shapes: B rows, L positions, V vocabulary.
"""

from pathlib import Path

import pytest
import torch
from torch import Tensor

pytest.importorskip("gguf", reason="uv sync --extra background")

from microturn.background.language.llama import Llama, Shape, read
from microturn.background.language.store import opened
from tests.background.language.tiny import write

NAMES = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
TOKENS_BL = torch.arange(40)[None] * 7 % 300


@pytest.fixture(scope="module")
def gguf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("gguf") / "tiny.gguf")


@pytest.fixture(scope="module")
def llama(gguf: Path) -> Llama:
    return read(gguf, torch.float32)


def theirs(llama: Llama) -> dict[str, Tensor]:
    """The weights under the names of transformers, and with its order of the rotary pairs."""
    heads = {"attn_q": llama.shape.heads, "attn_k": llama.shape.kv_heads}
    out: dict[str, Tensor] = {}
    for name, weight in llama.state_dict().items():
        match name.split("."):
            case ["blk", layer, part, _]:
                if part in heads:
                    halves = (heads[part], weight.shape[0] // heads[part] // 2, 2, -1)
                    weight = weight.view(halves).transpose(1, 2).reshape(weight.shape)
                out[f"model.layers.{layer}.{NAMES[part]}.weight"] = weight
            case ["token_embd", _]:
                out["model.embed_tokens.weight"] = out["lm_head.weight"] = weight
            case _:
                out["model.norm.weight"] = weight
    return out


def test_logits_are_those_of_transformers(llama: Llama) -> None:
    transformers = pytest.importorskip("transformers")
    shape = llama.shape
    config = transformers.LlamaConfig(
        vocab_size=shape.vocabulary,
        hidden_size=shape.width,
        intermediate_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.kv_heads,
        rope_theta=shape.rope_base,
        rms_norm_eps=shape.epsilon,
        tie_word_embeddings=True,
    )
    model = transformers.LlamaForCausalLM(config).eval()
    model.load_state_dict(theirs(llama))
    with torch.inference_mode():
        expected_BLV = model(TOKENS_BL).logits
    torch.testing.assert_close(llama.step(TOKENS_BL, last=40)[0], expected_BLV, atol=1e-5, rtol=1e-5)


def test_in_pieces_as_in_one_and_many_rows_as_one(llama: Llama) -> None:
    whole_BLV, _ = llama.step(TOKENS_BL, last=10)
    _, kept = llama.step(TOKENS_BL[:, :25])
    _, kept = llama.step(TOKENS_BL[:, 25:30], kept)
    rest_BLV, _ = llama.step(TOKENS_BL[:, 30:].expand(3, -1), kept.rows(3, 30), last=10)
    torch.testing.assert_close(rest_BLV, whole_BLV.expand(3, -1, -1), atol=1e-5, rtol=1e-5)
    again_BLV, _ = llama.step(TOKENS_BL[:, 20:], kept.rows(1, 20), last=10)
    torch.testing.assert_close(again_BLV, whole_BLV, atol=1e-5, rtol=1e-5)


def test_what_is_too_long_or_does_not_fit(llama: Llama) -> None:
    with pytest.raises(ValueError, match="longer than 2048"):
        llama.step(torch.zeros(1, 2049, dtype=torch.long))
    with pytest.raises(ValueError, match="multiple"):
        Shape(vocabulary=9, layers=1, width=10, hidden=8, heads=3, kv_heads=1, rope_base=1e4, epsilon=1e-5)


def test_the_conversion_is_the_same_and_a_broken_one_is_made_anew(gguf: Path, tmp_path: Path) -> None:
    first, words = opened(gguf, tmp_path)
    (kept,) = tmp_path.iterdir()
    second, same_words = opened(gguf, tmp_path)
    assert torch.equal(first.step(TOKENS_BL)[0], second.step(TOKENS_BL)[0])
    assert words.encode("ab a 12<|im_end|>").ids == same_words.encode("ab a 12<|im_end|>").ids
    assert words.decode(words.encode("zoë ab 12").ids) == "zoë ab 12"
    assert words.encode("<|im_end|>").ids == [2]
    kept.write_bytes(b"broken")
    third, _ = opened(gguf, tmp_path)
    assert torch.equal(first.step(TOKENS_BL)[0], third.step(TOKENS_BL)[0])
    assert [path.name for path in tmp_path.iterdir()] == [kept.name] and kept.stat().st_size > 1000
