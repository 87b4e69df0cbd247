"""Causal grouped-query attention over a window, with Inkling's relative bias or rotary positions, and short convs.

Axes: B rows, L query positions, C key positions (ring slots when streaming), N heads, H head dim, D channels,
P rotary pairs, E relative distances, W convolution tail, K its taps. What depends on positions only
(`Geometry`) is computed once per call and shared by the layers. Offline and streamed calls differ only in where the keys come from: the call's own
positions, or the ring they were just written to.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from microturn.model.config import GLOBAL, BackboneConfig
from microturn.model.state import LayerState, StreamState


@dataclass(frozen=True)
class Stream:
    """Which rows of a state a call appends to; `rows` None means all of them, in order."""

    state: StreamState
    rows: Tensor | None

    def take(self, buffer: Tensor) -> Tensor:
        """The buffer's part for these rows."""
        return buffer if self.rows is None else buffer[self.rows]

    def put(self, buffer: Tensor, value: Tensor) -> None:
        """Overwrite the buffer's part for these rows."""
        buffer[slice(None) if self.rows is None else self.rows] = value.detach()


@dataclass(frozen=True)
class Reach:
    """What the queries of one call may attend to in one kind of layer.

    distance_BLC: query position minus key position, negative where the slot is empty or in the future.
    mask_BLC: True where attention is allowed; None when plain causal order says it all.
    slots_BL: ring slots this call's positions are written to (streaming only).
    """

    distance_BLC: Tensor | None
    mask_BLC: Tensor | None
    slots_BL: Tensor | None


def whole_reach(config: BackboneConfig, layer: int, index_BL: Tensor) -> Reach:
    """Reach of a layer over a whole sequence whose positions are `index_BL` ([1, L], starting at 0)."""
    window = config.windows[layer]
    plain = window == GLOBAL or index_BL.shape[1] <= window
    if plain and config.position == "rotary":
        return Reach(None, None, None)
    distance_BLC = index_BL[:, :, None] - index_BL[:, None, :]
    return Reach(distance_BLC, _allowed(distance_BLC, window), None)


def ring_reach(config: BackboneConfig, layer: int, index_BL: Tensor) -> Reach:
    """Reach of a layer over its ring, for rows that append the positions `index_BL`."""
    capacity = config.capacity(layer)
    last_B11 = index_BL[:, -1, None, None]
    slot_C = torch.arange(capacity, device=index_BL.device)
    key_B1C = last_B11 - (last_B11 - slot_C) % capacity  # the newest position that lies in the slot
    distance_BLC = torch.where(key_B1C < 0, -1, index_BL[:, :, None] - key_B1C)
    return Reach(distance_BLC, _allowed(distance_BLC, config.windows[layer]), index_BL % capacity)


def _allowed(distance_BLC: Tensor, window: int) -> Tensor:
    causal_BLC = distance_BLC >= 0
    return causal_BLC if window == GLOBAL else causal_BLC & (distance_BLC < window)


@dataclass(frozen=True)
class Rotation:
    """Cosines and sines, [B, L, 1, P]: the first half of the pairs turns with the position, the second with the tick."""

    cos: Tensor
    sin: Tensor

    @classmethod
    def of(cls, config: BackboneConfig, pos_BL: Tensor, tick_BL: Tensor, dtype: torch.dtype) -> "Rotation":
        """Angles are taken in float64, so that a session of any length keeps its precision."""
        pairs = config.head_dim // 4
        steps = torch.arange(pairs, device=tick_BL.device, dtype=torch.float64)
        speed_P = config.rotary_base ** (-steps / pairs)
        pos_BL = pos_BL.expand(tick_BL.shape)
        angle = torch.cat([pos_BL[..., None] * speed_P, tick_BL[..., None] * speed_P], dim=-1)[:, :, None]
        return cls(angle.cos().to(dtype), angle.sin().to(dtype))

    def turn(self, x_BLNH: Tensor) -> Tensor:
        """Rotate every head."""
        turned: Tensor = _Rotate.apply(x_BLNH, self.cos, self.sin)  # pyright: ignore
        return turned


def _rotate(x_BLNH: Tensor, cos: Tensor, sin: Tensor, *, sign: float) -> Tensor:
    left, right = x_BLNH.chunk(2, dim=-1)
    y_BLNH = torch.empty(x_BLNH.shape, dtype=x_BLNH.dtype, device=x_BLNH.device)
    y_left, y_right = y_BLNH.chunk(2, dim=-1)
    torch.mul(left, cos, out=y_left).addcmul_(right, sin, value=-sign)
    torch.mul(right, cos, out=y_right).addcmul_(left, sin, value=sign)
    return y_BLNH


