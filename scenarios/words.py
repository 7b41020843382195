"""The words of the scenarios: what can happen to an EVSE, and what can be seen of it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from enum import Enum

from hil.target import EvseFacts, Target, VehicleFacts

Condition = Callable[[], bool]

S = 1_000_000
"""Microseconds in a second."""

LEAST_V = 0.5
"""Less than this at the plug is no voltage: a pilot that is shorted, or without power."""

HALF = 0.5
"""Signals that step have whole values."""

_PASSING = re.compile(r"(\d+) ms pass")


def poles_of(evse: EvseFacts) -> tuple[str, ...]:
    """Return the main poles that an EVSE has."""
    return ("n", "l1", "l2", "l3") if evse.phases == 3 else ("n", "l1")


def all_closed(target: Target, evse: EvseFacts) -> bool:
    """Say whether every main pole conducts."""
    return all(target.pole_closed(pole) for pole in poles_of(evse))


def all_open(target: Target, evse: EvseFacts) -> bool:
    """Say whether no main pole conducts; an arc does."""
    return not any(target.pole_closed(pole) for pole in poles_of(evse))


def parted(target: Target) -> bool:
    """Say whether the mirror contacts show every contactor open."""
    return target.measure("mirror_main_open") == 1 and target.measure("mirror_l2l3_open") == 1


def pwm(target: Target) -> bool:
    """Say whether the plug shows a PWM: an upper and a lower plateau that lie apart."""
    upper, lower = target.pilot_plateaus_v()
    return upper is not None and lower is not None and upper - lower > LEAST_V


def steady(target: Target) -> bool:
    """Say whether the plug shows a steady positive voltage."""
    upper, lower = target.pilot_plateaus_v()
    return lower is None and upper is not None and upper > LEAST_V


def state_f(target: Target) -> bool:
    """Say whether the plug shows a steady negative voltage."""
    upper, lower = target.pilot_plateaus_v()
    return upper is None and lower is not None and lower < -LEAST_V


def as_told(value: object) -> str:
    """Return a field of a report in one word: currents to 10 mA."""
    if isinstance(value, Enum):
        return str(value.value)
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _fault_words(words: str) -> tuple[str, dict[str, float | str]]:
    name, *pairs = shlex.split(words)
    params: dict[str, float | str] = {}
    for pair in pairs:
        key, _, value = pair.partition("=")
        try:
            params[key] = float(value)
        except ValueError:
            params[key] = value
    return name, params


def happen(target: Target, words: str) -> None:
    """Make happen what the words say, at this instant.

    `fault NAME key=value …` and `no fault NAME` work the faults of `twin.faults`,
    `vehicle …` the vehicle, `limit 10` the current limit, `20 ms pass` time; for the rest see
    `EVENTS`.
    Several joined by ` and ` happen at the same instant, in this order.

    Raises:
        ValueError: there are no such words; the message lists those that are.
    """
    for part in words.split(" and "):
        _happen(target, part)


def _happen(target: Target, words: str) -> None:
    if words.startswith("fault "):
        name, params = _fault_words(words.removeprefix("fault "))
        target.inject(name, **params)
    elif words.startswith("no fault "):
        target.clear(words.removeprefix("no fault "))
    elif words.startswith("vehicle ") and words not in EVENTS:
        target.vehicle_does(words.removeprefix("vehicle "))
    elif words.startswith("limit "):
        target.command(limit_a=float(words.removeprefix("limit ")))
    elif passing := _PASSING.fullmatch(words):
        target.advance(int(passing[1]) * 1_000)
    elif words in EVENTS:
        EVENTS[words](target)
    else:
        known = ", ".join(["fault …", "no fault …", "vehicle …", "limit …", *EVENTS])
        raise ValueError(f"nobody knows how '{words}' happens; known: {known}")


EVENTS: dict[str, Callable[[Target], object]] = {
    "nothing": lambda _: None,
    "time passes": lambda target: target.advance(10 * S),
    "another vehicle comes": lambda target: target.plug_in(VehicleFacts()),
    "vehicle leaves C under load": lambda target: target.inject("ev_resistance", r3_ohm=100_000.0),
    "plug is pulled": lambda target: target.unplug(),
    "permission is given": lambda target: target.command(permitted=True),
    "permission is withdrawn": lambda target: target.command(permitted=False),
    "one phase is wanted": lambda target: target.command(phases=1),
    "three phases are wanted": lambda target: target.command(phases=3),
    "cable is to be held": lambda target: target.command(hold_lock=True),
    "cable may be let go": lambda target: target.command(hold_lock=False),
    "charger is taken out of service": lambda target: target.command(available=False),
    "charger is put into service": lambda target: target.command(available=True),
    "unlock is commanded": lambda target: target.command(
        permitted=False, unlock_count=target.command_value("unlock_count") + 1
    ),
    "faults are acknowledged": lambda target: target.command(
        clear_faults_count=target.command_value("clear_faults_count") + 1
    ),
    "controller resets": lambda target: target.reset_controller(),
    "controller hangs": lambda target: target.hang_controller(),
    "power is cut": lambda target: target.cut_power(),
    "power returns": lambda target: target.restore_power(),
    "stop button is pressed": lambda target: target.press("stop"),
    "start button is pressed": lambda target: target.press("start"),
}
"""What can happen, apart from faults, vehicles and limits, which take parameters."""


def seen(target: Target, evse: EvseFacts, words: str) -> Condition:
    """Return the condition that the words describe; `fault NAME` is one that is reported.

    `signal NAME VALUE` is a signal of `twin.trace.signals`, `report NAME VALUE` what the charging
    process says of itself (a field of `twin.process.Report`).

    Raises:
        ValueError: there are no such words; the message lists those that are.
    """
    if words.startswith("fault "):
        name = words.removeprefix("fault ")
        return lambda: any(code.value == name for code in target.report().faults)
    if words.startswith("no fault "):
        return lambda: not seen(target, evse, words.removeprefix("no "))()
    if words.startswith("signal "):
        _, signal, value = words.split()
        return lambda: abs(target.measure(signal) - float(value)) < HALF
    if words.startswith("report "):
        _, told, value = words.split()
        return lambda: as_told(getattr(target.report(), told)) == value
    if words.startswith("phase "):
        phase = words.removeprefix("phase ").upper()
        return lambda: target.report().phase.name == phase
    if words not in OBSERVATIONS:
        known = ", ".join(
            ["fault …", "no fault …", "phase …", "signal …", "report …", *OBSERVATIONS]
        )
        raise ValueError(f"nobody knows how '{words}' looks; known: {known}")
    look = OBSERVATIONS[words]
    return lambda: look(target, evse)


OBSERVATIONS: dict[str, Callable[[Target, EvseFacts], bool]] = {
    # Poles that bounce while they close are not open: the mirror contacts know.
    "main poles open": lambda target, evse: all_open(target, evse) and parted(target),
    "main poles closed": all_closed,
    "any main pole closed": lambda target, evse: not all_open(target, evse),
    "contacts parted": lambda target, _: parted(target),
    "coil on": lambda target, _: target.measure("coil_main") == 1,
    "coil off": lambda target, _: target.measure("coil_main") == 0,
    "PWM on": lambda target, _: pwm(target),
    "PWM off": lambda target, _: not pwm(target),
    "steady +12 V": lambda target, _: steady(target),
    "state F": lambda target, _: state_f(target),
    "state F over": lambda target, _: not state_f(target),
    "ventilation on": lambda target, _: target.measure("ventilation") == 1,
    "lock released": lambda target, _: target.measure("lock_feedback") == 0,
    "self-test": lambda target, _: target.measure("residual_test") == 1,
    "self-test over": lambda target, _: target.measure("residual_test") == 0,
    "monitor trips": lambda target, _: target.measure("residual_trip") == 1,
    "supply gone": lambda target, _: target.measure("supply_present") == 0,
    "PWM on or closed": lambda target, _: pwm(target) or target.measure("coil_main") == 1,
    "any fault": lambda target, _: bool(target.report().faults),
}
"""What can be seen of an EVSE; each holds or does not, at an instant."""
