"""`StreamState`: everything a streamed backbone remembers, for a fixed number of session rows.

Axes: B session rows, C ring slots, N key/value heads, H head dim, W conv tail, D channels.
Memory is allocated once and never grows: position p of a row lies in slot p mod C of each layer's ring. Rows are
independent, and a row can be reset, copied, or taken out and put back exactly.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from microturn.model.config import BackboneConfig


@dataclass(frozen=True)
class LayerState:
    """One layer's memory. Tails hold the last inputs of the short convolutions (keys and values together)."""

    keys_BCNH: Tensor
    values_BCNH: Tensor
    kv_tail_BWD: Tensor
    attention_tail_BWD: Tensor
    mlp_tail_BWD: Tensor

    def tensors(self) -> tuple[Tensor, ...]:
        """All buffers; the rows are the first axis of each."""
        return self.keys_BCNH, self.values_BCNH, self.kv_tail_BWD, self.attention_tail_BWD, self.mlp_tail_BWD


@dataclass(frozen=True)
class StreamState:
    """Rings, tails and lengths of B sessions; `lengths_B` counts the positions each row has seen."""

    config: BackboneConfig
    layers: tuple[LayerState, ...]
    lengths_B: Tensor

    @classmethod
    def new(
        cls,
        config: BackboneConfig,
        batch: int,
        device: torch.device | str = "cpu",
        dtype: torch.dtype = torch.float32,
    ) -> "StreamState":
        """Empty state for `batch` rows."""
        tail = max(config.conv_kernel - 1, 0)

        def layer_state(layer: int) -> LayerState:
            kv_heads = config.kv_heads(layer)
            ring = (batch, config.capacity(layer), kv_heads, config.head_dim)
            widths = (2 * kv_heads * config.head_dim, config.dim, config.dim)
            rings = [torch.zeros(ring, device=device, dtype=dtype) for _ in range(2)]
            tails = [torch.zeros((batch, tail, width), device=device, dtype=dtype) for width in widths]
            return LayerState(*rings, *tails)

        layers = tuple(layer_state(layer) for layer in range(config.layers))
        return cls(config, layers, torch.zeros(batch, dtype=torch.int64, device=device))

    @property
    def batch(self) -> int:
        """Number of session rows."""
        return self.lengths_B.shape[0]

    @property
    def nbytes(self) -> int:
        """Bytes held, constant over a session's life."""
        return sum(tensor.nbytes for tensor in self._tensors())

    def _tensors(self) -> list[Tensor]:
        return [self.lengths_B, *(tensor for layer in self.layers for tensor in layer.tensors())]

    def reset(self, rows: Tensor | list[int] | None = None) -> None:
        """Forget everything about `rows` (all rows when None)."""
        where = slice(None) if rows is None else torch.as_tensor(rows, device=self.lengths_B.device)
        for tensor in self._tensors():
            tensor[where] = 0

    def snapshot(self, row: int) -> dict[str, Tensor]:
        """An exact copy of one row, independent of this state."""
        return {f"{index:04d}": tensor[row].clone() for index, tensor in enumerate(self._tensors())}

    def restore(self, row: int, snap: dict[str, Tensor]) -> None:
        """Put a snapshot (of the same config) into `row`. Raises ValueError when it does not fit."""
        mine = self._tensors()
        if len(snap) != len(mine) or any(snap[f"{i:04d}"].shape != t.shape[1:] for i, t in enumerate(mine)):
            raise ValueError("this snapshot is of another model; take it from a state with the same BackboneConfig")
        for index, tensor in enumerate(mine):
            tensor[row] = snap[f"{index:04d}"].to(tensor)

    def copy(self, source: int, target: int) -> None:
        """Make row `target` an exact copy of row `source`."""
        for tensor in self._tensors():
            tensor[target] = tensor[source]
