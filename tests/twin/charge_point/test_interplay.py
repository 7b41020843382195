"""What one profile of OCPP means to another: reservations, plugs, remote starts, availability."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.peers.charge_point_rig import Rig
from tests.peers.charging_profiles import TX, profile
from tests.peers.scripted_central import EPOCH


async def _reserve(rig: Any, connector: int, id_tag: str, **more: Any) -> str:
    minutes = more.pop("minutes", 60)
    expiry = EPOCH + timedelta(microseconds=rig.clock.now_us) + timedelta(minutes=minutes)
    payload = {
        "connectorId": connector,
        "expiryDate": expiry.isoformat(),
        "idTag": id_tag,
        "reservationId": 7,
        **more,
    }
    answer: dict[str, str] = await rig.ask("ReserveNow", payload)
    await rig.run(1)
    return answer["status"]


async def test_who_waits_with_a_tag_leaves_the_other_connector_to_the_holder(rig: Any) -> None:
    for seed in range(2):
        rig.add_evse(seed=seed)
    await rig.boot()
    rig.tag("TAG1", 1)
    await rig.run(1)
    assert await _reserve(rig, 0, "HOLDER") == "Accepted"
    rig.plug_in(2)
    rig.tag("TAG2", 2)
    await rig.run(5)
    assert not rig.cp.in_transaction(2)
    rig.tag("HOLDER", 2)
    await rig.run(5)
    assert rig.central.of("StartTransaction")[-1]["reservationId"] == 7


async def test_a_holder_at_one_connector_closes_no_other(rig: Any) -> None:
    for seed in range(2):
        rig.add_evse(seed=seed)
    await rig.boot()
    assert await _reserve(rig, 0, "HOLDER") == "Accepted"
    rig.tag("HOLDER", 1)
    await rig.run(2)
    rig.plug_in(1)
    await rig.run(10)
    assert rig.central.of("StartTransaction")[-1]["reservationId"] == 7
    assert "Reserved" not in rig.central.statuses(2)


async def test_a_stranger_s_plug_is_finishing_some_time_after_the_reservation(rig: Any) -> None:
    await rig.boot(configuration={"ConnectionTimeOut": "20"})
    assert await _reserve(rig, 1, "HOLDER", minutes=1) == "Accepted"
    rig.plug_in()
    await rig.run(61)
    assert rig.central.statuses()[-1] == "Preparing"
    await rig.run(20)
    assert rig.central.statuses()[-1] == "Finishing"


async def test_a_plug_waits_anew_when_its_connector_is_back_in_operation(rig: Any) -> None:
    await rig.boot(configuration={"ConnectionTimeOut": "20"})
    rig.plug_in()
    await rig.run(1)
    for kind in ("Inoperative", "Operative"):
        await rig.ask("ChangeAvailability", {"connectorId": 1, "type": kind})
        await rig.run(1)
    assert rig.central.statuses()[-1] == "Preparing"
    await rig.run(20)
    assert rig.central.statuses()[-1] == "Finishing"


async def test_a_remote_start_that_a_fault_overtakes_leaves_no_profile(
    central: Any, tmp_path: Path
) -> None:
    rig = Rig(central, tmp_path, latency_us=(1_000_000, 1_000_000))
    cp = await rig.boot()
    rig.plug_in()
    await rig.run(1)
    start = {"connectorId": 1, "idTag": "TAG1"}
    brought = profile((0, 8.0), purpose=TX, start_s=None, kind="Relative")
    # The answer to Authorize arrives a second after the remote start has.
    rig.evses[0].inject_at(rig.clock.now_us + 1_500_000, "earth_lost")
    await rig.ask("RemoteStartTransaction", {**start, "chargingProfile": brought})
    await rig.run(5)
    rig.evses[0].clear("earth_lost")
    await rig.run(60)
    assert not cp.in_transaction(1)
    await rig.ask("RemoteStartTransaction", start)
    await rig.until(lambda: cp.in_transaction(1))
    assert rig.evses[0].controller.command.limit_a == rig.evses[0].config.rating_a
    await cp.close()


async def test_a_connector_put_back_into_operation_while_a_stop_winds_up_is_usable(
    rig: Any,
) -> None:
    cp = await rig.boot()
    await rig.charging()
    await rig.ask("ChangeAvailability", {"connectorId": 1, "type": "Inoperative"})
    rig.evses[0].inject("contactor_welded")
    cp.kill()
    await rig.driver.settle()
    cp.start()
    await rig.until(lambda: cp.online)
    assert cp.in_transaction(1), "a welded contactor is given ten seconds"
    await rig.ask("ChangeAvailability", {"connectorId": 1, "type": "Operative"})
    await rig.run(30)
    assert rig.evses[0].controller.command.available


@pytest.mark.parametrize("number", [2**63, -(2**70)])
async def test_a_reservation_of_a_number_that_nobody_can_keep_is_rejected(
    rig: Any, number: int
) -> None:
    await rig.boot()
    assert await _reserve(rig, 1, "TAG1", reservationId=number) == "Rejected"


async def test_a_transaction_of_a_number_that_nobody_can_keep_is_asked_about_again(
    rig: Any,
) -> None:
    await rig.boot(configuration={"TransactionMessageRetryInterval": "5"})
    numbers = iter([2**70, 12])
    rig.central.answers["StartTransaction"] = lambda _: {
        "transactionId": next(numbers),
        "idTagInfo": {"status": "Accepted"},
    }
    rig.plug_in()
    rig.tag()
    await rig.until(lambda: rig.cp.transaction_id() == 12)
    assert len(rig.central.of("StartTransaction")) == 2


async def test_a_tag_whose_expiry_cannot_be_read_is_not_remembered(rig: Any) -> None:
    await rig.boot()
    rig.central.tags["TAG1"] = {"status": "Accepted", "expiryDate": "0000-01-01T00:00:00Z"}
    await rig.charging()
    rig.tag()
    await rig.run(10)
    rig.unplug()
    rig.cp.cut_network()
    await rig.run(5)
    rig.plug_in()
    rig.tag()
    await rig.run(5)
    assert not rig.cp.in_transaction(1)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
async def test_a_time_that_nobody_can_count_on_from_does_not_set_the_clock(
    rig: Any, moment: str
) -> None:
    rig.central.answers["BootNotification"] = lambda _: {
        "currentTime": moment,
        "interval": 60,
        "status": "Accepted",
    }
    cp = await rig.boot()
    await rig.run(120)
    assert cp.wall.now().year == 2026
    assert len(rig.central.of("Heartbeat")) == 2
