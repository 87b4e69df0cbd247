"""Trains the aligner's ear on made speech, whose phones are timed exactly, in a few minutes on one core.

    python -m microturn.train.align OUT.safetensors [--steps 1250]

Only voices of the training split are heard, among them the recorded ones of MICROTURN_DATA if it is set. Each
utterance is roughened once (room, noise, band, level) as scenes are, and stands in silence of random length.

Shapes: B crops, F frames, M mel bins, P phone classes, S samples.
"""

import argparse
import gzip
import json
import os
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as nnf

from microturn.data import sound
from microturn.data.lexicon import WORDS
from microturn.data.voices.bank import user_texts
from microturn.data.voices.phones import PHONE_ID, SIL
from microturn.data.voices.registry import FOLDER, voices
from microturn.data.voices.takes import load_recording, spoken_in
from microturn.data.voices.voice import Sound, Speech, Voice
from microturn.features.audio import resample
from microturn.model.phone_net import FRAME_MS, RATE_HZ, PhoneNet, PhoneNetConfig, phone_mel, save_phone_net

WARPS = (0.9, 1.0, 1.0, 1.1)  # recorded takes are heard at these pitches
BAND_LIMITS_HZ = (3400.0, 3900.0, 5000.0, 7000.0)


@dataclass(frozen=True, kw_only=True)
class AlignRun:
    """`hours` of made speech, beside the recorded; `recorded` counts how often each recorded take is heard."""

    model: PhoneNetConfig = field(default_factory=PhoneNetConfig)
    steps: int = 1250
    hours: float = 1.2
    recorded: int = 2
    batch: int = 16
    crop_frames: int = 300
    peak_lr: float = 2e-3
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Heard:
    """One utterance: mel [F, M] as float16 and the phone of each frame, [F] int64."""

    mel_FM: NDArray[np.float16]
    phone_F: NDArray[np.int64]


def random_text(rng: np.random.Generator) -> str:
    """What users say, words of the small world, or words of a large lexicon in any order."""
    kind = rng.random()
    if kind < 0.35:
        texts = _user_texts()
        return texts[int(rng.integers(len(texts)))]
    pool = WORDS if kind < 0.5 else large_lexicon()
    return " ".join(pool[int(i)] for i in rng.integers(len(pool), size=int(rng.integers(2, 9))))


@cache
def _user_texts() -> list[str]:
    return user_texts(0)


@cache
def large_lexicon() -> tuple[str, ...]:
    """The lower-case words of hibari's pronunciation lexicon (American English, Apache-2.0), sorted."""
    packed = (resources.files("hibari") / "assets" / "lexicon_us_gold.json.gz").read_bytes()
    return tuple(sorted(word for word in json.loads(gzip.decompress(packed)) if word.isalpha() and word.islower()))


def labels(phones: tuple[Sound, ...], frames: int, lead_ms: float) -> NDArray[np.int64]:
    """The phone at the middle of each frame, silence where there is none: int64 [F]."""
    phone_F = np.full(frames, PHONE_ID[SIL], np.int64)
    for phone in phones:
        first, stop = (round((lead_ms + at_ms) / FRAME_MS) for at_ms in (phone.at_ms, phone.until_ms))
        phone_F[max(first, 0) : stop] = PHONE_ID[phone.text]
    return phone_F


