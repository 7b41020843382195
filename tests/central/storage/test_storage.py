"""What every database promises: acknowledged is committed, and a unit that fails fails alone."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from central.domain import chargers
from central.domain.errors import ConflictError
from central.domain.meter_values import METER_ROWS, MeterRow, list_readings
from central.domain.statistics import Counter, add, totals
from central.domain.storage import open_storage
from central.models import meter_values, server_secrets


def add_secret(conn, name):
    conn.execute(insert(server_secrets).values(name=name, value_hex="00"))
    return name


def names(conn):
    return set(conn.execute(select(server_secrets.c.name)).scalars())


def break_down(conn, name):
    add_secret(conn, name)
    raise LookupError(name)


def rows_of(charge_point_id, now, count, transaction_id=7):
    return [
        MeterRow(
            charge_point_id,
            now + timedelta(seconds=second),
            1,
            transaction_id,
            "Sample.Periodic",
            '[{"value":"1"}]',
        )
        for second in range(count)
    ]


def count_rows(conn):
    return conn.execute(select(func.count()).select_from(meter_values)).scalar_one()


async def test_what_a_write_returned_is_read_back(storage):
    assert await storage.write(add_secret, "one") == "one"
    assert await storage.read(names) == {"one"}


async def test_arguments_reach_the_unit_by_position_and_by_name(storage, now):
    charger = await storage.write(chargers.add_charger, "CP1", now, key_hash="k")
    assert (charger.charge_point_id, charger.key_hash) == ("CP1", "k")


async def test_a_unit_that_raises_leaves_nothing_and_its_caller_gets_the_error(storage):
    with pytest.raises(LookupError, match="one"):
        await storage.write(break_down, "one")
    assert await storage.read(names) == set()


async def test_a_poisoned_unit_in_a_full_group_fails_alone(storage):
    units = [add_secret] * 100
    units[40] = break_down
    outcomes = await asyncio.gather(
        *(storage.write(unit, f"n{number}") for number, unit in enumerate(units)),
        return_exceptions=True,
    )
    failed = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert [str(error) for error in failed] == ["n40"]
    assert await storage.read(names) == {f"n{number}" for number in range(100)} - {"n40"}


async def test_a_unit_that_breaks_a_constraint_fails_alone(storage):
    outcomes = await asyncio.gather(
        *(storage.write(add_secret, name) for name in ("a", "b", "b", "c")), return_exceptions=True
    )
    assert sum(isinstance(outcome, SQLAlchemyError) for outcome in outcomes) == 1
    assert await storage.read(names) == {"a", "b", "c"}


async def test_a_poisoned_row_in_a_full_group_fails_alone(storage, now):
    batches = [rows_of(f"CP{number}", now, 3) for number in range(60)]
    batches[30][1] = batches[30][1]._replace(sampled=None)
    outcomes = await asyncio.gather(
        *(storage.write_rows(METER_ROWS, batch) for batch in batches), return_exceptions=True
    )
    assert [number for number, outcome in enumerate(outcomes) if outcome is not None] == [30]
    assert isinstance(outcomes[30], SQLAlchemyError)
    assert await storage.read(count_rows) == 59 * 3


async def test_rows_and_units_share_a_group_without_harming_each_other(storage, now):
    bad_row = [rows_of("CP2", now, 1)[0]._replace(sampled=None)]
    outcomes = await asyncio.gather(
        storage.write(add_secret, "one"),
        storage.write_rows(METER_ROWS, rows_of("CP1", now, 2)),
        storage.write(break_down, "two"),
        storage.write_rows(METER_ROWS, bad_row),
        storage.write_rows(METER_ROWS, rows_of("CP3", now, 2)),
        storage.write(add_secret, "three"),
        return_exceptions=True,
    )
    assert [isinstance(outcome, Exception) for outcome in outcomes] == [
        *(False, False, True, True, False, False)
    ]
    assert await storage.read(names) == {"one", "three"}
    assert await storage.read(count_rows) == 4


async def test_rows_that_are_there_are_ignored_and_stay_as_they_were(storage, now):
    first = rows_of("CP1", now, 2)
    again = [row._replace(sampled='[{"value":"9"}]') for row in rows_of("CP1", now, 3)]
    await storage.write_rows(METER_ROWS, first)
    await storage.write_rows(METER_ROWS, again)
    readings = await storage.read(list_readings, "CP1")
    assert [reading.sampled[0]["value"] for reading in readings] == ["1", "1", "9"]


@pytest.mark.parametrize("count", [0, 1, 2, 5, 513, 1100])
async def test_rows_of_any_number_arrive_whole(storage, now, count):
    await storage.write_rows(METER_ROWS, rows_of("CP1", now, count))
    assert await storage.read(count_rows) == count


async def test_a_row_with_a_time_without_zone_is_refused(storage, now):
    naive = rows_of("CP1", now.replace(tzinfo=None), 1)
    with pytest.raises((ValueError, SQLAlchemyError), match="time zone"):
        await storage.write_rows(METER_ROWS, naive)


async def test_times_come_back_in_utc_with_their_microseconds(storage, now):
    moment = now + timedelta(microseconds=123456)
    await storage.write(chargers.add_charger, "CP1", moment, key_hash=None)
    found = await storage.read(chargers.get_charger, "CP1")
    assert (found.created_at, found.created_at.utcoffset()) == (moment, timedelta(0))


async def test_charge_point_ids_differ_by_case_and_by_accent(storage, now):
    for name in ("cp-é", "CP-É", "cp-e"):
        await storage.write(chargers.add_charger, name, now, key_hash=None)
    assert await storage.read(chargers.find_charger, "Cp-é") is None
    with pytest.raises(ConflictError):
        await storage.write(chargers.add_charger, "cp-e", now, key_hash=None)


async def test_look_ups_that_come_together_each_have_their_own_answer_or_error(storage):
    await storage.write(add_secret, "one")

    def find(conn, name):
        return name in names(conn)

    def fail(_conn):
        raise LookupError

    found = await asyncio.gather(
        storage.look_up(find, "one"),
        storage.look_up(fail),
        storage.look_up(add_secret, "two"),
        storage.look_up(find, name="two"),
        return_exceptions=True,
    )
    assert (found[0], found[3]) == (True, False)
    assert isinstance(found[1], LookupError)
    assert isinstance(found[2], DBAPIError)


async def test_a_look_up_sees_what_was_written_before_it(storage):
    for name in ("one", "two"):
        await storage.write(add_secret, name)
        assert name in await storage.look_up(names)


async def test_a_read_cannot_write(storage):
    with pytest.raises(DBAPIError):
        await storage.read(add_secret, "one")
    assert await storage.read(names) == set()


async def test_concurrent_changes_of_one_counter_all_count(storage):
    await asyncio.gather(
        *(
            storage.write(add, "CP1", {Counter.ENERGY_WH: 1, Counter.VIOLATIONS: 2})
            for _ in range(50)
        )
    )
    found = await storage.read(totals)
    assert (found[Counter.ENERGY_WH], found[Counter.VIOLATIONS]) == (50, 100)


async def test_a_caller_that_leaves_does_not_undo_its_write(storage, database_url):
    leaving = asyncio.create_task(storage.write(add_secret, "one"))
    await asyncio.sleep(0)  # lets the task queue its unit
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    await storage.close()
    reopened = await open_storage(database_url)
    assert await reopened.read(names) == {"one"}
    await reopened.close()


async def test_closing_finishes_what_is_queued_and_refuses_what_comes_later(storage):
    writes = [asyncio.create_task(storage.write(add_secret, f"n{n}")) for n in range(20)]
    await asyncio.sleep(0)  # lets the tasks queue their units
    await storage.close()
    assert await asyncio.gather(*writes) == [f"n{n}" for n in range(20)]
    with pytest.raises(RuntimeError, match="closed"):
        await storage.write(add_secret, "late")


async def test_figures_count_what_was_done(storage):
    await asyncio.gather(*(storage.write(add_secret, f"n{n}") for n in range(20)))
    with pytest.raises(LookupError):
        await storage.write(break_down, "bad")
    assert (storage.figures.jobs, storage.figures.failed_jobs) == (21, 1)
    assert storage.waiting == 0
    assert storage.has_room
