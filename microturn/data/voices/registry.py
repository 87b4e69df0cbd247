"""The registry of voices and its splits, which share no speaker.

Train and test mix espeak-ng speakers (accent x variant x pitch x rate) with hibari pseudo-speakers (formant warp x
pitch x tilt x rate); "unseen" is flite, a synthesiser that training never hears. A voice is cheap to make: its engine
loads at the first `say`.

Where the environment variable MICROTURN_DATA names a folder, training also has the speakers recorded in its `kokoro/`
(see `bank`), each listed as often as makes them about a third of all voices. Where it has speakers in `hibari/` or
`espeak/`, these stand for the live ones of that engine, which take eight times or twice as long to speak.
"""

import os
from pathlib import Path
from typing import Literal

from microturn.data.voices import espeak, flite, hibari, spliced
from microturn.data.voices.voice import Voice

Split = Literal["train", "test", "unseen"]
FOLDER = "MICROTURN_DATA"


def voices(split: Split) -> list[Voice]:
    """All voices of a split, in a fixed order. Raises ValueError for an unknown split, or a folder without speakers."""
    if split == "unseen":
        return [*flite.speakers()]
    if split not in ("train", "test"):
        raise ValueError(f"There is no voice split {split!r}; use 'train', 'test' or 'unseen'.")
    folder = Path(os.environ[FOLDER]) if split == "train" and os.environ.get(FOLDER) else None
    made: list[Voice] = []
    recorded = False
    for engine in (hibari, espeak):
        if folder and (kept := folder / engine.__name__.rpartition(".")[2]).is_dir():
            made += spliced.speakers(kept, warps=(1.0,))
            recorded = True
        else:
            made += engine.speakers(split)
    if folder and ((folder / "kokoro").is_dir() or not recorded):
        more = spliced.speakers(folder / "kokoro")
        made += more * max(1, round(len(made) / 2 / len(more)))
    return made
