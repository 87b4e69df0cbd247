"""Texts: whole where they fit, over several ticks where they do not, always under their tag."""

import pytest

from microturn.features.text import Tag
from microturn.features.texts import TextQueue
from microturn.protocol.events import Channel


def queue(*texts: tuple[Channel, list[int]], per_tick: int = 6) -> TextQueue:
    waiting = TextQueue(per_tick)
    for channel, ids in texts:
        waiting.put(channel, ids)
    return waiting


def test_texts_that_fit_are_read_together_in_order() -> None:
    waiting = queue((Channel.THINKING, [900]), (Channel.COMMENTARY, [901, 902, 903]))
    assert len(waiting) == 6
    assert waiting.take() == (Tag.THINKING, 900, Tag.COMMENTARY, 901, 902, 903)
    assert waiting.take() == () and len(waiting) == 0


def test_a_text_that_does_not_fit_beside_another_waits_whole() -> None:
    waiting = queue((Channel.THINKING, [900, 901]), (Channel.COMMENTARY, [902, 903, 904]), (Channel.USER, [905]))
    assert waiting.take() == (Tag.THINKING, 900, 901)
    assert waiting.take() == (Tag.COMMENTARY, 902, 903, 904, Tag.TYPED, 905)


def test_a_text_longer_than_a_tick_goes_on_under_its_tag() -> None:
    waiting = queue((Channel.INSTRUCTIONS, list(range(900, 907))))
    assert waiting.take() == (Tag.INSTRUCTIONS, 900, 901, 902, 903, 904)
    assert waiting.take() == (Tag.INSTRUCTIONS, 905, 906)


def test_a_tick_too_small_for_a_token_is_refused() -> None:
    with pytest.raises(ValueError, match="at least a tag and a token"):
        TextQueue(1)
