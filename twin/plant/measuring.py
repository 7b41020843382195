"""Every signal of an EVSE that can be measured at this instant, by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twin.plant.wiring import Wiring

LINES = ("l1", "l2", "l3")


def _current(line: int, evse: Wiring) -> float:
    return evse.path.current_a(line)


def _voltage(line: int, evse: Wiring) -> float:
    return evse.path.voltage_v(line)


def _power(line: int, evse: Wiring) -> float:
    return evse.path.power_w(line)


def _pole(pole: str, evse: Wiring) -> bool:
    return evse.gear.closed[pole]


def _rise(evse: Wiring) -> float | None:
    edges = evse.pilot.edges()
    return None if edges is None else edges.rise_us


def _fall(evse: Wiring) -> float | None:
    edges = evse.pilot.edges()
    return None if edges is None else edges.fall_us


SIGNALS: dict[str, Callable[[Wiring], float | None]] = {
    **{f"current_{name}_a": partial(_current, line) for line, name in enumerate(LINES)},
    **{f"voltage_{name}_v": partial(_voltage, line) for line, name in enumerate(LINES)},
    **{f"power_{name}_w": partial(_power, line) for line, name in enumerate(LINES)},
    **{f"pole_{pole}": partial(_pole, pole) for pole in ("n", *LINES)},
    "pilot_high_mv": lambda evse: evse.pilot.plateaus_mv()[0],
    "pilot_low_mv": lambda evse: evse.pilot.plateaus_mv()[1],
    "pilot_duty_percent": lambda evse: evse.pilot.duty_percent(),
    "pilot_rise_us": _rise,
    "pilot_fall_us": _fall,
    "pilot_capacitance_pf": lambda evse: evse.pilot.circuit.evse_pf,
    "pilot_source_ohm": lambda evse: evse.pilot.circuit.source_ohm,
    "pilot_period_us": lambda evse: evse.pilot.generator.period_us,
    "energy_wh": lambda evse: sum(evse.path.energy_ws()) / 3600,
    "lost_wh": lambda evse: evse.path.lost_ws() / 3600,
    "temperature_contactor_c": lambda evse: evse.path.temperatures_c()[0],
    "temperature_connector_c": lambda evse: evse.path.temperatures_c()[1],
    "residual_dc_ma": lambda evse: evse.protection.monitor.leak_ma,
    "residual_ac_ma": lambda evse: evse.protection.leak_ac_ma,
    "residual_trip": lambda evse: evse.protection.monitor.output,
    "residual_test": lambda evse: evse.protection.monitor.testing,
    "coil_main": lambda evse: evse.gear.contactors["main"].coil,
    "mirror_main_open": lambda evse: evse.gear.mirror_open("main"),
    "mirror_l2l3_open": lambda evse: evse.gear.mirror_open("l2l3"),
    "supply_present": lambda evse: evse.path.supply.alive,
    "frequency_hz": lambda evse: (
        evse.path.supply.frequency_mhz / 1000 if evse.path.supply.alive else 0.0
    ),
    "earth_sense": lambda evse: evse.earth_sense,
    "lock_feedback": lambda evse: evse.lock.home,
    "ventilation": lambda evse: evse.outputs.ventilation,
    "indicator": lambda evse: evse.outputs.indicator,
    "soc_percent": lambda evse: None if evse.vehicle is None else evse.vehicle.soc_percent,
    "s2": lambda evse: None if evse.vehicle is None else evse.vehicle.s2_closed,
}
"""By name; a signal that has no value now is None."""
