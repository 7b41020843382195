"""Answers that come after their time was over: they count as if they had come in time."""

import asyncio

import pytest
from websockets.exceptions import InvalidStatus

from central.domain import (
    charger_profiles,
    chargers,
    commands,
    key_change,
    local_lists,
    reservations,
)
from central.domain.charger_link import CommandOutcome
from wire.frames import CallError, CallResult

ACCEPTED = {"status": "Accepted"}
REJECTED = {"status": "Rejected"}
NEW = "ab" * 20
KEY = {"key": "AuthorizationKey", "value": NEW}
PROFILE = {
    "chargingProfileId": 1,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Absolute",
    "chargingSchedule": {
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16.0}],
    },
}
RESERVE = {
    "connectorId": 1,
    "expiryDate": "2026-06-01T13:00:00Z",
    "idTag": "TAG",
    "reservationId": 1,
}


def tags(version, *names):
    entries = [{"idTag": name, "idTagInfo": ACCEPTED} for name in names]
    return {"listVersion": version, "updateType": "Full", "localAuthorizationList": entries}


@pytest.fixture
async def central(start_central):
    return await start_central(call_timeout_s=0.05)


@pytest.fixture
async def old_key(central):
    return await central.add("CP1")


@pytest.fixture
async def charger(central, old_key):
    charger = await central.open("CP1", key=old_key)
    await charger.boot()
    return charger


async def unanswered(central, charger, action, payload):
    """Send a command that is not answered in time; gives what to answer it with."""
    command = asyncio.ensure_future((await central.link()).call(action, payload))
    call = await charger.receive()
    assert call.action == action
    result = await command
    assert result.outcome is CommandOutcome.TIMED_OUT
    kept = await central.storage.read(commands.get_command, result.command_id)
    assert kept.outcome == "timed_out"

    async def answer(payload):
        frame = (
            CallError(call.unique_id, payload, "")
            if isinstance(payload, str)
            else CallResult(call.unique_id, payload)
        )
        await charger.send(frame)
        # An answer is not answered, so nothing tells when it was taken.
        async with asyncio.timeout(20):
            while (kept := await read()).outcome == "timed_out":  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        return kept

    async def read():
        return await central.storage.read(commands.get_command, result.command_id)

    return answer


async def test_the_record_says_late_and_keeps_the_answer(central, charger):
    answer = await unanswered(central, charger, "ClearCache", {})
    kept = await answer(ACCEPTED)
    assert (kept.outcome, kept.response) == ("late", ACCEPTED)
    assert kept.latency_us > 49_000  # the event loop's timers have whole milliseconds


async def test_a_late_error_is_on_record_too(central, charger):
    kept = await (await unanswered(central, charger, "ReserveNow", RESERVE))("InternalError")
    assert kept.outcome == "late"
    assert kept.response == {"code": "InternalError", "description": ""}
    assert await central.storage.read(reservations.list_reservations) == []


async def test_what_was_put_into_the_charger_is_known_after_all(central, charger):
    for action, payload in (
        ("SendLocalList", tags(3, "A")),
        ("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": PROFILE}),
        ("ReserveNow", RESERVE),
    ):
        await (await unanswered(central, charger, action, payload))(ACCEPTED)
    known = await central.storage.read(local_lists.find_local_list, "CP1")
    assert (known.version, [entry["idTag"] for entry in known.entries]) == (3, ["A"])
    [profile] = await central.storage.read(charger_profiles.list_profiles, "CP1")
    assert profile.profile == PROFILE
    [reservation] = await central.storage.read(reservations.list_reservations)
    assert reservation.status == "accepted"


async def test_what_the_charger_refused_late_is_not_known_of_it(central, charger):
    answer = await unanswered(central, charger, "SendLocalList", tags(3, "A"))
    await answer({"status": "Failed"})
    assert await central.storage.read(local_lists.find_local_list, "CP1") is None


