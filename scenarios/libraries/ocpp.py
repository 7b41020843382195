"""Keywords for charging sessions through a real central system."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from robot.api import logger
from robot.api.deco import keyword, library
from robotlibcore import DynamicCore

from hil.central import EPOCH, Central
from hil.central_pki import CentralPki
from hil.target import EvseFacts, Line, VehicleFacts
from hil.targets.twin import TwinTarget
from hil.targets.twin_charger import TwinCharger
from scenarios.libraries.ocpp_firmware import FirmwareManagement
from scenarios.libraries.ocpp_profiles import FeatureProfiles
from scenarios.libraries.ocpp_secure_files import SecureFiles
from scenarios.libraries.ocpp_security import Security
from scenarios.libraries.ocpp_tls import TlsTrouble
from scenarios.libraries.ocpp_wire import conclude_wire
from scenarios.libraries.smart_charging import SmartCharging
from scenarios.session import current
from scenarios.words import S
from twin.charge_point import SecuritySetup

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

LINES: tuple[Line, ...] = ("l1", "l2", "l3")


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
        transaction = self._sessions()[0]["transaction_id"]
        with charger.exchange(moving_s=20):
            self._running().post("/api/charging/stop", transaction_id=transaction)
        charger.advance(5 * S)

    @keyword
    def current_at_opening_after_reset(self, kind: Literal["Soft", "Hard"]) -> float:
        """Have the central system reset the charger; return the current when its coil goes off, A.

        The largest of the phases; infinite where it does not go off within a minute.
        """
        charger = self._at()
        opened: list[float] = []

        def coil_off() -> bool:
            evse = charger.evse
            if not opened and not evse.measure("coil_main"):
                opened.append(max(evse.current_a(line) for line in LINES))
            return bool(opened)

        assert not charger.wait_for(coil_off, 0), "the contactor is not closed"
        with charger.exchange():
            self._running().post(f"/api/ocpp/{charger.identity}/reset", type=kind)
        charger.wait_for(coil_off, 60 * S)
        return opened[0] if opened else float("inf")

    @keyword
    def unlock_remotely(self) -> None:
        """Ask the central system over REST to unlock the connector."""
        charger = self._at()
        with charger.exchange(moving_s=20):
            self._running().post(f"/api/ocpp/{charger.identity}/unlock-connector", connector_id=1)
        charger.advance(5 * S)

    @keyword
    def cut_network(self) -> None:
        """Cut the charger off from the central system."""
        charger = self._at()
        charger.do(charger.charge_point.cut_network)

    @keyword
    def restore_network(self) -> None:
        """Connect the charger again and wait until nothing is queued any more."""
        charger = self._at()
        charger.do(charger.charge_point.restore_network)
        self._delivered()

    @keyword
    def cut_power_of_charger(
        self, off: timedelta = timedelta(seconds=30), online: bool = True
    ) -> None:
        """Take the charger's power away, bring it back, and wait until it is online again.

        `online=False`: do not wait, as the network is cut.
        """
        charger = self._at()
        charger.cut_power()
        charger.advance(int(off.total_seconds() * S))
        charger.do(charger.charge_point.restore_power)
        if online:
            self._delivered()

    @keyword
    def kill_and_restart_central_system(self, down: timedelta = timedelta(minutes=5)) -> None:
        """Kill the central system as by a failing machine, and start it again later.

        The charger goes on charging meanwhile; at the end it is online and has nothing queued.
        """
        self._running().kill()
        self._at().advance(int(down.total_seconds() * S))
        self._running().start()
        self._delivered()

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

    # --- what the central system says ------------------------------------------------------------

    @keyword
    def sessions_at_central_system(self) -> int:
        """Return how many sessions the central system has of this charger."""
        return len(self._sessions())

    @keyword
    def session_energy_error(self) -> float:
        """Return the sessions' energy minus what the EVSE's register counted since it was new, Wh.

        Registers are whole Wh on the wire: a session may be off by less than one.
        """
        counted_wh = self._at().evse.report().energy_wh
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
            for _, way, frame in self._at().frames
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

    def _sessions(self) -> list[dict[str, Any]]:
        with self._at().exchange():
            return self._running().sessions(self._at().identity)

    def _readings(self) -> list[dict[str, Any]]:
        transaction = self._sessions()[0]["transaction_id"]
        with self._at().exchange():
            return self._running().readings(self._at().identity, transaction)

    def _delivered(self) -> None:
        charger = self._at()
        point = charger.charge_point
        done = charger.wait_for(lambda: point.online and not point.queued, 1800 * S)
        assert done, f"{charger.identity} is not online again, or still has messages queued"
        charger.advance(5 * S)


def _closed(charger: TwinCharger) -> Callable[[], bool]:
    return lambda: charger.evse.pole_closed("l1")


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()
