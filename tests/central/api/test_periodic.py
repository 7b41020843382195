"""What the central system does by itself as business time passes."""

from datetime import datetime, timedelta

import pytest

from central.domain.chargers import get_charger
from central.domain.pricing import set_price
from central.domain.tokens import read_token
from wire.times import format_time

GRACE = timedelta(minutes=15)


async def _session(central, charger, id_tag):
    answer = await charger.call(
        "StartTransaction",
        connectorId=1,
        idTag=id_tag,
        meterStart=1000,
        timestamp=format_time(central.clock.now()),
    )
    return answer["transactionId"]


async def _pass(central, time):
    central.clock.set(central.clock.now() + time)
    await central.system.schedule.run_due()


async def _told(central, transaction_id):
    return (await central.user.get(f"/api/sessions/{transaction_id}")).json()


async def test_a_session_that_seems_gone_is_closed_after_its_grace_and_corrected_by_a_late_stop(
    central, connect_charger
):
    charger = await connect_charger()
    transaction_id = await _session(central, charger, central.user_tag)
    await _pass(central, timedelta(minutes=1))
    await charger.call(
        "MeterValues",
        connectorId=1,
        transactionId=transaction_id,
        meterValue=[
            {
                "timestamp": format_time(central.clock.now()),
                "sampledValue": [{"value": "3000"}],
            }
        ],
    )
    await _pass(central, timedelta(minutes=20))
    # The status overtakes the transaction messages that are queued in the charger.
    await charger.status("Available")
    assert (await _told(central, transaction_id))["status"] == "stopping"

    await _pass(central, GRACE - timedelta(seconds=1))
    assert (await _told(central, transaction_id))["status"] == "stopping"
    await _pass(central, timedelta(minutes=1))
    closed = await _told(central, transaction_id)
    assert (closed["status"], closed["provisional"], closed["energy_wh"]) == (
        "completed",
        True,
        2000,
    )

    await charger.call(
        "StopTransaction",
        transactionId=transaction_id,
        meterStop=3500,
        timestamp=format_time(central.clock.now()),
        reason="Local",
    )
    corrected = await _told(central, transaction_id)
    assert (corrected["provisional"], corrected["energy_wh"]) == (False, 2500)
    assert corrected["stop_reason"] == "Local"


async def test_a_charger_that_is_offline_keeps_its_session_whatever_time_passes(
    central, connect_charger
):
    charger = await connect_charger()
    transaction_id = await _session(central, charger, central.user_tag)
    await charger.status("Available")
    await charger.websocket.close()
    # The server notes the end of the connection a moment after the charger has seen it.
    storage = central.system.services.storage
    online = True
    while online:
        online = (await storage.read(get_charger, "CP001")).online_since is not None
    await _pass(central, timedelta(days=7))
    assert (await _told(central, transaction_id))["status"] == "stopping"


async def test_after_seven_days_offline_the_queued_stop_that_the_status_overtook_ends_the_session(
    central, play_charger
):
    storage = central.system.services.storage
    await storage.write(set_price, 30, "EUR", central.clock.now())
    key = await central.add_charger()
    charger = await play_charger(central.ocpp, "CP001", key)
    await charger.boot()
    transaction_id = await _session(central, charger, central.user_tag)
    await charger.websocket.close()
    online = True
    while online:
        online = (await storage.read(get_charger, "CP001")).online_since is not None
    stopped_at = central.clock.now() + timedelta(hours=2)
    await _pass(central, timedelta(days=7))
    assert (await _told(central, transaction_id))["status"] == "active"

    charger = await play_charger(central.ocpp, "CP001", key)
    await charger.status("Available")
    await _pass(central, GRACE - timedelta(seconds=1))
    assert (await _told(central, transaction_id))["status"] == "stopping"
    stop = {
        "transactionId": transaction_id,
        "meterStop": 11_000,
        "timestamp": format_time(stopped_at),
    }
    for _ in range(2):
        await charger.call("StopTransaction", **stop)
    await _pass(central, timedelta(hours=1))
    told = await _told(central, transaction_id)
    assert (told["status"], told["provisional"], told["energy_wh"]) == ("completed", False, 10_000)
    assert datetime.fromisoformat(told["stop_time"]) == stopped_at
    entries = await central.user.get(f"/api/users/{central.user_id}/wallet/transactions")
    assert [entry["amount_minor"] for entry in entries.json()] == [-300]


