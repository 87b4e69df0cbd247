"""Configurations of the model: frozen values, validated when made.

`BackboneConfig` describes one decoder block and how often it is stacked. With every part on it is Inkling's
text decoder (`transformers`' `InklingTextConfig`); the presets say which parts a smaller model turns off.
"""

from dataclasses import dataclass, field
from typing import Literal

GLOBAL = 0  # a window of 0: the layer attends to every position before it


@dataclass(frozen=True, kw_only=True)
class BackboneConfig:
    """Shapes and options of the decoder backbone. Windows and distances are in positions, not ticks.

    windows: one entry per layer; position i attends to j with 0 <= i - j < window, `GLOBAL` (0) attends to all.
    mlps: one entry per layer, "dense" or "moe".
    max_positions: capacity of a streaming session's global layers (layers with a window need no such bound).
    max_chunk: most positions appended at once when streaming; longer appends are cut into such pieces.
    query_gain: initial value of the query norm's weight. Scores are scaled by 1 / head_dim, so sqrt(head_dim)
        starts a model as 1 / sqrt(head_dim) would.
    """

    dim: int
    heads: int
    head_dim: int
    sliding_kv_heads: int
    global_kv_heads: int
    windows: tuple[int, ...]
    mlps: tuple[Literal["dense", "moe"], ...]
    ffn: int
    position: Literal["relative", "rotary"] = "rotary"
    rotary_base: float = 10_000.0
    relative_dim: int = 16
    relative_extent: int = 1024
    log_scaling_floor: int | None = None
    log_scaling_alpha: float = 0.1
    conv_kernel: int = 0
    global_scale: bool = False
    experts: int = 0
    experts_per_position: int = 0
    shared_experts: int = 0
    expert_ffn: int = 0
    route_scale: float = 1.0
    norm_eps: float = 1e-6
    query_gain: float = 1.0
    logit_divisor: float = 1.0
    max_positions: int = 8192
    max_chunk: int = 32

    def __post_init__(self) -> None:
        if not self.windows or len(self.windows) != len(self.mlps):
            raise ValueError(f"give one window and one mlp per layer; got {len(self.windows)} and {len(self.mlps)}")
        for kv_heads in {self.kv_heads(layer) for layer in range(self.layers)}:
            if kv_heads < 1 or self.heads % kv_heads:
                raise ValueError(f"heads ({self.heads}) must be a multiple of the key/value heads ({kv_heads})")
        if self.position == "rotary" and self.head_dim % 4:
            raise ValueError(f"rotary positions need head_dim to be a multiple of 4; got {self.head_dim}")
        if "moe" in self.mlps and not (0 < self.experts_per_position <= self.experts and self.shared_experts > 0):
            raise ValueError("a moe layer needs experts >= experts_per_position > 0 and shared_experts > 0")
        if self.conv_kernel == 1 or self.conv_kernel < 0:
            raise ValueError("conv_kernel must be 0 (no short convolutions) or at least 2")
        if min(self.windows) < 0 or self.max_chunk < 1:
            raise ValueError("windows must be >= 0 and max_chunk >= 1")

    @property
    def layers(self) -> int:
        """Number of blocks."""
        return len(self.windows)

    def kv_heads(self, layer: int) -> int:
        """Key/value heads of one layer."""
        return self.global_kv_heads if self.windows[layer] == GLOBAL else self.sliding_kv_heads

    def extent(self, layer: int) -> int:
        """Distances the relative bias of one layer covers, in positions; it is zero beyond."""
        return self.windows[layer] or self.relative_extent

    def capacity(self, layer: int) -> int:
        """Positions one layer's streaming key/value ring holds: what a chunk's first query sees, and the chunk."""
        window = self.windows[layer]
        return window + self.max_chunk - 1 if window else self.max_positions


def nano_backbone(*, window: int = 512, layers: int = 6, dim: int = 320, kv_heads: int = 1) -> BackboneConfig:
    """A dense rotary decoder that two CPU cores can train; every layer slides, so a session's memory is constant."""
    return BackboneConfig(
        dim=dim,
        heads=dim // 64,
        head_dim=64,
        sliding_kv_heads=kv_heads,
        global_kv_heads=kv_heads,
        windows=(window,) * layers,
        mlps=("dense",) * layers,
        ffn=dim * 14 // 5,
        query_gain=8.0,
    )


def interaction_276b_a12b() -> BackboneConfig:
    """Inkling-Small's shapes: 276B parameters, 12B active, 42 layers, 256 routed experts (6 active) and 2 shared.

    Widths and heads as radixark/miles `scripts/models/inkling-small.sh` maps them from the checkpoint's config; what
    that script leaves out (windows 5:1, relative bias, convolutions, scales) are `InklingTextConfig`'s defaults.
    Assumed: key/value heads of the sliding layers equal to the global ones, and all 42 layers sparse, which gives the
    published 276B. Guessed: `logit_divisor`, and `ffn`, which no layer uses here. Nothing was checked against the weights.
    """
    return BackboneConfig(
        dim=4096,
        heads=32,
        head_dim=128,
        sliding_kv_heads=8,
        global_kv_heads=8,
        windows=(512, 512, 512, 512, 512, GLOBAL) * 7,
        mlps=("moe",) * 42,
        ffn=16_384,
        position="relative",
        conv_kernel=4,
        global_scale=True,
        experts=256,
        experts_per_position=6,
        shared_experts=2,
        expert_ffn=2048,
        route_scale=8.0,
        logit_divisor=16.0,
        max_positions=131_072,
    )


@dataclass(frozen=True, kw_only=True)
class FusionConfig:
    """Widths of the front ends. audio_positions: backbone positions per 200 ms of audio (4, 2 or 1)."""

    audio_positions: int = 1
    bag_width: int = 128
    fold_width: int = 512
    own_width: int = 128
    video_width: int = 96

    def __post_init__(self) -> None:
        if self.audio_positions not in (1, 2, 4):
            raise ValueError(
                f"audio_positions must be 1, 2 or 4 (four dMel frames make a tick), got {self.audio_positions}"
            )


@dataclass(frozen=True, kw_only=True)
class FlowConfig:
    """The flow head. levels: noise levels drawn per tick in training; steps: Euler steps when speaking."""

    width: int = 384
    blocks: int = 3
    expand: int = 2
    time_width: int = 64
    levels: int = 4
    steps: int = 6
    temperature: float = 0.3


@dataclass(frozen=True, kw_only=True)
class LossConfig:
    """Weights of the losses. end: weight of predicting silence, by far the most frequent target."""

    end: float = 0.4
    flow: float = 1.0
    phone: float = 0.5
    word: float = 0.5
    seen: float = 0.5
    time: float = 0.3


@dataclass(frozen=True, kw_only=True)
class SamplingConfig:
    """How output is chosen. temperature 0 takes the likeliest token; most_tokens bounds one tick's text."""

    temperature: float = 0.0
    most_tokens: int = 40


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """A whole interaction model. phones: classes of the training-only phone head."""

    backbone: BackboneConfig
    vocabulary: int
    fusion: FusionConfig = field(default_factory=FusionConfig)
    flow: FlowConfig = field(default_factory=FlowConfig)
    loss: LossConfig = field(default_factory=LossConfig)
    sampling: SamplingConfig = field(default_factory=SamplingConfig)
    phones: int = 48
    tick_ms: int = 200
    version: int = 1
