"""Meter values: what is read back, by time, connector, transaction and measurand, page by page."""

import contextlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, func, select

from central.domain.errors import InvalidError
from central.domain.meter_value_places import PLACED_AT_ONCE, place_new_rows
from central.domain.meter_values import (
    METER_ROWS,
    MeterRow,
    Reading,
    last_register,
    latest,
    list_readings,
    read_cursor,
    register_wh,
)
from central.models import meter_value_places, meter_values_placed

VOLTAGE = {"value": "230.1", "measurand": "Voltage", "unit": "V"}
ENERGY = {"value": "1500"}


def rows_of(now, count, *, charger="CP1", connector=1, transaction=7, sampled=(VOLTAGE, ENERGY)):
    return [
        MeterRow(
            charger,
            now + timedelta(seconds=second),
            connector,
            transaction,
            "Sample.Periodic",
            json.dumps(sampled),
        )
        for second in range(count)
    ]


@pytest.fixture
async def stored(storage, now):
    """Ten readings of CP1, on two connectors and in two transactions, and one of CP2."""
    rows = rows_of(now, 5) + rows_of(now, 5, connector=2, transaction=8, sampled=(ENERGY,))
    await storage.write_rows(METER_ROWS, rows + rows_of(now, 1, charger="CP2"))
    return storage


async def test_readings_come_in_the_order_of_time_with_all_that_was_sent(stored, now):
    readings = await stored.read(list_readings, "CP1")
    assert len(readings) == 10
    assert [reading.timestamp for reading in readings] == sorted(
        reading.timestamp for reading in readings
    )
    assert readings[0].sampled == [VOLTAGE, ENERGY]
    assert readings[0].timestamp == now


@pytest.mark.parametrize(
    ("chosen", "count"),
    [
        ({"connector_id": 2}, 5),
        ({"transaction_id": 7}, 5),
        ({"transaction_id": 9}, 0),
        ({"measurand": "Voltage"}, 5),
        ({"measurand": "Energy.Active.Import.Register"}, 10),
        ({"measurand": "SoC"}, 0),
        ({"limit": 3}, 3),
        ({"measurand": "Voltage", "limit": 2}, 2),
    ],
)
async def test_readings_are_chosen(stored, chosen, count):
    assert len(await stored.read(list_readings, "CP1", **chosen)) == count


async def test_only_values_of_the_measurand_are_given(stored):
    (first, *_) = await stored.read(list_readings, "CP1", measurand="Voltage")
    assert first.sampled == [VOLTAGE]


async def test_the_interval_of_time_is_half_open(stored, now):
    readings = await stored.read(
        list_readings,
        "CP1",
        connector_id=1,
        not_before=now + timedelta(seconds=1),
        before=now + timedelta(seconds=3),
    )
    assert [reading.timestamp - now for reading in readings] == [
        timedelta(seconds=1),
        timedelta(seconds=2),
    ]


@pytest.mark.parametrize("measurand", [None, "Voltage"])
async def test_pages_give_every_reading_once(stored, measurand):
    whole = await stored.read(list_readings, "CP1", measurand=measurand)
    pages, cursor = [], None
    while True:
        page = await stored.read(
            list_readings, "CP1", measurand=measurand, limit=3, after_cursor=cursor
        )
        if not page:
            break
        pages += page
        cursor = page[-1].cursor
    assert pages == whole


async def test_more_than_a_page_of_the_database_is_read(storage, now):
    await storage.write_rows(METER_ROWS, rows_of(now, 2500, sampled=(VOLTAGE,)))
    await storage.write_rows(METER_ROWS, rows_of(now, 1, connector=3, sampled=(ENERGY,)))
    readings = await storage.read(list_readings, "CP1", measurand="Voltage", limit=10_000)
    assert len(readings) == len({reading.timestamp for reading in readings}) == 2500


@pytest.mark.parametrize(
    "cursor", ["", "x", "2026-01-01T00:00:00|1|1|c", "2026-01-01T00:00:00+00:00|x|1|c"]
)
async def test_a_cursor_that_is_none_is_refused(stored, cursor):
    with pytest.raises(InvalidError):
        await stored.read(list_readings, "CP1", after_cursor=cursor)


async def test_the_latest_reading_is_the_newest(stored, now):
    newest = await stored.read(latest, "CP1", connector_id=1)
    assert newest.timestamp == now + timedelta(seconds=4)
    assert (await stored.read(latest, "CP1")).connector_id == 2
    assert await stored.read(latest, "NOBODY") is None


@pytest.mark.parametrize("without", [0, 7, 8, 9, 2_100])
async def test_the_last_register_is_found_behind_values_that_have_none(storage, now, without):
    rows = rows_of(now, 3, sampled=({"value": "1200"},))
    rows += rows_of(now + timedelta(minutes=1), without, sampled=(VOLTAGE,))
    await storage.write_rows(METER_ROWS, rows)
    found = await storage.read(last_register, "CP1", 7)
    assert (found.register_wh, found.timestamp) == (1200, now + timedelta(seconds=2))
    late = now + timedelta(minutes=1)
    assert await storage.read(last_register, "CP1", 7, not_before=late) is None


