"""A Timeline as ticks: every event in its tick, labels in their frames, and inputs equal to a live session's."""

from dataclasses import replace

import numpy as np
import pytest

from microturn.engine.session import Session, SessionConfig
from microturn.features.audio import denormalize_mel, log_mel
from microturn.features.layout import TickOutput, Ticks
from microturn.features.sequence import ticks_of
from microturn.features.text import Tag, Tokenizer
from microturn.model.interaction import TickResult
from microturn.protocol.events import Audio, Channel, Clear, Do, Event, Frame, Missing, Span, Text, Word
from microturn.protocol.media import on_grid
from microturn.protocol.timeline import Timeline, Track

TOKENS = Tokenizer.train(["one", "two", "three", "stop", "blue"])
PHONES = {"sil": 0, "w": 1, "ah": 2}
TICKS = 12
(ONE,), (TWO,), (THREE,) = TOKENS.encode("one"), TOKENS.encode("two"), TOKENS.encode("three")


def noise(rate_hz: int, seed: int, ticks: int = TICKS) -> Track:
    samples = np.random.default_rng(seed).uniform(-0.3, 0.3, ticks * rate_hz // 5).astype(np.float32)
    return Track(samples=on_grid(samples), rate_hz=rate_hz)


def timeline(*events: Event, **changes: object) -> Timeline:
    made = Timeline(
        duration_ms=TICKS * 200.0,
        second_of_day=50.0,
        events=events,
        audio={Channel.USER: noise(16_000, 0), Channel.MODEL: noise(24_000, 1)},
    )
    return replace(made, **changes)  # pyright: ignore[reportArgumentType]


def ticks(*events: Event, **changes: object) -> Ticks:
    return ticks_of(timeline(*events, **changes), TOKENS, PHONES)


def heard(until_ms: float, text: str = "one") -> Word:
    return Word(at_ms=max(0.0, until_ms - 200), until_ms=until_ms, channel=Channel.HEARD, text=text)


def said(at_ms: float, until_ms: float, text: str) -> Word:
    return Word(at_ms=at_ms, until_ms=until_ms, channel=Channel.SAY, text=text)


def written(made: Ticks) -> dict[int, tuple[int, ...]]:
    return {k: tokens for k in range(len(made)) if (tokens := made.output(k).tokens)}


SILENT = TickResult(output=TickOutput(), samples=None, positions=1)


@pytest.mark.parametrize(
    ("until_ms", "tick"), [(100, 0), (139, 0), (140, 1), (200, 1), (339, 1), (340, 2), (2340, None)]
)
def test_a_heard_word_is_written_in_the_first_tick_that_reaches_60_ms_past_its_end(
    until_ms: float, tick: int | None
) -> None:
    assert written(ticks(heard(until_ms))) == ({} if tick is None else {tick: (Tag.HEARD, ONE)})


def test_a_said_word_is_written_where_it_starts_and_the_voice_sounds_until_it_ends() -> None:
    made = ticks(said(400, 800, "two"), said(800, 1000, "three"), said(1600, 2600, "one"))
    assert written(made) == {2: (Tag.SAY, TWO), 4: (Tag.SAY, THREE), 8: (Tag.SAY, ONE)}
    assert np.flatnonzero(made.speak_T >= 0).tolist() == [2, 3, 4, 8, 9, 10, 11]
    expected_FM = log_mel(noise(24_000, 1).samples)
    for k in np.flatnonzero(made.speak_T >= 0):
        mel_FM = made.output(int(k)).mel_FM
        assert mel_FM is not None
        np.testing.assert_allclose(denormalize_mel(mel_FM), expected_FM[k * 16 : (k + 1) * 16], atol=1e-2)


def test_channels_of_one_tick_come_in_their_order() -> None:
    events = (said(600, 800, "three"), Clear(at_ms=610), Do(at_ms=620, text="two one"), heard(560), heard(700, "stop"))
    for order in (events, events[::-1]):
        stop = TOKENS.encode("stop")
        assert written(ticks(*order)) == {
            3: (Tag.HEARD, ONE, *stop, Tag.DO, TWO, ONE, Tag.CLEAR, Tag.SAY, THREE),
        }


def test_text_enters_in_its_tick_under_the_tag_of_its_channel() -> None:
    made = ticks(
        Text(at_ms=199, channel=Channel.USER, text="one"),
        Text(at_ms=400, channel=Channel.THINKING, text="two"),
        Text(at_ms=450, channel=Channel.COMMENTARY, text="<say> one"),
        Text(at_ms=600, channel=Channel.INSTRUCTIONS, text="three"),
    )
    assert made.input(0).text == (Tag.TYPED, ONE)
    assert made.input(2).text == (Tag.THINKING, TWO, Tag.COMMENTARY, *TOKENS.encode("<say> one"))
    assert made.input(3).text == (Tag.INSTRUCTIONS, THREE)
    assert made.input(1).text == ()


def test_a_tick_is_missing_when_half_of_it_is() -> None:
    made = ticks(
        Missing(at_ms=450, until_ms=601, channel=Channel.USER),
        Missing(at_ms=1820, until_ms=1870, channel=Channel.USER),
        Missing(at_ms=1900, until_ms=1960, channel=Channel.USER),
        Missing(at_ms=1000, until_ms=1200, channel=Channel.USER),
        Missing(at_ms=0, until_ms=200, channel=Channel.CAMERA),
    )
    assert np.flatnonzero(made.missing_T).tolist() == [2, 5, 9]


def picture(level: int) -> np.ndarray:
    rgb = np.full((60, 120, 3), level, np.uint8)
    rgb[:, :20] = 255  # only a screen shows its edges
    return rgb


def test_a_tick_sees_its_last_frame() -> None:
    frames = [
        Frame(at_ms=at_ms, channel=Channel.CAMERA, rgb=picture(level))
        for at_ms, level in ((590, 3), (399, 2), (200, 1), (1000, 4))
    ]
    made = ticks(frames=tuple(frames))
    assert np.flatnonzero(made.frame_T >= 0).tolist() == [1, 2, 5]
    shown = [made.input(k).frame for k in (1, 2, 5)]
    assert [int(frame[40, 40, 0]) for frame in shown if frame is not None] == [2, 3, 4]


def test_labels_lie_in_the_frames_where_the_user_sounds() -> None:
    made = ticks(
        Span(at_ms=100, until_ms=250, kind="phone", text="w"),
        Span(at_ms=250, until_ms=260, kind="phone", text="ah"),
        Span(at_ms=400, until_ms=500, kind="phone", text="unknown"),
        Span(at_ms=100, until_ms=260, kind="word", text="one"),
        Span(at_ms=600, until_ms=800, kind="word", text="unheard-of"),
        Span(at_ms=800, until_ms=900, kind="word", text="two", who="other"),
    )
    phones, words = made.phone_TF.reshape(-1), made.word_TF.reshape(-1)
    assert np.flatnonzero(phones).tolist() == [2, 3, 4, 5] and phones[2:6].tolist() == [1, 1, 1, 2]
    assert np.flatnonzero(words).tolist() == [2, 3, 4] and set(words[2:5].tolist()) == {ONE}


def test_inputs_equal_those_of_a_live_session() -> None:
    events = (
        Text(at_ms=410, channel=Channel.USER, text="one two"),
        Text(at_ms=1220, channel=Channel.THINKING, text="stop"),
        Text(at_ms=1230, channel=Channel.COMMENTARY, text=" ".join(["one two"] * 20)),  # too long for one tick
        Missing(at_ms=800, until_ms=1000, channel=Channel.USER),
    )
    frames = (
        Frame(at_ms=600, channel=Channel.CAMERA, rgb=picture(9)),
        Frame(at_ms=1400, channel=Channel.SCREEN, rgb=picture(90)),
    )
    track = noise(16_000, 0)
    track.samples[4 * 3200 : 5 * 3200] = 0
    whole = timeline(*events, frames=frames, audio={Channel.USER: track})
    made = ticks_of(whole, TOKENS, PHONES)
    live = Session(SessionConfig(second_of_day=50.0), TOKENS)
    live.open()
    for k in range(TICKS):
        lost = 800 <= k * 200 < 1000
        samples = track.samples[k * 3200 : (k + 1) * 3200]
        for event in (*events, *frames):
            if isinstance(event, Text | Frame) and event.at_ms // 200 == k:
                live.receive(event)
        if lost:
            live.receive(Missing(at_ms=800, until_ms=1000, channel=Channel.USER))
        else:
            live.receive(Audio(at_ms=k * 200.0, channel=Channel.USER, samples=samples, rate_hz=16_000))
        seen, expected = live.tick_input(), made.input(k)
        live.tick_output(SILENT)
        np.testing.assert_array_equal(seen.dmel_FM, expected.dmel_FM)
        assert (seen.tick, seen.text, seen.audio_missing) == (k, expected.text, expected.audio_missing)
        assert seen.second_of_day == pytest.approx(expected.second_of_day)
        assert (seen.frame is None) == (expected.frame is None)
        if seen.frame is not None and expected.frame is not None:
            np.testing.assert_array_equal(seen.frame, expected.frame)


def test_tracks_are_cut_or_padded_to_whole_ticks() -> None:
    short = ticks(audio={Channel.USER: noise(16_000, 0, ticks=5)})
    full = ticks()
    np.testing.assert_array_equal(short.dmel_TFM[:5], full.dmel_TFM[:5])
    assert len(ticks(duration_ms=1001.0)) == 6
    np.testing.assert_array_equal(ticks(duration_ms=1001.0).dmel_TFM, full.dmel_TFM[:6])


def test_a_track_at_another_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="resample"):
        ticks(audio={Channel.USER: noise(24_000, 0)})


def test_what_is_in_view_is_labelled_where_somebody_says_it() -> None:
    view = {"colour": "blue", "shape": "", "motion": "several words"}
    made = ticks(Span(at_ms=200, until_ms=600, kind="view", text="", who="world", data=view))
    (blue,) = TOKENS.encode("blue")
    assert made.seen_TK[1].tolist() == made.seen_TK[2].tolist() == [0, blue, -1, -1]
    assert (made.seen_TK[0] == -1).all() and (made.seen_TK[3:] == -1).all()
