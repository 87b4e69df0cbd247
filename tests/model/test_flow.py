"""The flow: its loss is the plain formula, padding does not count, rows are independent, and it learns a target."""

from dataclasses import replace

import torch
from torch import Tensor

from microturn.model.config import FlowConfig
from microturn.model.flow import MEL_VALUES, FlowHead

CONFIG = FlowConfig(width=24, blocks=2, time_width=16, levels=3, steps=4, temperature=1.0)


def head(config: FlowConfig = CONFIG) -> FlowHead:
    torch.manual_seed(0)
    return FlowHead(config, 8)


def noise(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_the_loss_is_the_weighted_error_of_the_data_on_the_straight_path() -> None:
    flow, mel, h = head(), noise(2, 16, 80), noise(2, 8, seed=1)
    generator = torch.Generator().manual_seed(5)
    tau, start = torch.rand(6, generator=generator), torch.randn(6, MEL_VALUES, generator=generator)
    errors, weights = [], 1 / (1.25 - tau)
    for j in range(6):
        data = mel[j % 2].flatten()
        x = (1 - tau[j]) * start[j] + tau[j] * data
        errors.append((flow.data(x[None], tau[j : j + 1], h[j % 2][None])[0] - data).square().mean())
    loss = flow.loss(mel, h, torch.ones(2), torch.Generator().manual_seed(5))
    torch.testing.assert_close(loss, (torch.stack(errors) * weights).sum() / weights.sum())


def test_rows_without_weight_do_not_count() -> None:
    flow, mel, h, weight = head(), noise(3, 16, 80), noise(3, 8, seed=1), torch.tensor([1.0, 0.0, 1.0])
    other_mel, other_h = mel.clone(), h.clone()
    other_mel[1], other_h[1] = 7.0, -3.0
    one, other = (
        flow.loss(m, x, weight, torch.Generator().manual_seed(0)) for m, x in ((mel, h), (other_mel, other_h))
    )
    torch.testing.assert_close(one, other)
    assert flow.loss(mel, h, torch.zeros(3), torch.Generator()) == 0


def test_the_last_step_lands_on_the_data() -> None:
    """One Euler step from tau 0 is the network's answer there; with more, each goes on along the path from where it is."""
    flow, h, x = head(replace(CONFIG, steps=1)).requires_grad_(False), noise(2, 8), noise(2, MEL_VALUES, seed=1)
    torch.testing.assert_close(flow.sample(h, x).flatten(1), flow.data(x, torch.zeros(2), h), atol=1e-5, rtol=0)
    half = x + (flow.data(x, torch.zeros(2), h) - x) / 2
    end = half + (flow.data(half, torch.full((2,), 0.5), h) - half) / 0.5 / 2
    two = head(replace(CONFIG, steps=2)).requires_grad_(False)
    torch.testing.assert_close(two.sample(h, x).flatten(1), end, atol=1e-5, rtol=0)


def test_sampling_takes_each_row_alone() -> None:
    flow, h, start = head().requires_grad_(False), noise(3, 8), noise(3, MEL_VALUES, seed=1)
    together = flow.sample(h, start)
    assert together.shape == (3, 16, 80) and together.dtype == torch.float32
    for row in range(3):
        alone = flow.sample(h[row : row + 1], start[row : row + 1])[0]
        torch.testing.assert_close(alone, together[row], atol=1e-5, rtol=0)


def test_temperature_scales_the_noise_it_starts_from() -> None:
    h, start = noise(1, 8), noise(1, MEL_VALUES, seed=1)
    cool = head(replace(CONFIG, temperature=0.5)).requires_grad_(False)
    torch.testing.assert_close(cool.sample(h, 2 * start), head().requires_grad_(False).sample(h, start))


def test_it_learns_to_make_what_the_condition_asks_for() -> None:
    flow, h, weight = head(), torch.eye(2, 8), torch.ones(2)
    mel = torch.stack([torch.full((16, 80), -1.0), torch.full((16, 80), 1.0)])
    adam = torch.optim.Adam(flow.parameters(), lr=1e-2)
    for step in range(60):
        adam.zero_grad()
        flow.loss(mel, h, weight, torch.Generator().manual_seed(step)).backward()
        adam.step()
    made = flow.requires_grad_(False).sample(h, noise(2, MEL_VALUES, seed=9)).flatten(1)
    torch.testing.assert_close(made.mean(1), torch.tensor([-1.0, 1.0]), atol=0.15, rtol=0)
    assert made.std(1).max() < 0.4
