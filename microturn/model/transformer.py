"""The decoder backbone: embedded positions in, hidden states out, whole sequences or a few positions at a time.

Axes: B rows, L positions, D model; R the session rows a streaming call steps. A streamed call is the same forward with
an explicit `StreamState`; a fresh state fed with a whole sequence gives what the offline call gives.
"""

import math

import torch
from torch import Tensor, nn

from microturn.model.attention import Attention, Geometry, Rotation, ShortConv, Stream, ring_reach, whole_reach
from microturn.model.config import GLOBAL, BackboneConfig
from microturn.model.moe import MoE, SwiGLU
from microturn.model.state import StreamState


class Block(nn.Module):
    """Attention and a feed-forward layer, each normed before and (with short convolutions) convolved after."""

    def __init__(self, config: BackboneConfig, layer: int) -> None:
        super().__init__()
        self.layer = layer
        self.attention_norm = nn.RMSNorm(config.dim, eps=config.norm_eps)
        self.attention = Attention(config, layer)
        self.attention_conv = ShortConv(config.dim, config.conv_kernel) if config.conv_kernel else None
        self.mlp_norm = nn.RMSNorm(config.dim, eps=config.norm_eps)
        self.mlp = MoE(config) if config.mlps[layer] == "moe" else SwiGLU(config)
        self.mlp_conv = ShortConv(config.dim, config.conv_kernel) if config.conv_kernel else None

    def forward(self, x_BLD: Tensor, geometry: Geometry, stream: Stream | None = None) -> Tensor:
        """[B, L, D] -> [B, L, D]."""
        memory = stream.state.layers[self.layer] if stream else None
        y_BLD = self.attention(self.attention_norm(x_BLD), geometry, stream)
        if self.attention_conv is not None:
            y_BLD = self.attention_conv.step(y_BLD, stream, memory.attention_tail_BWD if memory else None)
        x_BLD = x_BLD + y_BLD
        y_BLD = self.mlp(self.mlp_norm(x_BLD))
        if self.mlp_conv is not None:
            y_BLD = self.mlp_conv.step(y_BLD, stream, memory.mlp_tail_BWD if memory else None)
        return x_BLD + y_BLD


class Transformer(nn.Module):
    """Stacked blocks and a final norm. Embedding and unembedding belong to the caller."""

    def __init__(self, config: BackboneConfig, *, seed: int = 0) -> None:
        super().__init__()
        self.config = config
        self.blocks = nn.ModuleList(Block(config, layer) for layer in range(config.layers))
        self.norm = nn.RMSNorm(config.dim, eps=config.norm_eps)
        initialise(self, torch.Generator().manual_seed(seed))

    def forward(
        self,
        x_BLD: Tensor,
        tick_BL: Tensor,
        pos_BL: Tensor | None = None,
        *,
        state: StreamState | None = None,
        rows: Tensor | None = None,
    ) -> Tensor:
        """Hidden states after the final norm, [B, L, D].

        tick_BL: int, the tick of every position. pos_BL: int, the position's number for rotary positions (default:
        how many came before it in its row). With `state`, appends the L positions to the session rows `rows`
        (default: all, in order; B = R and each row at most once) and changes the state in place, without gradients
        through the past. Raises ValueError when shapes disagree or a global layer's memory is full.
        """
        if x_BLD.shape[:2] != tick_BL.shape or x_BLD.shape[1] == 0:
            raise ValueError(
                f"x_BLD {tuple(x_BLD.shape)} and tick_BL {tuple(tick_BL.shape)} must agree and hold positions"
            )
        if state is None:
            return self._run(x_BLD, tick_BL, pos_BL, None)
        stream = Stream(state, rows)
        chunk = self.config.max_chunk
        pieces = [
            self._run(x, tick_BL[:, at : at + chunk], None if pos_BL is None else pos_BL[:, at : at + chunk], stream)
            for at, x in zip(range(0, x_BLD.shape[1], chunk), x_BLD.split(chunk, dim=1), strict=True)
        ]
        return pieces[0] if len(pieces) == 1 else torch.cat(pieces, dim=1)

    def _run(self, x_BLD: Tensor, tick_BL: Tensor, pos_BL: Tensor | None, stream: Stream | None) -> Tensor:
        geometry = self._geometry(tick_BL, pos_BL, stream, x_BLD.dtype)
        for block in self.blocks:
            x_BLD = block(x_BLD, geometry, stream)
        if stream is not None:
            stream.put(stream.state.lengths_B, stream.take(stream.state.lengths_B) + x_BLD.shape[1])
        return self.norm(x_BLD)

    def _geometry(self, tick_BL: Tensor, pos_BL: Tensor | None, stream: Stream | None, dtype: torch.dtype) -> Geometry:
        config, reach = self.config, ring_reach if stream else whole_reach
        index_BL = torch.arange(tick_BL.shape[1], device=tick_BL.device)[None]
        if stream is not None:
            index_BL = index_BL + self._lengths(stream, tick_BL)[:, None]
        pos_BL = index_BL if pos_BL is None else pos_BL
        rotation = Rotation.of(config, pos_BL, tick_BL, dtype) if config.position == "rotary" else None
        first_layer = {window: config.windows.index(window) for window in set(config.windows)}
        reaches = {window: reach(config, layer, index_BL) for window, layer in first_layer.items()}
        return Geometry(rotation, reaches, index_BL)

    def _lengths(self, stream: Stream, tick_BL: Tensor) -> Tensor:
        lengths_B = stream.take(stream.state.lengths_B)
        if lengths_B.shape[0] != tick_BL.shape[0]:
            raise ValueError(f"{tick_BL.shape[0]} rows were given for {lengths_B.shape[0]} session rows; pass rows")
        full = GLOBAL in self.config.windows and int(lengths_B.max()) + tick_BL.shape[1] > self.config.max_positions
        if full:
            raise ValueError(
                f"a session reached max_positions ({self.config.max_positions}); raise it or reset the row"
            )
        return lengths_B


@torch.no_grad()
def initialise(model: nn.Module, generator: torch.Generator, *, std: float = 0.02) -> None:
    """Draw every parameter anew: normal weights, residual projections smaller with depth, norms one, convs near zero."""
    config: BackboneConfig = model.config  # pyright: ignore
    residual_std = std / math.sqrt(2 * config.layers)
    for name, parameter in model.named_parameters():
        kind = name.rsplit(".", 2)[-2:]
        if "query_norm" in kind:
            parameter.fill_(config.query_gain)
        elif kind[0].endswith("norm") or kind[-1] == "global_scale":
            parameter.fill_(1.0)
        elif kind[0] in ("out", "down") or kind[-1] in ("down_EDF", "shared_down_SDF"):
            parameter.normal_(0.0, residual_std, generator=generator)
        else:
            parameter.normal_(0.0, std, generator=generator)
