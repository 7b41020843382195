"""A process that is killed in the middle of its work has kept everything that it acknowledged."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from central.domain.meter_values import list_readings
from central.domain.storage import open_storage
from central.models import server_secrets

WRITER = """
import asyncio, sys
from datetime import UTC, datetime, timedelta
from sqlalchemy import insert
from central.domain.meter_values import METER_ROWS, MeterRow
from central.domain.storage import open_storage
from central.models import server_secrets

START = datetime(2026, 6, 1, tzinfo=UTC)

def add_secret(conn, name):
    conn.execute(insert(server_secrets).values(name=name, value_hex="00"))

async def charger(storage, number):
    for count in range(1_000_000):
        name = f"{number}-{count}"
        if number % 2:
            await storage.write(add_secret, name)
        else:
            at = START + timedelta(seconds=count)
            row = MeterRow(f"CP{number}", at, 1, 1, "Sample.Periodic", "[{}]")
            await storage.write_rows(METER_ROWS, [row])
        sys.stdout.write(name + "\\n")
        sys.stdout.flush()

async def main():
    storage = await open_storage(sys.argv[1])
    await asyncio.gather(*(charger(storage, number) for number in range(20)))

asyncio.run(main())
"""


@pytest.fixture
def killed_after(database_url):
    """Start a writer, read so many acknowledgements, kill it, give all that it wrote."""

    def run(count):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, database_url],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(Path.cwd())},
        ) as process:
            lines = [process.stdout.readline() for _ in range(count)]
            process.send_signal(signal.SIGKILL)
            lines += process.stdout.readlines()
        # The last line may have been cut by the kill.
        return {line.strip() for line in lines if line.endswith("\n")}

    return run


def names(conn):
    return set(conn.execute(select(server_secrets.c.name)).scalars())


@pytest.mark.parametrize("count", [1, 500])
async def test_everything_acknowledged_before_a_kill_is_there(killed_after, database_url, count):
    acknowledged = killed_after(count)
    assert len(acknowledged) >= count
    storage = await open_storage(database_url)
    stored = set(
        await storage.read(lambda conn: conn.execute(select(server_secrets.c.name)).scalars().all())
    )
    for number in range(0, 20, 2):
        readings = await storage.read(list_readings, f"CP{number}", limit=10**6)
        stored |= {f"{number}-{count}" for count in range(len(readings))}
    assert acknowledged - stored == set()
    await storage.close()
