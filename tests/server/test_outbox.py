"""The outbox: every reader gets every message in order, a reader that falls behind is told, waiting works."""

import asyncio

import pytest

from microturn.server.outbox import Outbox, Overflow

pytestmark = pytest.mark.anyio


async def test_each_reader_gets_everything_in_order() -> None:
    outbox = Outbox()

    async def read() -> list[str]:
        return [await outbox.get(number) for number in range(50)]

    readers = [asyncio.create_task(read()) for _ in range(2)]
    for number in range(50):
        outbox.put(str(number))
        if number % 7 == 0:
            await asyncio.sleep(0)
    assert await asyncio.gather(*readers) == [[str(number) for number in range(50)]] * 2


async def test_what_is_forgotten_is_not_skipped_in_silence() -> None:
    outbox = Outbox(capacity=3)
    for number in range(5):
        outbox.put(str(number))
    assert [outbox.holds(number) for number in range(7)] == [False, False, True, True, True, True, False]
    assert await outbox.get(2) == "2"
    with pytest.raises(Overflow, match="1 messages"):
        await outbox.get(1)
