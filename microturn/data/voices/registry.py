"""The registry of voices and its splits, which share no speaker.

Train and test mix espeak-ng speakers (accent x variant x pitch x rate) with hibari pseudo-speakers (formant warp x
pitch x tilt x rate); "unseen" is flite, a synthesiser that training never hears. A voice is cheap to make: its engine
loads at the first `say`.

Where the environment variable MICROTURN_DATA names a folder, training also has the speakers recorded in its `kokoro/`
(see `bank`), each listed as often as makes them about half of all voices.
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
    made: list[Voice] = [*hibari.speakers(split), *espeak.speakers(split)]
    if split == "train" and os.environ.get(FOLDER):
        recorded = spliced.speakers(Path(os.environ[FOLDER]) / "kokoro")
        made += recorded * max(1, round(len(made) / len(recorded)))
    return made
