"""The network: packets that are lost, late or out of order, and a microphone whose clock is not the listener's.

A packet holds 20 to 60 ms. Losses come in bursts, by the two-state chain of Gilbert (1960) and Elliott (1963): in the
bad state every packet is lost. Delays vary; a packet that arrives after its time to be played plus the buffer is lost
too. Packets that overtake each other are put right by the buffer, or dropped where the receiver cannot sort.
"""

from dataclasses import dataclass

import numpy as np
import soxr

from microturn.data.sound.levels import RATE_HZ, Samples

WORST_PPM = 200.0


@dataclass(frozen=True, kw_only=True)
class Network:
    """A way from the microphone to the listener. `loss` is the share of lost packets, `burst` their mean run;
    `jitter_ms` is the mean of the (exponential) extra delay; `sorts` says whether packets are put in order."""

    packet_ms: int = 20
    loss: float = 0.0
    burst: float = 1.0
    jitter_ms: float = 0.0
    buffer_ms: float = 60.0
    sorts: bool = True

    def __post_init__(self) -> None:
        if self.packet_ms < 1 or not 0 <= self.loss < 1 or self.burst < 1 or min(self.jitter_ms, self.buffer_ms) < 0:
            raise ValueError(f"a network takes packet_ms and burst from 1, loss below 1, and no negative time: {self}")


def lost_packets(network: Network, count: int, rng: np.random.Generator) -> np.ndarray:
    """Which of `count` packets the listener does not have when they are due: bool [count]."""
    lost = _bursts(network, count, rng)
    if network.jitter_ms:
        delay_ms = rng.exponential(network.jitter_ms, count)
        lost |= delay_ms > network.buffer_ms
        if not network.sorts:
            arrival_ms = np.arange(count) * network.packet_ms + np.where(lost, 0, delay_ms)
            lost |= arrival_ms < np.maximum.accumulate(np.where(lost, 0, arrival_ms))
    return lost


def _bursts(network: Network, count: int, rng: np.random.Generator) -> np.ndarray:
    """Gilbert's chain, run by run: bad runs of mean `burst`, good runs such that `loss` of all are bad."""
    lost = np.zeros(count, bool)
    if network.loss == 0:
        return lost
    leave = 1 / network.burst
    enter = min(1.0, leave * network.loss / (1 - network.loss))
    at = 0 if rng.random() < network.loss else int(rng.geometric(enter))
    while at < count:
        stop = at + int(rng.geometric(leave))
        lost[at:stop] = True
        at = stop + int(rng.geometric(enter))
    return lost


def holes_ms(network: Network, lost: np.ndarray) -> list[tuple[float, float]]:
    """Where packets lack: [from, until) in ms, neighbours joined."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], lost, [False]]).astype(np.int8)))
    return [(float(a * network.packet_ms), float(b * network.packet_ms)) for a, b in edges.reshape(-1, 2).tolist()]


def stretch_of(ppm: float) -> float:
    """How much longer everything is on a clock that runs fast by `ppm` millionths. Raises ValueError over 1000."""
    if abs(ppm) > 1000:
        raise ValueError(f"a clock drifts by at most 1000 ppm, got {ppm:g}: crystals keep within {WORST_PPM:g}")
    return 1 + ppm * 1e-6


def drifted(samples: Samples, ppm: float) -> Samples:
    """[S] samples as a clock that runs fast by `ppm` counts them: what was at t is at t * (1 + ppm / 1e6)."""
    if ppm == 0:
        return samples
    return np.asarray(soxr.resample(samples, RATE_HZ, RATE_HZ * stretch_of(ppm), quality="LQ"), np.float32)