class _Rotate(torch.autograd.Function):
    """Rotation without copies: its gradient is the rotation back, so nothing but the angles is kept."""

    @staticmethod
    def forward(ctx: Any, x_BLNH: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        ctx.save_for_backward(cos, sin)
        return _rotate(x_BLNH, cos, sin, sign=1.0)

    @staticmethod
    def backward(ctx: Any, grad_BLNH: Tensor) -> tuple[Tensor, None, None]:  # pyright: ignore
        return _rotate(grad_BLNH, *ctx.saved_tensors, sign=-1.0), None, None


class _Taps(torch.autograd.Function):
    """Depthwise causal taps plus the input itself, in channels-last order and without transposes."""

    @staticmethod
    def forward(ctx: Any, padded_BLD: Tensor, weight_KD: Tensor) -> Tensor:
        ctx.save_for_backward(padded_BLD, weight_KD)
        tail = weight_KD.shape[0] - 1
        length = padded_BLD.shape[1] - tail
        y_BLD = padded_BLD[:, tail:] * (weight_KD[tail] + 1)
        for tap in range(tail):
            y_BLD.addcmul_(padded_BLD[:, tap : tap + length], weight_KD[tap])
        return y_BLD

    @staticmethod
    def backward(ctx: Any, grad_BLD: Tensor) -> tuple[Tensor, Tensor]:  # pyright: ignore
        padded_BLD, weight_KD = ctx.saved_tensors
        tail, length = weight_KD.shape[0] - 1, grad_BLD.shape[1]
        back_BLD, grad_KD = torch.zeros_like(padded_BLD), torch.empty_like(weight_KD)
        for tap in range(tail + 1):
            gain = weight_KD[tap] + 1 if tap == tail else weight_KD[tap]
            back_BLD[:, tap : tap + length].addcmul_(grad_BLD, gain)
            grad_KD[tap] = (grad_BLD * padded_BLD[:, tap : tap + length]).sum((0, 1))
        return back_BLD, grad_KD


class ShortConv(nn.Module):
    """x + a causal depthwise convolution of x. `weight_KD`: the last tap meets the newest position."""

    def __init__(self, channels: int, kernel: int) -> None:
        super().__init__()
        self.weight_KD = nn.Parameter(torch.empty(kernel, channels))

    def forward(self, x_BLD: Tensor, tail_BWD: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """[B, L, D] -> the same shape, and the new tail. A missing tail is a session's start: zeros."""
        tail = self.weight_KD.shape[0] - 1
        if tail_BWD is None:
            padded_BLD = F.pad(x_BLD, (0, 0, tail, 0))
        else:
            padded_BLD = torch.cat([tail_BWD, x_BLD], dim=1)
        y_BLD: Tensor = _Taps.apply(padded_BLD, self.weight_KD)  # pyright: ignore
        return y_BLD, padded_BLD[:, x_BLD.shape[1] :]

    def step(self, x_BLD: Tensor, stream: Stream | None, buffer_BWD: Tensor | None) -> Tensor:
        """Forward with the tail kept in a state's buffer; without a stream, from a session's start."""
        if stream is None or buffer_BWD is None:
            return self(x_BLD)[0]
        y_BLD, tail_BWD = self(x_BLD, stream.take(buffer_BWD))
        stream.put(buffer_BWD, tail_BWD)
        return y_BLD


@dataclass(frozen=True)
class Geometry:
    """What a call's positions imply for every layer: rotations, reaches (by window), temperatures."""

    rotation: Rotation | None
    reaches: dict[int, Reach]
    index_BL: Tensor


class Attention(nn.Module):
    """Queries and keys are normalised per head, so scores are scaled by 1 / head_dim (not its root)."""

    def __init__(self, config: BackboneConfig, layer: int) -> None:
        super().__init__()
        self.config, self.layer = config, layer
        self.heads, self.kv_heads, self.head_dim = config.heads, config.kv_heads(layer), config.head_dim
        relative = config.heads * config.relative_dim if config.position == "relative" else 0
        kv_dim = self.kv_heads * self.head_dim
        self.widths = [self.heads * self.head_dim, 2 * kv_dim, relative]
        self.qkvr = nn.Linear(config.dim, sum(self.widths), bias=False)
        self.out = nn.Linear(self.widths[0], config.dim, bias=False)
        self.query_norm = nn.RMSNorm(self.head_dim, eps=config.norm_eps)
        self.key_norm = nn.RMSNorm(self.head_dim, eps=config.norm_eps)
        self.kv_conv = ShortConv(2 * kv_dim, config.conv_kernel) if config.conv_kernel else None
        bank = torch.empty(config.relative_dim, config.extent(layer))
        self.relative_bank = nn.Parameter(bank) if relative else None

    def forward(self, x_BLD: Tensor, geometry: Geometry, stream: Stream | None = None) -> Tensor:
        """[B, L, D] -> [B, L, D]; with a stream, also writes this call's keys and values to its ring."""
        memory = stream.state.layers[self.layer] if stream else None
        q_BLD, kv_BLD, relative_BLD = self.qkvr(x_BLD).split(self.widths, dim=-1)
        if self.kv_conv is not None:
            kv_BLD = self.kv_conv.step(kv_BLD, stream, memory.kv_tail_BWD if memory else None)
        k_BLD, v_BLD = kv_BLD.chunk(2, dim=-1)
        q = self.query_norm(q_BLD.unflatten(-1, (self.heads, self.head_dim)))
        k = self.key_norm(k_BLD.unflatten(-1, (self.kv_heads, self.head_dim)))
        v = v_BLD.unflatten(-1, (self.kv_heads, self.head_dim))
        if geometry.rotation is not None:
            q, k = geometry.rotation.turn(q), geometry.rotation.turn(k)
        reach = geometry.reaches[self.config.windows[self.layer]]
        if stream is not None and memory is not None:
            k, v = self._remember(k, v, reach, stream, memory)
        tau_BL11 = self._tau(geometry.index_BL)
        q = q if tau_BL11 is None else (q.float() * tau_BL11).to(q.dtype)
        bias = self._bias(relative_BLD, reach, tau_BL11)
        return self.out(self._attend(q, k, v, bias).flatten(2))

    def _remember(
        self, k: Tensor, v: Tensor, reach: Reach, stream: Stream, memory: LayerState
    ) -> tuple[Tensor, Tensor]:
        """Write new keys and values to the ring; return all of it."""
        assert reach.slots_BL is not None
        rows_B = torch.arange(k.shape[0], device=k.device) if stream.rows is None else stream.rows
        memory.keys_BCNH[rows_B[:, None], reach.slots_BL] = k.detach()
        memory.values_BCNH[rows_B[:, None], reach.slots_BL] = v.detach()
        return stream.take(memory.keys_BCNH), stream.take(memory.values_BCNH)

    def _tau(self, index_BL: Tensor) -> Tensor | None:
        """Logarithmic temperature of the scores of global layers beyond the floor, [B, L, 1, 1]."""
        floor = self.config.log_scaling_floor
        if floor is None or self.config.windows[self.layer] != GLOBAL:
            return None
        growth_BL = ((index_BL + 1).float() / floor).clamp(min=1.0).log()
        return (1.0 + self.config.log_scaling_alpha * growth_BL)[..., None, None]

    def _bias(self, relative_BLD: Tensor, reach: Reach, tau_BL11: Tensor | None) -> Tensor | None:
        """What is added to the scores: a bool mask, a float bias with the mask in it, or None for plain causal."""
        if self.relative_bank is None:
            return None if reach.mask_BLC is None else reach.mask_BLC[:, None]
        assert reach.distance_BLC is not None and reach.mask_BLC is not None
        scores_BLNE = relative_BLD.unflatten(-1, (self.heads, -1)) @ self.relative_bank
        if tau_BL11 is not None:
            scores_BLNE = (scores_BLNE.float() * tau_BL11).to(scores_BLNE.dtype)
        scores_BNLE, distance_BNLC = scores_BLNE.transpose(1, 2), reach.distance_BLC[:, None]
        extent = scores_BNLE.shape[-1]
        nearest = distance_BNLC.clamp(0, extent - 1).expand(*scores_BNLE.shape[:3], -1)
        bias = scores_BNLE.gather(-1, nearest).masked_fill(distance_BNLC >= extent, 0.0)
        return bias.masked_fill(~reach.mask_BLC[:, None], float("-inf"))

    def _attend(self, q: Tensor, k: Tensor, v: Tensor, bias: Tensor | None) -> Tensor:
        q, k, v = q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2)
        if self.kv_heads != self.heads:
            k, v = (_repeat(x, self.heads // self.kv_heads) for x in (k, v))
        scale = 1.0 / self.head_dim
        y_BNLH = F.scaled_dot_product_attention(q, k, v, attn_mask=bias, is_causal=bias is None, scale=scale)
        return y_BNLH.transpose(1, 2)


def _repeat(x_BNCH: Tensor, times: int) -> Tensor:
    batch, heads, length, dim = x_BNCH.shape
    return x_BNCH[:, :, None].expand(batch, heads, times, length, dim).reshape(batch, heads * times, length, dim)
