"""Statuses: the table of transitions, faults, and how long a status has to last."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.charge_point import Status
from twin.charge_point.status_table import ALLOWED, ERROR_CODES, VEHICLE_SIDE, route
from twin.process import FaultCode

# Section 4.9 of the standard, row by row: what may follow.
TABLE = {
    "Available": "234 5 789".replace(" ", ""),
    "Preparing": "134569",
    "Charging": "145689",
    "SuspendedEV": "135689",
    "SuspendedEVSE": "134689",
    "Finishing": "1289",
    "Reserved": "1289",
    "Unavailable": "123459",
    "Faulted": "12345678",
}


def test_the_allowed_transitions_are_those_of_the_standard() -> None:
    columns = list(Status)
    for status in Status:
        allowed = {columns[int(column) - 1] for column in TABLE[status.value]}
        assert ALLOWED[status] == allowed, status


@pytest.mark.parametrize(("start", "target"), list(itertools.product(Status, Status)))
def test_every_route_takes_allowed_steps_only(start: Status, target: Status) -> None:
    if target is Status.RESERVED and start not in {Status.AVAILABLE, Status.FAULTED}:
        return  # a reservation is only made on a connector that is Available
    steps = [start, *route(start, target)]
    assert steps[-1] is target
    assert all(later in ALLOWED[sooner] for sooner, later in itertools.pairwise(steps))
    assert len(steps) <= 4
    if target in ALLOWED[start]:
        assert len(steps) == 2


def test_every_fault_has_an_error_code_of_the_standard() -> None:
    known = {
        "ConnectorLockFailure", "EVCommunicationError", "GroundFailure", "HighTemperature",
        "InternalError", "OtherError", "OverCurrentFailure", "OverVoltage", "PowerMeterFailure",
        "PowerSwitchFailure", "ReaderFailure", "ResetFailure", "UnderVoltage", "WeakSignal",
    }  # fmt: skip
    assert set(ERROR_CODES) == set(FaultCode)
    assert set(ERROR_CODES.values()) <= known
    assert set(FaultCode) > VEHICLE_SIDE


async def test_the_statuses_of_a_long_day_follow_the_table(rig: Any) -> None:
    await rig.boot()
    vehicle = rig.plug_in()
    await rig.run(1)
    rig.tag()
    await rig.run(60)
    vehicle.pause()
    await rig.run(60)
    vehicle.resume()
    await rig.run(60)
    rig.tag()
    await rig.run(20)
    rig.tag("TAG2")
    await rig.run(60)
    rig.evses[0].inject("earth_lost")
    await rig.run(20)
    rig.evses[0].clear("earth_lost")
    await rig.run(60)
    rig.unplug(by_force=True)
    await rig.run(60)
    told = [Status(each) for each in rig.central.statuses()]
    assert len(told) > 8
    assert all(later in ALLOWED[sooner] for sooner, later in itertools.pairwise(told))


async def test_a_fault_that_does_not_heal_ends_the_transaction(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    rig.evses[0].inject("contactor_welded")
    await rig.run(5)
    rig.tag()
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    await rig.run(5)
    last = rig.central.of("StatusNotification")[-1]
    assert (last["status"], last["errorCode"]) == ("Faulted", "PowerSwitchFailure")
    rig.unplug(by_force=True)
    await rig.run(5)
    answer = await rig.ask("RemoteStartTransaction", {"connectorId": 1, "idTag": "TAG1"})
    assert answer == {"status": "Rejected"}, "no further session"


async def test_a_fault_of_the_vehicle_is_no_fault_of_the_charger(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    rig.evses[0].inject("diode_shorted")
    await rig.run(2)
    told = [
        (each["status"], each["errorCode"])
        for each in rig.central.of("StatusNotification")
        if each["connectorId"] == 1
    ]
    assert ("SuspendedEVSE", "EVCommunicationError") in told


async def test_a_status_of_which_nobody_knows_whether_it_arrived_is_told_again(rig: Any) -> None:
    await rig.boot()
    rig.central.on_call = lambda action, _: (
        rig.central.drop() if action == "StatusNotification" else None
    )
    rig.plug_in()
    await rig.until(lambda: rig.central.statuses()[-1] == "Preparing")
    rig.central.on_call = lambda action, payload: None
    rig.unplug()
    await rig.run(60)
    # It never saw the answer to Preparing, and shows what was acknowledged before it again.
    assert rig.central.statuses() == ["Available", "Preparing", "Available"]
    assert rig.cp.settled


async def test_a_status_that_does_not_last_is_not_told(rig: Any) -> None:
    await rig.boot(configuration={"MinimumStatusDuration": "10"})
    rig.plug_in()
    await rig.run(5)
    rig.unplug()
    await rig.run(60)
    assert rig.central.statuses() == ["Available"]
    rig.plug_in()
    await rig.run(9)
    assert rig.central.statuses() == ["Available"]
    await rig.run(3)
    assert rig.central.statuses() == ["Available", "Preparing"]


@given(st.lists(st.sampled_from([each for each in Status if each is not Status.RESERVED])))
def test_any_course_of_statuses_can_be_told_by_the_table(course: list[Status]) -> None:
    told = [Status.AVAILABLE]
    for status in course:
        told += route(told[-1], status)
    assert all(later in ALLOWED[sooner] for sooner, later in itertools.pairwise(told))
