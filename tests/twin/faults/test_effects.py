"""Each fault: what it does at the pins, and what the reference controller does about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from twin.faults import FAULTS
from twin.process import FaultCode, Phase
from twin.vehicle import Vehicle

Check = Callable[[Any], bool]


@dataclass(frozen=True)
class Row:
    """One fault in one situation.

    Attributes:
        effect: what an instrument sees `after_s` after the fault came.
        reaction: what the controller has made of it `later_s` after the fault came.
        situation: `charging`, or `plugged` without permission.
    """

    fault: str
    params: dict[str, Any]
    effect: Check
    reaction: Check
    situation: str = "charging"
    after_s: float = 0.0
    later_s: float = 3.0
    facts: dict[str, Any] = field(default_factory=dict)


def opened(*codes: FaultCode) -> Check:
    """The contactor is open, and the controller says why."""

    def check(bench: Any) -> bool:
        return not bench.evse.pole_closed("l1") and set(codes) <= bench.evse.report().faults

    return check


def goes_on(bench: Any) -> bool:
    return bench.evse.report().phase is Phase.CHARGING and bench.evse.current_a("l1") > 5


def pilot(high: float | None, low: float | None, within: float = 60) -> Check:
    def check(bench: Any) -> bool:
        pairs = zip(bench.evse.pilot_mv(), (high, low), strict=True)
        return all(
            seen is expected or (seen is not None and abs(seen - expected) < within)
            for seen, expected in pairs
        )

    return check


def signal(name: str, value: float, within: float = 0.01) -> Check:
    return lambda bench: abs(bench.evse.measure(name) - value) <= within


def lines(*volts: float) -> Check:
    return lambda bench: all(
        abs(bench.evse.voltage_v(line) - volt) < 2
        for line, volt in zip(("l1", "l2", "l3"), volts, strict=True)
    )


def stopped_after(limit_ms: float) -> Check:
    """The stop that the controller made opened the poles later than a good contactor would."""

    def check(bench: Any) -> bool:
        bench.evse.command(permitted=False)
        bench.run(20)
        coil_us = bench.trace.last("coil_main", 0)
        return bench.trace.last("pole_l1", 0) - coil_us >= 1000 * limit_ms

    return check


def unplugged_after(limit_ms: float) -> Check:
    def check(bench: Any) -> bool:
        bench.evse.unplug(by_force=True)
        bench.run(5)
        coil_us = bench.trace.last("coil_main", 0)
        return bench.trace.last("pole_l1", 0) - coil_us >= 1000 * limit_ms

    return check


def closes_late(bench: Any) -> bool:
    bench.evse.command(permitted=False)
    bench.run(20)
    bench.evse.command(permitted=True)
    bench.run(20)
    return bench.trace.last("pole_l1", 1) - bench.trace.last("coil_main", 1) >= 100_000


def duty(percent: float) -> Check:
    return lambda bench: abs(bench.evse.pilot_duty_percent() - percent) < 0.3


def always(_: Any) -> bool:
    return True


def pins(name: str, value: Any) -> Check:
    return lambda bench: getattr(bench.evse.inputs, name) == value


def drops_out(bench: Any) -> bool:
    bench.evse.inject("supply_outage")
    bench.run(2)
    coil_us = bench.trace.last("coil_main", 0)
    return bench.trace.last("contact_l1", 0) - coil_us >= 100_000


def hotter(celsius: float) -> Check:
    return lambda bench: bench.evse.measure("temperature_contactor_c") > celsius


def derated(bench: Any) -> bool:
    """Hot, so less is offered than asked for."""
    return max(bench.evse.path.temperatures_c()) > 60 and bench.evse.current_a("l1") < 15


def earth_short(bench: Any) -> bool:
    return opened(FaultCode.PILOT_SHORTED)(bench)


PLUGGED = "plugged"
F = FaultCode
ROWS = [
    # control pilot
    Row("pilot_short", {"resistance_ohm": 80.0}, pilot(829, -889), earth_short),
    Row(
        "pilot_short",
        {"resistance_ohm": 80.0, "where": "behind"},
        pilot(1475, -12_000),
        earth_short,
    ),
    Row("pilot_glitch", {"duration_us": 2000}, pilot(0, 0), goes_on),
    Row("pilot_open", {}, pilot(12_000, -12_000), opened()),
    Row("diode_shorted", {}, pilot(5622, -5622), opened(F.DIODE_MISSING)),
    Row("diode_open", {}, pilot(12_000, -12_000), opened()),
    Row("ev_resistance", {"r2_ohm": 4610.0, "r3_ohm": 1723.0}, pilot(6996, -12_000, 100), goes_on),
    Row(
        "generator_amplitude",
        {"positive_v": 12.0, "negative_v": -8.0},
        pilot(5995, -8000),
        opened(F.DIODE_MISSING),
    ),
    Row("generator_frequency", {"frequency_hz": 900.0}, signal("pilot_period_us", 1111), goes_on),
    Row("source_resistance", {"resistance_ohm": 1100.0}, pilot(5725, -12_000), goes_on),
    Row(
        "pilot_capacitance",
        {"capacitance_pf": 10_000.0},
        lambda bench: bench.evse.pilot_edges_us()[0] > 10,
        goes_on,
    ),
    Row("pilot_duty_error", {"offset_percent": -10.0}, duty(43.2), goes_on, after_s=0.01),
    Row(
        "pilot_converter_dead",
        {},
        lambda bench: bench.evse.inputs.pilot_age_us > 10_000,
        opened(F.SENSOR_LOST),
        after_s=0.1,
    ),
    Row("proximity_resistance", {"resistance_ohm": 20.0}, always, opened(F.PROXIMITY_INVALID),
        facts={"kind": "socket"}),
    Row("earth_lost", {}, signal("earth_sense", 0), opened(F.EARTH_LOST)),
    Row("earth_open", {}, pilot(12_000, -12_000), opened()),
    # contactor and contacts
    Row("contactor_welded", {"pole": "l3"}, signal("mirror_l2l3_open", 0),
        lambda bench: F.CONTACTOR_WELDED in stop(bench).faults),
    Row("contactor_welded", {"pole": "l1"}, signal("mirror_main_open", 0),
        lambda bench: F.CONTACTOR_WELDED in stop(bench).faults and current_on(bench) == ""),
    Row("contactor_welded", {"pole": "all"}, signal("mirror_l2l3_open", 0),
        lambda bench: F.CONTACTOR_WELDED in stop(bench).faults and bench.evse.pole_closed("l2")),
    Row("contactor_stuck_open", {"pole": "l2"}, always,
        lambda bench: permit(bench).phase is Phase.CHARGING and current_on(bench) == "l1 l3"
        and not bench.evse.inputs.mirror_l2l3_open, situation=PLUGGED),
    Row("contactor_bounce", {"bounce_ms": 100.0, "pole": "l3"}, always,
        lambda bench: permit(bench).phase is Phase.CHARGING and last_bounce_us(bench) == 80_000,
        situation=PLUGGED),
    Row("contactor_stuck_open", {"contactor": "main"}, always,
        lambda bench: F.CONTACTOR_STUCK_OPEN in permit(bench).faults, situation=PLUGGED),
    Row("contactor_slow_release", {"release_ms": 60.0}, always, unplugged_after(60)),
    Row("contactor_slow_closing", {"close_ms": 100.0}, always, closes_late),
    Row("coil_hold_up", {"hold_ms": 100.0}, always, drops_out),
    Row("contactor_arc", {"arc_ms": 50.0}, always, unplugged_after(60)),
    Row("contact_resistance", {"resistance_mohm": 60.0}, hotter(60), derated,
        after_s=300.0, later_s=1200.0),
    Row("connector_resistance", {"resistance_mohm": 60.0},
        lambda bench: bench.evse.measure("temperature_connector_c") > 60,
        derated, after_s=200.0, later_s=1200.0),
    Row("lock_jammed", {}, always,
        lambda bench: F.LOCK_FAILED in permit(bench).faults and not bench.evse.lock.home,
        situation=PLUGGED, facts={"kind": "socket"}),
    # residual current
    Row("residual_dc", {"current_ma": 6.0}, signal("residual_dc_ma", 6.0),
        opened(F.RESIDUAL_CURRENT)),
    Row("residual_dc", {"current_ma": 3.0}, signal("residual_dc_ma", 3.0), goes_on, later_s=60.0),
    Row("residual_ac", {"resistance_ohm": 7000.0}, signal("residual_ac_ma", 32.6, 0.3),
        lambda bench: not bench.evse.path.supply.alive and not bench.evse.pole_closed("l1")),
    Row("residual_monitor_dead", {}, always,
        lambda bench: F.RESIDUAL_TEST_FAILED in permit(bench).faults, situation=PLUGGED),
    Row("residual_monitor_stuck", {}, signal("residual_trip", 1), opened(F.RESIDUAL_CURRENT)),
    Row("residual_monitor", {"trip_ma": 100.0}, always,
        lambda bench: F.RESIDUAL_TEST_FAILED in permit(bench).faults, situation=PLUGGED),
    Row("residual_device", {"trip_ma": 1.0}, always,
        lambda bench: leak(bench, 20_000.0) and not bench.evse.path.supply.alive),
    Row("residual_device_dead", {}, always,
        lambda bench: leak(bench, 1000.0) and bench.evse.path.supply.alive),
    # supply
    Row("supply_voltage", {"factor": 0.8}, lines(182.4, 182.4, 182.4), opened(F.UNDER_VOLTAGE),
        later_s=10.0),
    Row("supply_voltage", {"factor": 1.15, "line": "l2"}, lines(228.4, 262.9, 228.4),
        opened(F.OVER_VOLTAGE), later_s=10.0),
    Row("supply_outage", {}, lines(0, 0, 0), opened()),
    Row("phase_lost", {"line": "l2"}, lines(228.4, 0, 228.4), opened(F.PHASE_LOST)),
    Row("neutral_lost", {"shift_v": 60.0}, lines(168.4, 263.8, 263.8), opened(F.NEUTRAL_LOST)),
    Row("neutral_lost", {"shift_v": 60.0, "towards": "l2"}, lines(262.1, 0, 0),
        opened(F.NEUTRAL_LOST), facts={"phases": 1}),
    Row("neutral_lost", {"shift_v": 60.0, "towards": "l1"}, lines(168.4, 0, 0),
        opened(F.UNDER_VOLTAGE), facts={"phases": 1}, later_s=10.0),
    Row("neutral_open", {}, lines(0, 0, 0), opened(F.UNDER_VOLTAGE), facts={"phases": 1}),
    Row("neutral_open", {}, lines(228.4, 228.4, 228.4), goes_on),
    Row("supply_frequency", {"frequency_hz": 47.0}, signal("frequency_hz", 47.0), goes_on),
    # meter and sensors
    Row("meter_gain", {"error_percent": 50.0},
        lambda bench: abs(sum(bench.evse.path.cycle(bench.clock.now_us).vi) / 200
                          - 1.5 * 3 * 0.99 * 228.4 * 16) < 30,
        goes_on, after_s=0.1),
    Row("meter_angle", {"error_percent": 10.0},
        lambda bench: sum(bench.evse.path.cycle(bench.clock.now_us).vi) / 200 > 11_500,
        goes_on, after_s=0.1),
    Row("meter_dead", {}, lambda bench: bench.evse.inputs.cycle_n == (0, 0, 0),
        opened(F.SENSOR_LOST), after_s=0.01),
    Row("ambient", {"temperature_c": 80.0}, hotter(40), opened(F.OVER_TEMPERATURE),
        after_s=600.0, later_s=3600.0),
    Row("terminal_temperature", {"temperature_c": 90.0}, hotter(89.9),
        opened(F.OVER_TEMPERATURE)),
    Row("temperature_sensor_lost", {}, pins("temperature_valid", False), opened(F.SENSOR_LOST),
        after_s=0.01),
    # vehicle
    Row("over_current", {"factor": 2.5}, lambda bench: bench.evse.current_a("l1") > 20,
        opened(F.OVER_CURRENT), after_s=4.0, later_s=20.0),
    Row("short_circuit", {"current_a": 200.0}, lambda bench: bench.evse.current_a("l1") > 190,
        opened(F.SHORT_CIRCUIT), later_s=1.0),
    *(
        Row("short_circuit", {"current_a": 100.0, "line": line},
            lambda bench, line=line: amps_on(bench) == amps(line, 116.0, 16.0),
            opened(F.SHORT_CIRCUIT), later_s=1.0)
        for line in ("l1", "l2", "l3")
    ),
    *(
        Row("overload", {"current_a": 18.0, "line": line},
            lambda bench, line=line: amps_on(bench) == amps(line, 34.0, 16.0), goes_on,
            later_s=20.0)
        for line in ("l1", "l2", "l3")
    ),
    *(
        Row("overload", {"current_a": 25.0, "line": line},
            lambda bench, line=line: amps_on(bench) == amps(line, 41.0, 16.0),
            opened(F.OVER_CURRENT), later_s=12.0)
        for line in ("l1", "l2", "l3")
    ),
    Row("stays_in_c", {}, always,
        lambda bench: stop(bench) and bench.vehicle.s2_closed
        and not bench.evse.pole_closed("l1")),
    Row("slow_follow", {"delay_s": 7.0}, always, lambda bench: follows_late(bench)),
]  # fmt: skip


def amps(line, faulty_a, good_a):
    return [faulty_a if each == line else good_a for each in ("l1", "l2", "l3")]


def amps_on(bench):
    return [round(bench.evse.current_a(line), 3) for line in ("l1", "l2", "l3")]


def stop(bench):
    bench.evse.command(permitted=False)
    bench.run(15)
    return bench.evse.report()


def permit(bench):
    bench.evse.command(permitted=True, limit_a=16.0)
    bench.run(15)
    return bench.evse.report()


def current_on(bench):
    """The lines that carry current."""
    return " ".join(line for line in ("l1", "l2", "l3") if bench.evse.current_a(line) > 1)


def last_bounce_us(bench):
    """From the first touch of L3 to the beginning of its last gap."""
    return bench.trace.last("pole_l3", 0) - bench.trace.first("contact_l3", 1, after_us=1)


def leak(bench, ohm):
    bench.evse.inject("residual_ac", resistance_ohm=ohm)
    bench.run(2)
    return True


def follows_late(bench):
    bench.evse.command(limit_a=8.0)
    bench.run(6)
    before = bench.evse.current_a("l1")
    bench.run(10)
    return before > 15 and bench.evse.current_a("l1") < 9


def prepare(build, row):
    bench = build(**row.facts)
    vehicle = Vehicle("bmw-i3-120", soc_percent=20)
    bench.vehicle = vehicle
    bench.evse.plug_in(vehicle)
    if row.situation == "charging":
        bench.evse.command(permitted=True, limit_a=32.0)
    bench.run(30)
    assert bench.evse.pole_closed("l1") is (row.situation == "charging")
    return bench


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.fault}-{row.params}")
def test_a_fault_does_what_its_physics_say_and_the_controller_what_it_should(build, row):
    bench = prepare(build, row)
    bench.evse.inject(row.fault, **row.params)
    if row.after_s:
        bench.run(row.after_s)
    assert row.effect(bench), "effect"
    bench.run(row.later_s - row.after_s)
    assert row.reaction(bench), f"reaction: {bench.evse.report()}"


def test_every_fault_has_its_row():
    assert {row.fault for row in ROWS} == set(FAULTS)


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_fault_that_is_mended_leaves_the_circuits_as_they_were(build, name):
    def instruments(bench):
        evse = bench.evse
        return (
            evse.pilot_mv(),
            [evse.voltage_v(line) for line in ("l1", "l2", "l3")],
            [evse.gear.mirror_open(contactor) for contactor in ("main", "l2l3")],
            [(c.close_us, c.release_us, c.stuck_open) for c in evse.gear.contactors.values()],
            [
                (pole.bounce_us, pole.welded, pole.broken, pole.touching)
                for contactor in evse.gear.contactors.values()
                for pole in contactor.poles.values()
            ],
            (evse.protection.monitor.output, evse.protection.monitor.delay.threshold_ma),
            (evse.protection.device.threshold_ma, evse.protection.device.slowness),
            (evse.path.meter.power_gain, evse.path.meter.dead, evse.path.sensors_valid),
            (evse.path.contactor_node.gain, evse.path.connector_node.gain),
            (evse.path.contactor_node.ambient_c, evse.earth_sense, evse.lock.jammed),
            (evse.vehicle.over_factor, evse.vehicle.stays_in_c, evse.vehicle.follow_delay_s),
            (evse.vehicle.short_a, evse.gear.hold_us, evse.path.extra_arc_us),
            (evse.pilot.generator.period_us, evse.pilot.circuit.evse_pf),
            (evse.pilot.duty_offset_ppm, evse.measure("frequency_hz")),
        )

    bench = build(kind="socket")
    bench.evse.plug_in(Vehicle("bmw-i3-120", soc_percent=20))
    bench.run(5)
    before = instruments(bench)
    bench.evse.inject(name)
    bench.evse.clear(name)
    bench.run(1)
    assert instruments(bench) == before


@pytest.mark.parametrize("name", ["over_current", "short_circuit", "stays_in_c", "slow_follow"])
def test_a_vehicle_fault_meets_the_vehicle_that_comes_later(build, name):
    bench = build()
    bench.evse.inject(name)
    vehicle = Vehicle()
    bench.evse.plug_in(vehicle)
    assert (
        vehicle.over_factor > 1
        or vehicle.short_a > 0
        or vehicle.stays_in_c
        or vehicle.follow_delay_s
    )


def test_of_two_faults_in_one_component_the_other_stays_when_one_is_mended(build):
    bench = build()
    bench.evse.plug_in(Vehicle())
    bench.evse.inject("diode_open")
    bench.evse.inject("diode_shorted")
    bench.evse.inject("pilot_short", resistance_ohm=500.0)
    bench.evse.inject("pilot_glitch", duration_us=1000)
    bench.evse.clear("diode_shorted")
    assert bench.evse.pilot.circuit.diode == "open"
    bench.run(0.01)
    assert bench.evse.pilot.circuit.short_before_ohm == 500.0
    assert bench.evse.pilot_mv()[0] == pytest.approx(4000)


def test_a_fault_can_be_set_for_an_instant(build):
    bench = build()
    bench.charge()
    at_us = bench.clock.now_us + 123_456
    bench.evse.inject_at(at_us, "pilot_short", resistance_ohm=0.0)
    bench.run(3)
    assert bench.trace.first("pilot_high_mv", 0, after_us=at_us - 1) == at_us


@pytest.mark.parametrize(
    ("name", "params", "says"),
    [
        ("pilot_shot", {}, "did you mean pilot_short"),
        ("pilot_short", {"ohm": 5}, "no parameter 'ohm'"),
        ("pilot_short", {"resistance_ohm": -1.0}, "has to be in"),
        ("pilot_short", {"resistance_ohm": "x"}, "has to be a number"),
        ("pilot_short", {"where": "between"}, "use one of before, behind"),
    ],
)
def test_a_fault_that_cannot_be_is_refused_and_breaks_nothing(build, name, params, says):
    bench = build()
    with pytest.raises(ValueError, match=says):
        bench.evse.inject(name, **params)
    with pytest.raises(ValueError, match=says):
        bench.evse.inject_at(10_000_000, name, **params)
    assert bench.evse.faults == {}


def test_clearing_what_is_not_there_says_what_is(build):
    bench = build()
    bench.evse.inject("earth_lost")
    with pytest.raises(ValueError, match="there are earth_lost"):
        bench.evse.clear("diode_open")
