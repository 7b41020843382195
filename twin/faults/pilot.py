"""Faults of control pilot, proximity pilot and protective earth."""

from __future__ import annotations

from functools import partial

from twin.faults.fault import Fault, Param, Params
from twin.plant.wiring import Wiring


def _short(evse: Wiring, params: Params) -> None:
    circuit, ohm = evse.pilot.circuit, params["resistance_ohm"]
    behind = params["where"] == "behind"
    circuit.short_before_ohm = None if behind else ohm
    circuit.short_behind_ohm = ohm if behind else None
    evse.pilot.refresh()


def _unshort(evse: Wiring) -> None:
    evse.pilot.circuit.short_before_ohm = evse.pilot.circuit.short_behind_ohm = None
    evse.pilot.refresh()


def _glitch(evse: Wiring, params: Params) -> None:
    evse.pilot.circuit.glitch_ohm = params["resistance_ohm"]
    evse.pilot.refresh()
    evse.clock.after(int(params["duration_us"]), partial(_end_glitch, evse))


def _end_glitch(evse: Wiring) -> None:
    evse.pilot.circuit.glitch_ohm = None
    evse.pilot.refresh()


def _circuit(field: str, value: object, evse: Wiring, _: Params | None = None) -> None:
    setattr(evse.pilot.circuit, field, value)
    evse.pilot.refresh()
    evse.leak_changed()


def _generator(evse: Wiring, params: Params) -> None:
    circuit = evse.pilot.circuit
    circuit.positive_v, circuit.negative_v = params["positive_v"], params["negative_v"]
    evse.pilot.refresh()


def _good_generator(evse: Wiring) -> None:
    circuit, parts = evse.pilot.circuit, evse.parts
    circuit.positive_v, circuit.negative_v = parts.positive_v, parts.negative_v
    evse.pilot.refresh()


def _frequency(evse: Wiring, params: Params) -> None:
    evse.pilot.set_period(round(1e6 / params["frequency_hz"]))


def _good_frequency(evse: Wiring) -> None:
    evse.pilot.set_period(evse.parts.pilot_period_us)


def _source(evse: Wiring, params: Params) -> None:
    evse.pilot.circuit.source_ohm = params["resistance_ohm"]
    evse.pilot.refresh()


def _good_source(evse: Wiring) -> None:
    evse.pilot.circuit.source_ohm = evse.parts.source_ohm
    evse.pilot.refresh()


def _capacitance(evse: Wiring, params: Params) -> None:
    evse.pilot.circuit.evse_pf = params["capacitance_pf"]
    evse.pilot.edges_changed()


def _good_capacitance(evse: Wiring) -> None:
    evse.pilot.circuit.evse_pf = evse.parts.evse_pf
    evse.pilot.edges_changed()


def _duty(evse: Wiring, params: Params) -> None:
    evse.pilot.offset_duty(round(1e4 * params["offset_percent"]))


def _good_duty(evse: Wiring) -> None:
    evse.pilot.offset_duty(evse.parts.duty_error_ppm)


def _converter_dead(evse: Wiring, _: Params) -> None:
    if evse.pilot.converter_dead_us is None:
        evse.pilot.converter_dead_us = evse.clock.now_us
    evse.pins_changed()


def _converter_well(evse: Wiring) -> None:
    evse.pilot.converter_dead_us = None
    evse.pins_changed()


def _resistors(evse: Wiring, params: Params) -> None:
    evse.branch_fault = (params["r2_ohm"], params["r3_ohm"])
    evse.branch_changed()


def _good_resistors(evse: Wiring) -> None:
    evse.branch_fault = None
    evse.branch_changed()


def _cable(evse: Wiring, params: Params) -> None:
    evse.cable_fault_ohm = params["resistance_ohm"]
    evse.proximity_changed()


def _good_cable(evse: Wiring) -> None:
    evse.cable_fault_ohm = None
    evse.proximity_changed()


