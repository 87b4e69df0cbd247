"""Orders in the model's notes."""

import pytest

from microturn.protocol.notes import Order, orders


@pytest.mark.parametrize(
    ("note", "wanted"),
    [
        ("delegate the weather", [Order("delegate", "the weather")]),
        ("cancel", [Order("cancel", "")]),
        ("three two one", [Order("three", "two one")]),
        ("cancel this delegate that", [Order("cancel", "this"), Order("delegate", "that")]),
        ("delegate cancel my lesson", [Order("delegate", "cancel my lesson")]),
        ("", []),
    ],
)
def test_orders(note: str, wanted: list[Order]) -> None:
    assert orders(note) == wanted
