"""The session: any chunking gives the same ticks; late and missing audio keep the grid; bad input and output never kill."""

import numpy as np
import pytest
from engine_fakes import TOKENIZER, FakeResult, speech

from microturn.engine.session import Session, SessionConfig, State
from microturn.features.audio import dmel
from microturn.features.layout import MEL_BINS, MEL_FRAMES, TickInput, TickOutput
from microturn.features.text import Tag
from microturn.features.video import to_frame
from microturn.protocol.events import (
    Audio,
    Channel,
    Clear,
    Closed,
    Do,
    Event,
    Failed,
    Frame,
    Missing,
    Played,
    Text,
    Word,
)

TICK = 3200


def audio(samples: np.ndarray, rate_hz: int = 16_000) -> Audio:
    return Audio(at_ms=0, channel=Channel.USER, samples=samples, rate_hz=rate_hz)


def opened(**settings) -> Session:
    session = Session(SessionConfig(**settings), TOKENIZER)
    session.open()
    return session


def quiet_result(*tokens: int) -> FakeResult:
    return FakeResult(TickOutput(tokens=tokens), None, 1)


def spoken_result(*tokens: int) -> FakeResult:
    mel = np.zeros((MEL_FRAMES, MEL_BINS), np.float32)
    return FakeResult(TickOutput(tokens=tokens, mel_FM=mel), np.full(4800, 0.25, np.float32), 2)


def tick(session: Session, result: FakeResult | None = None, *, force: bool = False) -> tuple[TickInput, list[Event]]:
    return session.tick_input(force=force), session.tick_output(result or quiet_result())


def ids(*words: str) -> list[int]:
    return TOKENIZER.encode(" ".join(words))


@pytest.mark.parametrize("chunk", [1, 7, 160, 3199, 3200, 3201, 10_000, 1 << 20])
def test_any_chunking_gives_the_same_ticks(chunk: int) -> None:
    samples = speech(0.4 if chunk == 1 else 2.0)
    session, packed = opened(), []
    for at in range(0, len(samples), chunk):
        session.receive(audio(samples[at : at + chunk]))
        while session.ready():
            packed.append(tick(session)[0])
    assert len(packed) == len(samples) // TICK
    np.testing.assert_array_equal(np.concatenate([p.dmel_FM for p in packed]), dmel(samples))
    assert not any(p.audio_missing for p in packed)


def test_late_audio_is_silence_then_dropped_and_the_grid_holds() -> None:
    samples = speech(1.0, 3)
    session = opened()
    session.receive(audio(samples[:2000]))
    assert not session.ready()
    assert not tick(session, force=True)[0].audio_missing  # most of it is there
    session.receive(audio(samples[2000 : 2 * TICK]))  # 1200 late samples, then one whole tick
    packed, _ = tick(session)
    assert not packed.audio_missing
    np.testing.assert_array_equal(session.tick_samples, samples[TICK : 2 * TICK])
    assert tuple(e for e in session.timeline().events if isinstance(e, Missing)) == (
        Missing(at_ms=125.0, until_ms=200.0, channel=Channel.USER),
    )


def test_a_paused_sender_loses_nothing_when_it_goes_on() -> None:
    session, samples = opened(), speech(0.4, 5)
    session.receive(audio(samples[:TICK]))
    tick(session)
    for _ in range(10):
        tick(session, force=True)
    session.receive(audio(samples[TICK:]))
    tick(session)
    np.testing.assert_array_equal(session.tick_samples, samples[TICK:])


def test_a_burst_after_a_stall_does_not_leave_the_session_behind() -> None:
    session, samples = opened(), speech(2.2, 5)
    session.receive(audio(samples[:TICK]))
    tick(session)
    for _ in range(10):
        tick(session, force=True)
    session.receive(audio(samples[TICK:]))  # everything that was stuck arrives at once
    tick(session)
    np.testing.assert_array_equal(session.tick_samples, samples[-TICK:])
    assert session.buffered_ms == 0


