"""Links that are cut without a word: found by pings, and told as what they are."""

import asyncio
import socket
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import pytest

from central.domain import chargers, commands
from central.domain.charger_link import CommandOutcome
from central.ocpp.waiting_room import WaitingRoom
from tests.peers.misbehaving_charger import connect_half_open

SHORT = {"ping_interval_s": 0.05, "ping_timeout_s": 0.5, "close_timeout_s": 0.05}
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=10)


@pytest.fixture
async def central(start_central):
    """Pings as by default, only sooner."""
    return await start_central(**SHORT)


async def known(central):
    return await central.storage.read(chargers.get_charger, "CP1")


async def until_written(central, *, online):
    """Wait until it is written whether the charger is online: nothing tells when it is."""
    async with asyncio.timeout(20):
        while ((await known(central)).online_since is not None) is not online:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert central.registry.connected() == (["CP1"] if online else [])


@pytest.fixture
async def cut(central):
    """A charger whose link was cut as soon as it was connected."""
    address = f"ws://127.0.0.1:{central.port}"
    dead = await connect_half_open(address, "CP1", await central.add("CP1"))
    await until_written(central, online=True)
    yield
    dead.transport.abort()


async def test_a_charger_whose_link_is_cut_is_offline_since_it_was_last_heard_of(
    central, cut, logged
):
    central.clock.set(LATER)
    await until_written(central, online=False)
    charger = await known(central)
    assert charger.online_before_us == 0
    assert charger.last_seen_at == NOON
    [line] = [line for line in logged if line["event"] == "link lost"]
    assert line["log_level"] == "warning"
    assert (line["charge_point_id"], line["heard_at"]) == ("CP1", "2026-06-01T12:00:00.000Z")
    assert not [line for line in logged if line["event"] == "disconnected"]


async def test_an_idle_charger_that_answers_pings_is_heard_of(start_central, until):
    # Its pongs may take as long as they like, on a busy machine too.
    central = await start_central(ping_interval_s=0.05, ping_timeout_s=60)
    await central.charger()
    central.clock.set(LATER)
    # It says nothing of its own accord.
    await until(lambda: central.services.last_seen.get("CP1") == LATER)
    assert central.registry.connected() == ["CP1"]


async def test_a_command_over_a_dead_link_ends_as_offline_when_that_is_found_out(central, cut):
    result = await (await central.link()).call("ClearCache", {})
    assert result.outcome is CommandOutcome.OFFLINE
    kept = await central.storage.read(commands.get_command, result.command_id)
    assert kept.outcome == "offline"


async def stuck(central):
    """Connect a charger that takes nothing, while more waits for it than all buffers hold."""
    receiver = socket.socket()
    receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    receiver.connect(("127.0.0.1", central.port))
    charger = await central.open("CP1", key=await central.add("CP1"), sock=receiver)
    await until_written(central, online=True)
    charger.websocket.transport.pause_reading()
    entries = [{"idTag": f"{n:020}", "idTagInfo": {"status": "Accepted"}} for n in range(150_000)]
    payload = {"listVersion": 1, "updateType": "Full", "localAuthorizationList": entries}
    command = asyncio.ensure_future((await central.link()).call("SendLocalList", payload))
    return charger.websocket, command


async def test_a_charger_that_takes_nothing_is_found_out_although_no_ping_reaches_it(
    central, logged
):
    websocket, command = await stuck(central)
    assert (await command).outcome is CommandOutcome.OFFLINE
    await until_written(central, online=False)
    [line] = [line for line in logged if line["event"] == "link lost"]
    assert line["reason"] == "no answer to a ping"
    websocket.transport.abort()


async def test_a_charger_that_takes_nothing_does_not_hold_up_the_end(start_central, until, logged):
    async with AsyncExitStack() as life:
        central = await start_central(within=life, call_timeout_s=0.05, close_timeout_s=0.05)
        websocket, command = await stuck(central)
        assert (await command).outcome is CommandOutcome.TIMED_OUT
        ending = asyncio.ensure_future(life.aclose())
        # With pings a minute apart, it is the closing that finds it out.
        await until(lambda: "link lost" in [line["event"] for line in logged])
        websocket.transport.abort()
        await ending


async def test_a_charger_that_takes_no_answer_keeps_no_other_one_at_the_door(
    start_central, until, logged
):
    central = await start_central(waiting_room=WaitingRoom(least=1, answer_s=0))
    websocket, command = await stuck(central)
    await websocket.send('[2,"1","Heartbeat",{}]')
    await until(lambda: "call refused" in [line["event"] for line in logged])
    await central.open("CP2", key=await central.add("CP2"))
    await until(lambda: central.registry.connected() == ["CP1", "CP2"])
    websocket.transport.abort()
    assert (await command).outcome is CommandOutcome.OFFLINE
