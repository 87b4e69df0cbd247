"""When people speak in conversation: the published figures, the histogram they give, and what is drawn from it.

The floor transfer offset is the start of a turn less the end of the other's: above 0 a gap, below 0 an overlap.

What is published of two people on the telephone or alone together:

- Levinson and Torreira 2015 (Frontiers in Psychology 6:731), Switchboard, 38 hours: 30.1% of floor transfers overlap,
  most often by 96 ms; offsets are most often between 100 and 200 ms. Of the corpora that they review 51 to 55% of the
  transfers take less than 200 ms, and the median gap on the telephone is between 264 and 347 ms.
- Laskowski, Heldner and Edlund 2012 (Interspeech): the duration of overlap is nearly log-normal.
- Stivers et al. 2009 (PNAS 106:10587), answers to questions in ten languages: mode 0 to 200 ms, mean 208 ms.
- Heldner and Edlund 2010 (Journal of Phonetics 38:555), three corpora: about 40% of transfers overlap; pauses
  inside a turn are longer than gaps between turns.
- Reece et al. 2023 (Science Advances 9:eadf3197), 1656 video calls: median +80 ms; 1000 backchannels an hour.
- Knudsen et al. 2020 (Frontiers in Psychology 11:593671): 16% (German) to 19% (Dutch) of contributions are backchannels.

`TARGET` is a fit of ours to the first of these: that share of overlaps, their durations log-normal with a mode of about
0.1 s (114 ms; median 205, mean 275), and gaps log-normal with the mode at 164 ms and the median at 280, so that 53% of all
offsets are below 200 ms. Its median is 185 ms and its mean 173. `AMI` is what meetings of four give (`statistics` makes it
again from the labels): an upper bound for two.

An assistant should not do as people do in one respect. Its own turns are responsive by default: they begin in the first
tick that can know that the user has ended, 60 to 260 ms after it as the user hears it, and never before. The users'
turns are drawn from `TARGET`, overlaps and long gaps included: the model has to live with those. With `Manner.HUMAN` the
model's turns are drawn from it too, to the nearest tick.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from microturn.data.dialogue.gaps import BIN_MS, EDGES_MS

OVERLAP_SHARE = 0.301
OVERLAP_MEDIAN_MS, OVERLAP_MEAN_MS = 205.0, 275.0
OVERLAP_SIGMA = math.sqrt(2 * math.log(OVERLAP_MEAN_MS / OVERLAP_MEDIAN_MS))
GAP_MEDIAN_MS, GAP_SIGMA = 280.0, 0.73

# Shares of floor transfer offsets below -1000 ms, in the fifteen bins of 200 ms up to 2000 ms, and above.
TARGET = (
    *(0.0058, 0.0056, 0.0129, 0.0334, 0.0967, 0.1466),
    *(0.2254, 0.2551, 0.1149, 0.0511, 0.0242, 0.0122, 0.0065, 0.0037, 0.0022, 0.0013, 0.0025),
)
AMI = (
    *(0.1598, 0.0382, 0.0477, 0.0559, 0.0626, 0.0729),
    *(0.0927, 0.0991, 0.0763, 0.0608, 0.0483, 0.0363, 0.0267, 0.0210, 0.0157, 0.0111, 0.0749),
)
LONGEST_MS = 4000.0  # the open bins are drawn from up to here

# Pauses inside a turn, between sentences: longer than gaps in the median (Heldner and Edlund 2010).
PAUSE_MEDIAN_MS, PAUSE_SIGMA = 420.0, 0.5
PAUSE_MS = (150.0, 1500.0)

# Of the places for a backchannel (after a sentence of 5 words and more that does not end its turn) so many get one, as
# of the longer turns of Reece et al.; most written turns are too short to have such a place.
BACKCHANNEL_CHANCE = 0.67
BACKCHANNEL_WORDS = 5
MURMURED = ("mm hmm", "mm hmm", "yeah", "right")  # by either side, all of them in `gaps.MURMURS`


class Manner(StrEnum):
    """When the model takes the floor: as soon as it can know that the user has ended, or as people do."""

    RESPONSIVE = "responsive"
    HUMAN = "human"


@dataclass(frozen=True)
class Offsets:
    """Draws floor transfer offsets whose histogram is `shares`: even inside a bin, falling away in the open ones."""

    shares: tuple[float, ...] = TARGET

    def __post_init__(self) -> None:
        if len(self.shares) != len(EDGES_MS) + 1 or min(self.shares) < 0 or not sum(self.shares):
            raise ValueError(f"give {len(EDGES_MS) + 1} shares, one for each bin and for the two open ones")

    def draw_ms(self, rng: np.random.Generator, *, earliest_ms: float = -math.inf) -> float:
        """One offset, no earlier than `earliest_ms`: earlier ones are drawn again, and the bound is taken after 20."""
        chances = np.asarray(self.shares) / np.sum(self.shares)
        for _ in range(20):
            index = int(rng.choice(len(chances), p=chances))
            within = float(rng.random())
            offset_ms = self._inside_ms(index, within)
            if offset_ms >= earliest_ms:
                return offset_ms
        return earliest_ms

    @staticmethod
    def _inside_ms(index: int, within: float) -> float:
        """A place in a bin: `within` is its share of the way, 0 to 1."""
        reach_ms = min(-math.log(1 - within) * 2 * BIN_MS, LONGEST_MS)
        if index == 0:
            return float(EDGES_MS[0]) - reach_ms
        if index == len(EDGES_MS):
            return float(EDGES_MS[-1]) + reach_ms
        return float(EDGES_MS[index - 1]) + within * BIN_MS


def draw_pause_ms(rng: np.random.Generator) -> float:
    """A pause between two sentences of a turn."""
    return float(np.clip(rng.lognormal(math.log(PAUSE_MEDIAN_MS), PAUSE_SIGMA), *PAUSE_MS))
