"""transactionId -1: the open session of that connector, else one that is marked orphan."""

import asyncio
from datetime import timedelta

import pytest

from central.domain import unnumbered
from central.domain.errors import InvalidError
from central.domain.meter_values import list_readings
from central.domain.transactions import State


async def store(bench, *rows):
    return await bench.storage.write(unnumbered.store_meter_values, rows, bench.now)


async def test_values_belong_to_the_open_session_of_their_connector(bench):
    await bench.start(connector_id=2, id_tag="OTHER")
    started = await bench.start()
    assert await store(bench, bench.row(-1, 1200)) == started.transaction_id
    readings = await bench.storage.read(list_readings, "CP1")
    assert [reading.transaction_id for reading in readings] == [started.transaction_id]


async def test_values_without_a_session_open_one_that_is_an_orphan(bench):
    first = await store(bench, bench.row(-1, 1200))
    bench.later(minutes=1)
    second = await store(bench, bench.row(-1, 1300))
    session = await bench.session(first)
    assert first == second
    assert (session.orphan, session.state, session.meter_start_wh) == (True, State.OPEN, 1200)
    assert (session.connector_id, session.id_tag) == (1, "")
    assert await bench.violations() == ["NoStartTransaction"]


async def test_values_that_come_again_open_no_second_session(bench):
    rows = [bench.row(-1, 1200), bench.row(-1, 1200, context="Transaction.Begin")]
    numbers = await asyncio.gather(*(store(bench, *rows) for _ in range(6)))
    assert len(set(numbers)) == 1
    assert len(await bench.sessions()) == 1
    assert len(await bench.storage.read(list_readings, "CP1")) == 2


async def test_values_that_come_again_after_the_stop_go_to_the_session_of_their_time(bench):
    row = bench.row(-1, 1200)
    number = await store(bench, row)
    bench.later(hours=1)
    await bench.stop(-1)
    bench.later(hours=1)
    assert await store(bench, row) == number
    assert len(await bench.sessions()) == 1


async def test_a_stop_ends_the_orphan_that_its_values_opened(bench):
    number = await store(bench, bench.row(-1, 1200))
    await bench.start(connector_id=2)
    await bench.stop(-1, id_tag=bench.tag)
    session = await bench.session(number)
    assert (session.state, session.energy_wh) == (State.CLOSED, 2300)


async def test_a_stop_ends_the_one_open_session(bench):
    started = await bench.start()
    await bench.stop(-1)
    assert (await bench.session(started.transaction_id)).state == State.CLOSED


async def test_a_stop_among_several_open_sessions_is_told_by_its_tag(bench):
    ours = await bench.start()
    other = await bench.start(connector_id=2, id_tag="OTHER")
    await bench.stop(-1, id_tag=bench.tag.lower())
    assert (await bench.session(ours.transaction_id)).state == State.CLOSED
    assert (await bench.session(other.transaction_id)).state == State.OPEN


async def test_a_stop_that_fits_several_sessions_ends_none_of_them(bench):
    await bench.start()
    await bench.start(connector_id=2, id_tag="OTHER")
    await bench.stop(-1)
    sessions = await bench.sessions()
    assert [session.state for session in sessions] == [State.OPEN, State.OPEN, State.CLOSED]
    assert sessions[2].orphan


async def test_a_stop_without_a_session_opens_an_orphan_and_closes_it(bench):
    rows = [bench.row(-1, 3000, context="Transaction.Begin"), bench.row(-1, 3500)]
    info = await bench.stop(-1, id_tag=bench.tag, transaction_data=rows)
    (session,) = await bench.sessions()
    assert info.status == "Accepted"
    assert (session.orphan, session.state, session.energy_wh) == (True, State.CLOSED, 500)
    assert session.user_id == bench.user_id


async def test_a_stop_that_comes_again_is_answered_like_the_first(bench):
    answers = await asyncio.gather(*(bench.stop(-1, id_tag=bench.tag) for _ in range(6)))
    assert len({answer.status for answer in answers}) == 1
    assert len(await bench.sessions()) == 1


async def test_a_stop_that_comes_again_does_not_end_the_next_session(bench):
    stopped_at = bench.now
    await bench.start()
    await bench.stop(-1)
    bench.later(hours=1)
    young = await bench.start(meter_start_wh=3500)
    await bench.stop(-1, timestamp=stopped_at)
    assert (await bench.session(young.transaction_id)).state == State.OPEN


async def test_a_stop_below_the_register_of_the_open_session_is_not_its_stop(bench):
    young = await bench.start(meter_start_wh=9000)
    await bench.stop(-1, meter_stop_wh=8000)
    assert (await bench.session(young.transaction_id)).state == State.OPEN


async def test_an_orphan_by_a_clock_that_is_off_began_when_it_arrived(bench):
    wrong = bench.now - timedelta(days=9000)
    number = await store(bench, bench.row(-1, 1200, timestamp=wrong))
    assert (await bench.session(number)).started_at == bench.now


async def test_values_of_a_connector_that_cannot_be_are_refused(bench):
    with pytest.raises(InvalidError):
        await store(bench, bench.row(-1, 1200, connector_id=70_000))
    assert await bench.sessions() == []
