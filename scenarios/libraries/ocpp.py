"""Keywords for charging sessions through a real central system."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from robot.api.deco import keyword, library
from robotlibcore import DynamicCore

from hil.central import EPOCH, Central
from hil.central_pki import CentralPki
from hil.target import EvseFacts
from hil.targets.twin import TwinTarget
from hil.targets.twin_charger import TwinCharger
from scenarios.libraries.ocpp_charging import Charging
from scenarios.libraries.ocpp_disturbances import Disturbances
from scenarios.libraries.ocpp_firmware import FirmwareManagement
from scenarios.libraries.ocpp_profiles import FeatureProfiles
from scenarios.libraries.ocpp_secure_files import SecureFiles
from scenarios.libraries.ocpp_security import Security
from scenarios.libraries.ocpp_sessions import Sessions
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
                Charging(*reaching),
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
