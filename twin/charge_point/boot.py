"""Boot and heartbeat: BootNotification until accepted, then Heartbeat (OCPP 1.6 4.2, 4.6).

Both answers tell the time, which sets the clock that stamps messages. Section 4.6 recommends that
of the Heartbeat as well: a clock that drifts is wrong by minutes after some months without a boot.
Timers, the meter and the length of a transaction never look at that clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from twin.charge_point.calls import Answered, Outcome, Registration, Unanswered
from twin.charge_point.context import Context
from twin.clock import Handle
from wire.errors import WireError
from wire.frames import Payload
from wire.times import format_time, parse_time

FIRST_RETRY_S = 60
LONGEST_RETRY_S = 900
"""Between two BootNotifications where the central system leaves it to the charger; doubles."""

_NOTABLE = timedelta(seconds=1)
"""A change of the clock of less is no security event at a boot, and not made by a Heartbeat. What
the message's way explains comes on top of it there."""


@dataclass(frozen=True, slots=True)
class TypePlate:
    """What BootNotification says of the charger (OCPP 1.6 section 6.3; lengths as there)."""

    vendor: str = "evseloop"
    model: str = "twin"
    serial_number: str | None = None
    firmware_version: str | None = None

    def payload(self) -> Payload:
        """Return the payload of BootNotification."""
        optional = {
            "chargePointSerialNumber": self.serial_number,
            "firmwareVersion": self.firmware_version,
        }
        return {
            "chargePointVendor": self.vendor,
            "chargePointModel": self.model,
            **{name: value for name, value in optional.items() if value is not None},
        }


class Boot:
    """Registers the charge point after power-on, and keeps the heartbeat."""

    def __init__(self, context: Context, type_plate: TypePlate) -> None:
        self._context = context
        self._type_plate = type_plate
        self._tries = 0
        self._waiting: Handle | None = None
        self._heartbeat: Handle | None = None
        context.configuration.on_change(self._configured)
        context.triggers["BootNotification"] = self._boot_triggered
        context.triggers["Heartbeat"] = self._heartbeat_triggered

    def opened(self) -> None:
        """Go on after a socket has been opened: boot, or just carry on (OCPP-J 1.6 5.4)."""
        if self._context.calls.registration is Registration.ACCEPTED:
            for listener in self._context.signals.resumed:
                listener()
            self._context.calls.pump()
        elif self._waiting is None:
            self._send()

    def _boot_triggered(self, number: int | None) -> None:  # noqa: ARG002
        if self._waiting is not None:
            self._waiting.cancel()
            self._send()

    def _heartbeat_triggered(self, number: int | None) -> None:  # noqa: ARG002
        self._context.calls.send("Heartbeat", {}, self._heard, triggered=True)

    def _send(self) -> None:
        self._waiting = None
        if self._context.calls.connection_is_open:
            self._context.calls.send("BootNotification", self._type_plate.payload(), self._answered)

    def _answered(self, outcome: Outcome) -> None:
        if isinstance(outcome, Unanswered):
            return  # the next socket brings the next try
        self._tries += 1
        if not isinstance(outcome, Answered):
            self._try_again(self._back_off_s(), f"boot refused: {outcome.description}")
            return
        status, interval_s = outcome.payload["status"], outcome.payload["interval"]
        self._context.calls.registration = Registration(status)
        try:
            current = parse_time(outcome.payload["currentTime"])
            if status == "Accepted":
                self._set_clock(current)
        except (ValueError, WireError) as error:
            self._context.event(0, f"currentTime of the central system is unusable: {error}")
        if status != "Accepted":
            self._try_again(interval_s if interval_s > 0 else self._back_off_s(), f"boot {status}")
            return
        self._tries = 0
        if interval_s > 0:
            self._context.configuration.set_by_central("HeartbeatInterval", str(interval_s))
        self._context.event(0, "boot accepted")
        self._beat_later()
        for listener in self._context.signals.accepted:
            listener()
        self._context.calls.pump()

    def _set_clock(self, current: datetime) -> None:
        believed = self._context.wall.now()
        self._context.wall.synchronise(current)
        if abs(current - believed) >= _NOTABLE:
            self._context.security_event(
                "SettingSystemTime", f"{format_time(believed)} becomes {format_time(current)}"
            )

    def _back_off_s(self) -> int:
        return min(FIRST_RETRY_S << min(self._tries - 1, 8), LONGEST_RETRY_S)

    def _try_again(self, delay_s: int, why: str) -> None:
        self._context.event(0, f"{why}, again in {delay_s} s")
        self._waiting = self._context.timers.after(delay_s * 1_000_000, self._send)

    def _configured(self, name: str) -> None:
        if name == "HeartbeatInterval":
            self._beat_later()

    def _beat_later(self) -> None:
        if self._heartbeat is not None:
            self._heartbeat.cancel()
        interval_s = self._context.configuration.integer("HeartbeatInterval")
        self._heartbeat = self._context.timers.after(interval_s * 1_000_000, self._beat)

    def _beat(self) -> None:
        self._beat_later()
        if self._context.calls.online:
            self._context.calls.send("Heartbeat", {}, self._heard)

    def _heard(self, outcome: Outcome) -> None:
        """Set the clock by the answer to a heartbeat, if it is notably wrong (section 4.6)."""
        if not isinstance(outcome, Answered) or not self._context.driver.is_everybodys_time:
            return
        try:
            current = parse_time(outcome.payload["currentTime"])
            off = abs(current - self._context.wall.now())
            if off - timedelta(microseconds=outcome.took_us) < _NOTABLE:
                return
            self._set_clock(current)
        except (ValueError, WireError) as error:
            self._context.event(0, f"currentTime of the central system is unusable: {error}")
            return
        for listener in self._context.signals.clock_set:
            listener()
