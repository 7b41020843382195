"""Reset and UnlockConnector."""

from __future__ import annotations

from typing import Any


async def _boots(rig: Any, number: int) -> None:
    await rig.until(lambda: len(rig.central.of("BootNotification")) == number)
    await rig.until(lambda: rig.cp.online)
    await rig.run(2)


async def test_after_a_reset_a_power_cut_is_a_power_cut_again(rig: Any) -> None:
    cp = await rig.boot()
    await rig.ask("Reset", {"type": "Hard"})
    await _boots(rig, 2)
    await rig.charging()
    cp.cut_power()
    await rig.run(5)
    cp.restore_power()
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    assert rig.central.of("StopTransaction")[0]["reason"] == "PowerLoss"


async def test_a_deauthorized_cable_stays_locked_until_its_owner_shows_the_tag(rig: Any) -> None:
    rig.add_evse(kind="socket")
    rig.central.answers["StartTransaction"] = lambda _: {
        "transactionId": 7,
        "idTagInfo": {"status": "Invalid"},
    }
    await rig.boot()
    rig.plug_in()
    await rig.run(1)
    rig.tag("OWNER")
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    await rig.run(60)
    assert rig.evses[0].report().locked
    rig.tag("owner")
    await rig.run(2)
    assert not rig.evses[0].report().locked


async def _vehicle_gone_from_the_cable(rig: Any, **keys: str) -> None:
    rig.add_evse(kind="socket")
    await rig.boot(configuration={"UnlockConnectorOnEVSideDisconnect": "false", **keys})
    await rig.charging(id_tag="OWNER")
    rig.unplug(at_vehicle=True)
    await rig.run(30)
    assert rig.evses[0].report().locked


async def test_a_cable_without_its_vehicle_is_given_to_who_shows_the_tag(rig: Any) -> None:
    await _vehicle_gone_from_the_cable(rig)
    assert not rig.cp.in_transaction()
    rig.tag("owner")
    await rig.run(2)
    assert not rig.evses[0].report().locked
    assert len(rig.central.of("Authorize")) == 1, "nothing else begins"


async def test_a_stop_by_tag_gives_the_cable_back_also_without_its_vehicle(rig: Any) -> None:
    await _vehicle_gone_from_the_cable(rig, StopTransactionOnEVSideDisconnect="false")
    assert rig.cp.in_transaction()
    rig.tag("OWNER")
    await rig.run(2)
    assert not rig.evses[0].report().locked


async def test_a_cable_whose_vehicle_comes_back_charges_at_the_first_tag(rig: Any) -> None:
    await _vehicle_gone_from_the_cable(rig)
    rig.plug_in()
    await rig.run(1)
    rig.tag("OWNER")
    await rig.until(lambda: rig.evses[0].report().closed)
    assert len(rig.central.of("StartTransaction")) == 2


async def test_with_a_fixed_cable_there_is_nothing_to_give_back_to_a_tag(rig: Any) -> None:
    accepts = rig.central._StartTransaction
    blocked = {"transactionId": 7, "idTagInfo": {"status": "Blocked"}}
    rig.central.answers["StartTransaction"] = lambda _: blocked
    cp = await rig.boot()
    rig.plug_in()
    await rig.run(1)
    rig.tag("OWNER")
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    await rig.until(lambda: not cp.in_transaction())
    rig.central.answers["StartTransaction"] = accepts
    rig.tag("OWNER")
    await rig.until(lambda: rig.evses[0].report().closed)
    assert len(rig.central.of("StartTransaction")) == 2
