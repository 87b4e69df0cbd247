"""The registry of voices and its splits, which share no speaker.

Train and test mix espeak-ng speakers (accent x variant x pitch x rate) with hibari pseudo-speakers (formant warp x
pitch x tilt x rate); "unseen" is flite, a synthesiser that training never hears. A voice is cheap to make: its engine
loads at the first `say`.

Where the environment variable MICROTURN_DATA names a folder, training also has the speakers recorded in its `kokoro/`
(see `bank`), each listed as often as makes them about half of all voices. Where it has speakers in `hibari/` or
`espeak/`, these stand for the live ones of that engine, which take eight times or twice as long to speak. Whoever is in
`HELD_OUT` is refused there.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from microturn.data.voices import espeak, flite, hibari, spliced
from microturn.data.voices.voice import Voice

Split = Literal["train", "test", "unseen"]
FOLDER = "MICROTURN_DATA"
HELD_OUT = ("flite", "piper/joe", "kokoro/af_heart", "kokoro/bm_daniel", "kokoro/am_echo", "kokoro/if_sara")
"""Synthesisers and speakers that training never hears; `af_heart` is the one that the model's own voice was made from."""


def voices(split: Split) -> list[Voice]:
    """All voices of a split, in a fixed order. Raises ValueError for an unknown split, or an empty folder of speakers."""
    if split == "unseen":
        return [*flite.speakers()]
    if split not in ("train", "test"):
        raise ValueError(f"There is no voice split {split!r}; use 'train', 'test' or 'unseen'.")
    folder = Path(os.environ[FOLDER]) if split == "train" and os.environ.get(FOLDER) else None
    if folder and not folder.is_dir():
        raise ValueError(f"{FOLDER} names {folder}, which is no folder: give one, or unset it")
    made: list[Voice] = []
    for engine in (hibari, espeak):
        if folder and (kept := folder / engine.__name__.rpartition(".")[2]).is_dir():
            made += recorded_in(kept, warps=(1.0,))
        else:
            made += engine.speakers(split)
    if folder and (folder / "kokoro").is_dir():
        more = recorded_in(folder / "kokoro")
        made += more * max(1, round(len(made) / len(more)))
    return made


def recorded_in(folder: Path, **options: tuple[float, ...]) -> list[spliced.Spliced]:
    """The speakers of a folder of recordings; ValueError where one of them is held out for tests."""
    found = spliced.speakers(folder, **options)
    refuse_held_out([voice.name for voice in found], str(folder))
    return found


def speakers_of(voice: str) -> tuple[str, ...]:
    """Who speaks with a voice, by its name: pitch, rate and warp make no other speaker, a blend has two.

    "espeak/en-us+m3/50-50-170" is espeak/m3, "kokoro/af_bella+bm_george*0.89" both of Kokoro's. A pseudo-speaker of
    hibari is one by its whole name.
    """
    engine, _, rest = voice.partition("/")
    if engine == "espeak":
        return (f"{engine}/{rest.split('/')[0].partition('+')[2]}",)
    return tuple(f"{engine}/{name}" for name in rest.split("*")[0].split("+")) if engine == "kokoro" else (voice,)


def is_held_out(voice: str) -> bool:
    """Whether a voice is of a synthesiser, or has a speaker, of `HELD_OUT`."""
    return voice.split("/")[0] in HELD_OUT or any(speaker in HELD_OUT for speaker in speakers_of(voice))


def refuse_held_out(names: Sequence[str], place: str) -> None:
    """Raises ValueError when one of the voices is held out for tests."""
    for name in names:
        if is_held_out(name):
            raise ValueError(
                f"{place} has the voice {name}, which is held out for tests: move it elsewhere to train without it."
            )
