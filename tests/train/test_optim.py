"""The optimiser: updates against their plain formulas, low precision with a master copy, and exact resuming."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from microturn.train.optim import OptimConfig, Optimizer, orthogonalize

CONFIG = OptimConfig(warmup=1, clip=1e9, decay=0.1)


class Net(nn.Module):
    """One matrix for Muon; the rest, and what is frozen, not."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = nn.Linear(12, 20)
        self.head = nn.Linear(20, 3)
        self.frozen = nn.Linear(3, 3).requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        return self.frozen(self.head(torch.tanh(self.backbone(x))))


def net(dtype: torch.dtype = torch.float32) -> Net:
    torch.manual_seed(0)
    return Net().to(dtype)


def descend(model: Net, optimizer: Optimizer, first: int, last: int) -> list[float]:
    losses = []
    for step in range(first, last):
        generator = torch.Generator().manual_seed(step % 2)
        x = torch.randn(8, 12, generator=generator).to(model.head.weight.dtype)
        loss = (model(x) - x[:, :3]).square().mean()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    return losses


@pytest.mark.parametrize("shape", [(16, 16), (8, 40), (40, 8)])
def test_orthogonalised_matrices_have_singular_values_near_one(shape: tuple[int, int]) -> None:
    matrix = torch.randn(*shape, generator=torch.Generator().manual_seed(0))
    orthogonal = orthogonalize(matrix)
    values = np.linalg.svd(orthogonal.numpy(), compute_uv=False)
    assert values.min() > 0.4 and values.max() < 1.3
    assert np.linalg.norm(matrix.numpy(), 2) > 2 * values.max()
    # The same singular directions: what remains of the plain formula U V^T.
    u, _, v = np.linalg.svd(matrix.numpy(), full_matrices=False)
    assert torch.nn.functional.cosine_similarity(orthogonal.flatten(), torch.from_numpy(u @ v).flatten(), dim=0) > 0.9
    assert torch.equal(orthogonalize(matrix), orthogonal)
    torch.testing.assert_close(orthogonalize(64 * matrix), orthogonal, atol=2e-2, rtol=0)


def test_adam_is_the_library_s_adam() -> None:
    model, other = net(), net()
    optimizer = Optimizer(model, CONFIG)
    names = ("head.weight", "head.bias", "backbone.bias")
    theirs = torch.optim.AdamW(
        [
            {"params": [other.head.weight], "weight_decay": CONFIG.decay},
            {"params": [other.head.bias, other.backbone.bias], "weight_decay": 0.0},
        ],
        lr=CONFIG.adam,
        betas=CONFIG.betas,
    )
    for step in range(5):
        generator = torch.Generator().manual_seed(step)
        for name in names:
            slope = torch.randn(model.get_parameter(name).shape, generator=generator)
            mine = model.get_parameter(name).grad
            assert mine is not None
            mine.copy_(slope)
            other.get_parameter(name).grad = slope.clone()
        optimizer.step()
        theirs.step()
    for name in names:
        torch.testing.assert_close(model.get_parameter(name), other.get_parameter(name), atol=1e-6, rtol=1e-5)


def test_muon_moves_the_backbone_s_matrix_by_an_orthogonal_step() -> None:
    model = net()
    before, optimizer = model.backbone.weight.detach().clone(), Optimizer(model, CONFIG)
    grad = model.backbone.weight.grad
    assert grad is not None
    grad.normal_(generator=torch.Generator().manual_seed(1))
    optimizer.step()
    moved = model.backbone.weight.detach() - before * (1 - CONFIG.muon * CONFIG.decay)
    values = np.linalg.svd(moved.numpy(), compute_uv=False) / (CONFIG.muon * (20 / 12) ** 0.5)
    assert values.min() > 0.4 and values.max() < 1.3