@pytest.mark.parametrize(
    ("sampled", "wh"),
    [
        ([{"value": "1234"}], 1234),
        ([{"value": "1.2345", "unit": "kWh"}], 1234),
        ([{"value": "1234.6", "unit": "Wh"}], 1235),
        ([VOLTAGE, {"value": "5", "measurand": "Energy.Active.Import.Register"}], 5),
        ([{"value": "7", "location": "Inlet"}, {"value": "8", "location": "Outlet"}], 8),
        ([{"value": "7", "location": "Inlet"}, {"value": "8"}], 8),
        ([{"value": "7", "location": "Inlet"}], 7),
        ([{"value": "7", "phase": "L1"}], None),
        ([{"value": "3q2+7w==", "format": "SignedData"}], None),
        ([{"value": "many"}, {"value": "9"}], 9),
        ([{"value": "NaN"}], None),
        ([{"value": "Infinity"}], None),
        ([{"value": "1e999999999"}], None),
        ([{"value": "-1e999999999"}], None),
        ([{"value": "1e-999999999"}], 0),
        ([{"value": "9" * 5000}], None),
        ([{}], None),
        ([VOLTAGE], None),
        ([], None),
    ],
)
def test_the_register_is_found_among_sampled_values(sampled, wh):
    assert register_wh(sampled) == wh


@given(st.lists(st.fixed_dictionaries({"value": st.text(max_size=30)})))
def test_no_text_makes_finding_the_register_fail(sampled):
    found = register_wh(sampled)
    assert found is None or abs(found) <= 2**53


@given(
    moment=st.datetimes(timezones=st.just(UTC)),
    number=st.integers(1, 2**63 - 1),
)
def test_a_cursor_names_its_place_exactly(moment, number):
    reading = Reading(number, "CP1", moment, 1, 3, "Other", [])
    assert read_cursor(reading.cursor) == (moment, number)


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_rows_are_found_whether_placed_or_not_yet(storage, now, backend):
    """The writer places rows in bulk; a reader sees the same before, between and after."""

    def counts(conn):
        return (
            conn.execute(select(meter_values_placed.c.up_to)).scalar_one(),
            conn.execute(select(func.count()).select_from(meter_value_places)).scalar_one(),
        )

    # Two chargers take turns, and the times of the second half lie between those of the first.
    seconds = [*range(0, 2 * PLACED_AT_ONCE, 2), *range(1, 2 * PLACED_AT_ONCE, 2)]
    rows = [
        MeterRow(f"CP{second % 4 // 2}", now + timedelta(seconds=second), 1, 7, "Other", "[{}]")
        for second in seconds
    ]
    for part in range(0, len(rows), 700):
        await storage.write_rows(METER_ROWS, rows[part : part + 700])
    placed, places = await storage.read(counts)
    assert PLACED_AT_ONCE <= placed == places < len(rows)
    for charger in ("CP0", "CP1"):
        expected = sorted(row.timestamp for row in rows if row.charge_point_id == charger)
        readings = await storage.read(list_readings, charger, limit=10**6)
        assert [reading.timestamp for reading in readings] == expected
        assert (await storage.read(latest, charger)).timestamp == expected[-1]
    await storage.write(place_new_rows)
    assert await storage.read(counts) == (len(rows), len(rows))
    await storage.write(place_new_rows)
    assert await storage.read(counts) == (len(rows), len(rows))
    assert len(await storage.read(list_readings, "CP0", limit=10**6)) == len(rows) // 2


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_a_charger_is_read_without_reading_the_others(storage, backend):
    def plan(conn):
        steps = []
        with recorded(conn) as statements:
            list_readings(conn, "CP1", not_before=datetime(2026, 6, 1, tzinfo=UTC))
        for statement, parameters in statements:
            steps += conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
        return [step.detail for step in steps if "meter_value" in step.detail]

    @contextlib.contextmanager
    def recorded(conn):
        seen = []

        def note(_conn, _cursor, statement, parameters, _context, _many):
            seen.append((statement, parameters))

        event.listen(conn, "before_cursor_execute", note)
        yield seen
        event.remove(conn, "before_cursor_execute", note)

    assert await storage.read(plan) == [
        "SEARCH meter_value_places USING PRIMARY KEY (charge_point_id=? AND timestamp>?)",
        "SEARCH meter_values USING INTEGER PRIMARY KEY (rowid=?)",
        "SEARCH meter_values USING INTEGER PRIMARY KEY (rowid>?)",
        "SCAN meter_values_placed",
    ]
