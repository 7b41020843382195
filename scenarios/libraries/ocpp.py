"""Keywords for charging sessions through a real central system."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Literal

from robot.api.deco import keyword, library
from robotlibcore import DynamicCore

from hil.central import EPOCH, Central
from hil.central_pki import CentralPki
from hil.target import EvseFacts, VehicleFacts
from hil.targets.twin import TwinTarget
from hil.targets.twin_charger import TwinCharger
from scenarios.libraries.ocpp_disturbances import Disturbances
from scenarios.libraries.ocpp_firmware import FirmwareManagement
from scenarios.libraries.ocpp_profiles import FeatureProfiles
from scenarios.libraries.ocpp_secure_files import SecureFiles
from scenarios.libraries.ocpp_security import Security
from scenarios.libraries.ocpp_sessions import Sessions, sessions
from scenarios.libraries.ocpp_tls import TlsTrouble
from scenarios.libraries.ocpp_wire import conclude_wire
from scenarios.libraries.smart_charging import SmartCharging
from scenarios.session import current
from scenarios.words import S
from twin.charge_point import SecuritySetup


@library(scope="SUITE")
class Ocpp(DynamicCore):  # type: ignore[misc]
    """Plays charging sessions through a central system that runs as a process of its own.

    Time is held: it moves only while a keyword lets it, and stands still while charger and
    central system talk, so that the speed of the machine does not matter. The central system's
    own business time is the twin's.
    """

    def __init__(self) -> None:
        reaching = (self._running, self._at)
        super().__init__(
            [
                Disturbances(*reaching),
                Sessions(*reaching),
                SmartCharging(*reaching),
                FeatureProfiles(*reaching),
                FirmwareManagement(*reaching),
                SecureFiles(*reaching),
                Security(*reaching, self._secure),
                TlsTrouble(*reaching),
            ]
        )
        self._folder: Path | None = None
        self._central: Central | None = None
        self._charger: TwinCharger | None = None
        self._count = 0

    # --- the scene -------------------------------------------------------------------------

    @keyword
    def start_central_system(self, tls: bool = False) -> None:
        """Start a central system with an empty database, with TLS if wanted; once for a suite."""
        self._folder = Path(tempfile.mkdtemp(prefix="evseloop-"))
        pki = CentralPki(self._folder / "pki", EPOCH) if tls else None
        self._central = Central(self._folder / "central", pki)
        self._central.start()
        self._central.add_tag("DRIVER1")

    @keyword
    def stop_central_system(self) -> None:
        """End the central system of the suite."""
        if self._central is not None:
            self._central.stop()
            self._central = None
        if self._folder is not None:
            shutil.rmtree(self._folder)
            self._folder = None

    @keyword
    def admit_tag(self, tag: str) -> None:
        """Have the central system admit another tag besides `DRIVER1`."""
        self._running().add_tag(tag)

    @keyword
    def charger_is_online(
        self,
        kind: Literal["tethered", "socket"] = "tethered",
        phases: int = 3,
        **configuration: str,
    ) -> None:
        """Connect a new charger and wait until the central system has accepted its boot.

        Further arguments are configuration keys of OCPP with their values.
        """
        self._connect(EvseFacts(kind=kind, phases=phases), configuration, None)
        self._at().get_online(60 * S)

    @keyword
    def charger_goes(self) -> None:
        """End the charger of the scenario, and judge what it and the central system have said.

        The messages of both are held to every requirement `OCPP16.WIRE_…`. Where the scenario
        failed the log has them as a diagram, and the report's folder `wire/` as a file.
        """
        charger, self._charger = self._charger, None
        if charger is not None:
            charger.close()
            conclude_wire(charger.recording, charger.connectors)

    # --- what happens ------------------------------------------------------------------------

    @keyword
    def plug_in_at_charger(self, model: str = "byd-atto-3", soc: float = 40) -> None:
        """Plug a vehicle in at the charger."""
        self._at().plug_in(VehicleFacts(model, soc))
        self._at().advance(2 * S)

    @keyword
    def unplug_at_charger(self) -> None:
        """Pull the plug at the charger."""
        self._at().unplug()
        self._at().advance(10 * S)

    @keyword
    def show_tag(self, tag: str = "DRIVER1") -> None:
        """Hold a tag to the charger's reader."""
        charger = self._at()
        charger.do(lambda: charger.evse.present_tag(tag))
        charger.advance(2 * S)

    @keyword
    def driver_pauses_vehicle(self) -> None:
        """Stop the charge from the vehicle's own app."""
        charger = self._at()
        vehicle = charger.evse.vehicle
        assert vehicle is not None, "no vehicle is plugged in"
        charger.do(vehicle.pause)

    @keyword
    def start_remotely(self, tag: str = "DRIVER1") -> None:
        """Ask the central system over REST to start a session; it waits for the charger."""
        charger = self._at()
        with charger.exchange(moving_s=20):
            self._running().post(
                "/api/charging/start",
                charge_point_id=charger.identity,
                connector_id=1,
                id_tag=tag,
            )

    @keyword
    def stop_remotely(self) -> None:
        """Ask the central system over REST to stop the running session."""
        charger = self._at()
        transaction = sessions(self._running(), charger)[0]["transaction_id"]
        with charger.exchange(moving_s=20):
            self._running().post("/api/charging/stop", transaction_id=transaction)
        charger.advance(5 * S)

    @keyword
    def unlock_remotely(self) -> None:
        """Ask the central system over REST to unlock the connector."""
        charger = self._at()
        with charger.exchange(moving_s=20):
            self._running().post(f"/api/ocpp/{charger.identity}/unlock-connector", connector_id=1)
        charger.advance(5 * S)

    @keyword
    def let_charge(self, duration: timedelta) -> None:
        """Let time pass, in held time."""
        self._at().advance(int(duration.total_seconds() * S))

    @keyword
    def wait_for_energy(self, within: timedelta = timedelta(seconds=60)) -> float:
        """Wait until the contactor is closed; return how long it took, s."""
        charger = self._at()
        start_us = charger.now_us()
        closed = charger.wait_for(_closed(charger), int(within.total_seconds() * S))
        if not closed:
            return float("inf")
        return (charger.now_us() - start_us) / S

    @keyword
    def remote_start_until_energy(self, within: timedelta = timedelta(seconds=60)) -> float:
        """Return the time from the last remote start's arrival to the main poles' closing, s."""
        charger = self._at()
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

    # --- inside ----------------------------------------------------------------------------------

    def _connect(
        self,
        evse: EvseFacts,
        configuration: Mapping[str, str],
        security: Callable[[str], SecuritySetup] | None,
    ) -> bytes:
        """Connect a new charger; return its key."""
        session = current()
        session.traced = False
        assert isinstance(session.target, TwinTarget), "only the twin has a charge point so far"
        central = self._running()
        assert self._folder is not None
        self._count += 1
        identity = f"CP{self._count}"
        key = central.add_charger(identity)
        self._charger = TwinCharger(
            session.target,
            central,
            identity,
            key,
            evse,
            self._folder,
            session.seed + self._count,
            configuration,
            None if security is None else security(identity),
        )
        return key

    def _secure(
        self, security: Callable[[str], SecuritySetup], configuration: Mapping[str, str]
    ) -> bytes:
        return self._connect(EvseFacts(), configuration, security)

    def _running(self) -> Central:
        assert self._central is not None, "`Start Central System` comes first"
        return self._central

    def _at(self) -> TwinCharger:
        assert self._charger is not None, "`Charger Is Online` comes first"
        return self._charger


def _closed(charger: TwinCharger) -> Callable[[], bool]:
    return lambda: charger.evse.pole_closed("l1")
