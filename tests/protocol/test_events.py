"""The glossary stays small, frozen and complete."""

from dataclasses import FrozenInstanceError, fields
from typing import get_args

import pytest

from microturn.protocol.events import EVENT_TYPES, Event


def test_fewer_than_twenty_events_all_with_a_time() -> None:
    assert len(EVENT_TYPES) < 20
    assert all(fields(kind)[0].name == "at_ms" for kind in EVENT_TYPES.values())


def test_the_table_holds_every_event() -> None:
    assert set(EVENT_TYPES.values()) == set(get_args(Event))


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_events_are_frozen(name: str) -> None:
    blank = object.__new__(EVENT_TYPES[name])
    with pytest.raises(FrozenInstanceError):
        setattr(blank, fields(blank)[0].name, 1)
