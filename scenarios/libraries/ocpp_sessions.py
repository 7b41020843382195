"""Keywords for what became of charging sessions; a component of the library `Ocpp`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from robot.api import logger
from robot.api.deco import keyword

from hil.central import Central
from hil.targets.twin_charger import TwinCharger

ALLOWED_TRANSITIONS = {
    "Available": "Preparing Charging SuspendedEV SuspendedEVSE Reserved Unavailable Faulted",
    "Preparing": "Available Charging SuspendedEV SuspendedEVSE Finishing Faulted",
    "Charging": "Available SuspendedEV SuspendedEVSE Finishing Unavailable Faulted",
    "SuspendedEV": "Available Charging SuspendedEVSE Finishing Unavailable Faulted",
    "SuspendedEVSE": "Available Charging SuspendedEV Finishing Unavailable Faulted",
    "Finishing": "Available Preparing Unavailable Faulted",
    "Reserved": "Available Preparing Unavailable Faulted",
    "Unavailable": "Available Preparing Charging SuspendedEV SuspendedEVSE Faulted",
    "Faulted": "Available Preparing Charging SuspendedEV SuspendedEVSE Finishing Reserved "
    "Unavailable",
}
"""Connector statuses that may follow each other (OCPP 1.6 edition 2, 4.9, and errata 3.20)."""


class Sessions:
    """Looks at sessions as the central system has them, and at statuses on the wire."""

    def __init__(self, central: Callable[[], Central], charger: Callable[[], TwinCharger]) -> None:
        self._central = central
        self._charger = charger

    @keyword
    def sessions_at_central_system(self) -> int:
        """Return how many sessions the central system has of this charger."""
        return len(self._sessions())

    @keyword
    def session_energy_error(self) -> float:
        """Return the sessions' energy minus what the EVSE's register counted since it was new, Wh.

        Registers are whole Wh on the wire: a session may be off by less than one.
        """
        counted_wh = self._charger().evse.report().energy_wh
        told_wh = sum(session["energy_wh"] or 0 for session in self._sessions())
        logger.info(f"central system {told_wh} Wh, register {counted_wh:.2f} Wh")
        return float(told_wh - counted_wh)

    @keyword
    def wrong_stop_reasons(self, *expected: str) -> int:
        """Return how many sessions, oldest first, have another stop reason than expected."""
        reasons = [session["stop_reason"] or "Local" for session in reversed(self._sessions())]
        logger.info(f"stop reasons {reasons}")
        wrong = sum(is_ != meant for is_, meant in zip(reasons, expected, strict=False))
        return int(wrong) + abs(len(reasons) - len(expected))

    @keyword
    def transitions_not_allowed(self) -> int:
        """Return how many statuses of connector 1 were not allowed after the one before."""
        statuses = [
            frame[3]["status"]
            for _, way, frame in self._charger().frames
            if way == ">" and frame[0] == 2 and frame[2] == "StatusNotification"
            if frame[3]["connectorId"] == 1
        ]
        logger.info(" → ".join(statuses))
        return sum(
            after not in ALLOWED_TRANSITIONS[before].split()
            for before, after in pairwise(statuses)
            if before != after
        )

    @keyword
    def missing_samples(self, interval: timedelta = timedelta(seconds=60)) -> int:
        """Return how many intervals of the newest session have no periodic sample."""
        session = self._sessions()[0]
        times = [
            _seconds(reading["timestamp"])
            for reading in self._readings()
            if reading["context"] == "Sample.Periodic"
        ]
        length = _seconds(session["stop_time"]) - _seconds(session["start_time"])
        due = int(length / interval.total_seconds())
        logger.info(f"{len(times)} samples in {length:.0f} s")
        return max(0, due - len(times))

    @keyword
    def largest_register_step_back(self) -> float:
        """Return the largest fall of the register in the newest session's meter values, Wh."""
        registers = [
            1000 * reading["total_kwh"]
            for reading in self._readings()
            if reading["total_kwh"] is not None
        ]
        assert len(registers) >= 2, f"only {len(registers)} register values"
        falls = [before - after for before, after in pairwise(registers)]
        return float(max(0.0, *falls))

    # --- inside ---

    def _sessions(self) -> list[dict[str, Any]]:
        return sessions(self._central(), self._charger())

    def _readings(self) -> list[dict[str, Any]]:
        transaction = self._sessions()[0]["transaction_id"]
        with self._charger().exchange():
            return self._central().readings(self._charger().identity, transaction)


def sessions(central: Central, charger: TwinCharger) -> list[dict[str, Any]]:
    """Return the sessions of a charger, newest first."""
    with charger.exchange():
        return central.sessions(charger.identity)


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()
