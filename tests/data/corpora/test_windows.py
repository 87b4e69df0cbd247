"""Windows: never too long, no word cut or lost, in the quiet, and before the user's turns."""

from dataclasses import replace

import numpy as np
import pytest

from microturn.data.corpora.windows import part, plan, windows
from microturn.protocol.events import Channel, Closed, CloseReason, Frame, Span, Word
from microturn.protocol.timeline import Timeline
from tests.data.corpora.talks import long_talk, talk, timed

GREY = np.zeros((2, 2, 3), np.uint8)


def cut(timeline: Timeline, most_ms: float, frames: tuple[Frame, ...] = ()) -> list[Timeline]:
    parts = list(windows(timeline, frames, most_ms))
    assert all(isinstance(one, Timeline) for one in parts)
    return [one for one in parts if isinstance(one, Timeline)]


@pytest.mark.parametrize("most_ms", [5000.0, 9000.0, 20_000.0])
def test_windows_cover_everything_without_cutting_a_word(most_ms: float) -> None:
    whole = long_talk(10)
    parts, at_ms = cut(whole, most_ms), 0.0
    words: dict[Channel, list[tuple[str, float, float]]] = {Channel.HEARD: [], Channel.SAY: []}
    for one in parts:
        assert one.duration_ms <= most_ms
        for channel, found in words.items():
            found += [(text, at + at_ms, until + at_ms) for text, at, until in timed(one, channel)]
        at_ms += one.duration_ms
    assert at_ms == whole.duration_ms
    assert all(timed(whole, channel) == found for channel, found in words.items())
    for channel, track in whole.audio.items():
        np.testing.assert_array_equal(np.concatenate([one.audio[channel].samples for one in parts]), track.samples)
    assert parts[1].second_of_day == whole.second_of_day + parts[0].duration_ms / 1000


def test_a_cut_comes_before_the_users_turn() -> None:
    for one in cut(long_talk(10), 9000.0):
        first = min((e for e in one.events if isinstance(e, Word)), key=lambda word: word.at_ms)
        assert first.channel == Channel.HEARD and first.at_ms >= 200, first


def test_a_cut_lies_where_it_is_quiet() -> None:
    """Without words the sound alone says where somebody is speaking."""
    speaking = long_talk(4)
    parts = cut(replace(speaking, events=()), 6000.0)
    assert len(parts) > 2
    for one in parts[1:]:
        for track in one.audio.values():
            assert np.abs(track.samples[: track.rate_hz // 10]).max() == 0


def test_a_short_one_is_left_whole() -> None:
    made = talk()
    assert list(windows(made, (), 5000.0)) == [made]


def test_where_nobody_stops_speaking_there_is_no_place_to_cut() -> None:
    long = [("a" * 9, 1000.0, 8000.0), ("b", 8500.0, 8800.0)]
    found = list(windows(talk(long, [], 10_000.0), (), 3000.0))
    stretches = [one for one in found if not isinstance(one, Timeline)]
    assert len(stretches) == 1 and stretches[0][0] <= 1000 and 8000 <= stretches[0][1] <= 8500
    assert [timed(one, Channel.HEARD) for one in found if isinstance(one, Timeline)][-1][0][0] == "b"


def test_frames_are_taken_as_the_windows_ask_for_them() -> None:
    asked: list[float] = []

    def coming() -> "object":
        for number in range(200):
            asked.append(number * 200.0)
            yield Frame(at_ms=number * 200.0, channel=Channel.CAMERA, rgb=GREY)

    whole = long_talk(10)
    parts = windows(whole, coming(), 9000.0)  # pyright: ignore[reportArgumentType]
    first = next(parts)
    assert isinstance(first, Timeline) and max(asked) < first.duration_ms + 400
    rest = [one for one in parts if isinstance(one, Timeline)]
    assert sum(len(one.frames) for one in (first, *rest)) == 200
    for one in (first, *rest):
        assert all(0 <= frame.at_ms < one.duration_ms for frame in one.frames)


def test_what_reaches_over_an_end_is_cut_off_there() -> None:
    made = talk()
    act = Span(at_ms=500, until_ms=4000, kind="act", text="turn", who="world")
    closed = Closed(at_ms=1500.0, reason=CloseReason.CLIENT)
    frame = Frame(at_ms=1400.0, channel=Channel.CAMERA, rgb=GREY)
    one = part(replace(made, events=(act, closed), frames=(frame,)), 1300.0, 3000.0)
    assert one.events == (replace(act, at_ms=0.0, until_ms=1700.0),) and one.duration_ms == 1700.0
    assert one.frames[0].at_ms == 100.0


def test_a_plan_is_in_whole_milliseconds_so_that_no_sample_is_lost() -> None:
    stretches = plan(long_talk(6), 7000.0)
    assert all(at_ms % 10 == 0 for at_ms, _ in stretches)
    assert [until for _, until in stretches[:-1]] == [at for at, _ in stretches[1:]]