async def test_a_session_closed_without_its_stop_does_not_end_before_it_began(
    central, connect_charger
):
    charger = await connect_charger()
    answer = await charger.call(
        "StartTransaction",
        connectorId=1,
        idTag=central.user_tag,
        meterStart=1000,
        timestamp="1970-01-01T00:00:10Z",
    )
    await charger.call(
        "MeterValues",
        connectorId=1,
        transactionId=answer["transactionId"],
        meterValue=[{"timestamp": "1970-01-01T00:05:00Z", "sampledValue": [{"value": "3000"}]}],
    )
    await charger.status("Available")
    await _pass(central, timedelta(hours=1))
    told = await _told(central, answer["transactionId"])
    assert (told["provisional"], told["energy_wh"]) == (True, 2000)
    assert told["stop_time"] >= told["start_time"]


@pytest.mark.parametrize("price_per_kwh_minor", [500, 10**9 - 1])
async def test_a_register_beyond_reason_ends_a_session_without_charging_for_it(
    central, connect_charger, price_per_kwh_minor
):
    storage = central.system.services.storage
    await storage.write(set_price, price_per_kwh_minor, "EUR", central.clock.now())
    charger = await connect_charger()
    transaction_id = await _session(central, charger, central.user_tag)
    absurd_wh = 2**53 - 1
    await charger.call(
        "MeterValues",
        connectorId=1,
        transactionId=transaction_id,
        meterValue=[
            {
                "timestamp": format_time(central.clock.now()),
                "sampledValue": [{"value": str(absurd_wh)}],
            }
        ],
    )
    await charger.status("Available")
    await _pass(central, timedelta(hours=1))
    assert (await _told(central, transaction_id))["provisional"]
    await charger.call(
        "StopTransaction",
        transactionId=transaction_id,
        meterStop=absurd_wh,
        timestamp=format_time(central.clock.now()),
    )
    told = await _told(central, transaction_id)
    assert (told["provisional"], told["energy_wh"], told["cost_minor"]) == (False, 0, 0)
    assert told["meter_stop_wh"] == absurd_wh, "as sent, for whoever looks into it"
    kept = (await central.admin.get("/api/violations")).json()
    assert [violation["code"] for violation in kept] == ["AbsurdEnergy", "AbsurdEnergy"]


async def test_the_most_energy_at_the_highest_price_is_charged(central, connect_charger):
    storage = central.system.services.storage
    await storage.write(set_price, 10**9 - 1, "EUR", central.clock.now())
    charger = await connect_charger()
    transaction_id = await _session(central, charger, central.user_tag)
    await charger.call(
        "StopTransaction",
        transactionId=transaction_id,
        meterStop=1000 + 10**9,
        timestamp=format_time(central.clock.now()),
    )
    cost_minor = (10**9 - 1) * 10**6
    assert (await _told(central, transaction_id))["cost_minor"] == cost_minor
    wallet = (await central.user.get(f"/api/users/{central.user_id}/wallet")).json()
    assert wallet["balance_minor"] == -cost_minor


async def test_old_frames_and_violations_are_forgotten(central, connect_charger):
    charger = await connect_charger()
    await charger.call(
        "StopTransaction",
        transactionId=4711,
        meterStop=5,
        timestamp=format_time(central.clock.now()),
    )
    await central.system.services.message_log.flush()
    for path in ("/api/messages/CP001", "/api/violations"):
        assert (await central.admin.get(path)).json() != []
    await _pass(central, central.system.services.settings.message_log_retention)
    for path in ("/api/messages/CP001", "/api/violations"):
        assert (await central.admin.get(path)).json() != [], "not yet"
    await _pass(central, timedelta(hours=1, seconds=1))
    for path in ("/api/messages/CP001", "/api/violations"):
        assert (await central.admin.get(path)).json() == []


async def test_a_revoked_token_stays_revoked_while_it_could_still_be_used(central):
    await central.user.post("/api/users/logout")
    await _pass(central, timedelta(days=365))
    assert (await central.user.get("/api/chargers")).status_code == 401
    services = central.system.services
    token = central.user.headers["Authorization"].removeprefix("Bearer ")
    assert read_token(services.jwt_secret, token, services.wall_now())
