"""How far the aligner is from the truth, on made speech of voices that it never heard; and what it takes and refuses.

    python -m microturn.train.align_error [--weights FILE] [--utterances 100]

For each set of voices: median and 90th percentile of the absolute error of word starts and ends, the share of right
texts that are refused, and the share of texts of another utterance, or with one word of four exchanged, that are taken.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from microturn.data.voices.registry import voices
from microturn.data.voices.voice import Speech, Voice
from microturn.features.audio import resample
from microturn.model.phone_net import RATE_HZ
from microturn.train.align import large_lexicon, random_text, roughened
from microturn.train.aligner import Aligned, Aligner


@dataclass
class Tally:
    """Errors in ms of all words of accepted and refused recordings alike, and what was refused."""

    starts_ms: list[float] = field(default_factory=list[float])
    ends_ms: list[float] = field(default_factory=list[float])
    refused: list[bool] = field(default_factory=list[bool])
    other_taken: list[bool] = field(default_factory=list[bool])
    changed_taken: list[bool] = field(default_factory=list[bool])

    def add(self, speech: Speech, aligned: Aligned) -> None:
        self.refused.append(bool(aligned.reason))
        if len(speech.words) == len(aligned.words):
            pairs = list(zip(aligned.words, speech.words, strict=True))
            self.starts_ms += [found.at_ms - true.at_ms for found, true in pairs]
            self.ends_ms += [found.until_ms - true.until_ms for found, true in pairs]

    def line(self) -> str:
        errors = (f"{name} {_quantiles(e)}" for name, e in (("starts", self.starts_ms), ("ends", self.ends_ms)))
        shares = (("refused", self.refused), ("other taken", self.other_taken), ("changed taken", self.changed_taken))
        return f"{len(self.starts_ms)} words; {'; '.join(errors)}; " + ", ".join(
            f"{name} {np.mean(taken):.0%}" for name, taken in shares if taken
        )


def _quantiles(errors_ms: Sequence[float]) -> str:
    size = np.abs(errors_ms)
    return f"median {np.median(size):.0f} p90 {np.percentile(size, 90):.0f} bias {np.median(errors_ms):+.0f} ms"


def spoken(speakers: Sequence[Voice], count: int, seed: int) -> Iterator[tuple[str, Speech]]:
    """`count` utterances of random texts, the speakers taking turns."""
    rng = np.random.default_rng([seed, 99])
    for number in range(count):
        text = random_text(rng)
        yield text, speakers[number % len(speakers)].say(text, seed=int(rng.integers(1 << 30)))


def changed(text: str, rng: np.random.Generator) -> str:
    """The text with one word in four, but at least one, exchanged for another."""
    words, pool = text.split(), large_lexicon()
    for index in rng.permutation(len(words))[: max(1, len(words) // 4)]:
        words[index] = pool[int(rng.integers(len(pool)))]
    return " ".join(words)


def measure(aligner: Aligner, utterances: Sequence[tuple[str, Speech]], *, rough: bool, seed: int = 0) -> Tally:
    """The errors over (text, speech with the truth); `rough` puts each in a room, noise and a band first."""
    rng, tally = np.random.default_rng(seed), Tally()
    texts = [text for text, _ in utterances]
    for index, (text, speech) in enumerate(utterances):
        samples = resample(speech.samples, speech.rate_hz, RATE_HZ)
        samples = roughened(samples, rng) if rough else samples
        tally.add(speech, aligner.align(samples, RATE_HZ, text))
        tally.other_taken.append(not aligner.align(samples, RATE_HZ, texts[index - 1]).reason)
        tally.changed_taken.append(not aligner.align(samples, RATE_HZ, changed(text, rng)).reason)
    return tally


def main() -> None:
    """Print the table: `python -m microturn.train.align_error --help`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, help="default: the released aligner")
    parser.add_argument("--utterances", type=int, default=100, help="of each set of voices")
    args = parser.parse_args()
    torch.set_num_threads(1)
    aligner = Aligner.load(args.weights)
    for split in ("test", "unseen"):
        utterances = list(spoken(voices(split), args.utterances, seed=0))
        for rough in (False, True):
            print(f"{split}{' rough' if rough else ''}: {measure(aligner, utterances, rough=rough).line()}", flush=True)


if __name__ == "__main__":
    main()
