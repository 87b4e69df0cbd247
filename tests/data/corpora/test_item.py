"""Items: words checked and made plain, languages, channels and credits; one bad recording never stops the rest."""

import numpy as np
import pytest

from microturn.data.corpora.item import (
    NOBODY,
    Options,
    Recording,
    Skipped,
    Source,
    Unusable,
    credited,
    items,
    model_side,
    plain,
    shared_out,
    spoken,
)
from microturn.protocol.events import Channel
from microturn.protocol.media import USER_HZ
from microturn.protocol.timeline import Timeline, Track
from tests.data.corpora.talks import long_talk, talk


def raising(error: Exception) -> Source:
    raise error


def test_one_bad_recording_never_stops_the_rest() -> None:
    silent = Timeline(duration_ms=50, audio={Channel.USER: Track(samples=np.zeros(800, np.float32), rate_hz=USER_HZ)})
    corpus = [
        Recording(name="a", read=lambda: Source(timeline=talk())),
        Recording(name="b", read=lambda: raising(Unusable("missing transcript", "b.json is not there"))),
        Recording(name="c", read=lambda: raising(OSError("the cable is out"))),
        Recording(name="d", read=lambda: Source(timeline=Timeline(duration_ms=0.0))),
        Recording(name="e", read=lambda: Source(timeline=silent)),
        Recording(name="f", read=lambda: Source(timeline=talk(), language="sv-SE")),
        Recording(name="g", read=lambda: Source(timeline=talk(), language="en_GB")),
    ]
    found = dict(items(corpus, Options()))
    assert [name for name, item in found.items() if isinstance(item, Timeline)] == ["a", "g"]
    reasons = {name: item.reason for name, item in found.items() if isinstance(item, Skipped)}
    assert reasons == {
        "b": "missing transcript",
        "c": "cannot be read",
        "d": "empty audio",
        "e": "empty audio",
        "f": "unknown language",
    }
    assert found["c"] == Skipped(reason="cannot be read", detail="OSError: the cable is out")


def test_a_recording_is_read_when_its_turn_comes() -> None:
    coming = items([Recording(name="a", read=lambda: Source(timeline=talk())), *[None]], Options())  # pyright: ignore
    assert next(coming)[0] == "a"


def test_a_long_one_becomes_several_with_their_shares_of_its_provenance() -> None:
    long = long_talk(10)
    found = dict(items([Recording(name="x", read=lambda: Source(timeline=long))], Options(window_s=9, split="test")))
    assert list(found)[:2] == ["x-000", "x-001"]
    parts = [item for item in found.values() if isinstance(item, Timeline)]
    assert all(part.meta["split"] == "test" for part in parts)
    assert sum(part.meta["provenance"][0]["seconds"] for part in parts) == pytest.approx(40.0, abs=0.3)


def test_without_provenance_of_its_own_it_has_that_of_the_options() -> None:
    bare = Timeline(duration_ms=1500.0)
    options = Options(source="tapes", licence="CC BY 4.0")
    assert credited(bare, 1.0, options).meta["provenance"] == [
        {"source": "tapes", "licence": "CC BY 4.0", "seconds": 1.5}
    ]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ([("a", 100, 50)], "times run backwards"),
        ([("a", 500, 600), ("b", 400, 450)], "times run backwards"),
        ([("a", -400, 100)], "times run backwards"),
        ([("a", 900, 1300)], "times past the end"),
        ([("a", float("nan"), 1)], "times are not numbers"),
    ],
)
def test_times_that_cannot_be_are_told(raw: list[tuple[str, float, float]], reason: str) -> None:
    with pytest.raises(Unusable) as told:
        spoken(raw, Channel.HEARD, 1000.0)
    assert told.value.reason == reason and "'" in told.value.detail


def test_small_faults_of_times_are_mended() -> None:
    words = spoken([("b", 60, 60), ("a", 20, 50), ("--", 70, 80), ("c", 900, 1150)], Channel.SAY, 1000.0)
    assert [(word.text, word.at_ms, word.until_ms) for word in words] == [
        ("a", 20, 50),
        ("b", 60, 80),
        ("c", 900, 1000),
    ]
    (last,) = spoken([("z", 1100, 1180)], Channel.SAY, 1000.0)
    assert (last.at_ms, last.until_ms) == (980.0, 1000.0)


def test_words_are_made_plain() -> None:
    texts = [
        "Hello,",
        "\u201cDON\u2019T\u201d",
        "...",
        "re\u0301sume\u0301",
        "twenty-one.",
        "50%",
        "'cause",
        "\u266a",
        "(ok)",
    ]
    assert [plain(text) for text in texts] == ["hello", "don't", "", "résumé", "twenty-one", "50%", "'cause", "", "ok"]


def test_time_is_shared_out_by_length() -> None:
    assert shared_out("a bbb", 100, 500) == [("a", 100, 200), ("bbb", 200, 500)]
    assert shared_out(" ", 0, 1) == []


def test_who_is_the_model() -> None:
    assert model_side(1, None, Options()) is None
    assert model_side(2, 0, Options()) == 0
    assert model_side(2, 0, Options(model_channel=1)) == 1
    assert model_side(2, 0, Options(model_channel=NOBODY)) is None
    with pytest.raises(Unusable, match="--model-channel"):
        model_side(2, None, Options())
    with pytest.raises(Unusable, match="channel 2 of 2"):
        model_side(2, None, Options(model_channel=2))


def test_options_are_checked() -> None:
    with pytest.raises(ValueError, match="at least 1 s"):
        Options(window_s=0.5)
    with pytest.raises(ValueError, match="up to 5 a second"):
        Options(frames_hz=25)
