"""Faults of meter and temperature sensors, and the weather."""

from __future__ import annotations

from functools import partial

from twin.faults.fault import Fault, Param, Params
from twin.plant.wiring import Wiring


def _gain(evse: Wiring, params: Params) -> None:
    # All of it in the current channel: as a wrong current transformer.
    evse.path.set_meter(current_gain=1 + params["error_percent"] / 100)


def _good_gain(evse: Wiring) -> None:
    evse.path.set_meter(current_gain=evse.parts.current_gain)


def _angle(evse: Wiring, params: Params) -> None:
    evse.path.set_meter(angle_gain=1 + params["error_percent"] / 100)


def _good_angle(evse: Wiring) -> None:
    evse.path.set_meter(angle_gain=1.0)


def _meter_dead(dead: bool, evse: Wiring, _: Params | None = None) -> None:
    evse.path.set_meter(dead=dead)
    evse.pins_changed()


def _ambient(evse: Wiring, params: Params) -> None:
    evse.path.set_ambient(params["temperature_c"])


def _good_ambient(evse: Wiring) -> None:
    evse.path.set_ambient(evse.config.ambient_c)


def _terminals(evse: Wiring, params: Params) -> None:
    evse.path.force_temperature(params["temperature_c"])
    evse.pins_changed()


def _free_terminals(evse: Wiring) -> None:
    evse.path.force_temperature(None)
    evse.pins_changed()


def _sensors(valid: bool, evse: Wiring, _: Params | None = None) -> None:
    evse.path.sensors_valid = valid
    evse.pins_changed()


FAULTS = (
    Fault(
        "meter_gain",
        "the meter reads current, power and energy wrong",
        (Param("error_percent", 3.0, "of the reading", -100.0, 100.0),),
        _gain,
        _good_gain,
    ),
    Fault(
        "meter_angle",
        "the meter's channels are out of step: power and energy wrong, voltage and current right",
        (Param("error_percent", 3.0, "of power and energy", -100.0, 100.0),),
        _angle,
        _good_angle,
    ),
    Fault(
        "meter_dead",
        "the meter's converter delivers nothing",
        (),
        partial(_meter_dead, True),
        partial(_meter_dead, False),
    ),
    Fault(
        "ambient",
        "it is hot or cold around the enclosure",
        (Param("temperature_c", 60.0, "of the air", -60.0, 150.0),),
        _ambient,
        _good_ambient,
    ),
    Fault(
        "terminal_temperature",
        "the contactor's terminals have a given temperature, whatever heats them",
        (Param("temperature_c", 70.0, "of the terminals", -60.0, 200.0),),
        _terminals,
        _free_terminals,
    ),
    Fault(
        "temperature_sensor_lost",
        "the temperature sensors do not answer",
        (),
        partial(_sensors, False),
        partial(_sensors, True),
    ),
)
"""What this topic can break."""
