"""The reference controller on the real electrics: plug, charge, stop, and what goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from twin.clock import Clock
from twin.controller import ControllerSettings, Hardware, ReferenceController
from twin.evse import Evse
from twin.evse_config import EvseConfig
from twin.process import FaultCode, Phase, StopKind
from twin.vehicle import Vehicle

S = 1_000_000


class Charger:
    """An EVSE with the reference controller, and its clock."""

    def __init__(self, **facts: Any) -> None:
        self.config = EvseConfig(**facts)
        config = self.config
        self.clock = Clock()
        self.controller = ReferenceController(
            ControllerSettings(),
            Hardware(
                kind=config.kind,
                rating_a=config.rating_a,
                phases=config.phases,
                ventilation=config.ventilation,
                lock=config.kind == "socket",
            ),
        )
        self.evse = Evse(self.clock, config, self.controller)
        self.run(2)

    def run(self, seconds: float) -> None:
        self.clock.run_until(self.clock.now_us + round(seconds * S))

    def until(self, done: Callable[[], bool], within_s: float, step_s: float = 0.001) -> float:
        start_us = self.clock.now_us
        while not done():
            assert self.clock.now_us - start_us < within_s * S, self.evse.report()
            self.run(step_s)
        return (self.clock.now_us - start_us) / S

    def charge(self, model: str = "byd-atto-3", soc_percent: float = 40.0) -> Vehicle:
        vehicle = Vehicle(model, soc_percent=soc_percent)
        self.evse.plug_in(vehicle)
        self.evse.command(permitted=True, limit_a=16.0)
        self.until(lambda: self.evse.current_a("l1") > 5.0, 60.0, 0.1)
        self.run(20)
        return vehicle


TOLERANCES = ("nominal", "worst")
KINDS = (
    {"kind": "tethered", "phases": 3},
    {"kind": "tethered", "phases": 1},
    {"kind": "socket", "phases": 3},
)


@pytest.mark.parametrize("tolerance", TOLERANCES)
@pytest.mark.parametrize("facts", KINDS, ids=lambda facts: f"{facts['kind']}-{facts['phases']}")
def test_a_car_plugs_in_charges_stops_and_leaves(facts: dict[str, Any], tolerance: str) -> None:
    charger = Charger(**facts, tolerance=tolerance, seed=7)
    evse = charger.evse
    charger.charge()
    # A report is as of the last tick, and none was due since the current began to rise.
    evse.sample(lambda _at_us, _report: None)
    charger.run(0.002)
    report = evse.report()
    assert report.phase is Phase.CHARGING
    assert report.offered_a == 16.0
    assert 14.0 < report.current_a[0] <= 16.2
    assert report.locked is (facts["kind"] == "socket")
    before_wh = report.energy_wh
    charger.run(600)
    charger.evse.sample(lambda _at_us, _report: None)
    charger.run(0.01)
    true_wh = evse.energy_wh()
    assert evse.report().energy_wh == pytest.approx(true_wh, rel=0.012)
    assert evse.report().energy_wh > before_wh + 300
    evse.command(permitted=False)
    charger.until(lambda: not evse.pole_closed("l1"), 6.0)
    charger.run(1)
    assert evse.report().last_stop is StopKind.SOFT
    assert evse.report().phase is Phase.PLUGGED
    evse.unplug()
    charger.run(1)
    assert evse.report().phase is Phase.IDLE
    assert not evse.report().faults


def test_a_car_that_is_full_goes_back_to_b_and_the_contactor_opens() -> None:
    charger = Charger()
    charger.evse.plug_in(Vehicle("byd-atto-3", soc_percent=99.0))
    charger.evse.command(permitted=True, limit_a=16.0)
    charger.run(3 * 3600)
    assert charger.evse.report().phase is Phase.OFFERING
    assert charger.evse.report().energy_wh > 100
    assert not charger.evse.pole_closed("l1")


def test_a_motorcycle_with_a_simplified_pilot_charges() -> None:
    charger = Charger(phases=1)
    charger.charge("energica-ego")
    assert charger.evse.report().phase is Phase.CHARGING


def test_a_motorcycle_without_a_pilot_charges_at_a_plain_socket_until_it_is_full() -> None:
    charger = Charger(kind="plain", phases=1, rating_a=10.0)
    charger.evse.plug_in(Vehicle("horwin-cr6", soc_percent=90.0))
    charger.evse.command(permitted=True, limit_a=10.0)
    charger.run(30)
    assert charger.evse.current_a("l1") > 2.0
    charger.run(4 * 3600)
    assert charger.evse.report().phase is Phase.IDLE
    assert not charger.evse.pole_closed("l1")
    assert charger.evse.report().energy_wh > 100


def test_the_poles_are_open_within_100_ms_of_pulling_the_plug_under_load() -> None:
    for seed in range(20):
        charger = Charger(seed=seed, tolerance="worst")
        charger.charge()
        charger.evse.unplug(by_force=True)
        opened_s = charger.until(lambda c=charger: not c.evse.pole_closed("l1"), 0.2)
        assert opened_s <= 0.1


@pytest.mark.parametrize(
    ("fault", "params", "code"),
    [
        ("pilot_short", {"resistance_ohm": 80.0}, FaultCode.PILOT_SHORTED),
        ("pilot_short", {"resistance_ohm": 80.0, "where": "behind"}, FaultCode.PILOT_SHORTED),
        ("diode_shorted", {}, FaultCode.DIODE_MISSING),
        ("earth_lost", {}, FaultCode.EARTH_LOST),
        ("phase_lost", {"line": "l2"}, FaultCode.PHASE_LOST),
        ("neutral_lost", {}, FaultCode.NEUTRAL_LOST),
        ("pilot_converter_dead", {}, FaultCode.SENSOR_LOST),
        ("meter_dead", {}, FaultCode.SENSOR_LOST),
        ("temperature_sensor_lost", {}, FaultCode.SENSOR_LOST),
    ],
)
def test_a_fault_in_the_circuit_opens_the_poles_within_100_ms_and_is_named(
    fault: str, params: dict[str, Any], code: FaultCode
) -> None:
    charger = Charger()
    charger.charge()
    charger.evse.inject(fault, **params)
    assert charger.until(lambda: not charger.evse.pole_closed("l1"), 0.2) <= 0.1
    charger.run(0.01)
    assert code in charger.evse.report().faults
    assert charger.evse.report().last_stop is StopKind.IMMEDIATE


@pytest.mark.parametrize(("current_ma", "within_s"), [(6.0, 10.0), (60.0, 0.3), (200.0, 0.1)])
def test_a_direct_residual_current_opens_in_the_time_of_its_size(
    current_ma: float, within_s: float
) -> None:
    charger = Charger()
    charger.charge()
    charger.evse.inject("residual_dc", current_ma=current_ma)
    opened_s = charger.until(lambda: not charger.evse.pole_closed("l1"), 12.0)
    assert opened_s <= within_s
    charger.run(0.1)
    assert charger.evse.report().faults == {FaultCode.RESIDUAL_CURRENT}


def test_a_welded_pole_is_found_after_the_session() -> None:
    charger = Charger()
    charger.charge()
    charger.evse.inject("contactor_welded", pole="l3")
    charger.evse.command(permitted=False)
    charger.run(8)
    assert charger.evse.report().faults == {FaultCode.CONTACTOR_WELDED}
    assert charger.evse.report().phase is Phase.FAULTED


def test_a_sag_stops_softly_and_charging_comes_back_by_itself() -> None:
    charger = Charger()
    charger.charge()
    charger.evse.inject("supply_voltage", factor=0.8)
    charger.run(8)
    assert not charger.evse.pole_closed("l1")
    charger.evse.clear("supply_voltage")
    charger.run(60)
    assert charger.evse.report().phase is Phase.CHARGING
    assert charger.evse.current_a("l1") > 10.0


def test_a_power_cut_keeps_the_register_but_for_ten_seconds_of_power() -> None:
    charger = Charger()
    charger.charge()
    charger.run(1000)
    charger.evse.sample(lambda _at_us, _report: None)
    charger.run(0.01)
    before = charger.evse.report()
    charger.evse.cut_power()
    charger.run(30)
    charger.evse.restore_power()
    charger.run(2)
    lost_wh = before.energy_wh - charger.evse.report().energy_wh
    assert -0.1 <= lost_wh <= sum(before.power_w) * 10.1 / 3600


def test_leaving_out_ticks_on_the_plant_changes_nothing() -> None:
    logs = []
    for every_tick in (False, True):
        clock = Clock()
        controller = ReferenceController(ControllerSettings(), Hardware())
        evse = Evse(clock, EvseConfig(seed=3), controller, every_tick=every_tick)
        log: list[tuple[int, object]] = []
        step = controller.step

        def logged(now_us: int, inputs: Any, step: Any = step, log: Any = log) -> Any:
            outputs = step(now_us, inputs)
            if not log or log[-1][1] != outputs:
                log.append((now_us, outputs))
            return outputs

        controller.step = logged  # type: ignore[method-assign]
        clock.run_until(2 * S)
        evse.plug_in(Vehicle("byd-atto-3", soc_percent=60.0))
        evse.command(permitted=True, limit_a=16.0)
        clock.run_until(25 * S)
        evse.command(limit_a=10.0)
        clock.run_until(30 * S)
        evse.inject("supply_voltage", factor=0.8)
        clock.run_until(40 * S)
        evse.clear("supply_voltage")
        clock.run_until(55 * S)
        evse.unplug(by_force=True)
        clock.run_until(56 * S)
        logs.append(log)
    assert logs[0] == logs[1]
    assert len(logs[0]) > 8