def roughened(samples: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """The utterance as some microphone might have it; half stay clean but for their band and level."""
    if rng.random() < 0.4:
        samples = sound.convolve(samples, sound.room(rng))
    level_dbfs = float(rng.uniform(-35, -14))
    samples = sound.to_level(samples, level_dbfs)
    snr_db = float(rng.uniform(5, 35)) if rng.random() < 0.6 else float(rng.uniform(35, 60))
    noise = sound.NOISES[str(rng.choice(sorted(sound.NOISES)))]
    samples = (samples + np.float32(sound.gain(level_dbfs - snr_db)) * noise(rng, len(samples))).astype(np.float32)
    if rng.random() < 0.5:
        samples = sound.convolve(samples, sound.microphone(rng, float(rng.uniform(0, 7))))
    if rng.random() < 0.35:
        samples = sound.band(samples, 0, float(rng.choice(BAND_LIMITS_HZ)))
    return samples


def heard(speech: Speech, rng: np.random.Generator) -> Heard:
    """An utterance in silence, roughened, as the net is taught with."""
    spoken_S = resample(speech.samples, speech.rate_hz, RATE_HZ)
    lead, tail = (int(RATE_HZ * rng.exponential(0.25)) for _ in range(2))
    mel_FM = phone_mel(roughened(np.pad(spoken_S, (lead, tail)), rng))
    return Heard(mel_FM.astype(np.float16), labels(speech.phones, len(mel_FM), 1000 * lead / RATE_HZ))


def warped(speech: Speech, warp: float) -> Speech:
    """Pitch and formants times `warp`, time divided by it."""
    samples = resample(speech.samples, round(speech.rate_hz * warp), speech.rate_hz)
    phones = tuple(Sound(s.text, s.at_ms / warp, s.until_ms / warp) for s in speech.phones)
    return Speech(samples, speech.rate_hz, (), phones)


def made_voices() -> list[Voice]:
    """The synthetic voices of the training split, without those spliced from recordings."""
    return [voice for voice in voices("train") if not hasattr(voice, "path")]


def lesson(run: AlignRun) -> list[Heard]:
    """Made speech of `run.hours` and, where there are any, the recorded takes of MICROTURN_DATA."""
    rng, speakers = np.random.default_rng(run.seed), made_voices()
    found: list[Heard] = []
    frames = 0
    while frames < run.hours * 3_600_000 / FRAME_MS:
        voice = speakers[int(rng.integers(len(speakers)))]
        speech = voice.say(random_text(rng), seed=int(rng.integers(1 << 30)), speed=float(rng.uniform(0.8, 1.35)))
        found.append(heard(speech, rng))
        frames += len(found[-1].phone_F)
    folder = Path(os.environ[FOLDER]) / "kokoro" if os.environ.get(FOLDER) else None
    for path in sorted(folder.glob("*.json")) if folder else ():
        for _, speech in spoken_in(load_recording(path)) * run.recorded:
            found.append(heard(warped(speech, float(rng.choice(WARPS)) * float(rng.uniform(0.97, 1.03))), rng))
    return found


def crops(lessons: list[Heard], run: AlignRun, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Random crops, mel [B, F, M] and phones [B, F] (-100 beyond the end), with two bands of bins blanked out."""
    mel_BFM = np.zeros((run.batch, run.crop_frames, lessons[0].mel_FM.shape[1]), np.float32)
    phone_BF = np.full((run.batch, run.crop_frames), -100, np.int64)
    for row, index in enumerate(rng.integers(len(lessons), size=run.batch).tolist()):
        item = lessons[index]
        first = int(rng.integers(max(1, len(item.phone_F) - run.crop_frames + 1)))
        part = slice(first, first + run.crop_frames)
        count = len(item.phone_F[part])
        mel_BFM[row, :count], phone_BF[row, :count] = item.mel_FM[part], item.phone_F[part]
        mel_BFM[row] += np.float32(rng.normal(0, 0.15))
        low, wide = int(rng.integers(70)), int(rng.integers(10))
        mel_BFM[row, :, low : low + wide] = 0
    return torch.from_numpy(mel_BFM), torch.from_numpy(phone_BF)


def train(lessons: list[Heard], run: AlignRun) -> PhoneNet:
    """A net taught with `run.steps` batches."""
    rng = np.random.default_rng(run.seed)
    torch.manual_seed(run.seed)
    net = PhoneNet(run.model)
    optimizer = torch.optim.AdamW(net.parameters(), lr=run.peak_lr, weight_decay=0.01)
    for step in range(run.steps):
        mel_BFM, phone_BF = crops(lessons, run, rng)
        with torch.autocast("cpu", torch.bfloat16):  # three times as fast where the processor has it
            logits_BFP = net(mel_BFM)
        loss = nnf.cross_entropy(logits_BFP.float().flatten(0, 1), phone_BF.flatten(), ignore_index=-100)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        cooled = 0.01 + 0.99 * 0.5 * (1 + np.cos(np.pi * step / run.steps))
        for group in optimizer.param_groups:
            group["lr"] = run.peak_lr * min(1.0, (step + 1) / 50) * cooled
        optimizer.step()
        if step % 100 == 0:
            print(f"{step}/{run.steps} loss {float(loss.detach()):.3f}", flush=True)
    return net.eval().requires_grad_(False)


def main() -> None:
    """Train and save: `python -m microturn.train.align --help`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--steps", type=int, default=AlignRun.steps, help="of training, after the voices spoke")
    parser.add_argument("--hours", type=float, default=AlignRun.hours, help="of made speech")
    args = parser.parse_args()
    torch.set_num_threads(1)
    run = AlignRun(steps=args.steps, hours=args.hours)
    lessons = lesson(run)
    print(f"{sum(len(item.phone_F) for item in lessons) * FRAME_MS / 3_600_000:.2f} hours in {len(lessons)} utterances")
    save_phone_net(train(lessons, run), args.out)


if __name__ == "__main__":
    main()
