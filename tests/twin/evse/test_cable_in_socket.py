"""A cable of the driver's: pulled at the vehicle it stays in the socket, and under its lock."""

from __future__ import annotations

import pytest

from twin.evse import ConnectorLockedError
from twin.evse_config import Cable
from twin.vehicle import Vehicle


def test_pulled_at_the_vehicle_the_cable_stays_and_can_be_taken_once_the_lock_is_open(build):
    bench = build(kind="socket")
    vehicle = bench.charge()
    assert bench.evse.unplug(at_vehicle=True) is vehicle
    bench.run(1)
    report = bench.evse.report()
    assert not report.plugged
    assert not report.closed
    assert report.cable_rating_a == 32, "proximity still sees the cable"
    bench.evse.command(permitted=False, hold_lock=False)
    bench.run(2)
    bench.evse.take_cable()
    bench.run(1)
    assert bench.evse.report().cable_rating_a == 0


def test_a_locked_cable_cannot_be_taken_but_by_force(build):
    bench = build(kind="socket")
    bench.evse.command(hold_lock=True)
    bench.charge()
    bench.evse.command(hold_lock=True)
    bench.evse.unplug(at_vehicle=True)
    bench.run(1)
    with pytest.raises(ConnectorLockedError, match="unlock it first"):
        bench.evse.take_cable()
    bench.evse.take_cable(by_force=True)


def test_the_next_vehicle_comes_to_the_cable_that_is_there(build):
    bench = build(kind="socket")
    bench.evse.plug_in(Vehicle(), Cable(rating_a=20))
    bench.run(1)
    bench.evse.unplug(at_vehicle=True)
    bench.run(1)
    with pytest.raises(ValueError, match="a cable is in the socket already"):
        bench.evse.plug_in(Vehicle(), Cable(rating_a=32))
    bench.evse.plug_in(Vehicle())
    bench.run(1)
    assert bench.evse.report().cable_rating_a == 20


def test_without_a_cable_there_is_none_to_take(build):
    bench = build(kind="socket")
    with pytest.raises(ValueError, match="no cable without a vehicle"):
        bench.evse.take_cable()
    bench.evse.plug_in(Vehicle())
    with pytest.raises(ValueError, match="no cable without a vehicle"):
        bench.evse.take_cable()


def test_a_cable_that_belongs_to_the_charger_goes_with_it(build):
    bench = build()
    bench.evse.plug_in(Vehicle())
    bench.evse.unplug(at_vehicle=True)
    with pytest.raises(ValueError, match="no cable without a vehicle"):
        bench.evse.take_cable()
