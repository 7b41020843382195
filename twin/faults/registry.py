"""The registry of faults."""

from __future__ import annotations

import difflib

from twin.faults import contactor, pilot, residual, sensors, supply, vehicle
from twin.faults.fault import Fault

FAULTS: dict[str, Fault] = {
    fault.name: fault
    for topic in (pilot, contactor, residual, supply, sensors, vehicle)
    for fault in topic.FAULTS
}
"""By name."""


def find(name: str) -> Fault:
    """Return a fault by name.

    Raises:
        ValueError: no such fault; names those that are near.
    """
    fault = FAULTS.get(name)
    if fault is None:
        near = difflib.get_close_matches(name, FAULTS, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else f"known are {', '.join(FAULTS)}"
        raise ValueError(f"no fault {name!r}: {hint}")
    return fault


def describe() -> str:
    """Return all faults with their parameters as text, for people."""
    lines = []
    for fault in FAULTS.values():
        lines.append(f"{fault.name}: {fault.doc}")
        lines += [f"    {param.name}={param.default}: {param.doc}" for param in fault.params]
    return "\n".join(lines)
