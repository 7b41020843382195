import asyncio
import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.util import await_
from central.models import server_secrets
from datetime import UTC, datetime
from central.domain.meter_values import METER_ROWS, MeterRow

@pytest.fixture(params=["postgresql", "mariadb"])
def backend(request):
    return request.param

def add_secret(conn, name):
    conn.execute(insert(server_secrets).values(name=name, value_hex="00"))

async def test_nested(storage):
    await storage.write(add_secret, "a")
    await storage.write(add_secret, "b")
    barrier = asyncio.Barrier(2)
    met = set()
    def unit(conn, first, second):
        for name in (first, second):
            with conn.begin_nested():
                conn.execute(update(server_secrets).where(server_secrets.c.name == name).values(value_hex=server_secrets.c.value_hex + first))
            if name == first and first not in met:
                met.add(first)
                await_(barrier.wait())
    await asyncio.gather(storage.write(unit, "a", "b"), storage.write(unit, "b", "a"))
    assert storage.figures.retries >= 1

async def test_rows(storage):
    when = datetime(2026,6,1,tzinfo=UTC)
    row = lambda n: MeterRow("CP", when, n, 0, "Other", "[]")
    barrier = asyncio.Event()
    from central.domain.meter_values import add_rows
    met=[]
    def unit(conn):
        add_rows(conn, [row(2)])
        if not met:
            met.append(1)
            go.set()
            await_(asyncio.sleep(1.0))
        add_rows(conn, [row(1)])
    go = asyncio.Event()
    t = asyncio.create_task(storage.write(unit))
    await go.wait()
    # row 1 first, then row 2 -> waits for unit, unit waits for row 1
    await asyncio.gather(t, storage.write_rows(METER_ROWS, [row(1), row(2)]))
    print("retries", storage.figures.retries)
    assert storage.figures.retries >= 1

async def test_starting(storage, backend, monkeypatch):
    pass