@pytest.mark.parametrize(("there", "missing"), [(0, True), (1, True), (1600, True), (1601, False), (3199, False)])
def test_a_tick_is_missing_when_at_least_half_of_it_is(there: int, missing: bool) -> None:
    session, samples = opened(), speech(0.2)
    session.receive(audio(samples[:there]))
    packed, _ = tick(session, force=True)
    assert packed.audio_missing is missing
    np.testing.assert_array_equal(session.tick_samples[:there], samples[:there])
    (event,) = [e for e in session.timeline().events if isinstance(e, Missing)]
    assert (event.at_ms, event.until_ms) == (there / 16, 200.0)


def test_lost_packets_are_marked_and_their_place_kept() -> None:
    session, samples = opened(), speech(0.2)
    session.receive(audio(samples[:1600]))
    session.receive(Missing(at_ms=100, until_ms=120, channel=Channel.USER))
    session.receive(audio(samples[1920:]))
    packed, _ = tick(session)
    expected = samples.copy()
    expected[1600:1920] = 0
    assert not packed.audio_missing
    np.testing.assert_array_equal(session.tick_samples, expected)


def test_overflow_drops_the_oldest_and_says_so() -> None:
    session, samples = opened(), speech(31.0)
    session.receive(audio(samples))
    _, events = tick(session)
    np.testing.assert_array_equal(session.tick_samples, samples[16_000 : 16_000 + TICK])
    assert [e.code for e in events if isinstance(e, Failed)] == ["audio_overflow"]


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (audio(speech(0.1), 48_000), "resample it"),
        (audio(np.zeros((2, 5), np.float32)), "mono"),
        (audio(np.zeros(5, np.int16)), "float32"),  # type: ignore[arg-type]
        (audio(np.array([np.nan], np.float32)), "not numbers"),
        (Frame(at_ms=0, channel=Channel.CAMERA, rgb=np.zeros((4, 4), np.uint8)), "RGB"),
        (Text(at_ms=0, channel=Channel.CAMERA, text="hello"), "channel"),
        (Text(at_ms=0, channel=Channel.USER, text="hello " * 5000), "waiting"),
    ],
)
def test_bad_input_says_what_to_do_and_changes_nothing(event, message: str) -> None:
    session = opened()
    with pytest.raises(ValueError, match=message):
        session.receive(event)
    packed, _ = tick(session, force=True)
    assert (packed.text, packed.frame, session.buffered_ms) == ((), None, 0)


def test_the_latest_frame_of_a_tick_enters_it_once() -> None:
    session = opened()
    first, last = (np.random.default_rng(i).integers(0, 255, (90, 160, 3), np.uint8) for i in (0, 1))
    for rgb in (first, last):
        session.receive(Frame(at_ms=0, channel=Channel.CAMERA, rgb=rgb))
    packed, _ = tick(session, force=True)
    assert packed.frame is not None
    np.testing.assert_array_equal(packed.frame, to_frame(last))
    assert tick(session, force=True)[0].frame is None


def test_text_enters_tagged_and_at_most_so_much_a_tick() -> None:
    session = opened(text_per_tick=3)
    session.receive(Text(at_ms=0, channel=Channel.COMMENTARY, text="one two three"))
    assert tick(session, force=True)[0].text == (Tag.COMMENTARY, *ids("one", "two"))
    assert tick(session, force=True)[0].text == (Tag.COMMENTARY, *ids("three"))


def test_empty_texts_fill_the_queue_too() -> None:
    session = opened(text_capacity=3)
    for _ in range(3):
        session.receive(Text(at_ms=0, channel=Channel.COMMENTARY, text=""))
    with pytest.raises(ValueError, match="tokens of text are waiting already"):
        session.receive(Text(at_ms=0, channel=Channel.COMMENTARY, text=""))


def test_the_clock_goes_round_midnight() -> None:
    session = opened(second_of_day=86_399.9)
    seconds = [tick(session, force=True)[0].second_of_day for _ in range(2)]
    np.testing.assert_allclose(seconds, [86_399.9, 0.1], atol=1e-6)


