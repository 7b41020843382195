"""Keys that a charger may have taken, on each database: in order, bounded, settled by use."""

import asyncio

import pytest

from central.domain import chargers, key_change
from central.domain.errors import ConflictError, NotFoundError


@pytest.fixture
async def charger(storage, now):
    return await storage.write(chargers.add_charger, "CP1", now, key_hash="old")


async def offer(storage, *keys):
    for key in keys:
        await storage.write(key_change.offer_key, "CP1", key)


async def pending(storage):
    return await storage.read(key_change.list_pending_keys, "CP1")


async def current(storage):
    return (await storage.read(chargers.get_charger, "CP1")).key_hash


async def test_pending_keys_leave_the_old_one_and_stand_in_the_order_of_sending(storage, charger):
    await offer(storage, "one", "two", "one")
    assert await pending(storage) == ["one", "two"]
    assert await current(storage) == "old"


async def test_a_key_in_use_ends_those_before_it_and_leaves_those_after(storage, charger):
    await offer(storage, "one", "two", "three")
    assert await storage.write(key_change.confirm_key, "CP1", "two")
    assert (await current(storage), await pending(storage)) == ("two", ["three"])
    assert not await storage.write(key_change.confirm_key, "CP1", "one")


async def test_of_sockets_that_come_with_two_keys_at_once_one_order_holds(storage, charger):
    await offer(storage, "one", "two")
    right = await asyncio.gather(
        *(storage.write(key_change.confirm_key, "CP1", key) for key in ("two", "one") * 3)
    )
    assert (await current(storage), await pending(storage)) == ("two", [])
    assert all(right[::2])


async def test_they_are_bounded_and_none_is_forgotten_for_another(storage, charger):
    names = [f"key {number}" for number in range(key_change.MOST_PENDING)]
    await offer(storage, *names)
    with pytest.raises(ConflictError) as refused:
        await offer(storage, "one more")
    assert refused.value.how
    assert await pending(storage) == names[::-1]


async def test_a_charger_that_is_not_there_has_none(storage):
    with pytest.raises(NotFoundError):
        await offer(storage, "one")
    assert not await storage.write(key_change.confirm_key, "CP1", "one")
