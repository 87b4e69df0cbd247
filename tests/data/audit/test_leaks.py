"""Splits that share nothing have no finding; each thing that they must not share is found, with an example."""

from typing import Any

import pytest

from microturn.data.audit.leaks import EXAMPLES, contents, leaks
from microturn.data.keepsakes import item_of
from tests.data.audit.stories import reasons, scene

LONG = "in the morning the teacher came to the garden and read the old letter aloud"


def about(split: str, *items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"split": split, "sessions": len(items), "items": list(items)} | more


def item(seed: int, voice: str = "espeak/en-us+m3/50-50-170", **more: Any) -> dict[str, Any]:
    return {"seed": seed, "voice": voice, "others": [], "texts": [], "picked": [], "provenance": []} | more


def found(*abouts: dict[str, Any], against: tuple[dict[str, Any], ...] = ()) -> list[str]:
    return reasons([*leaks(contents(abouts), contents(against, "against: "))])


def test_splits_that_are_apart() -> None:
    train = about("train", item(0, texts=["hello"], picked=["apple red"]), item(1, picked=["apple"]))
    test = about("test", item(0, "espeak/en-us+m5/50", texts=["hello"], picked=["apple blue", "apple"]))
    assert found(train, test) == found(train, against=(test,)) == []


@pytest.mark.parametrize(
    ("shared", "reason"),
    [
        ({"picked": ["apple red"]}, "same words"),
        ({"texts": [LONG]}, "same long text"),
        ({"texts": ["what time is it now please"]}, "same text"),
        ({"id": "call-7"}, "same seed"),
    ],
)
def test_what_two_splits_share_is_found(shared: dict[str, Any], reason: str) -> None:
    turned = {"picked": ["red apple"]} if "picked" in shared else shared
    train, test = about("train", item(0, **shared)), about("test", item(5, "espeak/en+m5/1", **turned))
    assert found(train, test) == found(train, against=(test,)) == [reason]


def test_the_same_speaker_at_another_pitch_is_the_same_speaker() -> None:
    train = about("train", item(0, "kokoro/af_bella*0.89"), item(1, "espeak/en-us+m3/50-50-170"))
    test = about("test", item(0, "kokoro/af_bella+bm_lewis*1.00"), item(1, "x/1", others=["espeak/en+m3/40-40-150"]))
    assert found(train, test) == ["same speaker"] * 2


def test_sessions_that_are_there_twice() -> None:
    assert found(about("train", item(3)), about("train", item(3))) == ["same session"]
    old = {"split": "train", "sessions": 4, "seeds": [0, 4]}
    assert found(old) == ["nothing known"]
    assert found(old, about("train", item(3))) == ["same session", "nothing known"]
    assert found(old, against=(about("train", item(2, "x/1")),)) == ["nothing known", "same seed"]


def test_held_out_voices_and_unknown_licences() -> None:
    assert found(about("train", item(0, "flite/slt"))) == ["held-out voice"]
    assert found(about("train", item(0, "x/1", others=["kokoro/bm_daniel*1.00"]))) == ["held-out voice"]
    assert found(about("unseen", item(0, "flite/slt"))) == []
    row = {"source": "tape", "licence": "unknown", "seconds": 1}
    assert found(about("train", item(0, provenance=[row]))) == ["unknown licence"]


def test_imported_items_may_know_little() -> None:
    bare = {"seconds": 3.0, "voice": None}
    assert (
        found(about("train", bare, bare), about("test", bare, {"id": "b", "voice": "unknown"}, item(0, "unknown")))
        == []
    )


def test_many_leaks_are_counted_beyond_the_examples() -> None:
    items = [item(n) for n in range(100)]
    listed = list(leaks(contents([about("train", *items), about("train", *items)])))
    assert len(listed) == EXAMPLES + 1 and sum(finding.count for finding in listed) == 100


def test_made_splits_share_no_drawn_words() -> None:
    scenes = {
        split: [scene(seed, "repeat", "nth_word", split=split) for seed in range(25)] for split in ("train", "test")
    }
    train, test = (about(split, *map(item_of, made)) for split, made in scenes.items())
    assert [reason for reason in found(train, test) if reason != "same speaker"] == ["unknown licence"] * 2
    assert contents([train])[0].picks and contents([test])[0].picks
