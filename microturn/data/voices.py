"""The registry of voices and its splits, which share no speaker.

Train and test mix espeak-ng speakers (accent x variant x pitch x rate) with hibari pseudo-speakers (formant warp x
pitch x tilt x rate); "unseen" is flite, a synthesiser that training never hears. A voice is cheap to make: its engine
loads at the first `say`.
"""

from typing import Literal

from microturn.data import espeak, flite, hibari
from microturn.data.voice import Voice

Split = Literal["train", "test", "unseen"]


def voices(split: Split) -> list[Voice]:
    """All voices of a split, in a fixed order. Raises ValueError for an unknown split."""
    if split == "unseen":
        return [*flite.speakers()]
    if split not in ("train", "test"):
        raise ValueError(f"There is no voice split {split!r}; use 'train', 'test' or 'unseen'.")
    return [*hibari.speakers(split), *espeak.speakers(split)]
