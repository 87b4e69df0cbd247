"""Feed-forward layers: a SwiGLU, and Inkling's mixture of SwiGLU experts with a shared-expert sink.

Axes: B sessions, L positions, D model, F ffn, E routed experts, S shared experts, K chosen, R = B * L rows.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from microturn.model.config import BackboneConfig


class SwiGLU(nn.Module):
    """`down(silu(gate x) * up x)`, times a learned scalar when the config has one."""

    def __init__(self, config: BackboneConfig) -> None:
        super().__init__()
        self.gate_up = nn.Linear(config.dim, 2 * config.ffn, bias=False)
        self.down = nn.Linear(config.ffn, config.dim, bias=False)
        self.global_scale = nn.Parameter(torch.ones(1)) if config.global_scale else None

    def forward(self, x_BLD: Tensor) -> Tensor:
        """[B, L, D] -> [B, L, D]."""
        gate_BLF, up_BLF = self.gate_up(x_BLD).chunk(2, dim=-1)
        y_BLD = self.down(F.silu(gate_BLF) * up_BLF)
        return y_BLD if self.global_scale is None else y_BLD * self.global_scale


class Router(nn.Module):
    """Scores routed and shared experts together: shared ones always run and share the weight with the chosen.

    `bias_E` steers the choice only (it is the load-balancing bias, not trained by the loss).
    """

    bias_E: Tensor

    def __init__(self, config: BackboneConfig) -> None:
        super().__init__()
        self.experts, self.chosen, self.scale = config.experts, config.experts_per_position, config.route_scale
        self.weight = nn.Parameter(torch.empty(config.experts + config.shared_experts, config.dim))
        self.global_scale = nn.Parameter(torch.ones(1))
        self.register_buffer("bias_E", torch.zeros(config.experts))

    def forward(self, x_RD: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """[R, D] -> chosen experts [R, K], their weights [R, K], the shared experts' weights [R, S]; in float32."""
        logits = F.linear(x_RD.float(), self.weight.float())
        routed_RE, shared_RS = logits[:, : self.experts], logits[:, self.experts :]
        chosen_RK = torch.topk(routed_RE.sigmoid() + self.bias_E.float(), self.chosen, dim=-1).indices
        kept = torch.cat([routed_RE.gather(-1, chosen_RK), shared_RS], dim=-1)
        weights = F.logsigmoid(kept).softmax(dim=-1) * (self.scale * self.global_scale.float())
        return chosen_RK, weights[:, : self.chosen], weights[:, self.chosen :]


class MoE(nn.Module):
    """Routed experts plus shared experts. A row's output does not depend on the other rows."""

    def __init__(self, config: BackboneConfig) -> None:
        super().__init__()
        dim, ffn = config.dim, config.expert_ffn
        self.router = Router(config)
        self.gate_up_EFD = nn.Parameter(torch.empty(config.experts, 2 * ffn, dim))
        self.down_EDF = nn.Parameter(torch.empty(config.experts, dim, ffn))
        self.shared_gate_up_SFD = nn.Parameter(torch.empty(config.shared_experts, 2 * ffn, dim))
        self.shared_down_SDF = nn.Parameter(torch.empty(config.shared_experts, dim, ffn))

    def forward(self, x_BLD: Tensor) -> Tensor:
        """[B, L, D] -> [B, L, D]."""
        x_RD = x_BLD.reshape(-1, x_BLD.shape[-1])
        chosen_RK, weights_RK, shared_RS = self.router(x_RD)
        y_RD = self._routed(x_RD, chosen_RK, weights_RK.to(x_RD.dtype))
        for index in range(self.shared_gate_up_SFD.shape[0]):
            hidden_RF = _swiglu(x_RD, self.shared_gate_up_SFD[index]) * shared_RS[:, index, None].to(x_RD.dtype)
            y_RD = y_RD + F.linear(hidden_RF, self.shared_down_SDF[index])
        return y_RD.view_as(x_BLD)

    def _routed(self, x_RD: Tensor, chosen_RK: Tensor, weights_RK: Tensor) -> Tensor:
        """Sort (row, choice) pairs by expert and run each expert that was chosen once, on its rows."""
        order = chosen_RK.flatten().argsort(stable=True)
        counts = torch.bincount(chosen_RK.flatten(), minlength=self.gate_up_EFD.shape[0]).tolist()
        row, weight = order // chosen_RK.shape[1], weights_RK.flatten()[order, None]
        y_RD, start = torch.zeros_like(x_RD), 0
        for expert, count in enumerate(counts):
            if not count:
                continue
            here, start = slice(start, start + count), start + count
            hidden = _swiglu(x_RD[row[here]], self.gate_up_EFD[expert])
            y_RD = y_RD.index_add(0, row[here], F.linear(hidden, self.down_EDF[expert]) * weight[here])
        return y_RD


def _swiglu(x_RD: Tensor, gate_up_FD: Tensor) -> Tensor:
    gate_RF, up_RF = F.linear(x_RD, gate_up_FD).chunk(2, dim=-1)
    return F.silu(gate_RF) * up_RF