def _earth(sense: bool, evse: Wiring, _: Params | None = None) -> None:
    evse.earth_sense = sense
    evse.recorder.record("earth_sense", sense)
    evse.leak_changed()
    evse.pins_changed()


FAULTS = (
    Fault(
        "pilot_short",
        "the pilot wire is shorted to earth",
        (
            Param("resistance_ohm", 80.0, "of the short", 0.0, 1e6),
            Param("where", "before", "the vehicle's diode", choices=("before", "behind")),
        ),
        _short,
        _unshort,
    ),
    Fault(
        "pilot_glitch",
        "the pilot wire is shorted to earth for a moment",
        (
            Param("resistance_ohm", 0.0, "of the short", 0.0, 1e6),
            Param("duration_us", 2000, "how long", 1, 1_000_000),
        ),
        _glitch,
        _end_glitch,
        passes=True,
    ),
    Fault(
        "pilot_open",
        "the pilot wire between EVSE and vehicle is broken",
        (),
        partial(_circuit, "wire_open", True),
        partial(_circuit, "wire_open", False),
    ),
    Fault(
        "diode_shorted",
        "the vehicle's diode conducts both ways",
        (),
        partial(_circuit, "diode", "shorted"),
        partial(_circuit, "diode", "good"),
    ),
    Fault(
        "diode_open",
        "the vehicle's diode is missing: its branch is open",
        (),
        partial(_circuit, "diode", "open"),
        partial(_circuit, "diode", "good"),
    ),
    Fault(
        "ev_resistance",
        "the vehicle's pilot resistors are wrong",
        (
            Param("r2_ohm", 2740.0, "always there (state B)", 1.0, 1e6),
            Param("r3_ohm", 1300.0, "put in parallel by S2 (state C)", 1.0, 1e6),
        ),
        _resistors,
        _good_resistors,
    ),
    Fault(
        "generator_amplitude",
        "the pilot generator's open-circuit voltages are off",
        (
            Param("positive_v", 12.0, "upper", 0.0, 15.0),
            Param("negative_v", -12.0, "lower", -15.0, 0.0),
        ),
        _generator,
        _good_generator,
    ),
    Fault(
        "generator_frequency",
        "the pilot generator's frequency is off",
        (Param("frequency_hz", 1000.0, "of the PWM", 500.0, 2000.0),),
        _frequency,
        _good_frequency,
    ),
    Fault(
        "source_resistance",
        "the pilot's source resistor is off",
        (Param("resistance_ohm", 1000.0, "of the source", 100.0, 10_000.0),),
        _source,
        _good_source,
    ),
    Fault(
        "pilot_capacitance",
        "the EVSE puts another capacitance on the pilot wire",
        (Param("capacitance_pf", 1600.0, "to earth", 0.0, 100_000.0),),
        _capacitance,
        _good_capacitance,
    ),
    Fault(
        "pilot_duty_error",
        "the generator makes another duty than commanded",
        (Param("offset_percent", 2.0, "percentage points added", -50.0, 50.0),),
        _duty,
        _good_duty,
    ),
    Fault(
        "pilot_converter_dead",
        "the pilot's converter delivers no new samples",
        (),
        _converter_dead,
        _converter_well,
    ),
    Fault(
        "proximity_resistance",
        "the cable's proximity resistor is wrong; 0: shorted, 1e9: broken",
        (Param("resistance_ohm", 5000.0, "of the resistor", 0.0, 1e9),),
        _cable,
        _good_cable,
    ),
    Fault(
        "earth_lost",
        "protective earth of the supply is gone",
        (),
        partial(_earth, False),
        partial(_earth, True),
    ),
    Fault(
        "earth_open",
        "protective earth between EVSE and vehicle is broken",
        (),
        partial(_circuit, "earth_open", True),
        partial(_circuit, "earth_open", False),
    ),
)
"""What this topic can break."""
