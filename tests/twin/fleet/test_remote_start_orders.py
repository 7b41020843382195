"""The profile of a remote start is one as any other from its acceptance on (decision 17)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.peers.charging_profiles import TX, profile
from tests.peers.orders_on_the_wire import SECOND_US, Wire
from twin.fleet.orders import SURE_US

OF_ALL = profile((0, 16.0), number=9)


def start(limit: float = 10.0, tag: str = "TAG", number: int = 1, **more: Any) -> dict[str, Any]:
    wanted = profile((0, limit), (60, limit - 2), purpose=TX, kind="Relative", number=number)
    return {"idTag": tag, "chargingProfile": wanted, **more}


@pytest.fixture(params=[{}, {"connectorId": 1}], ids=["anywhere", "at-1"])
def where(request: pytest.FixtureRequest) -> Any:
    """Whether the central system names the connector, or the charger chooses it."""
    return request.param


@pytest.fixture
def wire() -> Wire:
    """A charger with a limit for all connectors, which shows where no other profile prevails."""
    wire = Wire()
    wire.install(0, OF_ALL)
    return wire


def test_it_counts_from_its_transaction_and_ends_with_it(wire: Wire, where: Any) -> None:
    wire.order("RemoteStartTransaction", start(**where))
    assert wire.orders.accepted == 2
    wire.now_us = 20 * SECOND_US
    wire.orders.began(1, "tag")
    assert [wire.limit(at_s) for at_s in (20, 79.9, 80)] == [10.0, 10.0, 8.0]
    wire.orders.ended(1)
    wire.orders.began(1, "TAG")
    assert wire.limit(80) == 16.0


@pytest.mark.parametrize(
    "wanted",
    [{"id": 1}, {"chargingProfilePurpose": TX}, {"chargingProfilePurpose": TX, "stackLevel": 0}],
)
def test_once_it_is_cleared_it_is_gone_for_the_transaction_too(
    wire: Wire, where: Any, wanted: dict[str, Any]
) -> None:
    wire.order("RemoteStartTransaction", start(**where))
    wire.order("ClearChargingProfile", wanted)
    wire.now_us = SURE_US + 1
    wire.orders.began(1, "TAG")
    assert wire.limit(31) == 16.0
    assert wire.orders.charging == [1], "given up or not: there is nothing to be kept"


def test_it_is_cleared_at_its_connector_and_stays_where_another_is_cleared(wire: Wire) -> None:
    wire.order("RemoteStartTransaction", start(connectorId=1))
    wire.order("ClearChargingProfile", {"connectorId": 2, "chargingProfilePurpose": TX})
    wire.orders.began(1, "TAG")
    assert wire.limit(0) == 10.0
    wire.order("RemoteStartTransaction", start(connectorId=2, number=2))
    wire.order("ClearChargingProfile", {"connectorId": 2, "chargingProfilePurpose": TX})
    wire.orders.began(2, "TAG")
    assert wire.limit(0, connector=2) == 16.0


def test_whether_it_was_cleared_is_not_judged_where_the_charger_chose_the_connector(
    wire: Wire,
) -> None:
    wire.order("RemoteStartTransaction", start())
    wire.order("ClearChargingProfile", {"connectorId": 2, "stackLevel": 0})
    wire.orders.began(1, "TAG")
    assert wire.orders.charging == []


def test_another_profile_of_its_id_takes_its_place(wire: Wire, where: Any) -> None:
    wire.order("RemoteStartTransaction", start(**where))
    wire.install(1, profile((0, 12.0), number=1))
    wire.orders.began(1, "TAG")
    assert wire.limit(0) == 12.0


def test_it_takes_the_place_of_a_profile_of_its_id_for_good(wire: Wire, where: Any) -> None:
    wire.order("RemoteStartTransaction", start(number=9, **where))
    wire.orders.began(1, "OTHER")
    assert wire.limit(0) is None


def test_somebody_elses_transaction_there_has_nothing_of_it(wire: Wire) -> None:
    wire.order("RemoteStartTransaction", start(connectorId=1))
    wire.orders.began(1, "OTHER")
    assert (wire.orders.charging, wire.limit(0)) == ([1], 16.0)
    wire.orders.ended(1)
    wire.orders.began(1, "TAG")
    assert (wire.orders.charging, wire.limit(0)) == ([1], 16.0)


def test_a_second_remote_start_means_that_the_first_has_come_to_nothing(wire: Wire) -> None:
    wire.order("RemoteStartTransaction", start(8.0, connectorId=1))
    wire.order("RemoteStartTransaction", start(12.0, connectorId=1, number=2))
    assert [each.profile_id for each in wire.orders.profiles] == [9, 2]
    wire.orders.began(1, "TAG")
    assert (wire.orders.charging, wire.limit(0)) == ([1], 12.0)


def test_which_of_two_remote_starts_of_one_tag_begins_where_is_not_guessed(wire: Wire) -> None:
    wire.order("RemoteStartTransaction", start(8.0))
    wire.order("RemoteStartTransaction", start(12.0, number=2))
    wire.orders.began(1, "TAG")
    wire.orders.began(2, "TAG")
    assert wire.orders.charging == []
    wire.orders.ended(1)
    wire.orders.began(1, "TAG")
    assert (wire.orders.charging, wire.limit(0)) == ([1], 16.0)


def test_one_that_may_have_been_given_up_is_not_judged(wire: Wire, where: Any) -> None:
    wire.order("RemoteStartTransaction", start(**where))
    wire.now_us = SURE_US + 1
    wire.orders.began(1, "TAG")
    assert wire.orders.charging == []
    wire.orders.ended(1)
    wire.orders.began(1, "TAG")
    assert wire.orders.charging == [1]


def test_one_from_before_a_boot_is_not_judged(wire: Wire, where: Any) -> None:
    wire.order("RemoteStartTransaction", start(**where))
    told = {"status": "Accepted", "currentTime": "2026-01-01T00:00:01Z", "interval": 300}
    wire.now_us = SECOND_US
    wire.orders.boot_answered(told)
    wire.orders.began(1, "TAG")
    assert wire.orders.charging == []
