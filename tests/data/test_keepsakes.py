"""What a shard keeps beyond its ticks comes back, to the byte for a seed, and shards without it still load."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from microturn.data.factory import tokenizer
from microturn.data.keepsakes import (
    EVENTS,
    MODEL_SOUND,
    USER_SOUND,
    entry_of,
    item_of,
    levels,
    pack_events,
    pack_sound,
    unpack_events,
    unpack_sound,
)
from microturn.data.scene import CLEAN, make_scene
from microturn.data.shards import Shard, write_shard
from microturn.data.voices.phones import PHONE_ID
from microturn.features.sequence import ticks_of
from microturn.protocol.events import Channel, Span
from microturn.protocol.media import MODEL_HZ, USER_HZ
from microturn.protocol.timeline import Timeline, Track
from tests.data.test_acts import CAST
from tests.model.tiny import session


def scene(seed: int = 1, act: str = "repeat") -> Timeline:
    return make_scene(seed, seconds=5, acts=[act], setting=CLEAN, cast_of=CAST)


def entry(one: Timeline, *, sound: bool):
    return entry_of(one, ticks_of(one, tokenizer(), PHONE_ID), sound=sound)


def test_a_shard_keeps_items_events_and_the_sound_of_some(tmp_path: Path) -> None:
    scenes = [scene(1), scene(2, "jumps")]
    for name in ("a", "b"):
        write_shard(tmp_path / name, (entry(s, sound=i == 0) for i, s in enumerate(scenes)), {"split": "train"})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    shard = Shard(tmp_path / "a")
    assert len(shard) == 2 and len(shard[1].frames) == len(scenes[1].frames) > 0
    for index, one in enumerate(scenes):
        assert shard.item(index) == item_of(one)
        kept = [e for e in one.events if not (isinstance(e, Span) and e.kind in ("phone", "view"))]
        packed = shard.extra(index, EVENTS)
        assert packed is not None and list(unpack_events(packed)) == kept
    kept = [shard.extra(0, name) for name in (USER_SOUND, MODEL_SOUND)]
    rates = (USER_HZ, MODEL_HZ)
    seconds = {len(unpack_sound(sound, hz)) / hz for sound, hz in zip(kept, rates, strict=True) if sound is not None}
    assert seconds == {scenes[0].duration_ms / 1000}
    assert shard.extra(1, USER_SOUND) is None and shard.extra(1, MODEL_SOUND) is None


def test_a_side_that_never_was_has_no_sound() -> None:
    one = scene(1)
    silent = replace(one, audio={**one.audio, Channel.MODEL: Track(samples=np.zeros(0, np.float32), rate_hz=MODEL_HZ)})
    extras = entry_of(silent, ticks_of(one, tokenizer(), PHONE_ID), sound=True).extras
    assert USER_SOUND in extras and MODEL_SOUND not in extras


@pytest.mark.parametrize("rate_hz", [16_000, 24_000])
def test_the_kept_sound_is_the_sound(rate_hz: int) -> None:
    seconds = np.arange(4 * rate_hz) / rate_hz
    gate = np.floor(seconds * 3) % 2
    track = Track(samples=(0.3 * gate * np.sin(2 * np.pi * 440 * seconds)).astype(np.float32), rate_hz=rate_hz)
    packed = pack_sound(track)
    assert packed.tobytes() == pack_sound(track).tobytes() and len(packed) < 4500 * track.duration_ms / 1000
    back = unpack_sound(packed, rate_hz)
    assert len(back) == len(track.samples)
    assert np.corrcoef(back, track.samples)[0, 1] > 0.98  # the same wave at the same time


def test_an_item_says_who_what_and_how_loud() -> None:
    one = scene()
    item = item_of(one)
    assert (item["seed"], item["voice"], item["split"]) == (1, "beeper", "train")
    assert set(item["acts"]) == {"repeat"} and item["seconds"] == one.duration_ms / 1000
    assert all(word.text in " ".join(item["texts"]) for word in one.words(Channel.SAY))
    assert item["levels"]["user"]["dbfs"] == pytest.approx(CLEAN.level_dbfs, abs=0.5)
    assert item["levels"]["user"]["clipped"] == 0
    loud = np.ones(100, np.float32)
    assert levels(loud) == {"dbfs": 0.0, "peak": 1.0, "clipped": 1.0}
    assert levels(loud * 0) == {"dbfs": -120.0, "peak": 0.0, "clipped": 0.0}
    assert levels(loud[:0])["clipped"] == 0


def test_hesitations_are_no_text() -> None:
    told = [text for seed in range(12) for text in item_of(scene(seed))["texts"]]
    assert told and not any(word in text.split() for text in told for word in ("um", "uh", "|"))


def test_older_shards_have_nothing_more(tmp_path: Path) -> None:
    write_shard(tmp_path / "a", [session(6, 0)], {"split": "train"})
    shard = Shard(tmp_path / "a")
    assert "items" not in shard.about and shard.item(0) == {} and shard.extra(0, EVENTS) is None


@pytest.mark.parametrize("content", [b"", b"no events"])
def test_damage_is_a_value_error(content: bytes) -> None:
    packed = np.frombuffer(content, np.uint8)
    with pytest.raises(ValueError, match="make the shard again"):
        unpack_events(packed)
    with pytest.raises(ValueError, match="make the shard again"):
        unpack_sound(packed, 16_000)
    assert unpack_events(pack_events(())) == ()