def test_channels_become_events_with_times() -> None:
    session = opened()
    result = spoken_result(Tag.HEARD, *ids("one", "two"), Tag.DO, *ids("three"), Tag.CLEAR, Tag.SAY, *ids("four"))
    _, events = tick(session, result, force=True)
    words = [e for e in events if isinstance(e, Word)]
    assert [(w.channel, w.text) for w in words] == [("heard", "one"), ("heard", "two"), ("say", "four")]
    assert [w.until_ms for w in words] == [0.0, 90.0, 400.0]
    assert [type(e).__name__ for e in events] == ["Word", "Word", "Do", "Clear", "Word", "Audio", "Tick"]
    assert [e.at_ms for e in events if isinstance(e, Do | Clear | Audio)] == [200.0, 200.0, 200.0]


def test_a_spoken_word_lasts_until_the_next_or_until_speech_stops() -> None:
    session = opened()
    say = [[Tag.SAY, *ids("one")], [], [Tag.SAY, *ids("two")], [], None]
    for tokens in say:
        tick(session, quiet_result() if tokens is None else spoken_result(*tokens), force=True)
    words = session.timeline().words(Channel.SAY)
    assert [(w.text, w.at_ms, w.until_ms) for w in words] == [("one", 200, 600), ("two", 600, 1000)]


@pytest.mark.parametrize("reported", ["before", "after"])
def test_history_ends_where_playing_ended(reported: str) -> None:
    session = opened()
    for word in ("one", "two", "three"):
        tick(session, spoken_result(Tag.SAY, *ids(word)), force=True)
    played = Played(at_ms=0, until_ms=450)
    if reported == "before":
        session.receive(played)
    tick(session, quiet_result(Tag.CLEAR), force=True)
    if reported == "after":
        session.receive(played)
    words = session.timeline().words(Channel.SAY)
    assert [(w.text, w.until_ms) for w in words] == [("one", 400), ("two", 450)]


@pytest.mark.parametrize(("reported", "kept"), [(1e308, 600.0), (float("inf"), 600.0), (-5.0, 0.0), (450.0, 450.0)])
def test_nothing_is_played_before_the_start_or_before_it_is_made(reported: float, kept: float) -> None:
    session = opened()
    for _ in range(2):
        tick(session, force=True)
    session.receive(Played(at_ms=0, until_ms=reported))
    (played,) = [e for e in session.timeline().events if isinstance(e, Played)]
    assert played.until_ms == kept  # two ticks are made, the second sounds until 600 ms


@pytest.mark.parametrize(
    "tokens",
    [
        (10**9,),
        (-1,),
        (Tag.SAY,),
        (Tag.END,),
        (Tag.TYPED, Tag.VIDEO),
        (20,),
        (Tag.CLEAR, 20),
        (Tag.HEARD, Tag.HEARD, -5),
    ],
)
def test_malformed_output_is_recorded_and_the_session_lives(tokens: tuple[int, ...]) -> None:
    session = opened()
    _, events = tick(session, spoken_result(*tokens, Tag.DO, *ids("one")), force=True)
    assert {e.code for e in events if isinstance(e, Failed)} == {"malformed_output"}
    assert [e.text for e in events if isinstance(e, Do)] == ["one"]
    tick(session, force=True)


def test_draining_ends_input_but_not_time() -> None:
    session = opened()
    session.receive(audio(speech(0.3)))
    session.drain()
    assert session.state is State.DRAINING and session.ready()
    packed = [tick(session)[0] for _ in range(3)]
    assert not any(p.audio_missing for p in packed)
    with pytest.raises(ValueError, match="expected an OPEN session"):
        session.receive(audio(speech(0.1)))
    assert isinstance(session.close()[-1], Closed)


def test_illegal_order_names_expected_and_got() -> None:
    session = Session(SessionConfig(), TOKENIZER)
    with pytest.raises(ValueError, match="expected an OPEN or DRAINING session for tick_input, got one that is NEW"):
        session.tick_input(force=True)
    session.open()
    with pytest.raises(ValueError, match="wait for more, or force"):
        session.tick_input()
    with pytest.raises(ValueError, match="expected tick_input, got tick_output"):
        session.tick_output(quiet_result())
    session.tick_input(force=True)
    with pytest.raises(ValueError, match="expected tick_output, got tick_input"):
        session.tick_input(force=True)
    session.close()
    with pytest.raises(ValueError, match="expected a session that is NEW for OPEN, got one that is CLOSED"):
        session.open()
