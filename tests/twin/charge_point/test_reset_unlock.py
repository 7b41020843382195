"""Reset and UnlockConnector."""

from __future__ import annotations

from typing import Any

import pytest

from twin.charge_point import Status


async def _boots(rig: Any, number: int) -> None:
    await rig.until(lambda: len(rig.central.of("BootNotification")) == number)
    await rig.until(lambda: rig.cp.online)
    await rig.run(2)


@pytest.mark.parametrize("kind", ["Hard", "Soft"])
async def test_tc_013_014_cs_a_reset_boots_afresh_and_keeps_what_is_out_of_operation(
    rig: Any, kind: str
) -> None:
    rig.add_evse(seed=1)
    rig.add_evse(seed=2)
    await rig.boot()
    await rig.ask("ChangeAvailability", {"connectorId": 1, "type": "Inoperative"})
    await rig.run(1)
    assert await rig.ask("Reset", {"type": kind}) == {"status": "Accepted"}
    await _boots(rig, 2)
    assert rig.central.statuses(1)[-1] == "Unavailable"
    assert rig.central.statuses(2) == ["Available", "Available"]
    await rig.ask("ChangeAvailability", {"connectorId": 1, "type": "Operative"})
    await rig.run(1)
    assert rig.central.statuses(1)[-1] == "Available"


async def test_tc_015_cs_a_hard_reset_ends_the_transaction_after_the_boot(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    await rig.run(300)
    assert await rig.ask("Reset", {"type": "Hard"}) == {"status": "Accepted"}
    await _boots(rig, 2)
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    (stop,) = rig.central.of("StopTransaction")
    assert (stop["transactionId"], stop["reason"]) == (100, "HardReset")
    assert stop["meterStop"] == int(rig.evses[0].report().energy_wh)
    assert rig.central.statuses()[-1] in {"Finishing", "Preparing"}
    assert not rig.evses[0].report().closed


async def test_tc_016_cs_a_soft_reset_ends_the_transaction_before_the_boot(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    assert await rig.ask("Reset", {"type": "Soft"}) == {"status": "Accepted"}
    await _boots(rig, 2)
    assert rig.central.of("StopTransaction")[0]["reason"] == "SoftReset"
    after_start = rig.central.actions[rig.central.actions.index("StartTransaction") :]
    assert after_start.index("StopTransaction") < after_start.index("BootNotification")


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


async def test_tc_017_1_cs_an_idle_socket_unlocks(rig: Any) -> None:
    rig.add_evse(kind="socket")
    await rig.boot()
    assert await rig.ask("UnlockConnector", {"connectorId": 1}) == {"status": "Unlocked"}


async def test_tc_017_2_cs_a_fixed_cable_has_nothing_to_unlock(rig: Any) -> None:
    await rig.boot()
    assert await rig.ask("UnlockConnector", {"connectorId": 1}) == {"status": "NotSupported"}


@pytest.mark.parametrize("connector", [2, 99])
async def test_tc_031_cs_an_unknown_connector_is_not_supported(rig: Any, connector: int) -> None:
    rig.add_evse(kind="socket")
    await rig.boot()
    answer = await rig.ask("UnlockConnector", {"connectorId": connector})
    assert answer == {"status": "NotSupported"}


async def test_tc_018_1_cs_unlocking_ends_the_session_first(rig: Any) -> None:
    rig.add_evse(kind="socket")
    await rig.boot()
    await rig.charging()
    assert rig.evses[0].report().locked
    assert await rig.ask("UnlockConnector", {"connectorId": 1}) == {"status": "Unlocked"}
    assert not rig.evses[0].report().closed, "never unlocked while closed"
    assert not rig.evses[0].report().locked
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    assert rig.central.of("StopTransaction")[0]["reason"] == "UnlockCommand"
    await rig.run(1)
    assert rig.central.statuses()[-1] == "Finishing"
    rig.unplug()
    await rig.run(2)
    assert rig.central.statuses()[-1] == "Available"


async def test_tc_018_2_cs_a_fixed_cable_goes_on_charging(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    assert await rig.ask("UnlockConnector", {"connectorId": 1}) == {"status": "NotSupported"}
    await rig.run(20)
    assert rig.cp.status() is Status.CHARGING


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


async def test_tc_005_2_cs_the_cable_may_stay_locked_until_unlocked(rig: Any) -> None:
    rig.add_evse(kind="socket")
    await rig.boot(configuration={"UnlockConnectorOnEVSideDisconnect": "false"})
    await rig.charging()
    await _pull_at_the_vehicle(rig)
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    assert rig.central.of("StopTransaction")[0]["reason"] == "EVDisconnected"
    await rig.run(5)
    assert await rig.ask("UnlockConnector", {"connectorId": 1}) == {"status": "Unlocked"}


async def _pull_at_the_vehicle(rig: Any) -> None:
    rig.unplug(by_force=True)
