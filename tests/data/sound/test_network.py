"""The network loses what it says, in bursts as long as it says; late and overtaken packets are lost; clocks drift."""

import numpy as np
import pytest

from microturn.data.sound.network import Network, drifted, holes_ms, lost_packets, stretch_of


def test_losses_have_the_share_and_the_runs_that_were_asked_for() -> None:
    lost = lost_packets(Network(loss=0.1, burst=3.0), 200_000, np.random.default_rng(0))
    assert lost.mean() == pytest.approx(0.1, rel=0.05)
    runs = np.diff(np.flatnonzero(np.diff(np.concatenate([[False], lost, [False]]).astype(int))))[::2]
    assert runs.mean() == pytest.approx(3.0, rel=0.05)
    assert not lost_packets(Network(), 1000, np.random.default_rng(0)).any()


def test_a_late_packet_is_lost_where_the_buffer_is_short() -> None:
    def share(buffer_ms: float, jitter_ms: float = 20.0) -> float:
        network = Network(jitter_ms=jitter_ms, buffer_ms=buffer_ms)
        return float(lost_packets(network, 50_000, np.random.default_rng(1)).mean())

    assert share(60) == pytest.approx(np.exp(-3), rel=0.1)
    assert share(200) < 0.001
    assert share(0) > 0.99 and share(0, 0.0) == 0


def test_overtaken_packets_are_put_right_or_lost() -> None:
    ways = [Network(jitter_ms=15, buffer_ms=500, sorts=sorts) for sorts in (True, False)]
    kept, dropped = (lost_packets(way, 20_000, np.random.default_rng(2)).mean() for way in ways)
    assert kept == 0 and 0.05 < dropped < 0.4


def test_holes_join_neighbours() -> None:
    lost = np.array([1, 0, 1, 1, 0, 0, 1], bool)
    assert holes_ms(Network(packet_ms=40), lost) == [(0.0, 40.0), (80.0, 160.0), (240.0, 280.0)]
    assert holes_ms(Network(), np.zeros(3, bool)) == []


@pytest.mark.parametrize("wrong", [{"loss": 1.0}, {"burst": 0.5}, {"packet_ms": 0}, {"jitter_ms": -1.0}])
def test_impossible_networks_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="a network takes"):
        Network(**wrong)  # pyright: ignore[reportArgumentType]


def test_a_fast_clock_counts_more_samples_and_everything_later() -> None:
    clicks = np.zeros(16_000 * 20, np.float32)
    clicks[8000::16_000] = 0.5
    moved = drifted(clicks, 200.0)
    assert len(moved) - len(clicks) == pytest.approx(64, abs=2)
    for index in range(20):
        due = (8000 + 16_000 * index) * stretch_of(200.0)
        peak = int(np.argmax(moved[int(due) - 200 : int(due) + 200])) + int(due) - 200
        assert abs(peak - due) <= 1.5
    assert drifted(clicks, 0.0) is clicks
    with pytest.raises(ValueError, match="1000 ppm"):
        stretch_of(1e5)
