"""What a fleet hears of one charger: orders, and where transactions begin and end."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from twin.fleet.orders import Orders
from twin.fleet.told_time import ToldTime
from wire.frames import Call

SECOND_US = 1_000_000
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


class Wire:
    """Says on the wire and in the books what a fleet hears of one charger."""

    def __init__(self, drift_ppm: float = 0.0) -> None:
        self.now_us = 0
        self.orders = Orders(ToldTime(EPOCH, drift_ppm), lambda: self.now_us)
        self._count = 0

    def order(self, action: str, payload: dict[str, Any], status: str = "Accepted") -> None:
        self._count += 1
        self.orders.asked(Call(str(self._count), action, payload))
        self.orders.answered(str(self._count), {"status": status})

    def install(self, connector: int, wanted: dict[str, Any], status: str = "Accepted") -> None:
        payload = {"connectorId": connector, "csChargingProfiles": wanted}
        self.order("SetChargingProfile", payload, status)

    def limit(self, at_s: float, connector: int = 1) -> float | None:
        said = self.orders.of_connector(connector, round(at_s * SECOND_US))
        return None if said is None else said.limit
