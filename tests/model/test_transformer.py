"""The streamed backbone equals the whole one; rows are independent; memory is bounded."""

# pyright: reportAttributeAccessIssue=false, reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false
# pyright: reportIndexIssue=false, reportOptionalMemberAccess=false
# (torch types the members of a ModuleList as Tensor | Module)

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from microturn.model.config import GLOBAL, BackboneConfig, interaction_276b_a12b, nano_backbone
from microturn.model.state import StreamState
from microturn.model.transformer import Transformer

TINY = BackboneConfig(
    dim=32,
    heads=4,
    head_dim=8,
    sliding_kv_heads=2,
    global_kv_heads=1,
    windows=(5, 9, GLOBAL),
    mlps=("dense", "moe", "dense"),
    ffn=48,
    experts=6,
    experts_per_position=2,
    shared_experts=1,
    expert_ffn=16,
    global_scale=True,
    max_positions=64,
    max_chunk=6,
)
RELATIVE = replace(TINY, position="relative", conv_kernel=4, relative_dim=4, relative_extent=11, log_scaling_floor=7)
CONFIGS = {"rotary": TINY, "rotary-conv": replace(TINY, conv_kernel=3), "relative": RELATIVE}
CLOSE = {"atol": 2e-5, "rtol": 0.0}


@pytest.fixture(params=sorted(CONFIGS))
def model(request: pytest.FixtureRequest) -> Transformer:
    return lively(CONFIGS[request.param])


def lively(config: BackboneConfig) -> Transformer:
    """A model whose weights are large enough that every part shows in the output."""
    model = Transformer(config, seed=1)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(8 if parameter.ndim > 1 else 1)
    return model.eval()


