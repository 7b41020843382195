"""The queue between the reader and the worker of a connection."""

import asyncio

from central.ocpp.inbox import Inbox


async def test_items_come_out_in_the_order_in_which_they_went_in():
    inbox = Inbox[int](8)
    for number in range(5):
        await inbox.put(number)
    assert [await inbox.get() for _ in range(5)] == [0, 1, 2, 3, 4]


async def test_a_full_inbox_makes_its_reader_wait_until_there_is_room():
    inbox = Inbox[int](2)
    await inbox.put(1)
    await inbox.put(2)
    third = asyncio.ensure_future(inbox.put(3))
    await asyncio.sleep(0)
    assert not third.done()
    assert await inbox.get() == 1
    await third
    assert [await inbox.get(), await inbox.get()] == [2, 3]


async def test_an_empty_inbox_makes_its_worker_wait_for_an_item():
    inbox = Inbox[int](2)
    got = asyncio.ensure_future(inbox.get())
    await asyncio.sleep(0)
    assert not got.done()
    await inbox.put(7)
    assert await got == 7


async def test_what_is_inside_at_the_end_can_still_be_taken():
    inbox = Inbox[int](2)
    await inbox.put(1)
    inbox.end()
    assert await inbox.get() == 1
    assert await inbox.get() is None
    assert await inbox.get() is None


async def test_the_end_wakes_a_worker_that_waits():
    inbox = Inbox[int](2)
    got = asyncio.ensure_future(inbox.get())
    await asyncio.sleep(0)
    inbox.end()
    assert await got is None
