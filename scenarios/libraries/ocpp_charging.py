"""Keywords for a charge from plug to plug, on the spot and over REST; a component of `Ocpp`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from robot.api.deco import keyword

from hil.central import Central
from hil.target import VehicleFacts
from hil.targets.twin_charger import TwinCharger
from scenarios.libraries.ocpp_sessions import sessions
from scenarios.words import S


class Charging:
    """Does what drivers and operators do, and tells when the contactor closes."""

    def __init__(self, central: Callable[[], Central], charger: Callable[[], TwinCharger]) -> None:
        self._central = central
        self._charger = charger

    @keyword
    def plug_in_at_charger(self, model: str = "byd-atto-3", soc: float = 40) -> None:
        """Plug a vehicle in at the charger."""
        self._charger().plug_in(VehicleFacts(model, soc))
        self._charger().advance(2 * S)

    @keyword
    def unplug_at_charger(self) -> None:
        """Pull the plug at the charger."""
        self._charger().unplug()
        self._charger().advance(10 * S)

    @keyword
    def show_tag(self, tag: str = "DRIVER1") -> None:
        """Hold a tag to the charger's reader."""
        charger = self._charger()
        charger.do(lambda: charger.evse.present_tag(tag))
        charger.advance(2 * S)

    @keyword
    def driver_pauses_vehicle(self) -> None:
        """Stop the charge from the vehicle's own app."""
        charger = self._charger()
        vehicle = charger.evse.vehicle
        assert vehicle is not None, "no vehicle is plugged in"
        charger.do(vehicle.pause)

    @keyword
    def start_remotely(self, tag: str = "DRIVER1") -> None:
        """Ask the central system over REST to start a session; it waits for the charger."""
        charger = self._charger()
        with charger.exchange(moving_s=20):
            self._central().post(
                "/api/charging/start",
                charge_point_id=charger.identity,
                connector_id=1,
                id_tag=tag,
            )

    @keyword
    def stop_remotely(self) -> None:
        """Ask the central system over REST to stop the running session."""
        charger = self._charger()
        transaction = sessions(self._central(), charger)[0]["transaction_id"]
        with charger.exchange(moving_s=20):
            self._central().post("/api/charging/stop", transaction_id=transaction)
        charger.advance(5 * S)

    @keyword
    def unlock_remotely(self) -> None:
        """Ask the central system over REST to unlock the connector."""
        charger = self._charger()
        with charger.exchange(moving_s=20):
            self._central().post(f"/api/ocpp/{charger.identity}/unlock-connector", connector_id=1)
        charger.advance(5 * S)

    @keyword
    def let_charge(self, duration: timedelta) -> None:
        """Let time pass, in held time."""
        self._charger().advance(int(duration.total_seconds() * S))

    @keyword
    def wait_for_energy(self, within: timedelta = timedelta(seconds=60)) -> float:
        """Wait until the contactor is closed; return how long it took, s."""
        charger = self._charger()
        start_us = charger.now_us()
        closed = charger.wait_for(_closed(charger), int(within.total_seconds() * S))
        if not closed:
            return float("inf")
        return (charger.now_us() - start_us) / S

    @keyword
    def remote_start_until_energy(self, within: timedelta = timedelta(seconds=60)) -> float:
        """Return the time from the last remote start's arrival to the main poles' closing, s."""
        charger = self._charger()
        charger.wait_for(_closed(charger), int(within.total_seconds() * S))
        arrived_us = next(
            now_us
            for now_us, way, frame in reversed(charger.frames)
            if way == "<" and frame[0] == 2 and frame[2] == "RemoteStartTransaction"
        )
        closed_us = [time for time, value in charger.closings(arrived_us) if value]
        return (closed_us[0] - arrived_us) / S if closed_us else float("inf")

    @keyword
    def closing_within(self, duration: timedelta) -> float | None:
        """Watch the contactor; return the seconds after which it closed, None if it did not."""
        took = self.wait_for_energy(duration)
        return None if took == float("inf") else took


def _closed(charger: TwinCharger) -> Callable[[], bool]:
    return lambda: charger.evse.pole_closed("l1")
