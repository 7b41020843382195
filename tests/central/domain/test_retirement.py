"""Taking a charger out of service: it goes, its books stay, and a later stop still wins."""

import pytest

from central.domain import chargers, connectors, retirement, statistics
from central.domain.errors import ConflictError, NotFoundError
from central.domain.meter_values import METER_ROWS
from central.domain.statistics import Counter
from central.domain.transactions import State


async def retire(bench, **options):
    return await bench.storage.write(retirement.retire_charger, "CP1", bench.now, **options)


@pytest.mark.parametrize("evidence", [None, "Available"])
async def test_while_a_session_is_open_it_is_refused_and_nothing_changes(bench, evidence):
    started = await bench.start()
    if evidence:
        await bench.status(evidence)
    with pytest.raises(ConflictError, match=str(started.transaction_id)) as refused:
        await retire(bench)
    assert "force" in refused.value.how
    assert await bench.storage.read(chargers.find_charger, "CP1") is not None
    assert (await bench.session(started.transaction_id)).stopped_at is None


async def test_by_force_its_session_is_closed_from_its_last_register(bench):
    started = await bench.start()
    bench.later(minutes=10)
    await bench.storage.write_rows(METER_ROWS, [bench.row(started.transaction_id, 2000)])
    (closed,) = await retire(bench, force=True)
    assert (closed.transaction_id, closed.energy_wh) == (started.transaction_id, 1000)
    session = await bench.session(started.transaction_id)
    assert (session.state, session.stop_evidence) == (State.PROVISIONAL, "Removed")
    assert session.stopped_at == bench.now
    assert await bench.entries() == [("charge", -40, -40)]


async def test_the_sessions_of_others_are_not_touched(bench):
    other = await bench.start(charge_point_id="CP2")
    assert await retire(bench, force=True) == []
    assert (await bench.session(other.transaction_id)).state == State.OPEN


async def test_the_books_stay_and_the_identity_is_free_for_a_charger_with_a_new_key(bench):
    started = await bench.start()
    await bench.stop(started.transaction_id)
    await bench.status("Available")
    await retire(bench)
    assert await bench.storage.read(chargers.find_charger, "CP1") is None
    assert await bench.storage.read(connectors.list_connectors, "CP1") == []
    assert (await bench.session(started.transaction_id)).energy_wh == 2500
    assert (await bench.storage.read(statistics.totals))[Counter.SESSIONS_CLOSED] == 1
    again = await bench.storage.write(chargers.add_charger, "CP1", bench.now, key_hash="new")
    assert (again.key_hash, again.booted_at) == ("new", None)
    assert (await bench.start(meter_start_wh=5000)).transaction_id != started.transaction_id


async def test_a_stop_that_comes_after_all_wins_over_the_forced_end(bench):
    started = await bench.start()
    await retire(bench, force=True)
    await bench.storage.write(chargers.add_charger, "CP1", bench.now, key_hash="new")
    await bench.stop(started.transaction_id)
    assert (await bench.session(started.transaction_id)).state == State.CLOSED
    assert await bench.entries() == [("charge", -100, -100)]


async def test_what_its_last_messages_left_behind_is_cleared_unless_it_is_back(bench):
    await retire(bench)
    late = await bench.start()
    await bench.status("Available", connector_id=2)
    (closed,) = await bench.storage.write(retirement.finish_retirement, "CP1", bench.now)
    assert closed.transaction_id == late.transaction_id
    assert await bench.storage.read(connectors.list_connectors, "CP1") == []
    await bench.storage.write(chargers.add_charger, "CP1", bench.now, key_hash=None)
    again = await bench.start(meter_start_wh=5000)
    assert await bench.storage.write(retirement.finish_retirement, "CP1", bench.now) == []
    assert (await bench.session(again.transaction_id)).state == State.OPEN


async def test_a_charger_that_is_not_there_cannot_be_taken_out_of_service(bench):
    await retire(bench)
    with pytest.raises(NotFoundError):
        await retire(bench)
