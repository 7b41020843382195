"""A new AuthorizationKey whose fate is unknown: no charger is locked out by a lost answer."""

import asyncio
import base64

import pytest
from websockets.exceptions import InvalidStatus

from central.domain import chargers, key_change
from central.domain.charger_link import CommandOutcome
from central.domain.commands import list_commands
from central.domain.errors import ConflictError
from wire.frames import CallError, CallResult

NEW, NEWER = "ab" * 20, "cd" * 20


async def change_key(central, key=NEW):
    payload = {"key": "AuthorizationKey", "value": key}
    return asyncio.ensure_future((await central.link()).call("ChangeConfiguration", payload))


async def answer(charger, payload):
    call = await charger.receive()
    assert call.action == "ChangeConfiguration"
    await charger.send(CallResult(call.unique_id, payload))


async def is_right(central, key):
    try:
        charger = await central.open("CP1", key=key)
    except InvalidStatus:
        return False
    await charger.boot()
    return True


@pytest.fixture
async def old_key(central):
    return await central.add("CP1")


@pytest.fixture
async def charger(central, old_key):
    charger = await central.open("CP1", key=old_key)
    await charger.boot()
    return charger


async def test_without_an_answer_both_keys_are_right_until_the_new_one_is_used(start_central):
    central = await start_central(call_timeout_s=0.05)
    old_key = await central.add("CP1")
    charger = await central.open("CP1", key=old_key)
    await charger.boot()
    command = await change_key(central)
    assert (await command).outcome is CommandOutcome.TIMED_OUT
    assert await is_right(central, old_key)
    assert await is_right(central, NEW)
    assert not await is_right(central, old_key)
    assert await is_right(central, NEW)
    assert not await is_right(central, NEWER)


async def test_a_charger_that_takes_the_key_and_goes_without_answering_comes_back_with_it(
    central, charger, old_key
):
    command = await change_key(central)
    await charger.receive()
    await charger.websocket.close()
    assert (await command).outcome is CommandOutcome.OFFLINE
    assert await is_right(central, NEW)
    assert not await is_right(central, old_key)


async def test_until_the_reboot_that_it_needs_the_charger_may_use_the_old_key(
    central, charger, old_key
):
    command = await change_key(central)
    await answer(charger, {"status": "RebootRequired"})
    assert (await command).status == "RebootRequired"
    for _ in range(2):
        assert await is_right(central, old_key)
    assert await is_right(central, NEW)
    assert not await is_right(central, old_key)


async def test_the_new_key_is_right_before_the_answer_also_for_another_process(
    central, start_central, charger
):
    command = await change_key(central)
    await charger.receive()
    # As after a crash between the charger's answer and its being stored.
    another = await start_central(storage=central.storage)
    assert await is_right(another, NEW)
    command.cancel()


async def test_after_accepted_the_old_key_is_refused_and_nothing_is_pending(
    central, charger, old_key
):
    command = await change_key(central)
    await answer(charger, {"status": "Accepted"})
    await command
    assert not await is_right(central, old_key)
    assert await central.storage.read(key_change.list_pending_keys, "CP1") == []
    assert await is_right(central, NEW)


@pytest.mark.parametrize("status", ["Rejected", "NotSupported"])
async def test_a_key_that_was_declined_is_never_right(central, charger, old_key, status):
    command = await change_key(central)
    await answer(charger, {"status": status})
    await command
    assert not await is_right(central, NEW)
    assert await is_right(central, old_key)


async def test_declining_a_second_key_leaves_the_first_that_may_have_been_taken(
    central, charger, old_key
):
    command = await change_key(central)
    await answer(charger, {"status": "RebootRequired"})
    await command
    command = await change_key(central, NEWER)
    await answer(charger, {"status": "Rejected"})
    await command
    assert not await is_right(central, NEWER)
    assert await is_right(central, old_key)
    assert await is_right(central, NEW)


async def test_an_error_as_answer_leaves_both_keys(central, charger, old_key):
    command = await change_key(central)
    call = await charger.receive()
    await charger.send(CallError(call.unique_id, "InternalError", "who knows"))
    assert (await command).outcome is CommandOutcome.REFUSED
    assert await is_right(central, old_key)
    assert await is_right(central, NEW)


async def test_the_first_key_of_a_charger_without_one_may_be_pending_too(start_central):
    central = await start_central(min_security_profile=0)
    await central.add("CP1", with_key=False)
    charger = await central.open("CP1")
    await charger.boot()
    command = await change_key(central)
    await charger.receive()
    await charger.websocket.close()
    await command
    await central.open("CP1")
    await central.open("CP1", key=NEWER)
    assert await is_right(central, NEW)
    with pytest.raises(InvalidStatus):
        await central.open("CP1")


async def send_unanswered(central, charger, key):
    """Change the key on a socket that ends without an answer; nobody knows what came of it."""
    command = await change_key(central, key)
    await charger.receive()
    await charger.websocket.close()
    assert (await command).outcome is CommandOutcome.OFFLINE


