"""The mixture equals its formula, one row at a time."""

from dataclasses import replace

import torch
from torch.nn import functional as F

from microturn.model.config import nano_backbone
from microturn.model.moe import MoE

CONFIG = replace(
    nano_backbone(layers=1, dim=64),
    mlps=("moe",),
    experts=6,
    experts_per_position=2,
    shared_experts=2,
    expert_ffn=24,
    route_scale=3.0,
)


def mixture() -> MoE:
    torch.manual_seed(0)
    moe = MoE(CONFIG)
    for parameter in moe.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    torch.nn.init.normal_(moe.router.bias_E)
    return moe


def swiglu(x_D: torch.Tensor, gate_up: torch.Tensor, down: torch.Tensor) -> torch.Tensor:
    gate, up = (gate_up @ x_D).chunk(2)
    return down @ (F.silu(gate) * up)


@torch.no_grad()
def test_each_row_is_the_weighted_sum_of_its_experts() -> None:
    moe, x_BLD = mixture(), torch.randn(2, 7, 64)
    got_RD = moe(x_BLD).flatten(0, 1)
    for x_D, got_D in zip(x_BLD.flatten(0, 1), got_RD, strict=True):
        score = (moe.router.weight @ x_D).sigmoid()
        chosen = (score[:6] + moe.router.bias_E).argsort(descending=True)[:2].tolist()
        total = score[[*chosen, 6, 7]].sum()  # the shared experts take their part of the weight
        want_D = torch.zeros(64)
        for expert in chosen:
            want_D += score[expert] / total * swiglu(x_D, moe.gate_up_EFD[expert], moe.down_EDF[expert])
        for index in range(2):
            hidden = swiglu(x_D, moe.shared_gate_up_SFD[index], moe.shared_down_SDF[index])
            want_D += score[6 + index] / total * hidden
        torch.testing.assert_close(got_D, 3.0 * moe.router.global_scale * want_D, atol=1e-4, rtol=1e-4)


def test_only_the_chosen_experts_get_a_gradient() -> None:
    moe, x_BLD = mixture(), torch.randn(1, 1, 64)
    moe(x_BLD).sum().backward()
    assert moe.gate_up_EFD.grad is not None and moe.router.weight.grad is not None
    used = moe.gate_up_EFD.grad.abs().sum((1, 2)).nonzero().flatten().tolist()
    chosen_RK, _, _ = moe.router(x_BLD[0])
    assert used == sorted(chosen_RK[0].tolist())
