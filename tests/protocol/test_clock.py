"""The grid tiles media time without gap or overlap; a manual clock only goes forward."""

import pytest

from microturn.protocol.clock import DAY_S, Grid, ManualClock, MonotonicClock, second_of_day


@pytest.mark.parametrize("tick_ms", [100, 200, 400, 1000])
def test_ticks_tile_media_time(tick_ms: int) -> None:
    grid = Grid(tick_ms=tick_ms)
    assert [grid.start_ms(tick) for tick in (0, 1, 8)] == [0, tick_ms, 8 * tick_ms]


def test_a_tick_is_due_when_the_next_one_starts() -> None:
    grid = Grid(origin_ms=5000.0)
    assert grid.due_ms(3) == 5000.0 + grid.start_ms(4)


@pytest.mark.parametrize("tick_ms", [0, -200, 75])
def test_a_grid_refuses_ticks_that_split_an_audio_token(tick_ms: int) -> None:
    with pytest.raises(ValueError, match="multiple of 50"):
        Grid(tick_ms=tick_ms)


def test_clocks_go_forward() -> None:
    real, manual = MonotonicClock(), ManualClock()
    first = real.now_ms()
    assert real.now_ms() >= first
    manual.advance(12.5)
    assert manual.now_ms() == 12.5
    with pytest.raises(ValueError, match="backwards"):
        manual.advance(-1)
    assert 0 <= second_of_day() < DAY_S
