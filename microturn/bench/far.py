"""A user who listens, at the far end of a poor line: what each hears of the other is late, and packets of it are missing.

`impairments` changes recordings as a whole. What a partner says next depends on what it has heard, so here the line is crossed
tick by tick. The partner, its marks and the scores keep the user's clock; the output keeps the system's until it is `heard`.

Shapes: S samples, P packets.
"""

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microturn.bench.partner import MODEL_TICK, Partner, Samples
from microturn.data.sound.network import Network, lost_packets
from microturn.protocol.events import Event
from microturn.protocol.media import MODEL_HZ, USER_HZ

FAR = "far"  # in what a scenario's meta says of its partner: the line, {"late_ms", "loss" (share), "burst", ...}
MOST_MS = 600_000.0  # of a conversation; packets after that arrive
PACKET_MS = Network().packet_ms
THERE, BACK = 1, 3  # parts of a scenario's chance: its user's way to the system, the system's way to the user


def chance(scenario_id: str, part: int) -> np.random.Generator:
    """The same scenario has the same chance under every condition, so that conditions compare."""
    return np.random.default_rng([zlib.crc32(scenario_id.encode()), part])


def lost_on(way: Network, scenario_id: str, part: int) -> NDArray[np.bool_]:
    """Which packets of the longest conversation are lost: bool [P]. However long it lasts, they are the same ones."""
    return lost_packets(way, round(MOST_MS / PACKET_MS), chance(scenario_id, part))


def silenced(samples_S: Samples, rate_hz: int, lost_P: NDArray[np.bool_]) -> Samples:
    """The samples with silence where packets are missing: nothing conceals them."""
    if not lost_P.any():
        return samples_S
    size, out_S = rate_hz * PACKET_MS // 1000, samples_S.copy()
    for packet in np.flatnonzero(lost_P):
        out_S[packet * size : (packet + 1) * size] = 0
    return out_S


class Far:
    """See the module. `about` is the scenario's `FAR`."""

    def __init__(self, partner: Partner, about: Mapping[str, Any], scenario_id: str) -> None:
        self._partner, self._begun = partner, False
        way, late_ms = network(about), float(about["late_ms"])
        self._there = _Way(lost_on(way, scenario_id, THERE), USER_HZ, late_ms)
        self._back = _Way(lost_on(way, scenario_id, BACK), MODEL_HZ, late_ms)

    @property
    def name(self) -> str:
        return self._partner.name

    def marks(self) -> Sequence[Event]:
        """See `partner.Partner`: on the user's own clock."""
        return self._partner.marks()

    def next(self, heard_S: Samples) -> Samples | None:
        """What reaches the system in this tick; `heard_S` is what it made audible in the tick before."""
        if self._begun:
            heard_S = self._back.through(np.pad(heard_S, (0, MODEL_TICK - len(heard_S))))
        self._begun = True
        said_S = self._partner.next(heard_S)
        return None if said_S is None else self._there.through(said_S)


def network(about: Mapping[str, Any]) -> Network:
    """The losses of a line."""
    return Network(**{name: value for name, value in about.items() if name != "late_ms"})


class _Way:
    """One direction: what goes in comes out `late_ms` later, without the packets that are lost."""

    def __init__(self, lost_P: NDArray[np.bool_], rate_hz: int, late_ms: float) -> None:
        self._lost_P, self._rate_hz = lost_P, rate_hz
        self._under_way_S: Samples = np.zeros(round(late_ms * rate_hz / 1000), np.float32)

    def through(self, tick_S: Samples) -> Samples:
        packets = len(tick_S) * 1000 // (self._rate_hz * PACKET_MS)
        arriving_S = silenced(tick_S, self._rate_hz, self._lost_P[:packets])
        self._lost_P = self._lost_P[packets:]
        under_way_S = np.concatenate([self._under_way_S, arriving_S])
        self._under_way_S = under_way_S[len(tick_S) :]
        return under_way_S[: len(tick_S)]
