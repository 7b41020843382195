"""While answers are late, chargers wait at the door, and are let in by how fast work ends."""

import asyncio
import contextlib

import pytest
from websockets.exceptions import InvalidStatus

from central.domain.errors import BusyError
from central.ocpp.waiting_room import RETRY_AFTER_S, WaitingRoom

LEAST = 3
PATIENCE_S = 20.0


class Seconds:
    """A clock that a test moves."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def seconds():
    return Seconds()


@pytest.fixture
def room(seconds):
    return WaitingRoom(answer_s=0.5, least=LEAST, clock=seconds)


class Guest:
    """Somebody who comes to the door, and stays inside until it is told to leave."""

    def __init__(self, room, patience_s=PATIENCE_S):
        self.is_inside = False
        self._may_leave = asyncio.Event()
        self.task = asyncio.create_task(self._visit(room, patience_s))

    async def _visit(self, room, patience_s):
        async with room.entered(patience_s):
            self.is_inside = True
            await self._may_leave.wait()

    async def leave(self):
        self._may_leave.set()
        await self.task


async def turns():
    """Let everything run that can."""
    for _ in range(10):
        await asyncio.sleep(0)


def fill(room, count=LEAST):
    for _ in range(count):
        room.begin()


async def test_few_works_hold_up_nobody_however_long_they_take(room, seconds):
    fill(room, LEAST - 1)
    seconds.now += 1_000
    guest = Guest(room)
    await turns()
    assert guest.is_inside
    await guest.leave()


async def look(room, seconds):
    """Let time pass until what ended counts no more, and let in those for whom there is room."""
    for _ in range(2):
        seconds.now += 1
        room.let_in()
    await turns()


async def test_who_waits_is_let_in_as_works_end_first_come_first_served(room, seconds):
    fill(room)
    guests = [Guest(room) for _ in range(4)]
    await look(room, seconds)
    assert [guest.is_inside for guest in guests] == [False] * 4
    assert room.waiting == 4
    room.end()
    await look(room, seconds)
    assert [guest.is_inside for guest in guests] == [True, False, False, False]
    # The work of one that was let in counts like any other.
    await guests[0].leave()
    await look(room, seconds)
    assert [guest.is_inside for guest in guests[1:]] == [True, False, False]
    room.end()
    room.end()
    await look(room, seconds)
    assert all(guest.is_inside for guest in guests)
    for guest in guests[1:]:
        await guest.leave()
    assert (room.under_way, room.waiting) == (0, 0)


async def test_who_was_answered_a_moment_ago_is_expected_to_say_more(room, seconds):
    fill(room, 2 * LEAST)
    guest = Guest(room)
    await turns()
    for _ in range(2 * LEAST):
        room.end()
    room.let_in()
    await turns()
    assert not guest.is_inside
    await look(room, seconds)
    assert guest.is_inside
    await guest.leave()


@pytest.mark.parametrize(("under_way", "may_enter"), [(90, True), (110, False)])
async def test_where_works_end_fast_more_of_them_may_be_under_way(
    room, seconds, under_way, may_enter
):
    fill(room, under_way)
    guest = Guest(room)
    await turns()
    # 400 end in a second, so that there may be 200 in half a second: those under way, and the
    # 100 of the last quarter.
    for _ in range(20):
        fill(room, 100)
        for _ in range(100):
            room.end()
        seconds.now += 0.25
        room.let_in()
    await turns()
    assert guest.is_inside == may_enter
    for _ in range(under_way):
        room.end()
    await look(room, seconds)
    await guest.leave()


async def test_who_has_waited_too_long_is_sent_away_and_takes_nobodys_place(room, seconds):
    fill(room)
    impatient = Guest(room, patience_s=0)
    patient = Guest(room)
    with pytest.raises(BusyError) as refused:
        await impatient.task
    assert refused.value.retry_after_s == RETRY_AFTER_S
    assert room.waiting == 1
    room.end()
    await look(room, seconds)
    assert patient.is_inside
    await patient.leave()
    assert room.under_way == LEAST - 1


async def test_one_that_is_cancelled_as_it_is_let_in_gives_its_place_to_the_next(room, seconds):
    fill(room)
    first, second = Guest(room), Guest(room)
    await turns()
    room.end()
    seconds.now += 1
    room.let_in()
    first.task.cancel()
    await turns()
    await look(room, seconds)
    assert first.task.cancelled()
    assert second.is_inside
    await second.leave()
    assert room.under_way == LEAST - 1


async def test_the_log_says_once_a_minute_that_chargers_wait(room, seconds, logged):
    fill(room)
    guests = [Guest(room) for _ in range(3)]
    await turns()
    room.let_in()
    assert logged == [], "a moment is nothing to be told of"
    for _ in range(3):
        seconds.now += 1
        room.let_in()
    assert [line["works_under_way"] for line in logged] == [LEAST]
    seconds.now += 60
    room.let_in()
    assert len(logged) == 2
    room.close()
    await asyncio.gather(*(guest.task for guest in guests), return_exceptions=True)


async def test_at_the_end_all_are_sent_away(room):
    fill(room)
    waiting = Guest(room)
    await turns()
    room.close()
    late = Guest(room)
    for guest in (waiting, late):
        with pytest.raises(BusyError, match="ending"):
            await guest.task
    assert room.waiting == 0


# On a real server, whose disk stalls.


@pytest.fixture
async def crowded(start_central):
    """A server that lets nobody in while one call is unanswered, and whose disk stands still."""
    room = WaitingRoom(least=1, answer_s=0)
    return await start_central(waiting_room=room)


def report(status="Available"):
    return {"connectorId": 1, "errorCode": "NoError", "status": status}


async def test_while_calls_are_unanswered_a_charger_waits_before_the_upgrade(
    crowded, stall, until, logged
):
    inside = await crowded.charger("CP1")
    key = await crowded.add("CP2")
    await stall.writer(crowded.storage)
    answer = asyncio.create_task(inside.call("StatusNotification", report()))
    room = crowded.services.waiting_room
    await until(lambda: room.under_way == 1)
    coming = asyncio.create_task(crowded.open("CP2", key=key))
    await until(lambda: room.waiting == 1)
    # Nothing of it has been looked at: a reader would have told who it is.
    assert crowded.registry.connected() == ["CP1"]
    stall.release()
    await answer
    outside = await coming
    await outside.boot()
    assert room.under_way == 0
    assert not [line for line in logged if line["event"] == "charger refused"]


async def test_a_charger_comes_in_again_whose_own_dead_socket_has_the_unanswered_call(
    crowded, stall, until
):
    key = await crowded.add("CP1")
    dead = await crowded.open("CP1", key=key)
    await dead.boot()
    await stall.writer(crowded.storage)
    await dead.send(
        '[2,"1","StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Available"}]'
    )
    room = crowded.services.waiting_room
    await until(lambda: room.under_way == 1)
    dead.websocket.transport.abort()
    coming = asyncio.create_task(crowded.open("CP1", key=key))
    await until(lambda: room.waiting == 1)
    stall.release()
    again = await coming
    await again.ask("StatusNotification", report("Faulted"))
    assert crowded.registry.connected() == ["CP1"]
    await until(lambda: room.under_way == 0)


async def test_a_charger_that_has_waited_too_long_gets_503_and_when_to_come_again(
    start_central, stall, until, logged
):
    central = await start_central(
        waiting_room=WaitingRoom(least=1, answer_s=0), longest_wait_s=0.01
    )
    inside = await central.charger("CP1")
    key = await central.add("CP2")
    await stall.writer(central.storage)
    answer = asyncio.create_task(inside.call("StatusNotification", report()))
    await until(lambda: central.services.waiting_room.under_way == 1)
    with pytest.raises(InvalidStatus) as refused:
        await central.open("CP2", key=key)
    assert refused.value.response.status_code == 503
    assert refused.value.response.headers["Retry-After"] == str(RETRY_AFTER_S)
    [line] = [line for line in logged if line["event"] == "charger refused"]
    assert line["reason"] == "too much is waiting to be answered"
    stall.release()
    await answer


async def test_one_that_hangs_up_while_it_waits_is_not_looked_up(crowded, stall, until, logged):
    inside = await crowded.charger("CP1")
    key = await crowded.add("CP2")
    await stall.writer(crowded.storage)
    answer = asyncio.create_task(inside.call("StatusNotification", report()))
    room = crowded.services.waiting_room
    await until(lambda: room.under_way == 1)
    coming = asyncio.create_task(crowded.open("CP2", key=key))
    await until(lambda: room.waiting == 1)
    coming.cancel()
    await asyncio.wait([coming])
    stall.release()
    await answer
    await until(lambda: [line for line in logged if line["event"] == "charger refused"])
    [line] = [line for line in logged if line["event"] == "charger refused"]
    assert line["reason"] == "it hung up while it was kept waiting"
    assert room.under_way == 0


async def test_the_end_of_the_server_waits_for_nobody_at_the_door(start_central, stall, until):
    async with contextlib.AsyncExitStack() as stack:
        central = await start_central(within=stack, waiting_room=WaitingRoom(least=1, answer_s=0))
        room = central.services.waiting_room
        room.begin()
        key = await central.add("CP1")
        coming = asyncio.create_task(central.open("CP1", key=key))
        await until(lambda: room.waiting == 1)
    with pytest.raises(InvalidStatus) as refused:
        await coming
    assert refused.value.response.status_code == 503
