"""Keywords for local list, reservations and triggers; a component of the library `Ocpp`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Literal

from robot.api.deco import keyword

from hil.central import Central
from hil.targets.twin_charger import TwinCharger
from scenarios.words import S

CALL, RESULT = 2, 3


class FeatureProfiles:
    """What the feature profiles besides Core and smart charging have a charger do."""

    def __init__(self, central: Callable[[], Central], charger: Callable[[], TwinCharger]) -> None:
        self._central = central
        self._charger = charger
        self._list_version = 0

    @keyword
    def send_local_list(self, *entries: str) -> None:
        """Have the central system send a full local list, such as `DRIVER1 Accepted`."""
        self._list_version += 1
        tags = [entry.split() for entry in entries]
        self._do(
            "send-local-list",
            list_version=self._list_version,
            update_type="Full",
            local_authorization_list=[
                {"id_tag": tag, "id_tag_info": {"status": status}} for tag, status in tags
            ],
        )

    @keyword
    def reserve_connector(self, tag: str, during: timedelta = timedelta(minutes=15)) -> None:
        """Have the central system keep connector 1 for a tag."""
        central, charger = self._central(), self._charger()
        expiry = central.epoch + timedelta(microseconds=charger.now_us()) + during
        self._do(
            "reserve-now",
            connector_id=1,
            expiry_date=expiry.isoformat(),
            id_tag=tag,
            reservation_id=1,
        )
        charger.advance(5 * S)

    @keyword
    def starts_without_reservation(self) -> int:
        """Return how many starts of transactions named no reservation."""
        return sum(
            "reservationId" not in frame[3]
            for _, way, frame in self._charger().frames
            if way == ">" and frame[0] == CALL and frame[2] == "StartTransaction"
        )

    @keyword
    def trigger_until_message(
        self,
        message: Literal["Heartbeat", "MeterValues", "StatusNotification"],
        within: timedelta = timedelta(seconds=30),
    ) -> float:
        """Have the central system trigger a message of connector 1; return when it came, s.

        Counted from the charger's answer: negative where it came before it, infinite where it
        did not come.
        """
        charger = self._charger()
        before = len(charger.frames)
        options = {} if message == "Heartbeat" else {"connector_id": 1}
        self._do("trigger-message", requested_message=message, **options)
        charger.advance(int(within.total_seconds() * S))
        after = charger.frames[before:]
        asked = next(f[1] for _, way, f in after if way == "<" and f[2:3] == ["TriggerMessage"])
        answered_us = next(at for at, way, f in after if way == ">" and f[:2] == [RESULT, asked])
        came_us = [at for at, way, f in after if way == ">" and f[0] == CALL and f[2] == message]
        return (came_us[0] - answered_us) / S if came_us else float("inf")

    def _do(self, command: str, **body: Any) -> None:
        charger = self._charger()
        with charger.exchange():
            answer = self._central().post(f"/api/ocpp/{charger.identity}/{command}", **body)
        assert answer["success"], answer["message"]
