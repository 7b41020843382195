"""The charging profiles of a transaction, and those that a remote start brings."""

from __future__ import annotations

from typing import Any

import pytest

from tests.peers.charging_profiles import MAX, TX, composite, install, offered, profile


async def test_a_profile_of_the_transaction_ends_with_it(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    mine = profile((0, 10), purpose=TX, transactionId=100)
    assert await install(rig, 1, mine) == "Accepted"
    rig.tag()
    await rig.run(20)
    assert await install(rig, 1, mine) == "Rejected"
    assert await rig.ask("ClearChargingProfile", {"id": 1}) == {"status": "Unknown"}
    rig.unplug()
    await rig.run(5)
    await rig.charging()
    assert offered(rig) == 32


async def test_a_profile_without_an_id_is_for_what_runs(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    assert await install(rig, 1, profile((0, 10), purpose=TX)) == "Accepted"
    await rig.run(6)
    assert offered(rig) == 10


async def test_a_remote_start_brings_its_profile_to_its_own_transaction_only(rig: Any) -> None:
    await rig.boot(configuration={"ConnectionTimeOut": "20"})
    bring = {
        "connectorId": 1,
        "idTag": "TAG9",
        "chargingProfile": profile((0, 10), purpose=TX, kind="Relative"),
    }
    assert await rig.ask("RemoteStartTransaction", bring) == {"status": "Accepted"}
    await rig.run(30)  # nobody came
    await rig.charging(id_tag="TAG9")
    assert offered(rig) == 32


async def test_a_later_profile_replaces_that_of_the_remote_start(rig: Any) -> None:
    await rig.boot()
    rig.plug_in()
    await rig.run(1)
    bring = profile((0, 10), purpose=TX, kind="Relative")
    await rig.ask(
        "RemoteStartTransaction", {"connectorId": 1, "idTag": "TAG9", "chargingProfile": bring}
    )
    await rig.until(lambda: rig.cp.transaction_id() is not None)
    later = profile((0, 12), purpose=TX, kind="Relative", number=2, transactionId=100)
    assert await install(rig, 1, later) == "Accepted"
    await rig.run(10)
    assert offered(rig) == 12
    assert await rig.ask("ClearChargingProfile", {"id": 1}) == {"status": "Unknown"}


# --- between the remote start and the transaction ---


async def _bring(rig: Any, wanted: dict[str, Any], **more: Any) -> str:
    answer = await rig.ask(
        "RemoteStartTransaction",
        {"connectorId": 1, "idTag": "TAG9", "chargingProfile": wanted, **more},
    )
    await rig.run(1)
    return str(answer["status"])


MINE = profile((0, 10), purpose=TX, kind="Relative")


@pytest.mark.parametrize(
    "wanted", [{"id": 1}, {}, {"connectorId": 1, "chargingProfilePurpose": TX, "stackLevel": 0}]
)
async def test_a_profile_that_was_cleared_before_the_vehicle_came_limits_nothing(
    rig: Any, wanted: dict[str, Any]
) -> None:
    await rig.boot()
    assert await _bring(rig, MINE) == "Accepted"
    assert await rig.ask("ClearChargingProfile", wanted) == {"status": "Accepted"}
    rig.plug_in()
    await rig.until(lambda: rig.evses[0].report().closed)
    assert offered(rig) == 32


async def test_a_profile_of_a_remote_start_is_told_before_the_vehicle_comes(rig: Any) -> None:
    await rig.boot(configuration={"ConnectionTimeOut": "20"})
    await _bring(rig, MINE)
    assert await composite(rig) == [(0, 10)]
    await rig.run(30)
    assert await composite(rig) == [(0, 32)], "nobody came"


async def test_a_profile_of_the_same_id_takes_the_place_of_that_of_a_remote_start(
    rig: Any,
) -> None:
    await rig.boot()
    await _bring(rig, MINE)
    assert await install(rig, 1, profile((0, 16))) == "Accepted"
    rig.plug_in()
    await rig.until(lambda: rig.evses[0].report().closed)
    assert offered(rig) == 16


async def test_the_last_place_for_a_profile_is_kept_for_an_accepted_remote_start(rig: Any) -> None:
    await rig.boot(configuration={"MaxChargingProfilesInstalled": "1"})
    assert await _bring(rig, MINE) == "Accepted"
    assert await install(rig, 1, profile((0, 16), number=2)) == "Rejected"
    rig.plug_in()
    await rig.until(lambda: rig.evses[0].report().closed)
    assert offered(rig) == 10


async def test_a_profile_that_a_remote_start_replaces_elsewhere_limits_no_longer(rig: Any) -> None:
    rig.add_evse(seed=1)
    rig.add_evse(seed=2)
    await rig.boot()
    await install(rig, 0, profile((0, 12), purpose=MAX))
    await rig.charging(2)
    assert offered(rig, 2) == 12
    await _bring(rig, MINE)
    await rig.run(6)
    assert offered(rig, 2) == 32
