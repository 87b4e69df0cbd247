"""Offline runs: batched == alone, seeds and inputs matter, a recording replays to the bit, also from disk."""

from pathlib import Path

import numpy as np
import pytest
import soxr
import torch
from engine_fakes import TOKENIZER, FakeModel, speech

from microturn.engine.offline import Take, replay, run, run_many
from microturn.engine.recorder import write
from microturn.engine.session import SessionConfig
from microturn.engine.worker import Rows
from microturn.features.audio import dmel
from microturn.features.layout import TickInput
from microturn.model.config import ModelConfig, SamplingConfig, nano_backbone
from microturn.model.interaction import InteractionModel
from microturn.protocol.events import Channel, Clear, Frame, Played, Text
from microturn.protocol.timeline import Timeline


def same(a: Timeline, b: Timeline) -> None:
    assert a.events == b.events
    assert (a.duration_ms, a.seed, a.second_of_day) == (b.duration_ms, b.seed, b.second_of_day)
    for channel in (Channel.USER, Channel.MODEL):
        np.testing.assert_array_equal(a.audio[channel].samples, b.audio[channel].samples)
    assert [f.at_ms for f in a.frames] == [f.at_ms for f in b.frames]
    assert all(np.array_equal(x.rgb, y.rgb) for x, y in zip(a.frames, b.frames, strict=True))


def tiny_model() -> InteractionModel:
    """The real model, small and with random weights: it babbles."""
    torch.manual_seed(0)
    backbone = nano_backbone(window=64, layers=2, dim=64)
    config = ModelConfig(backbone=backbone, vocabulary=TOKENIZER.size, sampling=SamplingConfig(temperature=1.0))
    return InteractionModel(config, TOKENIZER).eval()


def takes() -> list[Take]:
    events = [
        Text(at_ms=300, channel=Channel.USER, text="hello"),
        Frame(at_ms=450, channel=Channel.SCREEN, rgb=np.random.default_rng(0).integers(0, 255, (60, 90, 3), np.uint8)),
        Played(at_ms=700, until_ms=550),
        Text(at_ms=1000, channel=Channel.COMMENTARY, text="stop"),
        Text(at_ms=1500, channel=Channel.THINKING, text="seven"),
    ]
    sizes = [1.0, 2.3, 0.1, 1.7, 0.0]
    return [
        Take(samples=speech(s, i), events=events, config=SessionConfig(seed=i, second_of_day=100.0 * i), tail_s=1.0)
        for i, s in enumerate(sizes)
    ]


@pytest.mark.parametrize("batch", [2, 3, 8])
def test_batched_equals_alone(batch: int) -> None:
    alone = [run_many(FakeModel(), [take], batch=1)[0] for take in takes()]
    for a, b in zip(alone, run_many(FakeModel(), takes(), batch=batch), strict=True):
        same(a, b)


def test_run_is_the_one_take_of_run_many() -> None:
    take = takes()[1]
    kwargs = {"events": take.events, "seed": 1, "second_of_day": 100.0, "tail_s": 1.0}
    same(run(FakeModel(), take.samples, **kwargs), run_many(FakeModel(), [take])[0])


def test_seed_changes_the_voice() -> None:
    events = takes()[0].events
    a, b = (run(FakeModel(), speech(1.0), events=events, seed=seed) for seed in (0, 1))
    assert not np.array_equal(a.audio[Channel.MODEL].samples, b.audio[Channel.MODEL].samples)


def test_tail_lets_the_model_go_on() -> None:
    timeline = run(FakeModel(), speech(1.0), tail_s=3.0)
    assert timeline.duration_ms == 4000
    assert len(timeline.audio[Channel.USER].samples) == 4 * 16_000


@pytest.mark.parametrize("number", range(5))
def test_replay_equals_the_recording_also_from_disk(number: int, tmp_path) -> None:
    first = run_many(FakeModel(), [takes()[number]])[0]
    same(replay(FakeModel(), first), first)
    loaded = Timeline.load(write(first, tmp_path / "take"))
    same(replay(FakeModel(), loaded), first)


def test_history_is_what_was_heard() -> None:
    timeline = run_many(FakeModel(), [takes()[1]])[0]
    cut = timeline.words(Channel.SAY)[0]
    (clear,) = [e for e in timeline.events if isinstance(e, Clear)]
    assert (cut.text, cut.at_ms, cut.until_ms) == ("hello", 400.0, 550.0)
    model = timeline.audio[Channel.MODEL].samples
    assert np.abs(model[(400 * 24) : (550 * 24)]).min() > 0
    assert not model[(550 * 24) : round(clear.at_ms * 24)].any()


def test_replay_needs_audio() -> None:
    with pytest.raises(ValueError, match="record a session first"):
        replay(FakeModel(), Timeline(duration_ms=0))


def test_the_real_model_replays_to_the_bit_and_batches_to_rounding(tmp_path: Path) -> None:
    together = run_many(tiny_model(), takes(), batch=3)
    assert any(len(t.audio[Channel.MODEL].samples) for t in together)
    for number, take in enumerate(takes()):
        alone = run_many(tiny_model(), [take], batch=1)[0]
        same(replay(tiny_model(), Timeline.load(write(alone, tmp_path / str(number)))), alone)
        assert alone.events == together[number].events
        a, b = (t.audio[Channel.MODEL].samples for t in (alone, together[number]))
        np.testing.assert_allclose(a, b, atol=1e-3)


def test_exact_rows_do_not_depend_on_their_neighbours() -> None:
    inputs = [TickInput(tick=0, dmel_FM=dmel(speech(0.2, seed)), second_of_day=0.0) for seed in range(4)]
    together, alone = Rows(tiny_model(), 4, exact=True), Rows(tiny_model(), 1)
    for row in range(4):
        together.begin(row, seed=row)
    alone.begin(0, seed=2)
    for _ in range(5):
        a, b = together.step(dict(enumerate(inputs)))[2], alone.step({0: inputs[2]})[0]
        assert a.output.tokens == b.output.tokens
        np.testing.assert_array_equal(a.samples, b.samples)


def test_the_microphone_hears_the_loudspeaker_a_tick_and_80_ms_later_so_much_softer() -> None:
    asked = Text(at_ms=300, channel=Channel.USER, text="hello")

    def heard(echo_db: float | None) -> Timeline:
        return run_many(FakeModel(), [Take(samples=speech(3.0, 1), events=[asked], echo_db=echo_db)])[0]

    dry, wet = heard(None), heard(-20.0)
    voice = wet.audio[Channel.MODEL].samples  # on the listener's clock: a tick after it was made
    at_16k = soxr.resample(voice, 24_000, 16_000, quality="LQ")
    leaked = wet.audio[Channel.USER].samples - dry.audio[Channel.USER].samples
    late = np.zeros_like(leaked)
    late[1280 : 1280 + len(at_16k)] = at_16k[: len(late) - 1280]
    assert np.abs(voice).max() > 0.01
    assert np.corrcoef(leaked, late)[0, 1] > 0.98
    assert 20 * np.log10(np.linalg.norm(leaked) / np.linalg.norm(late)) == pytest.approx(-20, abs=0.3)