async def test_a_late_answer_against_the_schema_has_no_effect(central, charger):
    answer = await unanswered(central, charger, "SendLocalList", tags(3, "A"))
    kept = await answer({"status": "Sure"})
    assert kept.response["description"].startswith("status: ")
    assert await central.storage.read(local_lists.find_local_list, "CP1") is None


async def test_a_late_answer_takes_nothing_back_that_was_answered_since(central, charger):
    answer = await unanswered(central, charger, "SendLocalList", tags(3, "A"))
    link = await central.link()
    # The first call had to run out of time soon; this one has all the time of a busy machine.
    link._outgoing._timeout_s = 60
    command = asyncio.ensure_future(link.call("SendLocalList", tags(4, "B")))
    await charger.send(CallResult((await charger.receive()).unique_id, ACCEPTED))
    assert (await command).status == "Accepted"
    assert (await answer(ACCEPTED)).outcome == "late"
    known = await central.storage.read(local_lists.find_local_list, "CP1")
    assert (known.version, [entry["idTag"] for entry in known.entries]) == (4, ["B"])


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_of_two_late_answers_that_to_the_later_command_holds(central, charger, order):
    answers = [
        await unanswered(central, charger, "SendLocalList", tags(version, "A"))
        for version in (1, 2)
    ]
    for place in order:
        assert (await answers[place](ACCEPTED)).outcome == "late"
    known = await central.storage.read(local_lists.find_local_list, "CP1")
    assert known.version == 2


async def is_right(central, key):
    try:
        await central.open("CP1", key=key)
    except InvalidStatus:
        return False
    return True


async def until_decided(central):
    """Wait until no key is pending: an answer is not answered, so nothing tells when it is."""
    async with asyncio.timeout(20):
        while await central.storage.read(key_change.list_pending_keys, "CP1"):  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def test_a_key_that_was_taken_late_is_the_key(central, charger, old_key):
    await (await unanswered(central, charger, "ChangeConfiguration", KEY))(ACCEPTED)
    await until_decided(central)
    assert not await is_right(central, old_key)
    assert await is_right(central, NEW)


async def test_a_key_that_was_declined_late_is_none(central, charger, old_key):
    await (await unanswered(central, charger, "ChangeConfiguration", KEY))(REJECTED)
    await until_decided(central)
    assert not await is_right(central, NEW)
    assert await is_right(central, old_key)


async def test_a_profile_that_was_declined_late_is_ordered_no_more(start_central):
    central = await start_central(
        call_timeout_s=0.05, min_security_profile=0, highest_security_profile=2
    )
    charger = await central.charger()
    order = {"key": "SecurityProfile", "value": "2"}
    answer = await unanswered(central, charger, "ChangeConfiguration", order)
    assert (await central.storage.read(chargers.get_charger, "CP1")).ordered_security_profile == 2
    await answer(REJECTED)
    async with asyncio.timeout(20):
        # As in `until_decided`: nothing tells when what the answer means has been written.
        while (  # noqa: ASYNC110
            await central.storage.read(chargers.get_charger, "CP1")
        ).ordered_security_profile is not None:
            await asyncio.sleep(0.005)


async def test_an_answer_on_the_next_connection_answers_no_call_there(start_central):
    central = await start_central()
    key = await central.add("CP1")
    before = await central.open("CP1", key=key)
    await before.boot()
    lost = asyncio.ensure_future((await central.link()).call("ClearCache", {}))
    asked_before = await before.receive()
    charger = await central.open("CP1", key=key)
    await charger.call("Heartbeat", {})
    assert (await lost).outcome is CommandOutcome.OFFLINE
    command = asyncio.ensure_future((await central.link()).call("ClearCache", {}))
    asked = await charger.receive()
    await charger.send(CallResult(asked_before.unique_id, REJECTED))
    await charger.send(CallResult(asked.unique_id, ACCEPTED))
    assert (await command).status == "Accepted"
