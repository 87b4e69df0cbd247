"""hibari-tts with exact word and phone times: pseudo-speakers for the user, and the model's own tick-aligned voice.

The ONNX graph is cut at its duration node into two: `ids, speed -> durations` and `ids, durations -> spectra`, so
durations can be read, varied or replaced (1 unit = 2 frames of 300 samples = 25 ms at 24 kHz). A pseudo-speaker warps
the spectra along frequency, moves f0 and tilts the spectrum before `hibari.dsp` makes the waveform. One onnxruntime
thread; about 100 times real time. Package: `hibari-tts[fast]` and `onnx` (extra `data`), Apache-2.0.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from microturn.data.voices.foreign import spelled
from microturn.data.voices.phonemes import (
    PAUSES,
    RATE_HZ,
    UNIT_SAMPLES,
    ended,
    hibari_tts,
    onnx_session,
    phone_times,
    phonemize,
    quiet_from_ms,
    spans,
    word_times,
)
from microturn.data.voices.phones import VOWELS, misaki
from microturn.data.voices.voice import LANGUAGES, Speech

UNITS_PER_TICK = 8  # 200 ms
_DURATIONS = "/Clip_output_0"  # the clipped, rounded frames per phone
_LAG_MS = 25.0  # the sound runs about this much ahead of natural durations (voicing onsets and offsets)
_OWN_LAG_UNITS = 3  # and this much ahead of stretched ones (onset of hiss)
_LEAD_UNITS, _TAIL_UNITS = 4, 3  # silence kept before and after the speech
_LAST_PHONE_UNITS = 7  # the model's own voice cuts the silence in its last phone down to this
_PEAK = 0.9
_BINS = 601

Spectra = tuple[NDArray[np.float32], ...]  # lh, theta, ln, lr, phi [601, frames] and f0_hz [frames]


class _Engine:
    """Both halves of the graph, the phonemizer and the signal processing; one per process (see `_engine`)."""

    def __init__(self) -> None:
        self.tts: Any = hibari_tts()
        import onnx
        from hibari import dsp

        self.dsp: Any = dsp
        model = onnx.load(self.tts.model_path)
        self._timing: Any = onnx_session(_timing_half(model))
        self._spectra: Any = onnx_session(_spectra_half(model))

    def durations(self, phonemes: str, speed: float) -> NDArray[np.int64]:
        """Units of each token: pad, one per character, pad. Shape [len(phonemes) + 2]."""
        feed = {"ids": self._ids(phonemes), "speed": np.asarray([speed], np.float32)}
        return self._timing.run(None, feed)[0].astype(np.int64)

    def spectra(self, phonemes: str, durations: NDArray[np.int64]) -> Spectra:
        feed = {"ids": self._ids(phonemes), "durations": durations.astype(np.float32)}
        return tuple(output[0] for output in self._spectra.run(None, feed))

    def _ids(self, phonemes: str) -> NDArray[np.int64]:
        return np.asarray([self.tts.ids(phonemes)], np.int64)


@lru_cache(maxsize=1)
def _engine() -> _Engine:
    return _Engine()


def _prune(model: Any) -> bytes:
    """Drops what no output needs, and serialises."""
    graph = model.graph
    needed, kept = {output.name for output in graph.output}, []
    for node in reversed(graph.node):
        if needed.intersection(node.output):
            kept.append(node)
            needed.update(node.input)
    kept.reverse()
    for part, values in (
        (graph.node, kept),
        (graph.input, [value for value in graph.input if value.name in needed]),
        (graph.initializer, [value for value in graph.initializer if value.name in needed]),
    ):
        del part[:]
        part.extend(values)
    return model.SerializeToString()


def _timing_half(model: Any) -> bytes:
    import onnx

    half = onnx.ModelProto.FromString(model.SerializeToString())
    del half.graph.output[:]
    half.graph.output.append(onnx.helper.make_tensor_value_info(_DURATIONS, onnx.TensorProto.FLOAT, None))
    return _prune(half)


def _spectra_half(model: Any) -> bytes:
    import onnx

    half = onnx.ModelProto.FromString(model.SerializeToString())
    for node in half.graph.node:
        for index, name in enumerate(node.input):
            if name == _DURATIONS:
                node.input[index] = "durations"
    half.graph.input.append(onnx.helper.make_tensor_value_info("durations", onnx.TensorProto.FLOAT, ["L"]))
    return _prune(half)


@dataclass(frozen=True, kw_only=True)
class Hibari:
    """A pseudo-speaker: formants times `warp`, f0 times `pitch` with its movement times `intonation`, spectral tilt.

    `warp` 0.8 is a long vocal tract, 1.25 a short one; `tilt_db` is the change at 8 kHz relative to low frequencies.
    """

    warp: float = 1.0
    pitch: float = 1.0
    intonation: float = 1.0
    tilt_db: float = 0.0
    rate: float = 1.0
    language: str = "en"
    languages: ClassVar[tuple[str, ...]] = LANGUAGES

    def __post_init__(self) -> None:
        if not (0.6 <= self.warp <= 1.6 and 0.3 <= self.pitch <= 2.5 and 0.4 <= self.rate <= 2.5):
            raise ValueError("A hibari speaker takes warp 0.6 to 1.6, pitch 0.3 to 2.5 and rate 0.4 to 2.5.")

    @property
    def name(self) -> str:
        return f"hibari/w{self.warp:.3f}-p{self.pitch:.3f}-i{self.intonation:.2f}-t{self.tilt_db:+.1f}-r{self.rate:.2f}"

    def speaking(self, language: str) -> "Hibari":
        """The same speaker in "es", "de" or "fr", with the sounds of American English (see `foreign`)."""
        return replace(self, language=language)

    def say(self, text: str, *, seed: int = 0, speed: float = 1.0) -> Speech:
        """Speech at 24000 Hz. Seeds other than 0 vary phone durations, pitch (4%) and intonation."""
        engine, rng = _engine(), np.random.default_rng(seed)
        phonemes, names = phonemize(text) if self.language == "en" else spelled(text, self.language)
        durations = engine.durations(phonemes, speed * self.rate)
        pitch, intonation = self.pitch, self.intonation
        if seed:
            shaken = durations * rng.uniform(0.85, 1.15) * rng.uniform(0.75, 1.3, len(durations))
            durations = np.maximum(np.floor(shaken + rng.uniform(0, 1, len(durations))), 1).astype(np.int64)
            pitch, intonation = pitch * rng.uniform(0.96, 1.04), intonation * rng.uniform(0.8, 1.25)
        durations[0], durations[-1] = _LEAD_UNITS, _TAIL_UNITS
        spectra = _voiced_as(engine.spectra(phonemes, durations), self.warp, self.tilt_db)
        f0_hz = _moved(spectra[5], pitch, intonation)
        samples = engine.dsp.synth(*spectra[:5], f0_hz, rng)
        samples *= np.float32(_PEAK / max(_PEAK, float(np.abs(samples).max())))
        words, phones = word_times(phonemes, names, durations, _LAG_MS), phone_times(phonemes, durations, _LAG_MS)
        quiet_ms = quiet_from_ms(samples)
        return Speech(samples, RATE_HZ, ended(words, quiet_ms), ended(phones[:-1], quiet_ms) + phones[-1:])


def _voiced_as(spectra: Spectra, warp: float, tilt_db: float) -> Spectra:
    """Moves the spectral envelopes along frequency and tilts them; the spectra keep their shape."""
    lh, theta, ln, lr, phi, f0_hz = spectra
    if warp != 1.0:
        source = np.minimum(np.arange(_BINS) / warp, _BINS - 1)
        low = np.minimum(source.astype(np.int64), _BINS - 2)
        part = (source - low).astype(np.float32)[:, None]
        lh, ln, lr = (x[low] * (1 - part) + x[low + 1] * part for x in (lh, ln, lr))
        theta, phi = theta[np.round(source).astype(np.int64)], phi[np.round(source).astype(np.int64)]
    if tilt_db:
        nepers = (np.minimum(np.arange(_BINS) * 20 / 8000, 1.25) * tilt_db / 8.686).astype(np.float32)[:, None]
        lh, ln, lr = lh + nepers, ln + nepers, lr + nepers
    return lh, theta, ln, lr, phi, f0_hz


def _moved(f0_hz: NDArray[np.float32], pitch: float, intonation: float) -> NDArray[np.float32]:
    """Scales f0, and its distance from its own geometric mean, where it is voiced (over 40 Hz)."""
    voiced = f0_hz > 40
    if not voiced.any() or (pitch == 1.0 and intonation == 1.0):
        return f0_hz
    log_f0 = np.log(np.maximum(f0_hz, 40))
    centre = log_f0[voiced].mean()
    moved = np.exp(centre + intonation * (log_f0 - centre)) * pitch
    return np.where(voiced, np.clip(moved, 55, 600), f0_hz).astype(np.float32)


def speakers(split: Literal["train", "test"]) -> list[Hibari]:
    """Speakers of a split: low to high voices, each formant warp tied loosely to its pitch, as in people.

    No training speaker's formants lie within 0.2% of a test speaker's; pitches are drawn anew.
    """
    train = split == "train"
    rng = np.random.default_rng(17 if train else 18)
    grid = tested = np.linspace(0.8, 1.22, 8) + 0.0047
    if train:
        grid = np.array([warp for warp in np.linspace(0.78, 1.24, 480) if np.abs(tested - warp).min() > 0.002])
    made: list[Hibari] = []
    for warp in grid:
        pitch = float(np.clip(warp**2.3 * np.exp(rng.normal(0, 0.13)), 0.45, 1.7))
        made.append(
            Hibari(
                warp=round(float(warp), 4),
                pitch=round(pitch, 3),
                intonation=round(float(rng.uniform(0.7, 1.4)), 2),
                tilt_db=round(float(rng.uniform(-7, 5)), 1),
                rate=round(float(rng.uniform(0.85, 1.25)), 2),
            )
        )
    return made


@dataclass(frozen=True, slots=True)
class OwnSpeech:
    """The model's voice: float32 at 24 kHz, shape [n_ticks * 4800], words as (word, first tick, ticks).

    `f0_hz` has one value per 12.5 ms (16 per tick), 0 where unvoiced.
    """

    samples: NDArray[np.float32]
    words: tuple[tuple[str, int, int], ...]
    f0_hz: NDArray[np.float32]

    @property
    def n_ticks(self) -> int:
        return len(self.samples) // (UNIT_SAMPLES * UNITS_PER_TICK)


@dataclass(frozen=True, kw_only=True)
class OwnVoice:
    """hibari's voice as it is, every word starting on a 200 ms tick and lasting whole ticks.

    A word is stretched to the next tick; it is shortened only by up to `squeeze` of its natural length. The texts of
    `languages` are said in their language ("es", "de", "fr"), with the sounds of American English.
    """

    squeeze: float = 0.15
    languages: Mapping[str, str] = field(default_factory=dict[str, str])

    def say(self, text: str, *, seed: int = 0, speed: float = 1.0) -> OwnSpeech:
        """The words follow each other without a gap from tick 0. Raises ValueError for a text without words."""
        engine = _engine()
        phonemes, names = spelled(text, self.languages[text]) if text in self.languages else phonemize(text)
        natural = engine.durations(phonemes, speed)
        natural[0], natural[-1] = 2, _TAIL_UNITS
        natural[-2] = min(natural[-2], _LAST_PHONE_UNITS)
        durations, ticks = _aligned(natural, phonemes, spans(phonemes, names), self.squeeze)
        spectra = engine.spectra(phonemes, durations)
        samples = engine.dsp.synth(*spectra, np.random.default_rng(seed))
        assert len(samples) == sum(ticks) * UNITS_PER_TICK * UNIT_SAMPLES
        firsts = np.cumsum([0, *ticks])[:-1].tolist()
        words = tuple(zip([word for word, _, _ in spans(phonemes, names)], firsts, ticks, strict=True))
        f0_hz = np.where(spectra[5] > 40, spectra[5], 0).astype(np.float32)
        return OwnSpeech(np.clip(samples, -1, 1).astype(np.float32), words, f0_hz)


def _aligned(
    natural: NDArray[np.int64], phonemes: str, spans: list[tuple[str, int, int]], squeeze: float
) -> tuple[NDArray[np.int64], list[int]]:
    """Durations with whole ticks per word, and the ticks of each word.

    A word owns its tokens and those up to the next word; the first also owns the leading pad. Everything is shifted
    late by the lag, so the sound itself (not the duration grid) starts on the tick.
    """
    heads = [0, *(first for _, first, _ in spans[1:]), len(natural)]
    durations = natural.copy()
    ticks: list[int] = []
    for index, (start, stop) in enumerate(pairwise(heads)):
        wanted = int(natural[start:stop].sum())
        n_ticks = max(1, int(np.ceil((1 - squeeze) * wanted / UNITS_PER_TICK)))
        late = (_OWN_LAG_UNITS if index == 0 else 0) - (_OWN_LAG_UNITS if index == len(spans) - 1 else 0)
        symbols = [" ", *phonemes, " "][start:stop]
        durations[start:stop] = _resized(natural[start:stop], symbols, n_ticks * UNITS_PER_TICK + late)
        ticks.append(n_ticks)
    return durations, ticks


def _resized(natural: NDArray[np.int64], symbols: list[str], total: int) -> NDArray[np.int64]:
    """Durations (at least 1 where there is room) that sum to `total`, the change spread mostly over vowels."""
    change = total - int(natural.sum())
    weight = np.asarray([3.0 if misaki(s) in VOWELS else 0.3 if s in PAUSES else 1.0 for s in symbols]) * natural
    exact = natural + change * weight / weight.sum()
    exact = np.maximum(exact, 1.0) if total >= len(natural) else np.maximum(exact, 0.0)
    exact *= total / exact.sum()
    resized = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - resized), kind="stable")
    resized[order[: total - int(resized.sum())]] += 1
    return resized
