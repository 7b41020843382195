"""Chargers with chosen keys that all come back at once hold up nobody who logs in."""

import asyncio
import base64
import threading

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from central import system
from central.domain.chargers import add_charger
from central.domain.passwords import Passwords

ADMIN = {"email": "admin@example.org", "password": "a password for tests"}
KEY = "sixteen letters!"


@pytest.fixture(autouse=True)
def key_pool(monkeypatch):
    """A pool that a test can fill: two threads, and nobody may wait."""
    pool = Passwords(max_waiting=2, busy="too many chosen keys are being checked at once")
    monkeypatch.setattr(system, "chosen_key_pool", lambda: pool)
    return pool


async def test_while_chosen_keys_are_checked_people_log_in_and_the_charger_is_told_to_wait(
    central, key_pool
):
    storage = central.system.services.storage
    key_hash = await key_pool.hash(KEY.encode().hex())
    await storage.write(add_charger, "CP001", central.clock.now(), key_hash=key_hash)
    let_go = threading.Event()
    busy = [asyncio.ensure_future(key_pool._run(let_go.wait, 30)) for _ in range(2)]
    await asyncio.sleep(0)
    assert (await central.anonymous.post("/api/admin/login", json=ADMIN)).status_code == 200
    pair = base64.b64encode(f"CP001:{KEY}".encode()).decode()
    with pytest.raises(InvalidStatus) as refused:
        await connect(
            f"{central.ocpp}/CP001",
            subprotocols=["ocpp1.6"],
            additional_headers={"Authorization": f"Basic {pair}"},
            proxy=None,
        )
    assert refused.value.response.status_code == 503
    assert int(refused.value.response.headers["Retry-After"]) > 0
    let_go.set()
    await asyncio.gather(*busy)
