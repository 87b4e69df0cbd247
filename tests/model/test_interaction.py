"""Streamed equals whole, batched equals alone, the future does not change the past, and a few steps of training help."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from microturn.features.layout import NO_TARGET, Ticks, pack
from microturn.features.text import Tag, Tokenizer
from microturn.model.batch import Batch, BatchShape, collate
from microturn.model.interaction import InteractionModel, TickResult
from microturn.train.optim import OptimConfig, Optimizer
from tests.model.tiny import TOKENIZER, WINDOW, config, lively, session, small

ATOL = 1e-4


def whole(ticks: Ticks, audio_positions: int = 1) -> Batch:
    """One session as a batch that holds all of it."""
    shape = BatchShape(
        rows=1,
        positions=len(pack(ticks, audio_positions)),
        ticks=len(ticks),
        speaking=len(ticks),
        frames=len(ticks),
        audio_positions=audio_positions,
    )
    return collate([ticks], shape)


def lived(model: InteractionModel, ticks: Ticks) -> tuple[Tensor, list[TickResult]]:
    """Backbone states [L, D] and results of living through a session tick by tick, its outputs given."""
    states: list[Tensor] = []
    hook = model.backbone.register_forward_hook(lambda _module, _inputs, h_BLD: states.append(h_BLD[0].clone()))
    state, results = model.new_state(1), []
    for k in range(len(ticks)):
        results += model.step([ticks.input(k)], state, [torch.Generator()], forced=[ticks.output(k)])
    hook.remove()
    return torch.cat(states), results


def live(model: InteractionModel, sessions: list[Ticks | None], seeds: list[int], ticks: int) -> list[list[TickResult]]:
    """Free-running rows, one list of results each; rows of None sleep."""
    state = model.new_state(len(sessions))
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    steps = [model.step([s.input(k) if s else None for s in sessions], state, generators) for k in range(ticks)]
    return [[r for step in steps if (r := step[row]) is not None] for row in range(len(sessions))]


def assert_same(one: list[TickResult], other: list[TickResult], *, exact: bool = False) -> None:
    assert len(one) == len(other)
    for a, b in zip(one, other, strict=True):
        assert a.output.tokens == b.output.tokens
        assert a.positions == b.positions
        assert (a.output.mel_FM is None) == (b.output.mel_FM is None)
        assert (a.samples is None) == (b.samples is None)
        if a.output.mel_FM is not None and b.output.mel_FM is not None:
            np.testing.assert_allclose(a.output.mel_FM, b.output.mel_FM, rtol=0, atol=0 if exact else ATOL)
        if a.samples is not None and b.samples is not None:
            np.testing.assert_allclose(a.samples, b.samples, rtol=0, atol=0 if exact else 1e-3)


@pytest.mark.parametrize("audio_positions", [1, 2, 4])
def test_streamed_equals_whole(audio_positions: int) -> None:
    model, ticks = lively(audio_positions), session(30)
    packed = pack(ticks, audio_positions)
    assert len(packed) > 2 * WINDOW
    with torch.inference_mode():
        h_LD = model.hidden(whole(ticks, audio_positions))[0]
    streamed_LD, results = lived(model, ticks)
    torch.testing.assert_close(streamed_LD, h_LD, atol=ATOL, rtol=0)
    for k, result in enumerate(results):
        assert result.output.tokens == ticks.output(k).tokens
        assert result.positions == int((packed.tick_L == k).sum())


def test_the_released_models_step_equals_its_forward_in_states_and_logits() -> None:
    nano, ticks = InteractionModel.load("nano"), session(200)
    packed = pack(ticks, 1)
    assert len(packed) > max(nano.config.backbone.windows)
    with torch.inference_mode():
        h_LD = nano.hidden(whole(ticks))[0]
        streamed_LD, _ = lived(nano, ticks)
        torch.testing.assert_close(streamed_LD, h_LD, atol=ATOL, rtol=0)
        torch.testing.assert_close(nano.read(streamed_LD), nano.read(h_LD), atol=ATOL, rtol=0)


@pytest.mark.parametrize("part", ["dmel_TFM", "missing_T", "second_T", "frames", "text", "out", "mel_SFM"])
def test_every_input_shows_and_only_from_its_tick_on(part: str) -> None:
    model, ticks = lively(), session(30)
    value = getattr(ticks, part)
    changed = value.copy()
    late = len(value) * 2 // 3
    changed[late:] = ~value[late:] if part == "missing_T" else value[late:][::-1].copy() + (part == "second_T") * 7
    if part in ("text", "out"):
        changed[late:] = TOKENIZER.encode("one")[0]
    other = replace(ticks, **{part: changed})
    first = next(
        k
        for k in range(len(ticks))
        if repr(ticks.input(k)) != repr(other.input(k))
        or not same_frames(ticks, other, k)
        or ticks.output(k).tokens != other.output(k).tokens
        or not same_mel(ticks, other, k)
    )
    packed = pack(ticks, 1)
    with torch.inference_mode():
        a_LD, b_LD = (model.hidden(whole(t))[0] for t in (ticks, other))
    before = int(np.searchsorted(packed.tick_L, first))
    assert before > 0
    assert torch.equal(a_LD[:before], b_LD[:before])
    assert (a_LD[before:] - b_LD[before:]).abs().max() > 1e-2


def same_frames(one: Ticks, other: Ticks, k: int) -> bool:
    a, b = one.input(k).frame, other.input(k).frame
    return a is b or (a is not None and b is not None and bool((a == b).all()))


def same_mel(one: Ticks, other: Ticks, k: int) -> bool:
    a, b = one.output(k).mel_FM, other.output(k).mel_FM
    return a is b or (a is not None and b is not None and bool((a == b).all()))


def test_a_batched_row_equals_the_row_alone() -> None:
    model, sessions, seeds = lively(temperature=0.7), [session(20, seed) for seed in range(3)], [5, 6, 7]
    together = live(model, [sessions[0], None, sessions[1], sessions[2]], [5, 0, 6, 7], 20)
    assert together[1] == []
    spoken = [r.output for row in together for r in row]
    assert any(o.tokens for o in spoken) and any(not o.tokens for o in spoken)
    assert any(o.mel_FM is not None for o in spoken) and any(o.mel_FM is None for o in spoken)
    for row, ticks, seed in zip((0, 2, 3), sessions, seeds, strict=True):
        assert_same(live(model, [ticks], [seed], 20)[0], together[row])


def test_the_same_seed_gives_the_same_session_to_the_bit() -> None:
    model, ticks = lively(temperature=1.0), session(20)
    one, again, other = (live(model, [ticks], [seed], 20)[0] for seed in (1, 1, 2))
    assert_same(one, again, exact=True)
    assert [r.output.tokens for r in one] != [r.output.tokens for r in other]


def test_a_reset_row_is_a_fresh_session_and_the_others_go_on() -> None:
    model, used, ticks = lively(), session(12, seed=3), session(12, seed=4)

    def generators() -> list[torch.Generator]:
        return [torch.Generator().manual_seed(0) for _ in range(2)]

    state, draws = model.new_state(2), generators()
    for k in range(12):
        model.step([used.input(k)] * 2, state, draws, forced=[used.output(k)] * 2)
    state.reset([0])
    draws[0].manual_seed(0)
    mine = [model.step([ticks.input(k), None], state, draws)[0] for k in range(12)]
    kept = [model.step([None, ticks.input(k)], state, draws)[1] for k in range(12)]
    fresh, draws = model.new_state(2), generators()
    new = [model.step([ticks.input(k), None], fresh, draws)[0] for k in range(12)]
    assert_same([r for r in mine if r], [r for r in new if r], exact=True)
    for a, b in zip(vars(state.voice).items(), vars(fresh.voice).items(), strict=True):
        assert torch.equal(a[1][0], b[1][0]), a[0]
    with pytest.raises(AssertionError):
        assert_same([r for r in kept if r], [r for r in new if r])


def test_the_voice_rings_for_one_tick_after_speech() -> None:
    model, ticks = lively(), session(30)
    _, results = lived(model, ticks)
    spoke = ticks.speak_T >= 0
    for k, result in enumerate(results):
        assert (result.samples is not None) == bool(spoke[k] or (k > 0 and spoke[k - 1]))
        if result.samples is not None:
            assert result.samples.shape == (4800,) and np.abs(result.samples).max() <= 1.0


def test_a_tick_writes_at_most_what_the_config_says() -> None:
    model = lively()
    with torch.no_grad():
        model.token.weight[[Tag.END, Tag.SPEAK]] = 0.0
    results = live(model, [session(6)], [0], 6)[0]
    assert max(len(r.output.tokens) for r in results) == model.config.sampling.most_tokens


SHAPE = BatchShape(rows=2, positions=60, ticks=24, speaking=12, frames=10)


def losses_of(model: InteractionModel, batch: Batch) -> dict[str, Tensor]:
    return model.loss(batch, torch.Generator().manual_seed(0))


def test_padding_has_no_influence() -> None:
    model, sessions = lively(), [session(10, seed) for seed in range(2)]
    longer = replace(SHAPE, positions=90, ticks=40, frames=13)
    with torch.no_grad():
        short, long = (losses_of(model, collate(sessions, s)) for s in (SHAPE, longer))
    assert set(short) == {"end", "token", "act", "flow", "phone", "word", "seen", "time", "total"}
    for name, value in short.items():
        assert torch.isfinite(value) and value > 0, name
        torch.testing.assert_close(value, long[name], rtol=1e-4, atol=1e-5)


def test_a_batch_without_any_speech_or_silence_has_finite_losses() -> None:
    ticks = session(8)
    silent = replace(ticks, speak_T=np.full(8, -1, np.int32), out=ticks.out[:0], out_at=np.zeros(9, np.int32))
    model = lively()
    quiet = losses_of(model, collate([silent] * 2, SHAPE))
    assert all(torch.isfinite(value) for value in quiet.values())
    assert quiet["flow"] == 0 and quiet["act"] == 0 and quiet["end"] > 0


def test_a_few_steps_lower_the_loss_of_every_stream() -> None:
    model = small(InteractionModel(config(), TOKENIZER))
    batch = collate([session(20, seed) for seed in range(2)], SHAPE)
    optimizer = Optimizer(model, OptimConfig(warmup=1, muon=0.03, adam=1e-2))
    history = []
    for _ in range(16):
        losses = losses_of(model, batch)
        losses["total"].backward()
        optimizer.step()
        history.append({name: float(value.detach()) for name, value in losses.items()})
    for name, value in history[0].items():
        assert history[-1][name] < 0.9 * value, name


def test_a_tokenizer_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="tokens, the config says"):
        InteractionModel(replace(config(), vocabulary=7), TOKENIZER)


def test_the_time_is_told_in_words_of_the_vocabulary() -> None:
    words = ["ten", "forty", "two", "oh", "five", "twelve"]
    tokenizer = Tokenizer.train(words)
    model = small(InteractionModel(replace(config(), vocabulary=tokenizer.size), tokenizer))
    id_of = {word: tokenizer.encode(word)[0] for word in words}
    table = model.clock_words_MK.tolist()
    assert table[10 * 60 + 42] == [id_of["ten"], id_of["forty"], id_of["two"]]
    assert table[22 * 60 + 5] == [id_of["ten"], id_of["oh"], id_of["five"]]
    assert table[0] == [id_of["twelve"], Tag.PAD, Tag.PAD]
    assert table[60] == [NO_TARGET, Tag.PAD, Tag.PAD]  # "one" is spelled in pieces here
    assert not any("clock_words" in name for name in model.state_dict())


def test_the_clock_can_be_learned_from_its_labels() -> None:
    model = lively()
    hours = [replace(session(16), second_T=np.full(16, 3600 * hour, np.float32)) for hour in (1, 2)]
    made = collate(hours, SHAPE)
    optimizer = torch.optim.Adam([model.telling.weight, *model.clock.parameters()], 1e-2)
    losses = []
    for _ in range(12):
        loss = losses_of(model, made)["time"]
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < losses[0] / 3


def test_guesses_are_of_what_lies_before_and_mostly_the_likeliest() -> None:
    model = lively()
    made = collate([session(10, seed) for seed in range(2)], SHAPE)
    with torch.no_grad():
        chances = torch.softmax(model.read(model.hidden(made)[:1, :-1]), -1)
    drawn = torch.stack([model.guesses(made, 1, torch.Generator().manual_seed(seed)) for seed in range(200)])
    assert drawn.dtype == made.token_BL.dtype and (drawn[:, :, 0] == made.token_BL[:1, 0]).all()
    share = (drawn[:, :, 1:] == chances.argmax(-1)).float().mean(0)
    torch.testing.assert_close(share, chances.amax(-1), atol=0.17, rtol=0)