def test_it_learns_and_leaves_gradients_at_zero_and_the_frozen_alone() -> None:
    model = net()
    frozen = model.frozen.weight.clone()
    optimizer = Optimizer(model, OptimConfig(warmup=1))
    losses = descend(model, optimizer, 0, 100)
    assert losses[-1] < 0.6 * losses[1]
    assert all(not p.grad.any() for p in model.parameters() if p.grad is not None)
    assert torch.equal(model.frozen.weight, frozen) and "frozen.weight" not in optimizer.names


def test_gradients_are_kept_in_place() -> None:
    model = net()
    optimizer = Optimizer(model, CONFIG)
    places = [p.grad.data_ptr() for p in model.parameters() if p.grad is not None]
    descend(model, optimizer, 0, 2)
    assert places == [p.grad.data_ptr() for p in model.parameters() if p.grad is not None]


def test_resumed_equals_uninterrupted_to_the_bit() -> None:
    whole, first, second = net(torch.bfloat16), net(torch.bfloat16), net(torch.bfloat16)
    straight = Optimizer(whole, OptimConfig())
    descend(whole, straight, 0, 6)
    stopped = Optimizer(first, OptimConfig())
    descend(first, stopped, 0, 3)
    nn.init.zeros_(second.head.weight)
    resumed = Optimizer(second, OptimConfig())
    resumed.load({name: x.clone() for name, x in stopped.state().items()})
    descend(second, resumed, 3, 6)
    for name, x in straight.state().items():
        assert torch.equal(resumed.state()[name], x), name
    for name, x in whole.state_dict().items():
        assert torch.equal(second.state_dict()[name], x), name


def test_the_master_copy_keeps_what_bfloat16_cannot() -> None:
    model = net(torch.bfloat16)
    optimizer = Optimizer(model, OptimConfig(adam=1e-5, muon=1e-5, decay=0.0, warmup=1))
    masters = [master.clone() for master in optimizer.master]
    descend(model, optimizer, 0, 4)
    for before, master, parameter in zip(masters, optimizer.master, optimizer.params, strict=True):
        assert master.dtype == torch.float32 and parameter.dtype == torch.bfloat16
        assert not torch.equal(before, master)
        assert torch.equal(parameter, master.bfloat16())
    lost = sum(int((a.bfloat16() == b.bfloat16()).sum()) for a, b in zip(masters, optimizer.master, strict=True))
    assert lost > 100  # steps too small for bfloat16, which only the master copy adds up


def test_clipping_bounds_the_step_but_reports_the_whole_norm() -> None:
    model = net()
    optimizer = Optimizer(model, OptimConfig(clip=0.5))
    assert model.head.bias.grad is not None
    model.head.bias.grad.fill_(100.0)
    assert optimizer.step() == pytest.approx(100 * 3**0.5, rel=1e-5)
    at = optimizer.names.index("head.bias")
    b1 = optimizer.config.betas[0]
    assert optimizer.first[at].norm().item() == pytest.approx((1 - b1) * 0.5, rel=1e-3)


def test_warmup_and_scale_multiply_the_rate() -> None:
    moves = []
    for warmup, scale in ((1, 1.0), (10, 1.0), (1, 0.1)):
        model = net()
        before, optimizer = model.head.bias.detach().clone(), Optimizer(model, OptimConfig(warmup=warmup))
        assert model.head.bias.grad is not None
        model.head.bias.grad.fill_(1.0)
        optimizer.step(scale)
        moves.append(float((model.head.bias.detach() - before).norm()))
    assert moves[1] == pytest.approx(moves[0] / 10, rel=1e-2) and moves[2] == pytest.approx(moves[1], rel=1e-3)


def test_the_average_lags_behind_the_weights() -> None:
    model = net()
    start, optimizer = model.head.weight.detach().clone(), Optimizer(model, OptimConfig(warmup=1))
    descend(model, optimizer, 0, 30)
    average = dict(optimizer.averaged())["head.weight"]
    assert 0 < (average - start).norm() < (model.head.weight - start).norm()
    assert [name for name, _ in optimizer.averaged()] == optimizer.names