def inputs(batch: int, length: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    x_BLD = torch.randn(batch, length, TINY.dim, generator=generator)
    tick_BL = torch.randint(0, 2, (batch, length), generator=generator).cumsum(1)
    return x_BLD, tick_BL


@torch.no_grad()
def stream(model: Transformer, x_BLD: Tensor, tick_BL: Tensor, sizes: list[int]) -> Tensor:
    state = StreamState.new(model.config, x_BLD.shape[0])
    pieces = zip(x_BLD.split(sizes, dim=1), tick_BL.split(sizes, dim=1), strict=True)
    return torch.cat([model(x, tick, state=state) for x, tick in pieces], dim=1)


@pytest.mark.parametrize("sizes", [[1] * 40, [3, 1, 7, 2, 27], [40], [39, 1]])
@torch.no_grad()
def test_streamed_equals_whole_far_past_the_windows(model: Transformer, sizes: list[int]) -> None:
    x_BLD, tick_BL = inputs(2, 40)
    torch.testing.assert_close(stream(model, x_BLD, tick_BL, sizes), model(x_BLD, tick_BL), **CLOSE)


@torch.no_grad()
def test_more_future_never_changes_the_past(model: Transformer) -> None:
    x_BLD, tick_BL = inputs(2, 24)
    whole, part = model(x_BLD, tick_BL), model(x_BLD[:, :13], tick_BL[:, :13])
    torch.testing.assert_close(whole[:, :13], part, **CLOSE)


@torch.no_grad()
def test_positions_beyond_the_windows_are_forgotten() -> None:
    model = lively(replace(TINY, windows=(4, 4, 4)))
    x_BLD, tick_BL = inputs(1, 30)
    other = x_BLD.clone()
    other[:, :5] += 1.0
    ours, changed = model(x_BLD, tick_BL), model(other, tick_BL)
    reach = 5 + 3 * 3
    assert not torch.allclose(ours[:, reach - 1], changed[:, reach - 1], atol=1e-6)
    torch.testing.assert_close(ours[:, reach:], changed[:, reach:], **CLOSE)


@torch.no_grad()
def test_batched_equals_alone(model: Transformer) -> None:
    x_BLD, tick_BL = inputs(3, 20)
    alone = torch.cat([model(x_BLD[row : row + 1], tick_BL[row : row + 1]) for row in range(3)])
    torch.testing.assert_close(model(x_BLD, tick_BL), alone, **CLOSE)


@torch.no_grad()
def test_stepping_some_rows_equals_each_row_alone(model: Transformer) -> None:
    x_BLD, tick_BL = inputs(3, 30)
    state, done, got = StreamState.new(model.config, 3), [0, 0, 0], [[], [], []]
    for turn in range(24):
        rows = [[0, 1, 2], [2, 0], [1], [2]][turn % 4]
        size = 1 + turn % 2
        rows = [row for row in rows if done[row] + size <= 30]
        if not rows:
            continue
        cuts = [slice(done[row], done[row] + size) for row in rows]
        x = torch.stack([x_BLD[row, cut] for row, cut in zip(rows, cuts, strict=True)])
        tick = torch.stack([tick_BL[row, cut] for row, cut in zip(rows, cuts, strict=True)])
        h_RLD = model(x, tick, state=state, rows=torch.tensor(rows))
        for row, h_LD in zip(rows, h_RLD, strict=True):
            got[row].append(h_LD)
            done[row] += size
    assert state.lengths_B.tolist() == done and min(done) > 10
    whole = model(x_BLD, tick_BL)
    for row in range(3):
        torch.testing.assert_close(torch.cat(got[row]), whole[row, : done[row]], **CLOSE)


@torch.no_grad()
def test_snapshot_restore_copy_and_reset_are_exact(model: Transformer) -> None:
    x_BLD, tick_BL = inputs(2, 20)
    state = StreamState.new(model.config, 2)
    model(x_BLD[:, :12], tick_BL[:, :12], state=state)
    snap, size = state.snapshot(0), state.nbytes
    first = model(x_BLD[:, 12:], tick_BL[:, 12:], state=state)
    state.restore(1, snap)
    state.copy(1, 0)
    for row in range(2):
        assert all(torch.equal(value, snap[key]) for key, value in state.snapshot(row).items())
    again = model(x_BLD[[0, 0], 12:], tick_BL[[0, 0], 12:], state=state)
    torch.testing.assert_close(again, first[[0, 0]], **CLOSE)
    state.reset([1])
    fresh = model(x_BLD[:1], tick_BL[:1], state=state, rows=torch.tensor([1]))
    torch.testing.assert_close(fresh, model(x_BLD[:1], tick_BL[:1]), **CLOSE)
    assert state.nbytes == size


@torch.no_grad()
def test_ticks_and_positions_both_turn_the_rotary_pairs() -> None:
    model = lively(TINY)
    x_BLD, tick_BL = inputs(1, 12)
    base = model(x_BLD, tick_BL)
    torch.testing.assert_close(model(x_BLD, tick_BL + 1000), base, atol=1e-3, rtol=0.0)
    assert not torch.allclose(model(x_BLD, tick_BL * 2), base, atol=1e-2)
    assert not torch.allclose(model(x_BLD, tick_BL, 2 * torch.arange(12)[None]), base, atol=1e-2)


def test_gradients_reach_every_parameter(model: Transformer) -> None:
    x_BLD, tick_BL = inputs(2, 40)
    model(x_BLD, tick_BL).square().sum().backward()
    dead = [name for name, p in model.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert not dead


def test_seed_decides_every_parameter() -> None:
    one, same, other = Transformer(TINY, seed=3), Transformer(TINY, seed=3), Transformer(TINY, seed=4)
    pairs = zip(one.parameters(), same.parameters(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)
    assert not torch.equal(one.blocks[0].attention.out.weight, other.blocks[0].attention.out.weight)


@torch.no_grad()
def test_a_full_global_layer_says_so() -> None:
    model = lively(TINY)
    x_BLD, tick_BL = inputs(1, 65)
    with pytest.raises(ValueError, match="max_positions"):
        stream(model, x_BLD, tick_BL, [65])


def test_presets_and_their_limits() -> None:
    assert interaction_276b_a12b().layers == 42
    state = StreamState.new(nano_backbone(), 1, dtype=torch.bfloat16)
    assert state.nbytes < 2**20 * 2
    with pytest.raises(ValueError, match="one window and one mlp"):
        replace(TINY, windows=(5,))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@torch.no_grad()
def test_streamed_equals_whole_on_a_gpu() -> None:
    model = lively(RELATIVE).cuda()
    x_BLD, tick_BL = (t.cuda() for t in inputs(2, 30))
    state = StreamState.new(model.config, 2, "cuda")
    got = [model(x_BLD[:, at : at + 1], tick_BL[:, at : at + 1], state=state) for at in range(30)]
    torch.testing.assert_close(torch.cat(got, dim=1), model(x_BLD, tick_BL), atol=2e-4, rtol=0.0)
