"""Chargers of security profile 2 wait between the TLS handshake and the upgrade like any other.

A real server with TLS, on the event loop of the process, whose disk stalls.
"""

import asyncio
import ssl
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from central.ocpp.waiting_room import RETRY_AFTER_S, WaitingRoom
from central.pki.tls import server_context

REPORT = {"connectorId": 1, "errorCode": "NoError", "status": "Available"}


@pytest.fixture
def start_secure(start_central, made_pki):
    """Start a server with TLS that lets nobody in while one call is unanswered."""
    paths = {
        name: [Path(file) for file in made_pki.settings[name].split(",")]
        for name in ("OCPP_TLS_CERT", "OCPP_TLS_KEY")
    }
    tls = server_context(paths["OCPP_TLS_CERT"], paths["OCPP_TLS_KEY"], None)

    async def start(**settings):
        return await start_central(
            tls=tls,
            waiting_room=WaitingRoom(least=1, answer_s=0),
            highest_security_profile=2,
            **settings,
        )

    return start


@pytest.fixture
def come(made_pki):
    """Connect a charger in security profile 2."""

    async def come(central, identity, key):
        return await central.open(identity, key=key, ssl=made_pki.client())

    return come


@pytest.fixture
def call_at_stalled_disk(stall, until, come):
    """Connect CP1 and have it call while the disk stands still; gives the answer to come."""

    async def call(central):
        inside = await come(central, "CP1", await central.add("CP1"))
        await inside.boot()
        await stall.writer(central.storage)
        answer = asyncio.create_task(inside.call("StatusNotification", REPORT))
        await until(lambda: central.services.waiting_room.under_way == 1)
        return answer

    return call


async def test_over_tls_a_charger_waits_after_the_handshake_and_before_the_upgrade(
    start_secure, come, call_at_stalled_disk, stall, until, logged
):
    central = await start_secure()
    room = central.services.waiting_room
    key = await central.add("CP2")
    answer = await call_at_stalled_disk(central)
    coming = asyncio.create_task(come(central, "CP2", key))
    await until(lambda: room.waiting == 1)
    assert central.registry.connected() == ["CP1"]
    stall.release()
    await answer
    outside = await coming
    assert isinstance(outside.websocket.transport.get_extra_info("ssl_object"), ssl.SSLObject)
    await outside.boot()
    profiles = [line["security_profile"] for line in logged if line["event"] == "connected"]
    assert profiles == [2, 2]
    assert room.under_way == 0


async def test_over_tls_one_that_has_waited_too_long_gets_503_and_when_to_come_again(
    start_secure, come, call_at_stalled_disk, stall, until
):
    central = await start_secure(longest_wait_s=0.01)
    key = await central.add("CP2")
    answer = await call_at_stalled_disk(central)
    with pytest.raises(InvalidStatus) as refused:
        await come(central, "CP2", key)
    assert refused.value.response.status_code == 503
    assert refused.value.response.headers["Retry-After"] == str(RETRY_AFTER_S)
    stall.release()
    await answer


async def test_over_tls_one_that_hangs_up_while_it_waits_is_not_looked_up(
    start_secure, come, call_at_stalled_disk, stall, until, logged
):
    central = await start_secure()
    room = central.services.waiting_room
    key = await central.add("CP2")
    answer = await call_at_stalled_disk(central)
    coming = asyncio.create_task(come(central, "CP2", key))
    await until(lambda: room.waiting == 1)
    coming.cancel()
    await asyncio.wait([coming])
    stall.release()
    await answer
    await until(lambda: [line for line in logged if line["event"] == "charger refused"])
    [line] = [line for line in logged if line["event"] == "charger refused"]
    assert line["reason"] == "it hung up while it was kept waiting"
    assert line["remote"].startswith("127.0.0.1:")
    assert room.under_way == 0
