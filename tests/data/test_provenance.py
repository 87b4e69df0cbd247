"""Every second of a made session has a source and a licence, and no second of the user's track is counted twice."""

import pytest

from microturn.data.provenance import ENGINES, MADE_PICTURES, MADE_SOUND, UNKNOWN, covered, merged, source_of
from microturn.data.scene import CLEAN, make_scene
from microturn.data.voices.registry import Split, voices
from microturn.protocol.events import Channel
from tests.data.test_acts import CAST


@pytest.mark.parametrize("split", ["train", "test", "unseen"])
def test_every_registered_voice_has_a_licence(split: Split) -> None:
    assert {source_of(voice.name).licence for voice in voices(split)} & {UNKNOWN, ""} == set()
    assert source_of("espeak/en-us+m3/1").licence != ENGINES["hibari"].licence
    assert source_of("gramophone/1").licence == UNKNOWN


def test_the_rows_of_a_scene_cover_the_users_track_and_the_models_words() -> None:
    scene = make_scene(3, seconds=20, acts=["repeat", "elsewhere", "jumps"], setting=CLEAN, cast_of=CAST)
    rows = {row["source"]: row["seconds"] for row in scene.meta["provenance"]}
    heard = [(w.at_ms, w.until_ms) for w in scene.words(Channel.HEARD)]
    others = [(s.at_ms, s.until_ms) for s in scene.spans("word") if s.who == "other"]
    said = [(w.at_ms, w.until_ms) for w in scene.words(Channel.SAY)]
    assert rows["beeper"] == pytest.approx(sum(b - a for a, b in [*heard, *others]) / 1000, abs=0.01)
    assert rows[ENGINES["hibari"].source] == pytest.approx(sum(b - a for a, b in said) / 1000, abs=0.01)
    silent_s = scene.duration_ms / 1000 - covered([*heard, *others]) / 1000
    assert rows[MADE_SOUND.source] == pytest.approx(silent_s, abs=0.01)
    assert rows.get(MADE_PICTURES.source, 0.0) == pytest.approx(0.2 * len(scene.frames))
    assert scene.meta["others"] == (["beeper"] if others else [])


def test_rows_add_up_and_spans_do_not_count_twice() -> None:
    rows = [{"source": "a", "licence": "x", "seconds": 1.0}, {"source": "b", "licence": "x", "seconds": 4.0}]
    assert merged([*rows, *rows[:1]]) == [rows[1], {"source": "a", "licence": "x", "seconds": 2.0}]
    assert covered([(0, 10), (5, 12), (20, 21)]) == 13
