"""Faults of the mains."""

from __future__ import annotations

from functools import partial

from twin.electrics.supply import LINES
from twin.faults.fault import Fault, Param, Params
from twin.plant.wiring import Wiring


def _voltage(evse: Wiring, params: Params) -> None:
    evse.path.supply.factor = [
        params["factor"] if params["line"] in (line, "all") else 1.0 for line in LINES
    ]
    evse.supply_changed()


def _good_voltage(evse: Wiring) -> None:
    evse.path.supply.factor = [1.0, 1.0, 1.0]
    evse.supply_changed()


def _outage(outage: bool, evse: Wiring, _: Params | None = None) -> None:
    evse.path.supply.outage = outage
    evse.supply_changed()


def _lose(evse: Wiring, params: Params) -> None:
    evse.path.supply.lost = [line == params["line"] for line in LINES]
    evse.supply_changed()


def _find(evse: Wiring) -> None:
    evse.path.supply.lost = [False, False, False]
    evse.supply_changed()


def _shift(evse: Wiring, params: Params) -> None:
    evse.path.supply.shift_v = params["shift_v"]
    evse.path.supply.shift_towards = LINES.index(params["towards"])
    evse.supply_changed()


def _unshift(evse: Wiring) -> None:
    evse.path.supply.shift_v = 0.0
    evse.supply_changed()


def _own_neutral(opens: bool, evse: Wiring, _: Params | None = None) -> None:
    evse.path.supply.neutral_open = opens
    evse.supply_changed()


def _frequency(evse: Wiring, params: Params) -> None:
    evse.path.supply.frequency_mhz = round(1000 * params["frequency_hz"])
    evse.supply_changed()


def _good_frequency(evse: Wiring) -> None:
    evse.path.supply.frequency_mhz = 50_000
    evse.supply_changed()


FAULTS = (
    Fault(
        "supply_voltage",
        "the supply sags or swells",
        (
            Param("factor", 0.8, "of nominal", 0.0, 1.5),
            Param("line", "all", "which", choices=("all", *LINES)),
        ),
        _voltage,
        _good_voltage,
    ),
    Fault(
        "supply_outage",
        "mains gone ahead of the contactor; the controller is fed apart and lives",
        (),
        partial(_outage, True),
        partial(_outage, False),
    ),
    Fault(
        "phase_lost",
        "one phase of the supply is gone",
        (Param("line", "l2", "which", choices=LINES),),
        _lose,
        _find,
    ),
    Fault(
        "neutral_lost",
        "the building's neutral is broken: the star point moves with the building's load",
        (
            Param("shift_v", 60.0, "of the star point", 0.0, 200.0),
            Param("towards", "l1", "which line; a single-phase EVSE is on l1", choices=LINES),
        ),
        _shift,
        _unshift,
    ),
    Fault(
        "neutral_open",
        "the EVSE's own neutral is broken: the star point is that of its own load",
        (),
        partial(_own_neutral, True),
        partial(_own_neutral, False),
    ),
    Fault(
        "supply_frequency",
        "the mains frequency is off",
        (Param("frequency_hz", 47.0, "of the mains", 40.0, 70.0),),
        _frequency,
        _good_frequency,
    ),
)
"""What this topic can break."""
