"""StopTransaction: the second is answered like the first, and no stop is ever refused."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from central.domain import id_tags, statistics
from central.domain.errors import InvalidError
from central.domain.meter_values import list_readings
from central.domain.statistics import Counter
from central.domain.transactions import State
from central.models import orphan_stops


async def orphans(bench):
    rows = await bench.storage.read(lambda conn: conn.execute(select(orphan_stops)).all())
    return [(row.charge_point_id, row.transaction_id, row.meter_stop_wh) for row in rows]


async def test_a_stop_closes_its_session_with_energy_and_cost(bench):
    started = await bench.start()
    ended = bench.later(hours=1)
    info = await bench.stop(started.transaction_id, id_tag=bench.tag, reason="EVDisconnected")
    session = await bench.session(started.transaction_id)
    assert info.status == "Accepted"
    assert (session.state, session.stopped_at, session.energy_wh) == (State.CLOSED, ended, 2500)
    assert (session.stop_reason, session.stop_id_tag) == ("EVDisconnected", bench.tag)
    assert session.cost_minor == 100
    assert await bench.entries() == [("charge", -100, -100)]


async def test_a_stop_without_tag_is_answered_without_one(bench):
    started = await bench.start()
    assert await bench.stop(started.transaction_id) is None


async def test_a_second_stop_is_answered_like_the_first_and_changes_nothing(bench):
    started = await bench.start()
    first = await bench.stop(started.transaction_id, id_tag=bench.tag)
    before = await bench.session(started.transaction_id)
    assert await bench.stop(started.transaction_id, id_tag=bench.tag) == first
    assert await bench.session(started.transaction_id) == before
    assert await bench.violations() == []
    assert await bench.entries() == [("charge", -100, -100)]


async def test_what_differs_in_a_second_stop_is_noted_and_the_first_holds(bench):
    started = await bench.start()
    await bench.stop(started.transaction_id)
    before = await bench.session(started.transaction_id)
    bench.later(minutes=1)
    await bench.stop(started.transaction_id, meter_stop_wh=9000, reason="PowerLoss")
    assert await bench.session(started.transaction_id) == before
    assert await bench.violations() == ["StopDiffers"]


async def test_stops_on_two_connections_at_once_charge_once(bench):
    started = await bench.start()
    await asyncio.gather(*(bench.stop(started.transaction_id) for _ in range(8)))
    assert await bench.entries() == [("charge", -100, -100)]
    counted = await bench.storage.read(statistics.totals)
    assert (counted[Counter.SESSIONS_CLOSED], counted[Counter.ENERGY_WH]) == (1, 2500)


@pytest.mark.parametrize("number", [0, 4711, 2**31, 2**40, -2])
async def test_a_stop_of_no_session_is_kept_and_answered_normally(bench, number):
    info = await bench.stop(number, id_tag=bench.tag)
    assert info.status == "Accepted"
    assert await orphans(bench) == [("CP1", number, 3500)]
    assert await bench.violations() == ["UnknownTransaction"]


async def test_a_stop_of_no_session_that_comes_again_is_kept_once(bench):
    await bench.stop(4711)
    await bench.stop(4711)
    assert len(await orphans(bench)) == 1
    assert await bench.violations() == ["UnknownTransaction"]


async def test_a_stop_of_another_chargers_session_does_not_touch_it(bench):
    started = await bench.start(charge_point_id="CP2")
    before = await bench.session(started.transaction_id)
    await bench.stop(started.transaction_id)
    assert await bench.session(started.transaction_id) == before
    assert await orphans(bench) == [("CP1", started.transaction_id, 3500)]


async def test_a_register_that_ran_backwards_costs_nothing_and_is_noted(bench):
    started = await bench.start()
    await bench.stop(started.transaction_id, meter_stop_wh=900)
    session = await bench.session(started.transaction_id)
    assert (session.energy_wh, session.cost_minor, session.meter_stop_wh) == (0, 0, 900)
    assert await bench.violations() == ["RegisterRanBackwards"]
    assert await bench.entries() == []


async def test_a_stop_before_its_start_is_noted(bench):
    started = await bench.start()
    await bench.stop(started.transaction_id, timestamp=bench.now - timedelta(hours=1))
    assert await bench.violations() == ["StopBeforeStart"]


async def test_a_stop_by_a_clock_that_is_off_ends_when_it_arrives(bench):
    started = await bench.start()
    arrived = bench.later(hours=1)
    await bench.stop(started.transaction_id, timestamp=arrived - timedelta(days=9000))
    assert (await bench.session(started.transaction_id)).stopped_at == arrived
    assert await bench.violations() == ["UntrustedTimestamp"]


@pytest.mark.parametrize(
    ("parents", "noted"),
    [((None, None), True), (("GROUP", None), True), (("GROUP", "group"), False)],
)
async def test_a_foreign_tag_that_stops_is_noted_unless_of_the_same_group(bench, parents, noted):
    for tag, parent in zip(("FIRST", "SECOND"), parents, strict=True):
        await bench.storage.write(id_tags.add_id_tag, tag, bench.now, parent_id_tag=parent)
    started = await bench.start(id_tag="FIRST")
    await bench.stop(started.transaction_id, id_tag="SECOND")
    assert await bench.violations() == (["StopByForeignTag"] if noted else [])
    assert (await bench.session(started.transaction_id)).state == State.CLOSED


async def test_values_that_come_with_a_stop_belong_to_its_session_and_connector(bench):
    started = await bench.start(connector_id=2)
    rows = [bench.row(0, 1000, context="Transaction.Begin"), bench.row(0, 3500)]
    await bench.stop(started.transaction_id, transaction_data=rows)
    await bench.stop(started.transaction_id, transaction_data=rows)
    readings = await bench.storage.read(list_readings, "CP1")
    assert [(reading.transaction_id, reading.connector_id) for reading in readings] == [
        (started.transaction_id, 2)
    ] * 2


async def test_values_that_come_with_a_stop_of_no_session_are_kept(bench):
    await bench.stop(4711, transaction_data=[bench.row(4711, 3500)])
    assert len(await bench.storage.read(list_readings, "CP1", transaction_id=4711)) == 1


async def test_a_session_without_price_costs_nothing_known(bench):
    from central.models import prices

    await bench.storage.write(lambda conn: conn.execute(prices.delete()))
    started = await bench.start()
    await bench.stop(started.transaction_id)
    assert (await bench.session(started.transaction_id)).cost_minor is None
    assert await bench.entries() == []


async def test_a_session_of_nobody_has_a_cost_and_no_entry(bench):
    started = await bench.start(id_tag="STRANGER")
    await bench.stop(started.transaction_id)
    assert (await bench.session(started.transaction_id)).cost_minor == 100
    assert await bench.entries() == []


@pytest.mark.parametrize("change", [{"meter_stop_wh": 2**60}, {"transaction_id": 2**70}])
async def test_absurd_numbers_are_refused_and_change_nothing(bench, change):
    started = await bench.start()
    fields = {"transaction_id": started.transaction_id} | change
    with pytest.raises(InvalidError):
        await bench.stop(**fields)
    assert (await bench.session(started.transaction_id)).state == State.OPEN
    assert await orphans(bench) == []