async def reconnect(central, key):
    charger = await central.open("CP1", key=key)
    await charger.boot()
    return charger


@pytest.mark.parametrize("taken", [NEW, NEWER])
async def test_of_two_changes_without_an_answer_the_charger_may_have_taken_either(
    central, charger, old_key, taken
):
    await send_unanswered(central, charger, NEW)
    await send_unanswered(central, await reconnect(central, old_key), NEWER)
    assert await is_right(central, old_key)
    assert await is_right(central, taken)
    assert not await is_right(central, old_key)
    assert await is_right(central, taken)


async def test_a_charger_that_uses_a_key_has_left_those_sent_before_it(central, charger, old_key):
    await send_unanswered(central, charger, NEW)
    await send_unanswered(central, await reconnect(central, old_key), NEWER)
    assert await is_right(central, NEWER)
    assert not await is_right(central, NEW)


async def test_a_key_sent_later_may_still_come_into_force_after_a_reboot(central, charger, old_key):
    await send_unanswered(central, charger, NEW)
    charger = await reconnect(central, old_key)
    command = await change_key(central, NEWER)
    await answer(charger, {"status": "RebootRequired"})
    await command
    assert await is_right(central, NEW)
    assert not await is_right(central, old_key)
    assert await is_right(central, NEWER)
    assert not await is_right(central, NEW)


async def test_an_accepted_key_settles_every_one_before_it(central, charger, old_key):
    await send_unanswered(central, charger, NEW)
    charger = await reconnect(central, old_key)
    command = await change_key(central, NEWER)
    await answer(charger, {"status": "Accepted"})
    await command
    assert not await is_right(central, old_key)
    assert not await is_right(central, NEW)
    assert await is_right(central, NEWER)


async def test_a_pending_key_that_is_sent_again_and_declined_may_have_been_taken_before(
    central, charger, old_key
):
    await send_unanswered(central, charger, NEW)
    charger = await reconnect(central, old_key)
    command = await change_key(central, NEW)
    await answer(charger, {"status": "Rejected"})
    await command
    assert await is_right(central, NEW)


async def test_so_many_keys_may_be_pending_and_no_more_and_one_of_them_may_be_sent_again(
    central, charger, old_key
):
    keys = [f"{number:02x}" * 20 for number in range(key_change.MOST_PENDING)]
    for key in keys:
        await send_unanswered(central, charger, key)
        charger = await reconnect(central, old_key)
    with pytest.raises(ConflictError, match="CP1"):
        await (await change_key(central, NEWER))
    assert charger.websocket.close_code is None
    recorded = await central.storage.read(list_commands)
    assert len(recorded) == len(keys), "what was not sent is not recorded as sent"
    await send_unanswered(central, charger, keys[0])
    assert await is_right(central, keys[1])
    assert await is_right(central, keys[0])
    assert not await is_right(central, keys[1])


async def test_a_key_that_is_pending_no_more_is_not_confirmed(central, old_key):
    storage = central.storage
    await storage.write(key_change.offer_key, "CP1", "one")
    await storage.write(key_change.offer_key, "CP1", "two")
    await storage.write(key_change.withdraw_key, "CP1", "one")
    assert not await storage.write(key_change.confirm_key, "CP1", "one")
    assert await storage.write(key_change.confirm_key, "CP1", "two")
    assert await storage.write(key_change.confirm_key, "CP1", "two"), "as two sockets at once do"
    await storage.write(key_change.offer_key, "CP1", "three")
    await storage.write(chargers.delete_charger, "CP1")
    assert not await storage.write(key_change.confirm_key, "CP1", "two")
    assert await storage.read(key_change.list_pending_keys, "CP1") == []


def credentials(password):
    pair = base64.b64encode(b"CP1:" + password).decode()
    return {"Authorization": f"Basic {pair}"}


TEXT = "a text of 20 letters"


@pytest.mark.parametrize(
    ("sent", "password", "status"),
    [
        (NEW, bytes.fromhex(NEW), "RebootRequired"),
        (NEW, NEW.upper().encode(), "RebootRequired"),
        (NEW, NEW.encode(), "Accepted"),
        (TEXT, TEXT.encode().hex().encode(), "RebootRequired"),
        (TEXT.encode().hex(), TEXT.encode(), "RebootRequired"),
    ],
)
async def test_a_new_key_is_right_in_either_form_and_ends_the_old_one(
    central, charger, old_key, sent, password, status
):
    command = await change_key(central, sent)
    await answer(charger, {"status": status})
    await command
    assert await is_right(central, old_key) is (status == "RebootRequired")
    await central.open("CP1", headers=credentials(password))
    assert not await is_right(central, old_key)
    assert await central.storage.read(key_change.list_pending_keys, "CP1") == []
    await central.open("CP1", headers=credentials(password))
