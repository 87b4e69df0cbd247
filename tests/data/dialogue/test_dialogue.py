"""Dialogues are timed like people's, the model's part keeps every promise of the stage, and a seed decides all."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from microturn.data.dialogue.dialogue import DialogueConfig, make_dialogue
from microturn.data.dialogue.gaps import Gaps, compute_gaps, histogram, jsd
from microturn.data.dialogue.timing import TARGET, Manner
from microturn.data.scene import CLEAN
from microturn.data.script import reply_tick
from microturn.protocol.events import Channel, Clear
from microturn.protocol.timeline import Timeline
from tests.data.dialogue.beeps import CAST, write_texts

SEEDS = range(8)


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_texts(tmp_path_factory.mktemp("texts") / "mine.jsonl")


def played(texts: str, seed: int, **options: object) -> Timeline:
    config = DialogueConfig(sources=(texts,), **options)  # pyright: ignore[reportArgumentType]
    return make_dialogue(seed, config, who=CAST, setting=CLEAN)


@pytest.mark.parametrize(("manner", "widest", "mine"), [(Manner.RESPONSIVE, 0.15, 0.05), (Manner.HUMAN, 0.03, 0.05)])
def test_the_gaps_are_those_of_people(texts: str, manner: Manner, widest: float, mine: float) -> None:
    gaps = sum((compute_gaps(played(texts, seed, manner=manner)) for seed in range(56)), Gaps())
    assert len(gaps.transfers) >= 500
    assert jsd(histogram(gaps.offsets_ms()), TARGET) < widest
    assert jsd(histogram(gaps.offsets_ms("user")), TARGET) < mine
    assert 0.08 < gaps.backchannel_share < 0.3
    assert 0.1 < gaps.overlap_share < 0.4


def test_a_responsive_model_answers_in_the_first_tick_that_can_know(texts: str) -> None:
    for seed in SEEDS:
        scene = played(texts, seed)
        says = {word.at_ms for word in scene.words(Channel.SAY)}
        answers = [span for span in scene.spans("expect") if span.data["task"] == "dialogue"]
        assert answers
        for span in answers:
            at_ms = span.at_ms + 200
            assert at_ms in says
            assert 0 <= at_ms - 200 * reply_tick(span.data["request_end_ms"]) <= 1000  # later only after a murmur
        on_time = [span.at_ms + 200 == 200 * reply_tick(span.data["request_end_ms"]) for span in answers]
        assert np.mean(on_time) > 0.8


@pytest.mark.parametrize("manner", Manner)
def test_the_oracle_meets_every_expectation_and_breaks_no_silence(texts: str, manner: Manner) -> None:
    yielded = kept = 0
    for seed in range(20):
        scene = played(texts, seed, manner=manner)
        says = scene.words(Channel.SAY)
        assert all(one.until_ms <= two.at_ms for one, two in itertools.pairwise(says))
        assert all(0 <= w.at_ms and w.until_ms <= scene.duration_ms for w in (*says, *scene.words(Channel.HEARD)))
        for wish in scene.spans("expect"):
            assert wish.text.split()[0] in [w.text for w in says if wish.at_ms <= w.at_ms <= wish.until_ms], (
                seed,
                wish,
            )
        for hush in scene.spans("quiet"):
            assert not [w for w in says if hush.at_ms < w.at_ms < hush.until_ms], (seed, hush)
        for hold in scene.spans("keep"):
            assert any(w.at_ms <= hold.at_ms < w.until_ms + 200 for w in says), (seed, hold)
            kept += 1
        clears = [event.at_ms for event in scene.events if isinstance(event, Clear)]
        for burst in scene.spans("interrupt"):
            assert any(burst.at_ms < at_ms <= burst.data["clear_by_ms"] for at_ms in clears), (seed, burst)
            yielded += 1
        assert len(clears) == len(scene.spans("interrupt"))
    assert yielded >= 3 and kept >= 5


def test_words_are_those_of_the_texts_in_order(texts: str) -> None:
    scene = played(texts, 3)
    extra = {"um", "uh", "mm", "hmm", "yeah", "right"}
    heard = [word.text for word in scene.words(Channel.HEARD) if word.text not in extra]
    told = " ".join(text for part in scene.meta["dialogues"] for text in part["texts"]).split()
    remaining = iter(heard)  # a false start may say a word twice
    assert all(word in remaining for word in told) and len(heard) - len(told) < 0.1 * len(told) + 6
    assert scene.meta["acts"] == ["dialogue"] * len(scene.meta["dialogues"])
    row = scene.meta["provenance"][-1]
    assert (row["source"], row["licence"]) == ("text: made up", "CC0-1.0") and row["seconds"] > 5


@pytest.mark.parametrize("max_ticks", [100, 150, 448])
def test_a_dialogue_is_cut_after_a_turn_of_the_model(texts: str, max_ticks: int) -> None:
    for seed in SEEDS:
        scene = played(texts, seed, max_ticks=max_ticks)
        assert scene.ticks <= max_ticks
        last_heard, last_said = scene.words(Channel.HEARD)[-1], scene.words(Channel.SAY)[-1]
        assert last_said.at_ms > last_heard.at_ms or last_heard.text in ("hmm", "yeah", "right")
        assert scene.duration_ms - last_said.until_ms >= 1000


def test_the_same_seed_gives_the_same_dialogue(texts: str) -> None:
    one, two, other = played(texts, 5), played(texts, 5), played(texts, 6)
    assert one.events == two.events and one.meta == two.meta and one.events != other.events
    for channel in one.audio:
        np.testing.assert_array_equal(one.audio[channel].samples, two.audio[channel].samples)
    train, test = (
        {p["id"] for s in SEEDS for p in played(texts, s, split=x).meta["dialogues"]} for x in ("train", "test")
    )
    assert train and test and not train & test


def test_what_cannot_be_said_is_left_out_and_named(tmp_path: Path) -> None:
    good = [["user", "Hello there."], ["bot", "Hello."], ["user", "Say xyzzy."], ["bot", "No."]]
    (tmp_path / "some.jsonl").write_text(json.dumps(good))
    scene = played(str(tmp_path / "some.jsonl"), 1, seconds=12)
    assert {part["texts"][0] for part in scene.meta["dialogues"]} == {"hello there"}
    assert scene.meta["skipped"][0] == {"id": "some/1", "reason": "nobody can say xyzzy"}
    assert "xyzzy" not in [word.text for word in scene.words(Channel.HEARD)]
    (tmp_path / "none.jsonl").write_text(json.dumps(good[2:]))
    with pytest.raises(ValueError, match="no dialogue fits into 448 ticks .*xyzzy"):
        played(str(tmp_path / "none.jsonl"), 1)


def test_a_config_is_checked() -> None:
    with pytest.raises(ValueError, match="at least one text"):
        DialogueConfig(sources=())
    with pytest.raises(ValueError, match="^sessions must be positive, got 0; seconds must be positive, got nan$"):
        DialogueConfig(sources=("x",), sessions=0, seconds=float("nan"))
