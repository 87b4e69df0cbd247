"""A tiny interaction model whose every part shows in its output, and sessions made of noise that use every input."""

from dataclasses import replace

import numpy as np
import torch

from microturn.features.layout import DMEL_FRAMES, IN_VIEW, MEL_BINS, MEL_FRAMES, TickInput, TickOutput, Ticks, gather
from microturn.features.text import Tag, Tokenizer
from microturn.model.config import FlowConfig, FusionConfig, ModelConfig, SamplingConfig, nano_backbone
from microturn.model.interaction import InteractionModel
from microturn.model.vocoder import Vocoder, VocoderConfig

TOKENIZER = Tokenizer.train(["one", "two", "three", "stop", "eleven", "twelve"])
WINDOW = 24


def config(audio_positions: int = 1, *, temperature: float = 0.0) -> ModelConfig:
    return ModelConfig(
        backbone=nano_backbone(window=WINDOW, layers=2, dim=64),
        vocabulary=TOKENIZER.size,
        fusion=FusionConfig(audio_positions=audio_positions, bag_width=16, fold_width=32, own_width=16, video_width=16),
        flow=FlowConfig(width=32, blocks=1, time_width=16, levels=2, steps=2),
        sampling=SamplingConfig(temperature=temperature, most_tokens=4),
        phones=5,
    )


def lively(audio_positions: int = 1, *, temperature: float = 0.0) -> InteractionModel:
    """Weights large enough that every input moves the state, and that the model writes, speaks and ends."""
    torch.manual_seed(0)
    model = small(InteractionModel(config(audio_positions, temperature=temperature), TOKENIZER))
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.ndim > 1 and name.startswith("backbone."):
                parameter.mul_(6)
        for parameter in (model.missing, model.part):
            parameter.normal_(0.0, 0.5, generator=generator)
        for linear in (model.own.project, model.audio.project, model.video.pair):
            linear.weight.mul_(4)
        model.token.weight[[Tag.END, Tag.SPEAK]] *= 20
    return model.eval()


def small(model: InteractionModel) -> InteractionModel:
    """The model with a vocoder that costs little; a vocoder of another size cannot be saved as a release."""
    model.vocoder = Vocoder(VocoderConfig(channels=16, blocks=1)).requires_grad_(False)
    return model


def session(ticks: int, seed: int = 0) -> Ticks:
    """Noise in every input and output: lost audio, frames, typed text, written words and a voice, on some ticks each."""
    rng = np.random.default_rng(seed)
    made = gather([_input(k, rng) for k in range(ticks)], [_output(rng) for _ in range(ticks)])
    return replace(
        made,
        phone_TF=rng.integers(0, 5, (ticks, DMEL_FRAMES)).astype(np.uint8),
        word_TF=rng.integers(0, TOKENIZER.size, (ticks, DMEL_FRAMES)).astype(np.int16),
        seen_TK=rng.integers(-1, TOKENIZER.size, (ticks, len(IN_VIEW))).astype(np.int16),
    )


def listening(ticks: Ticks, seed: int) -> Ticks:
    """The session with about half of what it says written down as heard instead, and other words."""
    rng = np.random.default_rng(seed)
    heard = (ticks.out == Tag.SAY) & (rng.random(len(ticks.out)) < 0.5)
    words = np.where(ticks.out >= len(Tag), rng.integers(len(Tag), 200, len(ticks.out)), ticks.out)
    return replace(ticks, out=np.where(heard, int(Tag.HEARD), words).astype(np.int32))


def _input(k: int, rng: np.random.Generator) -> TickInput:
    return TickInput(
        tick=k,
        dmel_FM=rng.integers(0, 16, (DMEL_FRAMES, MEL_BINS)).astype(np.uint8),
        second_of_day=86_395.0 + 0.2 * k,  # midnight passes
        audio_missing=bool(rng.random() < 0.2),
        frame=rng.integers(0, 256, (80, 80, 3)).astype(np.uint8) if rng.random() < 0.3 else None,
        text=(int(Tag.TYPED), *TOKENIZER.encode("two stop")) if rng.random() < 0.2 else (),
    )


def _output(rng: np.random.Generator) -> TickOutput:
    mel_FM = rng.standard_normal((MEL_FRAMES, MEL_BINS)).astype(np.float16).astype(np.float32)
    return TickOutput(
        tokens=(int(Tag.SAY), *TOKENIZER.encode("three one")) if rng.random() < 0.3 else (),
        mel_FM=mel_FM if rng.random() < 0.4 else None,
    )
